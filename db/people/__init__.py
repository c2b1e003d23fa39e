"""What concerns persons: duplicates and merging, retention and erasure, sensitive words in notes, who could help.
May import: db.base, db.model, db.storage, db.rows."""
