"""Duplicates, and the retention of personal data. May import: db, reports, pages.shared.shell, pages.shared.history."""
