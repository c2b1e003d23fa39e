"""Settings of the office (limits, fields, lists, model file) and accounts.

May import: db, reports, pages.shared.shell, pages.shared.form, pages.shared.history.
"""
