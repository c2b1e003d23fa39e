"""The history: who changed what, when, from what to what, for every table and any program."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from db.rows import history, records
from db.rows.records import Edit
from db.storage.ddl import OUTSIDE
from tests.db.examples import (
    as_stored,
    different_value,
    every_table,
    full_row,
    insert_row,
    minimal_row,
    open_raw,
    parametrize_fields,
    read_raw_row,
    save_row,
    update_row,
)


def history_lines(path, table, row_id):
    """Return the history of a row, read with sqlite3 alone, oldest first."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        sql = "SELECT * FROM history WHERE table_name = ? AND row_id = ? ORDER BY id"
        lines = [dict(row) for row in raw.execute(sql, (table.name, row_id))]
    return [{**line, "before": json.loads(line["before"]), "after": json.loads(line["after"])} for line in lines]


def filled_values(table, values):
    return {name: value for name, value in as_stored(table, values).items() if value is not None}


@every_table
def test_a_new_row_is_recorded_with_all_its_values(db, path, table):
    values = full_row(db, table)

    row = save_row(db, table, values, who="Ada")

    (line,) = history_lines(path, table, row)
    assert (line["who"], line["action"], line["version"]) == ("Ada", "insert", 1)
    assert (line["before"], line["after"]) == ({}, filled_values(table, values))
    age = datetime.now(UTC) - datetime.fromisoformat(line["at"])
    assert abs(age.total_seconds()) < 60


_TIED = ("granted", "decision", "rank", "mode", "early_start_reason")


def changes_alone(field):
    """Return whether a field can change alone; the tests of the rules change those that cannot."""
    return not (field.required or field.target or field.name in _TIED or field.name.endswith("_on"))


@parametrize_fields(changes_alone)
def test_a_change_of_any_field_records_its_old_and_new_value_only(db, path, table, field):
    values = full_row(db, table)
    row = save_row(db, table, values)
    other = different_value(field, values[field.name])

    records.save(db, table, Edit({field.name: other}, row, 1), "Grace")

    line = history_lines(path, table, row)[-1]
    assert (line["who"], line["action"], line["version"]) == ("Grace", "update", 2)
    assert line["before"] == as_stored(table, {field.name: values[field.name]})
    assert line["after"] == as_stored(table, {field.name: other})


@every_table
def test_what_another_program_does_is_signed_and_raises_the_version(db, path, table):
    values = minimal_row(db, table)
    raw = open_raw(path)
    row = insert_row(raw, table, values)
    text = next((field.name for field in table.fields if field.searched and not field.required), None)

    if text:
        update_row(raw, table, row, **{text: "Écrit au clavier"})
    raw.execute(f"UPDATE \"{table.name}\" SET deleted_at = '2024-01-01' WHERE id = ?", (row,))
    raw.execute(f'UPDATE "{table.name}" SET deleted_at = NULL WHERE id = ?', (row,))
    current = read_raw_row(path, table.name, row)
    raw.execute(f'DELETE FROM "{table.name}" WHERE id = ?', (row,))

    lines = history_lines(path, table, row)
    actions = ["insert", *["update"] * bool(text), "delete", "restore", "erase"]
    assert [line["action"] for line in lines] == actions
    assert [line["version"] for line in lines] == list(range(1, len(actions) + 1))
    assert {line["who"] for line in lines} == {OUTSIDE}
    assert (current["version"], current["changed_by"]) == (len(actions) - 1, OUTSIDE)
    assert lines[-1]["before"].items() >= filled_values(table, values).items()
    assert lines[-1]["after"] == {}


@every_table
def test_deleting_and_restoring_are_recorded(db, path, table):
    row = save_row(db, table, minimal_row(db, table))

    records.delete(db, table, {row: 1}, "Ada")
    records.restore(db, table, [row], "Grace")

    assert [(line["who"], line["action"]) for line in history_lines(path, table, row)[1:]] == [
        ("Ada", "delete"),
        ("Grace", "restore"),
    ]


@every_table
def test_saving_the_same_values_again_leaves_no_trace(db, path, table):
    values = full_row(db, table)
    row = save_row(db, table, values)

    again = records.save(db, table, Edit(values, row, 1), "Grace")

    assert again.version == 1
    assert len(history_lines(path, table, row)) == 1


def test_the_rows_of_a_deleted_person_are_signed_by_who_deleted_the_person(db, path):
    from db.model.dictionary import BENEFIT, PERSON
    from tests.db.factories import insert_person

    by_ada, by_hand = insert_person(db), insert_person(db)
    records.delete(db, db.tables["person"], {by_ada: 1}, "Ada")
    db.execute("UPDATE person SET deleted_at = '2024-01-01' WHERE id = ?", (by_hand,))

    assert [history_lines(path, BENEFIT, row)[-1]["who"] for row in (1, 2)] == ["Ada", OUTSIDE]
    assert [history_lines(path, PERSON, row)[-1]["who"] for row in (by_ada, by_hand)] == ["Ada", OUTSIDE]


def test_a_change_is_described_in_french(db):

    row = save_row(
        db, db.tables["person"], {"last_name": "Éluard", "first_name": "Zoé", "gender": "woman", "phone": "0565534000"}
    )
    records.save(db, db.tables["person"], Edit({"phone": "0565534001", "domain": "film"}, row, 1), "La CIPA")

    latest, first = history.of_row(db, "person", row, records.context(db))

    assert latest.sentence == (
        "La CIPA a modifié : Téléphone (05 65 53 40 00 → 05 65 53 40 01) ; "
        "Domaine d’activité (vide → Audiovisuel / Cinéma)"
    )
    assert first.sentence == "Ada a créé"
