"""Drafts of forms: kept for their author alone, outside everything that leaves the file, gone when they must."""

import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.accounts import accounts
from db.base.errors import InvalidError
from db.customise import model_file
from db.export import plain_sqlite
from db.model.roles import Role
from db.people import erasure
from db.rows import drafts, history, records, titles
from db.rows.drafts import FormDrafts, FormOpening
from db.rows.queries import Query
from db.storage.ddl import ERASING
from db.storage.integrity import check
from tests.db.factories import insert, insert_person

SECRET = "Zorglubescu"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "palette.db"


@pytest.fixture
def db(path, new_office):
    db = new_office(path)
    for name in ("Ada", "Bob"):
        accounts.create(db, f"{name}@exemple.fr", name, Role, "Test")
    yield db
    db.close()


@pytest.fixture
def ada(db):
    return FormDrafts(db, 1)


@pytest.fixture
def bob(db):
    return FormDrafts(db, 2)


def of_new(table: str, **fixed) -> FormOpening:
    return FormOpening(table, None, None, fixed)


def of_row(table: str, row_id: int, version: int = 1) -> FormOpening:
    return FormOpening(table, row_id, version, {})


def opened(db) -> int:
    return int(db.execute("SELECT count(*) FROM draft").fetchone()[0])


def test_what_is_chosen_and_what_is_typed_are_one_draft(ada):
    opening = ada.begin(of_new("person"))
    assert ada.every() == [], "a form that was only opened is no draft"

    ada.keep(opening, of_new("person"), {"gender": "woman", "town": "Cahors"}, ())
    assert ada.add_texts(opening, {"note": "Elle", "unknown": "x", "unknown__2": "x", "craft__2": "relieuse"})
    ada.keep(opening, of_new("person"), {"licence": 1}, ["town"])

    (draft,) = ada.every()
    assert draft.values == {"gender": "woman", "note": "Elle", "craft__2": "relieuse", "licence": 1}
    assert (draft.form.table, draft.form.row_id) == ("person", None)


def test_a_draft_is_its_authors_alone(ada, bob):
    opening = ada.begin(of_new("person"), {"note": SECRET})

    assert bob.every() == []
    assert not bob.add_texts(opening, {"note": "Bob"})
    bob.keep(opening, of_new("person"), {"note": "Bob"}, ())
    bob.drop(opening)

    assert [draft.values for draft in ada.every()] == [{"note": SECRET}]
    assert bob.every() == []


def test_a_late_text_does_not_bring_a_saved_form_back(db, ada):
    opening = ada.begin(of_new("person"), {"note": "x"})
    ada.drop(opening)

    assert not ada.add_texts(opening, {"note": "late"})
    assert opened(db) == 0


def test_a_resumed_draft_takes_no_text_of_the_form_it_was_begun_in(ada):
    before = ada.begin(of_new("person"), {"note": "x"})
    offered = ada.every()[0]
    ada.add_texts(before, {"note": "x and the end, while it was offered"})
    after = ada.resume(offered)

    assert not ada.add_texts(before, {"note": "late"})
    assert ada.add_texts(after.opening, {"town": "Figeac"})
    assert [draft.values for draft in ada.every()] == [{**after.values, "town": "Figeac"}]
    assert after.values == {"note": "x and the end, while it was offered"}


def test_a_draft_is_found_by_its_row_and_a_new_row_by_its_person(db, ada):
    one, other = insert_person(db), insert_person(db)
    for form in (of_row("person", one), of_row("person", other), of_new("aid", person_id=one), of_new("aid")):
        ada.begin(form, {"note": "x"})

    for form in (of_row("person", one, version=3), of_new("aid", person_id=one, type="mobility"), of_new("aid")):
        assert len(ada.of_form(form)) == 1, form
    assert ada.of_form(of_new("aid", person_id=other)) == []
    assert ada.of_form(of_row("person", one, version=3))[0].form.version == 1, "that of the row when it was begun"


def test_a_draft_too_long_is_refused_and_the_one_before_stays(ada):
    opening = ada.begin(of_new("person"), {"note": "x"})

    with pytest.raises(InvalidError):
        ada.add_texts(opening, {"note": "x" * 1_000_001})

    assert [draft.values for draft in ada.every()] == [{"note": "x"}]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_kept_as_it_was_typed(ada, text):
    opening = ada.begin(of_new("person"))
    ada.add_texts(opening, {"note": text})

    assert ada.every()[0].values == {"note": text}
    ada.drop(opening)


# ---- what leaves the file, and what is looked through


def test_a_draft_is_in_no_history_search_or_export(db, ada):
    person = insert_person(db, note="Mazurkarillon")
    before = db.execute("SELECT count(*) FROM history").fetchone()
    ada.begin(of_row("person", person), {"note": SECRET})
    ada.begin(of_new("intervention", person_id=person), {"note": SECRET})

    copy = plain_sqlite.content(db)
    assert SECRET.encode() not in copy
    assert b"Mazurkarillon" in copy, "the control"
    assert SECRET not in str(model_file.export_model(db))
    assert db.execute("SELECT count(*) FROM history").fetchone() == before
    assert history.find(db, history.Search(words=SECRET), titles.context(db), 0, 10)[1] == 0
    assert records.read(db, db.tables["person"], Query(search=SECRET)).matching == 0
    assert check(db) == []


# ---- what goes


def test_a_draft_that_nobody_touches_goes_after_a_month_and_an_empty_one_after_a_day(db, ada):
    for days, table, values in (
        (31, "person", {"note": "x"}), (29, "aid", {"note": "x"}), (2, "need", {}), (0, "project", {}),
    ):  # fmt: skip
        ada.begin(of_new(table), values)
        moment = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?)"
        db.execute(f"UPDATE draft SET at = {moment} WHERE table_name = ?", (f"-{days} days", table))

    assert [draft.form.table for draft in ada.every()] == ["aid"], "not offered, even before the daily removal"
    drafts.purge(db)

    assert {row[0] for row in db.execute("SELECT table_name FROM draft")} == {"aid", "project"}


def test_closing_an_account_deletes_its_drafts(db, ada, bob):
    opening = bob.begin(of_new("person"), {"note": SECRET})
    ada.begin(of_new("person"), {"note": "x"})

    accounts.change(db, 2, "Bob@exemple.fr", "Bob", Role, active=False, who="Ada")

    assert [draft.values for draft in ada.every()] == [{"note": "x"}]
    bob.keep(opening, of_new("person"), {"note": SECRET}, ())
    assert opened(db) == 1, "nothing is kept for a closed account"


def test_erasing_a_person_deletes_every_draft_about_the_person_and_refuses_late_ones(db, path, ada):
    other, person = insert_person(db), insert_person(db)
    aid = insert(db, "aid", person_id=person, type="mobility", requested_on="2024-01-01", decision="pending")
    about: list[tuple[FormOpening, dict[str, Any]]] = [
        (of_row("person", person), {}),
        (of_row("aid", aid), {}),
        (of_new("intervention", person_id=person), {}),
        (of_new("intervention"), {"person_id": person}),
        (of_new("project"), {"participants": [other, person]}),
    ]
    openings = [(ada.begin(form, {"note": SECRET, **values}), form) for form, values in about]
    for form in (of_row("person", other), of_new("project"), of_new("person")):
        ada.begin(form, {"note": "reste là"})
    assert SECRET.encode() in path.read_bytes() + path.with_name("palette.db-wal").read_bytes(), "the control"

    erasure.erase(db, [person], "Ada")

    assert [draft.values["note"] for draft in ada.every()] == ["reste là"] * 3
    assert not any(ada.add_texts(opening, {"note": SECRET}) for opening, _ in openings)
    for opening, form in openings[:3]:
        ada.keep(opening, form, {"note": SECRET}, ())
    assert opened(db) == 3
    files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
    assert [one.name for one in files if SECRET.encode() in one.read_bytes()] == []
    assert check(db) == []


def test_the_file_itself_keeps_no_draft_about_a_person_who_is_gone(db, ada):
    person = insert_person(db, rights=None)
    ada.begin(of_row("person", person), {"note": SECRET})
    db.execute("UPDATE person SET deleted_at = ?, version = 2, changed_by = 'x' WHERE id = ?", (ERASING, person))

    db.execute("DELETE FROM person WHERE id = ?", (person,))

    assert opened(db) == 0
    with pytest.raises(sqlite3.IntegrityError, match="cette personne n’existe plus"):
        insert_draft(db, person)


def insert_draft(db, person: int) -> None:
    sql = "INSERT INTO draft (opening, account_id, table_name, person_id, fixed, content) VALUES (?, 1, 'aid', ?, ?, ?)"
    db.execute(sql, ("x" * 32, person, "{}", "{}"))
