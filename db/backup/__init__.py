"""Backups of the office file: made, verified, listed, restored.
May import: db.base, db.model, db.storage, db.rows, db.people, db.attachments."""
