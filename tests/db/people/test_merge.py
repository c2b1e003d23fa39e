"""Merging two files of a person: rows move, conflicts are resolved by choice, one undo restores everything."""

import pytest

from db.base.errors import CeilingError, ConflictError, InvalidError, NotFoundError, RuleError
from db.model.dictionary import FILES
from db.people import duplicates
from db.people import merge as merging
from db.people.merge import MergeChoices
from db.people.merge_preview import BOTH, GONE, KEEP, look
from db.rows import history, operations, records, undo
from db.rows.records import Edit
from db.storage.integrity import check
from tests.db.factories import (
    drop_rules,
    insert,
    insert_aid,
    insert_benefit,
    insert_contract,
    insert_diagnostic,
    insert_exit,
    insert_person,
    insert_stage,
)

DAY = "2026-06-15"


@pytest.fixture
def two(db):
    """Insert the same person twice, with rights that begin on different days and may follow one another."""
    keep = insert_person(
        db, None, last_name="Marchand", first_name="Lou", phone="+33565000001", note="Atelier à Figeac."
    )
    gone = insert_person(db, None, last_name="Marchant", first_name="Lou", email="lou@exemple.fr", note="Permis B.")
    insert_benefit(db, keep, "rsa", "2024-01-01")
    insert_benefit(db, gone, "rsa", "2020-01-01", "2023-12-31")
    return keep, gone


def dump_tables(db):
    """Return the values of every table, whichever changes led to them."""
    kept = {}
    for table in FILES:
        names = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        columns = ", ".join(name for name in names if name not in ("version", "changed_by"))
        kept[table] = db.execute(f'SELECT {columns} FROM "{table}" ORDER BY id').fetchall()
    return kept


def dump_file(db):
    return list(db.iterdump())


def rows_of(db, table, person):
    """Return the ids of a person's rows that are not deleted."""
    sql = f'SELECT id FROM "{table}" WHERE person_id = ? AND deleted_at IS NULL ORDER BY id'
    return [row[0] for row in db.execute(sql, (person,))]


def merge(db, keep, gone, who="Ada", **choices):
    merging.merge(db, keep, gone, MergeChoices(**choices), look(db, keep, gone).versions, who)
    assert check(db) == []


def undo_last(db):
    undo.undo(db, db.execute("SELECT max(id) FROM operation").fetchone()[0], "Grace")
    assert check(db) == []


# ---- everything goes along


@pytest.fixture
def full(db, two):
    """Insert rows of every kind for the merged person, some referring to others, and projects that list the person."""
    keep, gone = two
    insert(db, "orientation", person_id=gone, requested_on="2019-12-01")
    insert_stage(db, gone, "accompaniment", "2020-02-01", "2023-06-30")
    diagnostic = insert_diagnostic(db, gone, "2020-01-05", "2020-03-01")
    first = insert_contract(db, gone, "2020-02-01", "2020-02-01", "2020-12-31")
    # A renewal that overlaps what it replaces, and was entered before it had a follower.
    second = insert_contract(db, gone, "2020-10-01", "2020-10-01", "2021-09-30", rank="renewal", replaces_id=first)
    for plan in ({"diagnostic_id": diagnostic}, {"cer_id": second}):
        insert(db, "action", person_id=gone, objective="Trouver un atelier", state="todo", **plan)
    insert_aid(db, gone, 300_00)
    insert_exit(db, gone, "2023-07-01")
    planned = {"planned_on": "2022-02-02", "starts_at": "09:00", "minutes": 60, "way": "office", "state": "came"}
    came = insert(db, "appointment", person_id=gone, **planned)
    insert(db, "intervention", person_id=gone, happened_on="2022-02-02", domain="network", appointment_id=came)
    projects = [
        insert(db, "project", name=name, participants=f"[{persons}]")
        for name, persons in (("Expo", f"{gone}"), ("Concert", f"{gone}, {keep}"), ("Stage", f"{keep}"))
    ]
    return keep, gone, projects


def test_everything_of_the_other_is_the_kept_persons(db, full):
    keep, gone, projects = full
    before = {table.name: rows_of(db, table.name, gone) for table in FILES.values() if table.belongs_to_person}
    assert all(before.values()), "a row in each table"

    merge(db, keep, gone)

    for table, ids in before.items():
        assert set(ids) <= set(rows_of(db, table, keep)), table
        assert rows_of(db, table, gone) == []
    listed = [records.get(db, db.tables["project"], project).values["participants"] for project in projects]
    assert listed == [(keep,), (keep,), (keep,)]
    with pytest.raises(NotFoundError):
        records.get(db, db.tables["person"], gone)
    assert duplicates.merged_into(db, gone) == keep


def test_one_undo_brings_everything_back(db, full):
    keep, gone, _ = full
    before = dump_tables(db)
    merge(db, keep, gone, values={"email": "lou@exemple.fr", "note": "Atelier à Figeac.\n\nPermis B."})
    assert dump_tables(db) != before
    (merged,) = duplicates.merges(db)
    assert (merged.one, merged.other, merged.who) == (keep, gone, "Ada")

    undo.undo(db, merged.operation, "Grace")

    assert dump_tables(db) == before
    assert check(db) == []
    assert duplicates.merges(db) == []
    assert duplicates.merged_into(db, gone) is None


def test_a_merge_is_one_operation_that_the_history_tells(db, full):
    keep, gone, _ = full
    merge(db, keep, gone)
    operation = operations.get(db, duplicates.merges(db)[0].operation)
    assert operation
    lines = history.of_operation(db, operation, records.context(db))

    assert {line.who for line in lines} == {"Ada"}
    told = [line.sentence for line in lines if line.table == "aid"]
    assert told == ["Ada a modifié : Personne (Marchant Lou (supprimé) → Marchand Lou)"]
    assert [line.action for line in lines if line.table == "person"] == ["delete"]


# ---- the person herself


def test_chosen_values_are_written_and_the_others_stay(db, two):
    keep, gone = two

    merge(db, keep, gone, values={"last_name": "Marchant", "email": "lou@exemple.fr", "note": "Les deux."})

    values = records.get(db, db.tables["person"], keep).values
    shown = {name: values[name] for name in ("last_name", "first_name", "phone", "email", "note")}
    assert shown == {
        "last_name": "Marchant",
        "first_name": "Lou",
        "phone": "+33565000001",
        "email": "lou@exemple.fr",
        "note": "Les deux.",
    }


def test_a_value_that_is_wrong_is_told_and_nothing_is_written(db, two):
    before = dump_file(db)

    with pytest.raises(InvalidError, match="Courriel : « lou »"):
        merge(db, *two, values={"email": "lou"})

    assert dump_file(db) == before


# ---- what cannot stand together


def test_exact_twins_are_kept_once_and_what_rests_on_them_follows(db, two):
    keep, gone = two
    mine, theirs = (insert_diagnostic(db, person, "2025-01-05", None, skills="Gravure") for person in two)
    insert(db, "action", person_id=keep, diagnostic_id=mine, objective="Exposer", state="todo")
    same = insert(db, "action", person_id=gone, diagnostic_id=theirs, objective="Exposer", state="todo")
    other = insert(db, "action", person_id=gone, diagnostic_id=theirs, objective="Se former", state="todo")
    before = dump_tables(db)
    twins = look(db, keep, gone).twins
    assert twins[("diagnostic", theirs)] == ("diagnostic", mine)
    assert ("action", same) in twins
    assert ("action", other) not in twins

    merge(db, keep, gone)

    assert rows_of(db, "diagnostic", keep) == [mine]
    assert [
        (r.values["objective"], r.values["diagnostic_id"]) for r in records.of_person(db, db.tables["action"], keep)
    ] == [("Exposer", mine), ("Se former", mine)]
    undo_last(db)
    assert dump_tables(db) == before


@pytest.fixture
def contracts(db, two):
    """Insert two contracts that share days, each with an action."""
    keep, gone = two
    mine = insert_contract(db, keep, "2025-01-01", "2025-01-01", "2025-06-30")
    theirs = insert_contract(db, gone, "2025-03-01", "2025-03-01", "2025-12-31", kind="engagement")
    for person, contract in ((keep, mine), (gone, theirs)):
        insert(db, "action", person_id=person, cer_id=contract, objective=f"Action {contract}", state="todo")
    return keep, gone, mine, theirs


@pytest.mark.parametrize("side", [KEEP, GONE])
def test_of_two_contracts_of_the_same_days_the_chosen_one_stays_with_both_plans(db, contracts, side):
    keep, gone, mine, theirs = contracts
    (clash,) = look(db, keep, gone).clashes
    assert (clash.keep, clash.gone) == ((mine,), (theirs,))
    before = dump_tables(db)

    merge(db, keep, gone, sides={clash.key: side})

    stays = mine if side == KEEP else theirs
    assert rows_of(db, "cer", keep) == [stays]
    assert {row.values["cer_id"] for row in records.of_person(db, db.tables["action"], keep)} == {stays}
    undo_last(db)
    assert dump_tables(db) == before


def test_the_later_contract_may_stand_as_a_renewal_of_the_earlier(db, contracts):
    keep, gone, mine, theirs = contracts
    (clash,) = look(db, keep, gone).clashes
    before = dump_tables(db)

    merge(db, keep, gone, sides={clash.key: BOTH})

    values = records.get(db, db.tables["cer"], theirs).values
    assert (values["person_id"], values["rank"], values["replaces_id"]) == (keep, "update", mine)
    undo_last(db)
    assert dump_tables(db) == before


def test_two_stages_of_the_same_days_may_follow_one_another(db, two):
    keep, gone = two
    mine = insert_stage(db, keep, "accompaniment", "2024-03-01")
    theirs = insert_stage(db, gone, "accompaniment", "2022-01-01", mode="light")
    (clash,) = look(db, keep, gone).clashes
    assert clash.usual == GONE, "it covers the other"
    before = dump_tables(db)

    merge(db, keep, gone, sides={clash.key: BOTH})

    stages = [
        (r.id, r.values["starts_on"], r.values["ends_on"]) for r in records.of_person(db, db.tables["stage"], keep)
    ]
    assert stages == [(mine, "2024-03-01", None), (theirs, "2022-01-01", "2024-02-29")]
    undo_last(db)
    assert dump_tables(db) == before


def test_a_choice_that_leaves_an_accompaniment_without_rights_is_refused(db, two):
    keep, gone = two
    insert_benefit(db, gone, "none", "2024-02-01", subject_to_duties=0)
    insert_stage(db, keep, "accompaniment", "2024-03-01")
    (clash,) = look(db, keep, gone).clashes
    choices = MergeChoices(sides={clash.key: GONE})
    before = dump_file(db)

    told = merging.rehearse(db, keep, gone, choices, "Ada")
    with pytest.raises(RuleError, match="droits et devoirs"):
        merge(db, keep, gone, sides={clash.key: GONE})

    assert any("droits et devoirs" in problem for problem in told.problems)
    assert dump_file(db) == before
    assert merging.rehearse(db, keep, gone, MergeChoices(sides={clash.key: KEEP}), "Ada").problems == ()


# ---- the ceiling of aids


def test_aids_that_pass_the_ceiling_together_ask_for_a_reason(db, two):
    keep, gone = two
    insert_aid(db, keep, 600_00)
    aid = insert_aid(db, gone, 400_00, "2024-08-01")
    before = dump_file(db)

    told = merging.rehearse(db, keep, gone, MergeChoices(), "Ada")
    with pytest.raises(CeilingError):
        merge(db, keep, gone)
    assert dump_file(db) == before
    assert "600 € déjà accordés" in told.ceiling.replace("\xa0", " ")
    assert told.problems == ()

    before = dump_tables(db)
    merge(db, keep, gone, reason="Saisies dans deux dossiers.")
    assert records.get(db, db.tables["aid"], aid).values["override_reason"] == "Saisies dans deux dossiers."
    undo_last(db)
    assert dump_tables(db) == before


def test_an_aid_granted_past_the_ceiling_does_not_bar_the_way_back(db, two):
    keep, gone = two
    insert_aid(db, gone, 800_00, "2024-01-10")
    insert_aid(db, gone, 350_00, "2024-02-10", override_reason="Vol de l’outillage.")
    insert_aid(db, keep, 100_00, "2024-03-10")
    before = dump_tables(db)

    merge(db, keep, gone, reason="Deux dossiers.")
    undo_last(db)

    assert dump_tables(db) == before


# ---- colleagues


def test_what_a_colleague_changed_meanwhile_is_a_conflict_and_nothing_is_written(db, two):
    keep, gone = two
    aid = insert_aid(db, gone, 100_00)
    changes = [
        lambda: records.save(db, db.tables["person"], Edit({"town": "Figeac"}, gone, 1), "Grace"),
        lambda: records.save(db, db.tables["aid"], Edit({"paid_on": "2024-06-01"}, aid, 1), "Grace"),
        lambda: records.save(db, db.tables["aid"], Edit({"person_id": keep, "type": "training"}), "Grace"),
        lambda: records.delete(db, db.tables["aid"], {aid: 2}, "Grace"),
        lambda: records.save(db, db.tables["project"], Edit({"name": "Expo", "participants": (gone,)}), "Grace"),
    ]
    for change in changes:
        seen = look(db, keep, gone)
        change()
        before = dump_file(db)

        with pytest.raises(ConflictError, match="Grace a modifié cette ligne entre-temps\\.$"):
            merging.merge(db, keep, gone, MergeChoices(), seen.versions, "Ada")

        assert dump_file(db) == before
    merge(db, keep, gone)


def test_a_rehearsal_writes_nothing(db, full):
    before = dump_file(db)

    keep, gone, _ = full
    assert merging.rehearse(db, keep, gone, MergeChoices(), "Ada") == merging.Rehearsal((), "")

    assert dump_file(db) == before


def test_what_is_no_pair_is_refused(db, two):
    with pytest.raises(InvalidError, match="même dossier"):
        look(db, two[0], two[0])
    with pytest.raises(NotFoundError):
        look(db, two[0], 999)


def test_what_was_wrong_before_does_not_bar_a_merge(db, two):
    keep, gone = two
    drop_rules(db)
    insert_stage(db, keep, "accompaniment", "2010-01-01", "2010-12-31")  # no rights on that day
    assert merging.rehearse(db, keep, gone, MergeChoices(), "Ada").problems == ()
