"""Import of an office's own spreadsheet: reading, matching with the dictionary and with existing rows, comparison, and
writing in a single operation.
May import: db.base, db.model, db.storage, db.rows, db.people."""
