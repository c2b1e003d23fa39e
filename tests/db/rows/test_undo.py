"""Undo: one save, all or nothing; later changes of colleagues are never overwritten, and a refusal gives its reason."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from db.base.errors import CeilingError, NotFoundError, RuleError, UndoError
from db.base.french import french_instant
from db.model.dictionary import AID, PARTNER, PERSON, STAGE, TABLES
from db.rows import history, operations, records, titles, transactions, undo
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import insert, insert_aid, insert_benefit, insert_person, insert_stage, new_aid

LOU = {"last_name": "Marchand", "first_name": "Lou", "gender": "woman"}


@pytest.fixture(autouse=True)
def sound(db):
    """Assert after each test that the file is sound."""
    yield
    assert check(db) == []


def save_row(db, table, values, who="Ada", row=None, version=None):
    return records.save(db, table, Edit(values, row, version), who).row_id


def latest_operation(db):
    """Return the latest operation."""
    return db.execute("SELECT max(id) FROM operation").fetchone()[0]


def dump_tables(db):
    """Return the values of every table, whichever changes led to them."""
    kept = {}
    for table in TABLES:
        columns = [
            row[1] for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] not in ("version", "changed_by")
        ]
        kept[table] = db.execute(f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY id').fetchall()
    return kept


def dump_file(db):
    """Return every line of every table of the file."""
    return list(db.iterdump())


def undo_refusal(db, operation, who="Ada", error=UndoError):
    """Return the message of a refused undo; assert that nothing changed."""
    before = dump_file(db)
    with pytest.raises(error) as raised:
        undo.undo(db, operation, who)
    assert dump_file(db) == before
    return str(raised.value)


def shown_row(db, table, row):
    return records.get(db, table, row).values


# ---- what is taken back


def test_a_save_is_taken_back_field_by_field(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac", "phone": None})
    before = dump_tables(db)
    save_row(db, PARTNER, {"town": None, "phone": "0565534000", "name": "Le Moulin"}, "Grace", row, 1)
    assert dump_tables(db) != before

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_a_new_row_goes_and_may_come_back(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    made = dump_tables(db)

    undo.undo(db, latest_operation(db), "Grace")

    with pytest.raises(NotFoundError):
        records.get(db, db.tables["partner"], row)
    undo.undo(db, latest_operation(db), "Ada")
    assert dump_tables(db) == made


def test_a_bulk_change_is_one_operation_taken_back_whole(db):
    rows = [save_row(db, PARTNER, {"name": f"Galerie {number}", "town": "Figeac"}) for number in range(40)]
    before, operations_before = dump_tables(db), latest_operation(db)
    edits = [Edit({"town": "Cahors"}, row, 1) for row in rows] + [Edit({"name": "Neuve"})]
    records.save_all(db, db.tables["partner"], edits, "Ada")
    assert latest_operation(db) == operations_before + 1

    undo.undo(db, latest_operation(db), "Ada")

    after = dump_tables(db)
    assert after["partner"][:40] == before["partner"]
    assert [shown_row(db, PARTNER, row)["town"] for row in rows] == ["Figeac"] * 40
    with pytest.raises(NotFoundError):
        records.get(db, db.tables["partner"], rows[-1] + 1)


def test_two_changes_of_one_row_in_one_save_are_taken_back_in_the_right_order(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac"})
    before = dump_tables(db)
    with transactions.writing(db):
        for town in ("Cahors", "Gourdon"):
            records.write(db, db.tables["partner"], row, {"town": town}, "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_a_deleted_row_comes_back(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    before = dump_tables(db)
    records.delete(db, db.tables["partner"], {row: 1}, "Ada")

    undo.undo(db, latest_operation(db), "Grace")

    assert dump_tables(db) == before


def test_a_deleted_person_comes_back_with_all_her_rows_and_no_other(db):
    person, other = insert_person(db, **LOU), insert_person(db, last_name="Autre")
    stage = insert_stage(db, person, "accompaniment", "2022-01-01")
    aid = insert_aid(db, person, 100_00)
    gone_before = insert_aid(db, person, 50_00)
    records.delete(db, db.tables["aid"], {gone_before: 1}, "Ada")
    db.execute("UPDATE aid SET deleted_at = '2022-02-02' WHERE id = ?", (gone_before,))  # at another moment than her
    before = dump_tables(db)
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    assert records.rows(db, db.tables["stage"], [stage]) == []

    undo.undo(db, latest_operation(db), "Grace")

    assert dump_tables(db) == before
    assert (shown_row(db, STAGE, stage)["kind"], shown_row(db, AID, aid)["granted"]) == ("accompaniment", 100_00)
    assert records.rows(db, db.tables["aid"], [gone_before]) == []
    assert shown_row(db, PERSON, other)["last_name"] == "Autre"


def test_many_deleted_at_once_come_back_together(db):
    people = [insert_person(db, last_name=f"Nom {number}") for number in range(5)]
    for person in people:
        insert_stage(db, person, "accompaniment", "2022-01-01")
    before = dump_tables(db)
    records.delete(db, db.tables["person"], dict.fromkeys(people, 1), "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


def test_undoing_a_restoration_deletes_the_row_again(db):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01")
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    hidden = {table: [row[0] for row in rows] for table, rows in dump_tables(db).items()}
    records.restore(db, db.tables["person"], [person], "Grace")

    undo.undo(db, latest_operation(db), "Ada")

    assert {table: [row[0] for row in rows] for table, rows in dump_tables(db).items()} == hidden
    for table in ("person", "benefit", "stage"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


@pytest.mark.parametrize("field", ["participants", "name"])
def test_lists_of_rows_come_back_as_they_were(db, field):
    people = [insert_person(db, last_name=f"Nom {number}") for number in range(3)]
    project = save_row(db, TABLES["project"], {"name": "Atelier", "participants": tuple(people)})
    before = dump_tables(db)
    other = {"participants": tuple(people[:1])} if field == "participants" else {"name": "Autre"}
    save_row(db, TABLES["project"], other, "Ada", project, 1)

    undo.undo(db, latest_operation(db), "Ada")

    assert dump_tables(db) == before


# ---- what is left of it


def test_the_undoing_stands_in_the_history_under_who_undid(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    undone = latest_operation(db)

    undo.undo(db, undone, "Grace")

    line = history.of_row(db, "partner", row, titles.context(db))[0]
    assert line.sentence == "Grace a modifié : Nom (Le Moulin → La Grange)"
    made = operations.get(db, latest_operation(db))
    assert made
    assert (made.who, made.undoes) == ("Grace", undone)
    taken_back = operations.get(db, undone)
    assert taken_back
    assert taken_back.undone_by == made.id
    assert records.get(db, db.tables["partner"], row).version == 3


def test_an_undoing_can_be_undone_and_that_again(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)

    names = []
    for _ in range(4):
        undo.undo(db, latest_operation(db), "Ada")
        names.append(shown_row(db, PARTNER, row)["name"])

    assert names == ["La Grange", "Le Moulin", "La Grange", "Le Moulin"]


def test_a_deletion_that_was_undone_can_be_done_again(db):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01")
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    undo.undo(db, latest_operation(db), "Ada")

    undo.undo(db, latest_operation(db), "Ada")

    for table in ("person", "benefit", "stage"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


# ---- what stands in its way


def test_what_a_colleague_wrote_since_is_never_overwritten(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin", "town": "Figeac"}, "Ada", row, 1)
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)
    at = db.execute("SELECT at FROM history ORDER BY id DESC LIMIT 1").fetchone()[0]

    told = undo_refusal(db, mine)

    assert told == (
        "Impossible d’annuler, rien n’a été changé : Partenaire Le Moulin : "
        f"Grace a modifié cette ligne (Commune) depuis, le {french_instant(at)}."
    )


def test_a_later_change_of_another_field_does_not_prevent_the_undo(db):
    row = save_row(db, PARTNER, {"name": "La Grange", "town": "Figeac"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)

    undo.undo(db, mine, "Ada")

    assert (shown_row(db, PARTNER, row)["name"], shown_row(db, PARTNER, row)["town"]) == ("La Grange", "Cahors")


def test_one_conflicting_row_prevents_the_whole_undo(db):
    rows = [save_row(db, PARTNER, {"name": f"Galerie {number}"}) for number in range(3)]
    records.save_all(db, db.tables["partner"], [Edit({"town": "Cahors"}, row, 1) for row in rows], "Ada")
    mine = latest_operation(db)
    save_row(db, PARTNER, {"town": "Figeac"}, "Grace", rows[1], 2)

    told = undo_refusal(db, mine)

    assert "Galerie 1 : Grace" in told
    assert "Galerie 0" not in told


@pytest.mark.parametrize(("done", "word"), [("delete", "a supprimé"), ("back", "a rétabli")])
def test_a_row_deleted_since_prevents_the_undo(db, done, word):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    records.delete(db, db.tables["partner"], {row: 2}, "Grace")
    if done == "back":
        records.restore(db, db.tables["partner"], [row], "Bob")

    assert word in undo_refusal(db, mine)


def test_a_new_row_that_a_colleague_changed_does_not_go(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    mine = latest_operation(db)
    save_row(db, PARTNER, {"note": "appelé"}, "Grace", row, 1)

    assert "Grace a modifié cette ligne" in undo_refusal(db, mine)


def test_what_another_program_wrote_since_stands_in_the_way_too(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    db.execute("UPDATE partner SET name = 'Écrit au clavier'")

    assert "hors de Palette a modifié cette ligne (Nom) depuis" in undo_refusal(db, mine)


def test_nothing_is_undone_twice(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine = latest_operation(db)
    undo.undo(db, mine, "Grace")

    assert "elle a déjà été annulée" in undo_refusal(db, mine)


def test_an_unknown_operation_is_an_error(db):
    save_row(db, PARTNER, {"name": "La Grange"})

    assert "n’existe pas" in undo_refusal(db, 99, error=NotFoundError)


def test_a_new_person_with_rows_since_does_not_go(db):
    person = save_row(db, PERSON, LOU)
    mine = latest_operation(db)
    insert_benefit(db, person, "rsa", "2022-01-01")
    insert_aid(db, person, 100_00)

    told = undo_refusal(db, mine)

    assert "ce dossier contient depuis : " in told
    assert "aides (1)" in told


def test_a_new_person_whose_rows_were_put_away_goes(db):
    person = save_row(db, PERSON, LOU)
    mine = latest_operation(db)
    aid = insert_aid(db, person, 100_00)
    records.delete(db, db.tables["aid"], {aid: 1}, "Ada")

    undo.undo(db, mine, "Ada")

    assert records.rows(db, db.tables["person"], [person]) == []


def test_a_person_who_was_added_together_with_her_rows_goes_with_them(db):
    with transactions.writing(db):
        sql = (
            "INSERT INTO person (changed_by, last_name, first_name, gender) VALUES ('Ada', 'Marchand', 'Lou', 'woman')"
        )
        person = db.execute(sql).lastrowid
        db.execute(
            "INSERT INTO benefit (changed_by, person_id, kind, subject_to_duties, starts_on)"
            " VALUES ('Ada', ?, 'rsa', 1, '2022-01-01')",
            (person,),
        )

    undo.undo(db, latest_operation(db), "Ada")

    for table in ("person", "benefit"):
        assert db.execute(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL").fetchone()[0] == 0


# ---- the rules


def test_an_aid_does_not_come_back_over_the_ceiling(db):
    person = insert_person(db)
    aid = save_row(db, AID, new_aid(person, 800_00).values)
    records.delete(db, db.tables["aid"], {aid: 1}, "Ada")
    mine = latest_operation(db)
    insert_aid(db, person, 300_00)

    assert "plafond" in undo_refusal(db, mine, error=CeilingError)


def test_an_amount_does_not_come_back_over_the_ceiling(db):
    person = insert_person(db)
    aid = save_row(db, AID, new_aid(person, 800_00).values)
    save_row(db, AID, {"granted": 100_00}, "Ada", aid, 1)
    mine = latest_operation(db)
    insert_aid(db, person, 300_00)

    assert "plafond" in undo_refusal(db, mine, error=CeilingError)


def test_a_stage_does_not_come_back_over_another(db):
    person = insert_person(db)
    stage = insert_stage(db, person, "accompaniment", "2022-01-01")
    save_row(db, STAGE, {"ends_on": "2022-06-30"}, "Ada", stage, 1)
    mine = latest_operation(db)
    insert_stage(db, person, "accompaniment", "2022-07-01")

    assert undo_refusal(db, mine, error=RuleError)


def test_a_bulk_change_is_not_undone_when_one_row_breaks_a_rule(db):
    people = [insert_person(db) for _ in range(3)]
    aids = [save_row(db, AID, new_aid(person, 800_00).values) for person in people]
    records.save_all(db, db.tables["aid"], [Edit({"granted": 100_00}, aid, 1) for aid in aids], "Ada")
    mine = latest_operation(db)
    insert_aid(db, people[0], 300_00)  # the first of them: taken back last, once the others were

    undo_refusal(db, mine, error=CeilingError)


def test_a_person_does_not_come_back_when_one_of_her_rows_cannot(db):
    person = insert_person(db)
    insert_aid(db, person, 800_00)
    records.delete(db, db.tables["person"], {person: 1}, "Ada")
    mine = latest_operation(db)
    db.execute("UPDATE setting SET aid_ceiling = 70000")

    assert "plafond" in undo_refusal(db, mine, error=RuleError)


# ---- together


def test_of_two_simultaneous_undos_of_one_operation_one_succeeds(db, path):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    mine, start = latest_operation(db), threading.Barrier(4)

    def one(who):
        own = connection.open_file(path)
        start.wait()
        try:
            undo.undo(own, mine, who)
        except UndoError as error:
            return str(error)
        finally:
            own.close()
        return "done"

    with ThreadPoolExecutor(4) as agents:
        told = list(agents.map(one, ["Ada", "Grace", "Bob", "Eva"]))

    assert told.count("done") == 1
    assert sum("elle a déjà été annulée" in one for one in told) == 3
    assert shown_row(db, PARTNER, row)["name"] == "La Grange"
    assert records.get(db, db.tables["partner"], row).version == 3


# ---- what was done without Palette


def test_what_another_program_changed_belongs_to_no_operation(db, path):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE partner SET name = 'Écrit au clavier'")
    stray = db.execute("SELECT max(id) FROM history").fetchone()[0]
    save_row(db, PARTNER, {"town": "Cahors"}, "Ada", row, 2)

    assert operations.of_line(db, stray) is None
    assert operations.of_line(db, stray - 1)
    after = operations.of_line(db, stray + 1)
    assert after
    assert (after.first, after.last) == (stray + 1, stray + 1)
    undo.undo(db, latest_operation(db), "Ada")
    assert (shown_row(db, PARTNER, row)["name"], shown_row(db, PARTNER, row)["town"]) == ("Écrit au clavier", None)


def test_saving_what_changes_nothing_is_no_operation(db):
    row = save_row(db, PARTNER, {"name": "La Grange"})
    before = latest_operation(db)

    save_row(db, PARTNER, {"name": "La Grange"}, "Ada", row, 1)

    assert latest_operation(db) == before


def test_ones_own_latest_save_in_a_table_is_found_undoings_left_out(db):
    row = save_row(db, PARTNER, {"name": "La Grange"}, "Ada")
    first = latest_operation(db)
    save_row(db, PARTNER, {"name": "Le Moulin"}, "Ada", row, 1)
    second = latest_operation(db)
    save_row(db, PARTNER, {"town": "Cahors"}, "Grace", row, 2)
    insert(db, "partner", name="Sans Palette")
    save_row(db, PERSON, LOU, "Ada")

    found = operations.last_of(db, "Ada", "partner")
    assert found
    assert found.id == second
    undo.undo(db, second, "Ada")
    found = operations.last_of(db, "Ada", "partner")
    assert found
    assert found.id == first
    assert operations.last_of(db, "Bob", "partner") is None
    assert operations.last_of(db, "Ada", "aid") is None
