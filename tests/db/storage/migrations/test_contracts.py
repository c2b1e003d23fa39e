"""Step 3: renewals of « contrats d’engagement » become updates; labels that the office chose stay."""

import pytest

from db.rows import records
from db.storage import connection
from db.storage.integrity import check
from tests.db.examples import forget_open_files
from tests.db.factories import insert_contract, insert_person


@pytest.fixture(autouse=True)
def _newly_started():
    forget_open_files()
    yield
    forget_open_files()


def test_a_file_of_before_names_updates_and_lists_what_is_missing(db, path):
    person = insert_person(db)
    cer = insert_contract(db, person, "2024-01-01", "2024-01-01", "2024-12-31")
    for name in ("rank_of_kind", "only_renewals_replace"):
        db.execute(f"DROP TRIGGER cer_rule_{name}_insert")
        db.execute(f"DROP TRIGGER cer_rule_{name}_update")
    db.execute(
        "CREATE TRIGGER cer_rule_only_renewals_replace_update AFTER UPDATE OF replaces_id, rank ON cer"
        " WHEN NEW.replaces_id IS NOT NULL AND NEW.rank <> 'renewal' BEGIN SELECT RAISE(ABORT, 'cer.x : X : non'); END"
    )
    renewed = insert_contract(
        db, person, "2025-01-01", "2025-01-01", "2025-12-31", kind="engagement", rank="renewal", replaces_id=cer
    )
    db.execute("UPDATE list_contract_state SET label = 'Échu', position = 2 WHERE code = 'over'")
    db.execute("UPDATE list_contract_state SET label = 'Bientôt' WHERE code = 'coming'")
    db.execute("DELETE FROM list_rank WHERE code = 'update'")
    db.execute("PRAGMA user_version = 3")
    forget_open_files()

    office = connection.open_file(path)

    contract = records.rows(office, office.tables["cer"], [renewed], "2025-06-01")[0]
    assert contract.values["rank"] == "update"
    every = ("diagnostic", "referent", "objectives", "person", "office", "hours", "plan", "update")
    assert contract.values["missing"] == every
    labels = dict(office.execute("SELECT code, label FROM list_contract_state"))
    assert (labels["over"], labels["coming"]) == ("Terminé", "Bientôt")
    assert check(office) == []
    office.close()
