"""Reading of the whole office file in one transaction, and its export as a plain SQLite file; the attachments as ZIP.
May import: db.base, db.model, db.storage, db.rows, db.customise, db.attachments."""
