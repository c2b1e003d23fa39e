"""What stands between the network and the pages; no page imports it."""
