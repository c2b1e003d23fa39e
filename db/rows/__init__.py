"""Rows of any table: read, saved, deleted and undone, with their history, drafts, saved views and the
access log.
May import: db.base, db.model, db.storage."""
