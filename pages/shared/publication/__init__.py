"""Publishing, past releases, public facts. May import: db, reports, publication, pages.shared.shell."""
