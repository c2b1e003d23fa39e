"""What was changed and what was consulted, listed and undone. May import: db, reports, pages.shared.shell."""
