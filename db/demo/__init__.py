"""The demonstration file: an invented office whose figures are those of the office's own published presentation.
May import: db.base, db.model, db.storage, db.rows, db.accounts."""
