"""« Nouvel accompagnement »: the steps from a person's arrival to her next appointment, on one page.

May import: db, reports, pages.shared.shell, pages.shared.form.
"""
