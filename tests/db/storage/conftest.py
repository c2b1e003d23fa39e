"""A file of which every line is sealed."""

import pytest

from db.rows import access_log, records
from db.rows.records import Edit
from db.storage.integrity import check


@pytest.fixture
def used(db):
    """Return a file of six sealed lines: four changes, two of the access log."""
    one = records.save(db, db.tables["partner"], Edit({"name": "La Grange"}), "Ada").row_id
    records.save(db, db.tables["partner"], Edit({"name": "Le Moulin"}), "Ada")
    access_log.note(db, "Ada", "export", detail="Partenaires")
    records.save(db, db.tables["partner"], Edit({"town": "Figeac"}, one, 1), "Grace")
    access_log.note(db, "Grace", "sign_in")
    records.save(db, db.tables["partner"], Edit({"town": "Cahors"}, one, 2), "Ada")
    assert check(db) == []
    return db
