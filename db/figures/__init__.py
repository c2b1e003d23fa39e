"""Counting: periods, populations, the definition of every figure, the file as of a past day, frozen snapshots.
May import: db.base, db.model, db.storage, db.rows."""
