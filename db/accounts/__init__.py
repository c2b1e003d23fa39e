"""Who may sign in: accounts, sessions, login throttling. May import: db.base, db.model, db.storage, db.rows."""
