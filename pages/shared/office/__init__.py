"""Settings and accounts. May import: db, reports, pages.shared.shell, pages.shared.form, pages.shared.history."""
