"""Bulk edits: the preview is what happens, as one operation that one undo reverts; or nothing happens."""

import pytest

from db.base.errors import ConflictError, FieldError, NotFoundError, RuleError, StaleError
from db.model.dictionary import ACTION, CER, FILES, INTERVENTION, PERSON
from db.rows import bulk_edits, records, undo
from db.rows.records import Edit
from db.storage.integrity import check
from tests.db.factories import delete, insert, insert_contract, insert_diagnostic, insert_person, insert_stage

DAY = "2026-06-15"


@pytest.fixture(autouse=True)
def sound(db):
    yield
    assert check(db) == []


def dump_file(db):
    return list(db.iterdump())


def dump_table(db, table):
    names = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
    columns = ", ".join(name for name in names if name not in ("version", "changed_by"))
    return db.execute(f'SELECT {columns} FROM "{table}" ORDER BY id').fetchall()


def insert_people(db, *names, **values):
    return [insert_person(db, last_name=name, **values) for name in names]


def undo_last(db):
    undo.undo(db, db.execute("SELECT max(id) FROM operation").fetchone()[0], "Grace")


# ---- one field of many rows


def test_a_preview_announces_the_change_and_one_undo_reverts_it(db):
    rows = (
        insert_people(db, "Abel", "Blum", "Colin", town="Figeac")
        + insert_people(db, "Durand")
        + insert_people(db, "Evrard", town="Cahors")
    )
    before, file = dump_table(db, "person"), dump_file(db)

    told = bulk_edits.preview(db, db.tables["person"], rows, "town", " Cahors ", "Ada")

    assert dump_file(db) == file, "a preview writes nothing"
    assert (told.new_text, told.groups, told.same, told.refused) == ("Cahors", (("Figeac", 3), ("", 1)), 1, {})
    assert bulk_edits.change(db, db.tables["person"], told, "Ada") == 4
    assert {records.get(db, db.tables["person"], row).values["town"] for row in rows} == {"Cahors"}
    (operations,) = db.execute("SELECT count(*) FROM operation").fetchone()
    assert operations == 1
    undo_last(db)
    assert dump_table(db, "person") == before


def test_rows_refused_by_a_rule_are_listed_and_the_others_change(db):
    persons = insert_people(db, "Abel", "Blum", "Colin")
    stages = [insert_stage(db, person, "accompaniment", f"202{n}-01-01") for n, person in enumerate(persons)]
    again = insert_stage(db, persons[0], "diagnostic", "2019-01-01", "2019-12-31")

    told = bulk_edits.preview(db, db.tables["stage"], [*stages, again], "ends_on", "2021-06-30", "Ada")

    assert list(told.refused) == [stages[2]]
    assert "la fin ne peut pas venir avant le début" in told.refused[stages[2]]
    bulk_edits.change(db, db.tables["stage"], told, "Ada")
    ends = [records.get(db, db.tables["stage"], stage).values["ends_on"] for stage in (*stages, again)]
    assert ends == ["2021-06-30", "2021-06-30", None, "2021-06-30"]


def test_a_field_is_emptied_unless_it_is_required(db):
    (row,) = insert_people(db, "Abel", town="Figeac")

    with pytest.raises(FieldError, match="obligatoire"):
        bulk_edits.preview(db, db.tables["person"], [row], "last_name", "", "Ada")
    bulk_edits.change(
        db, db.tables["person"], bulk_edits.preview(db, db.tables["person"], [row], "town", "", "Ada"), "Ada"
    )

    assert records.get(db, db.tables["person"], row).values["town"] is None


def test_a_value_that_no_row_may_hold_is_refused_at_once(db):
    with pytest.raises(FieldError, match="n’est pas une date"):
        bulk_edits.preview(db, db.tables["person"], insert_people(db, "Abel"), "birth_date", "bientôt", "Ada")


def test_selecting_no_row_changes_nothing(db):
    told = bulk_edits.preview(db, db.tables["person"], [], "town", "Cahors", "Ada")
    assert (told.versions, told.groups, told.same) == ({}, (), 0)
    assert bulk_edits.change(db, db.tables["person"], told, "Ada") == 0


@pytest.mark.parametrize("kind", ["changed", "deleted"])
def test_a_colleagues_change_since_the_preview_stops_the_whole_edit(db, kind):
    rows = insert_people(db, "Abel", "Blum", town="Figeac")
    told = bulk_edits.preview(db, db.tables["person"], rows, "town", "Cahors", "Ada")
    if kind == "changed":
        records.save(db, db.tables["person"], Edit({"town": "Gramat"}, rows[1], 1), "Grace")
    else:
        delete(db, "person", rows[1])
    file = dump_file(db)

    with pytest.raises((ConflictError, NotFoundError)) as error:
        bulk_edits.change(db, db.tables["person"], told, "Ada")

    assert ("Grace" in str(error.value)) is (kind == "changed")
    assert dump_file(db) == file


def test_a_colleagues_change_of_another_field_is_no_conflict(db):
    (row,) = insert_people(db, "Abel", town="Figeac")
    told = bulk_edits.preview(db, db.tables["person"], [row], "town", "Cahors", "Ada")
    records.save(db, db.tables["person"], Edit({"craft": "Relieur"}, row, 1), "Grace")

    bulk_edits.change(db, db.tables["person"], told, "Ada")

    values = records.get(db, db.tables["person"], row).values
    assert (values["town"], values["craft"]) == ("Cahors", "Relieur")


def test_two_thousand_rows_change_and_come_back(db):
    db.executemany(
        "INSERT INTO partner (name, town) VALUES (?, 'Figeac')", [(f"Galerie {number}",) for number in range(2_000)]
    )
    partner, before = FILES["partner"], dump_table(db, "partner")
    ids = [row[0] for row in db.execute("SELECT id FROM partner")]

    bulk_edits.change(
        db,
        db.tables[partner.name],
        bulk_edits.preview(db, db.tables[partner.name], ids, "town", "Cahors", "Ada"),
        "Ada",
    )

    assert db.execute("SELECT count(*) FROM partner WHERE town = 'Cahors'").fetchone() == (2_000,)
    undo_last(db)
    assert dump_table(db, "partner") == before


# ---- the same new row for many persons


MEETING = {"happened_on": DAY, "domain": "network", "kind": "meeting", "minutes": 90}


def draft_rows(db, table, sources, ids, common, day=DAY):
    before = dump_file(db)
    made = bulk_edits.draft(db, table, sources, ids, common, "Ada", day)
    assert dump_file(db) == before, "a draft writes nothing"
    return made


def reasons(made):
    return [line.refused for line in made.lines]


def test_the_same_intervention_for_several_persons(db):
    persons = insert_people(db, "Abel", "Blum", "Colin")
    made = draft_rows(db, INTERVENTION, PERSON, persons, MEETING)
    assert reasons(made) == ["", "", ""]

    assert bulk_edits.create(db, made, "Ada") == 3

    rows = db.execute("SELECT person_id, happened_on, domain, minutes FROM intervention ORDER BY id").fetchall()
    assert rows == [(person, DAY, "network", 90) for person in persons]
    undo_last(db)
    assert db.execute("SELECT count(*) FROM intervention WHERE deleted_at IS NULL").fetchone() == (0,)


def test_a_person_selected_by_several_contracts_gets_one_intervention(db):
    (person,) = insert_people(db, "Abel")
    contracts = [insert_contract(db, person, f"202{n}-01-01", f"202{n}-01-01", f"202{n}-06-30") for n in (4, 5)]

    assert [line.person for line in draft_rows(db, INTERVENTION, CER, contracts, MEETING).lines] == [person]


def test_a_wrong_value_is_reported_for_each_row(db):
    made = draft_rows(db, INTERVENTION, PERSON, insert_people(db, "Abel"), {**MEETING, "domain": None})
    assert reasons(made) == ["Domaine d’intervention : ce champ est obligatoire"]
    assert made.accepted == []


def test_an_action_goes_to_the_running_contract_else_to_the_last_diagnostic(db):
    running, over, diagnosed, bare = insert_people(db, "Abel", "Blum", "Colin", "Durand")
    contract = insert_contract(db, running, "2026-01-01", "2026-01-01", "2026-12-31")
    insert_diagnostic(db, running, "2026-02-01", None)
    insert_contract(db, over, "2024-01-01", "2024-01-01", "2024-12-31")
    insert_diagnostic(db, diagnosed, "2023-02-01", None)
    last = insert_diagnostic(db, diagnosed, "2025-02-01", None)
    common = {"objective": "Ouvrir un site", "due_on": "2026-09-30", "state": "todo"}

    made = draft_rows(db, ACTION, PERSON, [running, over, diagnosed, bare], common)
    bulk_edits.create(db, made, "Ada")

    none = "ni contrat en cours ni diagnostic : aucun plan où mettre l’action"
    assert reasons(made) == ["", none, "", none]
    rows = db.execute("SELECT person_id, cer_id, diagnostic_id, objective FROM action ORDER BY id").fetchall()
    assert rows == [(running, contract, None, "Ouvrir un site"), (diagnosed, None, last, "Ouvrir un site")]


@pytest.fixture
def contracts(db):
    """Insert contracts: Abel's runs, with an action to do; Blum's is over, Colin's was renewed, Durand has none,
    Evrard's is followed by another."""
    abel, blum, colin, durand, evrard = insert_people(db, "Abel", "Blum", "Colin", "Durand", "Evrard")
    runs = insert_contract(
        db, abel, "2026-01-01", "2026-01-01", "2026-07-14", objectives="Vendre en ligne", kind="engagement"
    )
    insert(db, "action", person_id=abel, cer_id=runs, objective="Ouvrir un site", state="todo")
    insert_contract(db, blum, "2024-01-01", "2024-01-01", "2024-12-31")
    first = insert_contract(db, colin, "2026-01-01", "2026-01-01", "2026-06-30")
    insert_contract(db, colin, "2026-06-01", "2026-07-01", "2026-12-31", rank="renewal", replaces_id=first)
    insert_contract(db, evrard, "2026-01-01", "2026-01-01", "2026-06-30")
    insert_contract(db, evrard, "2026-09-01", "2026-09-01", "2026-12-31")
    return [abel, blum, colin, durand, evrard], runs


def test_contracts_are_prepared_for_several_persons(db, contracts):
    persons, runs = contracts

    made = draft_rows(
        db, CER, PERSON, persons, {"months": 6, "office_commitments": "Un entretien par mois", "objectives": None}
    )
    bulk_edits.create(db, made, "Ada")

    told = reasons(made)
    assert told[0] == told[1] == told[3] == ""
    assert told[2] == "déjà préparé : CER 01/07/2026"
    assert "couvre déjà ces jours" in told[4]
    abel, blum, durand = (
        records.get(db, db.tables["cer"], row_id).values
        for (row_id,) in db.execute("SELECT id FROM cer WHERE signed_on IS NULL ORDER BY id").fetchall()
    )
    wanted = {
        "person_id": persons[0],
        "kind": "engagement",
        "rank": "update",
        "replaces_id": runs,
        "starts_on": "2026-07-15",
        "ends_on": None,
        "next_update_on": "2027-01-14",
        "objectives": "Vendre en ligne",
        "office_commitments": "Un entretien par mois",
    }
    assert {name: abel[name] for name in wanted} == wanted
    assert [(one["rank"], one["replaces_id"], one["starts_on"]) for one in (blum, durand)] == [("first", None, DAY)] * 2
    actions = db.execute("SELECT cer_id IS ?, objective FROM action", (runs,)).fetchall()
    assert actions == [(1, "Ouvrir un site"), (0, "Ouvrir un site")]  # what remains goes into the new plan
    assert [line.refused for line in draft_rows(db, CER, PERSON, persons[:1], {"months": 6}).lines] == [
        "déjà préparé : Contrat d’engagement 15/07/2026"
    ]
    undo_last(db)
    assert db.execute("SELECT count(*) FROM cer WHERE deleted_at IS NULL").fetchone() == (6,)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15", 6, "2026-07-14"),
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-07-01", 6, "2026-12-31"),
        ("2026-12-31", 1, "2027-01-30"),
        ("2026-11-30", 1, "2026-12-29"),
        ("2025-12-01", 24, "2027-11-30"),
    ],
)
def test_the_last_day_of_so_many_months(start, months, end):
    assert bulk_edits.months_later(start, months) == end


def test_a_contract_changed_since_the_preview_stops_the_whole_edit(db, contracts):
    persons, runs = contracts
    made = draft_rows(db, CER, PERSON, persons, {"months": 6})
    records.save(db, db.tables["cer"], Edit({"ends_on": "2026-08-31"}, runs, 1), "Grace")
    file = dump_file(db)

    with pytest.raises(StaleError, match="a changé depuis l’aperçu \\(Abel Lou\\)"):
        bulk_edits.create(db, made, "Ada")

    assert dump_file(db) == file
    assert bulk_edits.create(db, draft_rows(db, CER, PERSON, persons, {"months": 6}), "Ada") == 3


def test_a_contract_added_since_the_preview_stops_the_whole_edit(db, contracts):
    persons, _ = contracts
    made = draft_rows(db, CER, PERSON, persons, {"months": 6})
    insert_contract(db, persons[0], "2026-10-01", "2026-10-01", "2026-12-31")
    file = dump_file(db)

    with pytest.raises(RuleError, match="couvre déjà ces jours"):
        bulk_edits.create(db, made, "Ada")

    assert dump_file(db) == file


def test_a_person_deleted_since_the_preview_stops_the_whole_edit(db):
    persons = insert_people(db, "Abel", "Blum")
    made = draft_rows(db, INTERVENTION, PERSON, persons, MEETING)
    delete(db, "person", persons[1])

    with pytest.raises(RuleError, match="supprimée"):
        bulk_edits.create(db, made, "Ada")

    assert db.execute("SELECT count(*) FROM intervention").fetchone() == (0,)
