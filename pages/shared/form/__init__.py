"""One row of any table as a form. May import: db, reports, pages.shared.shell."""
