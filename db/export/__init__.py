"""The whole office file read in one go, and written as a plain SQLite file.

May import: db.base, db.model, db.storage, db.rows, db.customise.
"""
