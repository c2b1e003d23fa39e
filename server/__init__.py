"""What stands between the network and the pages: sign-in, gate, logs, launcher. It never imports pages.
May import: db."""
