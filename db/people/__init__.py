"""What concerns persons: duplicates and merging, retention and erasure, sensitive words in notes.
May import: db.base, db.model, db.storage, db.rows."""
