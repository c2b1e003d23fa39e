"""An office's own spreadsheet: read, matched with the dictionary and with existing rows, compared, then written whole
or not at all.

May import: db.base, db.model, db.storage, db.rows.
"""
