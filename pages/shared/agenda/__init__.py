"""Appointments: those of a day or a week, what became of them, and the addresses to which a calendar subscribes.
May import: db, reports, pages.shared.shell, pages.shared.form, pages.shared.grid."""
