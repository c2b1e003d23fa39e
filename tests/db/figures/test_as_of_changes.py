"""Persons whose figures differ from those known at a moment, and the changes that explain it."""

from contextlib import closing

from db.figures import as_of
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.rows import records
from tests.db.examples import open_raw, update_row
from tests.db.factories import delete, insert, insert_exit, insert_followed_person, insert_person, insert_stage
from tests.db.figures.looking_back import MARCH, date_history

# --- what moved ---


def tables_and_actions(changes):
    return [(change.table, change.action) for change in changes]


def moved_persons(db, path, *names, when="2023", moment=MARCH):
    return as_of.moved(db, path, period_of(when), names, moment, records.context(db))


def test_who_counts_otherwise_is_named_with_figures_and_changes(db, path):
    same, left, entered, other = (insert_followed_person(db, domain="crafts") for _ in range(4))
    db.execute("UPDATE stage SET starts_on = '2025-01-01' WHERE person_id = ?", (entered,))
    date_history(db, MARCH)
    update_row(db, db.tables["person"], same, town="Cahors")  # nothing that is counted
    db.execute("UPDATE stage SET ends_on = '2022-12-31' WHERE person_id = ?", (left,))
    db.execute("UPDATE stage SET starts_on = '2023-12-31' WHERE person_id = ?", (entered,))
    update_row(db, db.tables["person"], other, domain=None)

    found = moved_persons(db, path, "followed", "accompanied", "domain")

    assert [(one.person, one.no_longer, one.henceforth) for one in found] == [
        (left, (("followed", ""), ("accompanied", "")), ()),  # who leaves the whole leaves every share of it
        (entered, (), (("followed", ""), ("accompanied", ""))),
        (other, (("domain", "crafts"),), (("domain", "unknown"),)),
    ]
    assert [tables_and_actions(one.changes) for one in found] == [
        [("stage", "update")],
        [("stage", "update")],
        [("person", "update")],
    ]
    assert found[0].changes[0].sentence.endswith("a modifié : Au (vide → 31/12/2022)")


def test_only_changes_since_are_told_latest_first(db, path):
    person = insert_followed_person(db)
    update_row(db, db.tables["person"], person, origin="lot")
    date_history(db, MARCH)
    insert_exit(db, person, "2023-02-01")
    update_row(db, db.tables["person"], person, origin="foreign")

    (found,) = moved_persons(db, path, "exits")

    assert (found.no_longer, found.henceforth) == ((), (("exits", ""),))
    assert tables_and_actions(found.changes) == [("person", "update"), ("exit", "insert")]


def test_changes_that_no_figure_of_the_period_looks_at_are_not_told(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    insert_exit(db, person, "2023-12-31")
    insert_exit(db, person, "2024-01-01")
    update_row(db, db.tables["person"], person, town="Cahors", note="Née le 01/02/2003")

    assert [tables_and_actions(one.changes) for one in moved_persons(db, path, "exits")] == [[("exit", "insert")]]


def test_a_stage_continuing_after_the_period_is_among_the_changes(db, path):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01", "2023-12-31")
    date_history(db, MARCH)
    insert_stage(db, person, "accompaniment", "2024-01-01")

    (found,) = moved_persons(db, path, "mean_length_years")

    assert found.no_longer == (("mean_length_years", ""),)
    assert tables_and_actions(found.changes) == [("stage", "insert")]


def test_an_intervention_typed_in_later_is_told(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    insert(db, "intervention", person_id=person, happened_on="2023-02-01", domain="job")

    (found,) = moved_persons(db, path, "interventions")

    assert found.henceforth == (("interventions", "job"),)
    assert tables_and_actions(found.changes) == [("intervention", "insert")]


def test_a_deleted_person_counts_no_longer(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    delete(db, "person", person)

    (found,) = moved_persons(db, path, "followed")

    assert found.no_longer == (("followed", ""),)
    assert ("person", "delete") in tables_and_actions(found.changes)


def test_nobody_moved_when_nothing_changed(db, path):
    insert_followed_person(db)

    assert moved_persons(db, path, *FIGURES, moment="2999") == []


def test_a_row_that_another_program_erased_is_told(db, path):
    person = insert_followed_person(db)
    date_history(db, MARCH)
    with closing(open_raw(path)) as raw:
        raw.execute("DELETE FROM stage")

    (found,) = moved_persons(db, path, "followed")

    assert found.no_longer == (("followed", ""),)
    assert (found.person, tables_and_actions(found.changes)) == (person, [("stage", "erase")])


def test_a_row_given_to_another_person_is_told_of_both(db, path):
    wrong, right = insert_followed_person(db), insert_person(db)
    date_history(db, MARCH)
    db.execute("UPDATE stage SET person_id = ?", (right,))

    found = moved_persons(db, path, "followed")

    assert [(one.person, tables_and_actions(one.changes)) for one in found] == [
        (wrong, [("stage", "update")]),
        (right, [("stage", "update")]),
    ]
