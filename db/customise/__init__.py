"""Customisation by an office: fields, lists and labels, and the model file that carries them to another office.
May import: db.base, db.model, db.storage, db.rows."""
