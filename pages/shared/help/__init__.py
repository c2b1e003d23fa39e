"""What helps a newcomer: the first steps of an empty office, and « Aide », the user guide shown inside Palette.
May import: db, reports, pages.shared.shell, pages.shared.form."""
