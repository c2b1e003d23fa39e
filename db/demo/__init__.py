"""The demonstration file: an invented office whose figures are those of the source document.

May import: db.base, db.model, db.storage, db.rows, db.accounts.
"""
