"""Any table as a spreadsheet that saves itself: the component, its filters, views, selection and bulk edits.
May import: db, reports, pages.shared.shell, pages.shared.form, pages.shared.history."""
