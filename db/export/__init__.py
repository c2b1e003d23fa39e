"""Reading of the whole office file in one transaction, and its export as a plain SQLite file.
May import: db.base, db.model, db.storage, db.rows, db.customise."""
