"""How far a person's beginning has come, and the steps that write several rows at once."""

from typing import Any

import pytest

from db.base.errors import InvalidError, NotFoundError
from db.rows import intake, undo
from tests.db.factories import (
    delete,
    insert,
    insert_benefit,
    insert_diagnostic,
    insert_exit,
    insert_person,
    insert_stage,
)

TODAY = "2026-11-28"
TABLES = ("orientation", "benefit", "stage", "diagnostic", "action", "appointment")


def add_step(db, person: int, table: str, day: str = TODAY) -> int:
    """Add the row by which a step is done; for an action, of the diagnostic that is there."""
    match table:
        case "orientation":
            return insert(db, table, person_id=person, requested_on=day)
        case "benefit":
            return insert_benefit(db, person, "rsa", day)
        case "stage":
            return insert_stage(db, person, "diagnostic", day)
        case "diagnostic":
            return insert_diagnostic(db, person, day, None)
        case "action":
            (diagnostic,) = db.execute("SELECT max(id) FROM diagnostic WHERE person_id = ?", (person,)).fetchone()
            return insert(db, table, person_id=person, diagnostic_id=diagnostic, objective="Exposer", state="todo")
        case _:
            values = {"starts_at": "09:00", "minutes": 60, "way": "office", "state": "planned"}
            return insert(db, table, person_id=person, planned_on=day, **values)


def done(db, person: int) -> list[str]:
    found = intake.look(db, person, TODAY)
    return [table for table in TABLES if found.has(table)]


def test_each_step_is_done_once_the_file_has_its_row_and_not_any_more_when_the_row_is_deleted(db):
    person = insert_person(db, rights=None)
    rows = []
    for index, table in enumerate(TABLES):
        assert done(db, person) == list(TABLES[:index])
        rows.append((table, add_step(db, person, table)))

    assert done(db, person) == list(TABLES)
    for table, row in reversed(rows):
        delete(db, table, row)
        assert table not in done(db, person)


def test_what_is_over_does_not_count(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2020-01-01", "2026-11-27")
    insert_stage(db, person, "diagnostic", "2020-01-01", "2026-11-27")
    add_step(db, person, "appointment", "2026-11-27")

    assert done(db, person) == []


def test_who_left_and_comes_back_begins_anew(db):
    person = insert_person(db, rights=None)
    add_step(db, person, "orientation", "2020-01-01")
    add_step(db, person, "diagnostic", "2020-01-01")
    add_step(db, person, "action")
    assert done(db, person) == ["orientation", "diagnostic", "action"]

    insert_exit(db, person, "2022-05-01")
    assert done(db, person) == []
    add_step(db, person, "orientation")
    assert done(db, person) == ["orientation"]


def test_a_negative_verdict_stops_until_a_stage_is_there_nonetheless(db):
    person = insert_person(db, rights=None)
    insert(db, "orientation", person_id=person, requested_on=TODAY, food_job=1)
    assert intake.look(db, person, TODAY).is_refused

    insert_stage(db, person, "one_off", TODAY)

    assert not intake.look(db, person, TODAY).is_refused


def test_a_person_who_is_gone_is_told(db):
    person = insert_person(db)
    delete(db, "person", person)

    with pytest.raises(NotFoundError):
        intake.look(db, person, TODAY)


# ---- a stage with its rights

STAGE = {"kind": "accompaniment", "mode": "standard", "starts_on": "28/11/2026"}
RIGHTS = {"kind__rights": "rsa", "subject_to_duties__rights": None, "starts_on__rights": ""}


def kept(db, table: str, *names: str) -> list[tuple[Any, ...]]:
    sql = f'SELECT {", ".join(names)} FROM "{table}" WHERE deleted_at IS NULL ORDER BY id'
    return list(db.execute(sql))


def test_a_stage_and_the_rights_that_it_needs_are_one_operation(db):
    person = insert_person(db, rights=None)
    assert intake.lacks_duties(db, person, TODAY)

    intake.start_stage(db, {"person_id": person, **STAGE, **RIGHTS}, "Ada")

    assert kept(db, "benefit", "kind", "subject_to_duties", "starts_on") == [("rsa", 1, TODAY)]
    assert kept(db, "stage", "kind", "mode", "starts_on") == [("accompaniment", "standard", TODAY)]
    assert not intake.lacks_duties(db, person, TODAY)
    assert intake.lacks_duties(db, person, "2026-11-27")
    (operation,) = db.execute("SELECT max(id) FROM operation").fetchone()
    undo.undo(db, operation, "Ada")
    assert kept(db, "benefit", "id") == kept(db, "stage", "id") == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind__rights": None}, "kind__rights"),
        ({"starts_on__rights": "32/11/2026"}, "starts_on__rights"),
        ({"subject_to_duties__rights": 0}, "kind"),  # rights without duties: the stage is refused
        ({"starts_on__rights": "29/11/2026"}, "kind"),  # rights that begin later
        ({"mode": "unknown"}, "mode"),
        ({"ends_on": "27/11/2026"}, "ends_on"),
    ],
)
def test_neither_is_saved_when_one_is_refused(db, changed, field):
    person = insert_person(db, rights=None)

    with pytest.raises(InvalidError) as refused:
        intake.start_stage(db, {"person_id": person, **STAGE, **RIGHTS, **changed}, "Ada")

    assert field in {problem.field for problem in refused.value.problems}
    assert kept(db, "benefit", "id") == kept(db, "stage", "id") == []


def test_rights_that_a_colleague_added_meanwhile_are_not_doubled(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", TODAY)

    with pytest.raises(InvalidError) as refused:
        intake.start_stage(db, {"person_id": person, **STAGE, **RIGHTS}, "Ada")

    assert "couvre déjà ces jours" in str(refused.value)
    assert len(kept(db, "benefit", "id")) == 1
    intake.start_stage(db, {"person_id": person, **STAGE}, "Ada")
    assert len(kept(db, "stage", "id")) == 1


# ---- the first plan


def test_the_lines_that_are_filled_in_become_actions_of_the_diagnostic_in_one_operation(db):
    person = insert_person(db)
    plan = {"person_id": person, "diagnostic_id": add_step(db, person, "diagnostic")}
    lines = {"objective__1": "Exposer", "obstacle__1": "mobility", "due_on__1": "15/1/2027", "objective__2": "",
             "objective__3": "Vendre"}  # fmt: skip

    ids = intake.add_plan(db, {**plan, **lines}, "Ada")

    names = ("id", "person_id", "diagnostic_id", "objective", "obstacle", "due_on", "state")
    assert kept(db, "action", *names) == [
        (ids[0], *plan.values(), "Exposer", "mobility", "2027-01-15", "todo"),
        (ids[1], *plan.values(), "Vendre", None, None, "todo"),
    ]
    (operation,) = db.execute("SELECT max(id) FROM operation").fetchone()
    undo.undo(db, operation, "Ada")
    assert kept(db, "action", "id") == []


def test_a_plan_with_faults_names_each_of_them_and_saves_nothing(db):
    person = insert_person(db)
    plan = {"person_id": person, "diagnostic_id": add_step(db, person, "diagnostic")}
    lines = {"objective__1": "Exposer", "objective__2": "", "due_on__2": "15/1/2027", "objective__3": "Vendre",
             "due_on__3": "bientôt"}  # fmt: skip

    with pytest.raises(InvalidError) as refused:
        intake.add_plan(db, {**plan, **lines}, "Ada")
    with pytest.raises(InvalidError) as empty:
        intake.add_plan(db, {**plan, "objective__1": ""}, "Ada")

    assert [(one.field, one.label) for one in refused.value.problems] == [
        ("objective__2", "Objectif 2"),
        ("due_on__3", "Échéance 3"),
    ]
    assert str(empty.value) == "Objectif : écrivez au moins un objectif"
    assert kept(db, "action", "id") == []
