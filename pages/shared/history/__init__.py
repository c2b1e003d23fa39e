"""The history of changes, which can be undone, and the access log.

May import: db, reports, pages.shared.shell.
"""
