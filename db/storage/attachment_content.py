"""The table of what attachments hold, without history, and the triggers that keep each content with its row.

A content is written before its row, so that no row is ever without. It goes with its row (erasure), or once the row was
deleted long enough ago (``purge`` of db/attachments/files.py).
"""

from db.model import attachment_rules

_FORMATS = ", ".join(f"'{name}'" for name in attachment_rules.FORMATS)
_STAYS = "BEGIN SELECT RAISE(ABORT, 'le fichier d’une pièce ne change pas'); END"
_NAME = "attachment_content"

STATEMENTS = {
    # The picture comes first, so that a list of pictures need not read past the contents.
    _NAME: f"""CREATE TABLE {_NAME} (
  attachment_id INTEGER PRIMARY KEY REFERENCES attachment(id) DEFERRABLE INITIALLY DEFERRED,
  format TEXT NOT NULL CHECK (format IN ({_FORMATS})),
  picture BLOB CHECK (length(picture) BETWEEN 1 AND 400000),
  content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND {attachment_rules.LARGEST})
) STRICT""",
    f"{_NAME}_stays_update": f"CREATE TRIGGER {_NAME}_stays_update BEFORE UPDATE ON {_NAME} {_STAYS}",
    # « OR REPLACE » would delete the other content.
    f"{_NAME}_stays_insert": f"""CREATE TRIGGER {_NAME}_stays_insert BEFORE INSERT ON {_NAME}
  WHEN EXISTS (SELECT 1 FROM {_NAME} WHERE attachment_id = NEW.attachment_id) {_STAYS}""",
    f"{_NAME}_stays_delete": f"""CREATE TRIGGER {_NAME}_stays_delete BEFORE DELETE ON {_NAME}
  WHEN EXISTS (SELECT 1 FROM attachment a WHERE a.id = OLD.attachment_id AND (a.deleted_at IS NULL
    OR a.deleted_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{attachment_rules.KEPT_DAYS} days'))) {_STAYS}""",
    f"{_NAME}_stays_with_row": f"""CREATE TRIGGER {_NAME}_stays_with_row AFTER DELETE ON attachment
  BEGIN DELETE FROM {_NAME} WHERE attachment_id = OLD.id; END""",
}
"""Name -> CREATE statement, in the order to run."""
