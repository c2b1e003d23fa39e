"""One person on one page.
May import: db, reports, pages.shared.shell, pages.shared.form, pages.shared.history, pages.shared.grid."""
