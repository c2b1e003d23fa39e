"""The SQLite file itself: connection, tables and triggers, upgrades, permissions, audit chain, integrity check.
May import: db.base, db.model."""
