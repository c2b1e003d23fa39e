"""What `check` finds in a file damaged by another program, a bad disk or an older version."""

import sqlite3

import pytest

from db.model.dictionary import TABLES
from db.model.office import Office
from db.model.types import Several
from db.storage import connection, ddl
from db.storage.integrity import check
from tests.db.factories import (
    delete,
    insert,
    insert_benefit,
    insert_contract,
    insert_followed_person,
    insert_person,
    insert_stage,
)


def unguarded(db: Office, *triggers: str, statement: str) -> None:
    """Run a statement without the triggers, then restore them."""
    kept = [db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] for name in triggers]
    for name in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute(statement)
    for sql in kept:
        db.execute(sql)


def test_an_empty_file_is_sound(db):
    assert check(db) == []


def test_a_file_in_use_is_sound(db):
    person = insert_followed_person(db, last_name="Éluard", birth_date="1980-02-29")
    insert_contract(db, person, "2022-01-01", "2022-01-01", "2022-06-30")
    db.execute("UPDATE person SET last_name = 'Aragon'")  # without Palette: signed « hors de Palette »
    delete(db, "person", insert_followed_person(db))
    db.execute("DELETE FROM cer")

    assert check(db) == []


def test_checking_changes_nothing(db):
    insert_followed_person(db)
    before = list(db.iterdump())

    check(db)

    assert list(db.iterdump()) == before


# --- rules ---


def test_a_row_that_breaks_a_rule_is_named_with_field_and_sentence(db):
    person = insert_person(db)
    stage = insert_stage(db, person, "accompaniment", "2023-01-01", "2023-06-30")
    statement = f"UPDATE stage SET ends_on = '2022-12-31' WHERE id = {stage}"

    unguarded(db, "stage_rule_ends_after_start_update", statement=statement)

    assert check(db) == [f"Étape de parcours n° {stage} : Au : la fin ne peut pas venir avant le début."]


def test_rights_taken_away_afterwards_are_found(db):
    person = insert_person(db, rights=None)
    benefit = insert_benefit(db, person, "rsa", "2023-01-01")
    stage = insert_stage(db, person, "accompaniment", "2023-01-01")
    assert check(db) == []

    delete(db, "benefit", benefit)

    (problem,) = check(db)
    assert problem.startswith(f"Étape de parcours n° {stage} : Étape : un accompagnement demande une situation")


def test_a_deleted_row_may_break_a_rule(db):
    stage = insert_stage(db, insert_person(db), "diagnostic", "2023-01-01", "2023-06-30")
    delete(db, "stage", stage)

    unguarded(db, "stage_rule_ends_after_start_update", statement="UPDATE stage SET ends_on = '2022-12-31'")

    assert check(db) == []


@pytest.mark.parametrize("table", TABLES)
def test_every_required_field_of_every_table_is_checked(db, table):
    """An empty row, inserted without triggers, is reported for each required field."""
    fields = TABLES[table].fields
    required = [field for field in fields if field.required]
    lists = [field.name for field in fields if isinstance(field.type, Several)]
    triggers = [name for name, sql in ddl.actual(db).items() if sql.startswith("CREATE TRIGGER")]

    columns, values = ", ".join(["id", *lists]), ", ".join(["77", *["'[]'"] * len(lists)])
    unguarded(db, *triggers, statement=f'INSERT INTO "{table}" ({columns}) VALUES ({values})')

    missing = {problem for problem in check(db) if "obligatoire" in problem}
    assert missing == {f"{TABLES[table].label} n° 77 : {field.label} : ce champ est obligatoire." for field in required}


def test_the_ceiling_is_checked_and_an_override_does_not_report_earlier_aids(db):
    person = insert_person(db)
    aid = {"person_id": person, "requested_on": "2023-01-01", "type": "equipment", "decision": "granted"}
    insert(db, "aid", granted=800_00, **aid)
    insert(db, "aid", granted=300_00, override_reason="Vol de l’atelier", **aid)
    assert check(db) == []

    unguarded(db, "aid_rule_ceiling_update", statement="UPDATE aid SET override_reason = NULL")

    assert check(db) == [
        f"Aide financière n° {n} : Montant accordé : le plafond des aides serait dépassé." for n in (1, 2)
    ]


# --- references, history, search ---


def test_a_reference_to_nothing_is_found(db):
    db.execute("PRAGMA foreign_keys = OFF")
    names = ("cer_rule_person_id_known_insert", "cer_rule_no_overlap_insert")
    values = "99, '2023-01-01', '2023-01-01', '2023-06-30', 'cer', 'first'"
    statement = f"INSERT INTO cer (person_id, signed_on, starts_on, ends_on, kind, rank) VALUES ({values})"

    unguarded(db, *names, statement=statement)

    problems = check(db)
    assert "Contrat n° 1 : renvoie à une ligne de « person » qui n’existe pas." in problems
    assert "Contrat n° 1 : Personne : cette valeur n’existe pas." in problems


def test_a_version_that_the_history_does_not_know_is_found(db):
    person = insert_person(db)

    db.execute("UPDATE person SET version = 4")  # no field changed, so no trigger looks

    assert check(db) == [f"Personne n° {person} : version 4, mais l’historique s’arrête à la version 1."]


def test_a_row_without_any_history_is_found(db):
    statement = "INSERT INTO partner (name) VALUES ('La Grange')"

    unguarded(db, "partner_history_insert", statement=statement)

    assert check(db) == ["Partenaire n° 1 : version 1, mais l’historique n’en dit rien."]


def test_a_row_erased_behind_the_history_s_back_is_found(db):
    insert(db, "partner", name="La Grange")

    unguarded(db, "partner_history_delete", statement="DELETE FROM partner")

    assert check(db) == ["Partenaire n° 1 : a disparu sans que l’historique le dise."]


def test_a_search_index_that_lags_behind_is_found_with_its_mend(db):
    insert(db, "partner", name="La Grange")
    unguarded(db, "partner_search_update", statement="UPDATE partner SET name = 'Le Moulin'")

    (problem,) = check(db)
    assert problem.startswith("La recherche dans « Partenaires » ne dit plus ce que disent les lignes.")

    db.execute(problem.split(" : ")[-1])  # the mend that it prints
    assert check(db) == []


def test_a_locked_file_is_not_taken_for_a_bad_index(db, path):
    db.execute("PRAGMA busy_timeout = 10")
    other = connection.connect(path)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        check(db)

    other.close()


# --- the file against the dictionary ---


def test_a_missing_trigger_is_found_and_what_it_let_in_too(db):
    stage = insert_stage(db, insert_person(db), "diagnostic", "2023-01-01")
    db.execute("DROP TRIGGER stage_rule_ends_after_start_update")
    db.execute("UPDATE stage SET ends_on = '2022-12-31'")

    assert check(db) == [
        "stage_rule_ends_after_start_update manque ou a été modifié. Ouvrir le fichier avec Palette y remédie.",
        f"Étape de parcours n° {stage} : Au : la fin ne peut pas venir avant le début.",
    ]


def test_a_weakened_trigger_is_found(db):
    name = "cer_rule_no_overlap_insert"
    db.execute(f"DROP TRIGGER {name}")
    db.execute(f"CREATE TRIGGER {name} AFTER INSERT ON cer WHEN 0 BEGIN SELECT 1; END")

    assert check(db) == [f"{name} manque ou a été modifié. Ouvrir le fichier avec Palette y remédie."]


def test_an_unknown_column_is_found_with_its_mend(db):
    db.execute("ALTER TABLE partner ADD COLUMN colour TEXT")

    (problem,) = check(db)

    assert problem.startswith("partner.colour : colonne inconnue du dictionnaire.")


def test_what_an_older_file_does_not_have_yet_is_found(db):
    on_actions = [name for name, sql in ddl.actual(db).items() if name.startswith("action_") and "due_on" in sql]
    for name in on_actions:
        db.execute(f"DROP {'INDEX' if '_by_' in name else 'TRIGGER'} {name}")
    db.execute("ALTER TABLE action DROP COLUMN due_on")
    db.execute("DROP TABLE need")

    assert check(db) == [
        "La table need manque. Ouvrir le fichier avec Palette y remédie.",
        "La colonne action.due_on manque. Ouvrir le fichier avec Palette y remédie.",
    ]


def test_a_file_of_another_version_is_reported_as_earlier_or_later(db):
    made_by = db.execute("PRAGMA user_version").fetchone()[0]

    db.execute(f"PRAGMA user_version = {made_by - 1}")
    earlier = "Le fichier date d’une version plus ancienne de Palette. Ouvrir le fichier avec Palette y remédie."
    assert check(db) == [earlier]

    db.execute(f"PRAGMA user_version = {made_by + 1}")
    (problem,) = check(db)
    assert "version plus récente de Palette" in problem


def test_any_other_sqlite_file_is_told_apart(tmp_path):
    db = connection.connect(tmp_path / "other.db")
    db.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY)")

    assert check(db) == ["Ce n’est pas un fichier de Palette : aucune de ses tables n’y est."]

    db.close()


def test_a_damaged_page_is_found(db, path):
    for number in range(200):
        insert_person(db, last_name=f"Nom {number}")
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'person'").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)

    damaged = connection.connect(path)
    problems = check(damaged)
    damaged.close()

    assert problems
    assert all(problem.startswith("Le fichier est abîmé ; reprenez une sauvegarde.") for problem in problems)
