"""One partner on one page, and who could help with an obstacle near a commune.
May import: db, reports, pages.shared.shell, pages.shared.form."""
