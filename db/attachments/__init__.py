"""Attachments: files of a person, recognised by content, with a small picture of the first page.
May import: db.base, db.model, db.storage, db.rows."""
