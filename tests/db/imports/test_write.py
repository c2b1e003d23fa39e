"""Writing of an import: all or nothing, with every problem named, and one undo."""

from typing import Any

import pytest

from db.base.errors import AccessError, RefusedImportError
from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import ImportChoices
from db.imports.write import write
from db.model.roles import Role
from db.people import erasure
from db.rows import history, operations, records, titles, undo
from db.rows.records import Edit
from db.storage import connection, permissions
from tests.db.factories import insert_aid, insert_person, total_granted
from tests.db.imports import files

HEAD = ["Nom", "Prénom", "Date de naissance", "Genre", "Téléphone"]


def book(*rows, **sheets):
    return workbook_reader.read(files.xlsx({"Personnes": [HEAD, *rows], **sheets}), "essai.xlsx")


def everything(db):
    return [
        db.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
        for name in ("person", "aid", "history", "import_choice")
    ]


NAMES = ("Hugoa", "Bonnet", "Carrier", "Delmas", "Estival", "Fabre", "Gontran", "Hébrard")
PEOPLE = [[name, "Léo", f"0{n}/01/19{n}0", "Homme", None] for n, name in enumerate(NAMES, 1)]


def test_an_import_is_one_signed_operation_with_one_undo(db):
    known = insert_person(db, last_name="Hugoa", first_name="Léo", birth_date="1910-01-01", gender="woman")
    before = db.execute("SELECT gender, phone FROM person WHERE id = ?", (known,)).fetchone()

    done = write(db, plan(db, book(*PEOPLE)), "Ada")

    assert (done.created, done.updated, done.unchanged) == (7, 1, 0)
    operation = operations.get(db, done.operation or 0)
    assert operation is not None
    assert operation.who == "Ada"
    assert len(history.of_operation(db, operation, titles.context(db))) == 8
    undo.undo(db, done.operation or 0, "Ada")
    assert db.execute("SELECT count(*) FROM person WHERE deleted_at IS NULL").fetchone()[0] == 1
    assert db.execute("SELECT gender, phone FROM person WHERE id = ?", (known,)).fetchone() == before


def test_nothing_is_written_while_a_row_waits_unless_waiting_rows_are_left_out(db):
    made = plan(db, book(*PEOPLE, ["Prévert", "Zoé", "hier", "Femme", None]))
    before = everything(db)

    with pytest.raises(RefusedImportError, match=r"attendent \(1\)") as error:
        write(db, made, "Ada")
    assert [(one.row, one.column) for one in error.value.problems] == [(10, "C")]
    assert everything(db) == before

    assert write(db, made, "Ada", leave_waiting=True).created == 8
    assert db.execute("SELECT count(*) FROM person").fetchone()[0] == 8


class Enough(Exception):
    """What somebody's « Défaire » raises."""


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_a_cancelled_import_leaves_nothing(db, at, monkeypatch):
    monkeypatch.setattr("db.imports.write._STEP", 1)
    made = plan(db, book(*PEOPLE))
    before = everything(db)

    def tick(done, what):
        if done >= at - 0.2:
            raise Enough

    with pytest.raises(Enough):
        write(db, made, "Ada", tick)
    assert everything(db) == before
    assert write(db, made, "Ada").created == 8


def test_every_refused_row_is_a_problem_and_nothing_is_written(db, monkeypatch):
    monkeypatch.setattr("db.imports.plan.MAX_CHECKED_ROWS", 0)
    aids: list[list[Any]] = [["Nom", "Prénom", "Demandée le", "Type d’aide", "Montant accordé", "Décision"]]
    aids += [
        [name, "Léo", "01/02/2024", "Formation", cents, "Accordée"]
        for name, cents in zip(NAMES, (950, 100, 901), strict=False)
    ]
    made = plan(db, book(*PEOPLE, Aides=aids))
    assert (made.checked, made.problems) == (False, [])
    before = everything(db)

    with pytest.raises(RefusedImportError) as error:
        write(db, made, "Ada")

    assert [(one.sheet, one.row, one.field) for one in error.value.problems] == [
        ("Aides", 2, "granted"),
        ("Aides", 4, "granted"),
    ]
    assert "plafond de 900 €" in error.value.problems[0].reason.replace("\u00a0", " ")
    assert everything(db) == before


def test_an_aid_above_the_ceiling_is_refused_with_the_amount_left(db):
    person = insert_person(db, last_name="Hugo", first_name="Léo")
    insert_aid(db, person, 500_00)
    insert_aid(db, person, 100_00, "2024-06-01", type="training")
    rows: list[list[Any]] = [
        ["Personne", "Demandée le", "Type d’aide", "Montant accordé"],
        ["Hugo Léo", "01/06/2024", "Formation", 450],
    ]

    (problem,) = plan(db, workbook_reader.read(files.xlsx({"Aides": rows}), "aides.xlsx")).problems

    assert (problem.row, problem.label) == (2, "Montant accordé")
    assert "500 € déjà accordés, il reste 400 €" in problem.reason.replace("\u00a0", " ")
    assert total_granted(db, person) == 600_00


def test_erasing_a_person_removes_the_remembered_near_matches(db):
    known = insert_person(db, last_name="Hugo", first_name="Léo", birth_date="1970-01-02", gender="man")
    other = insert_person(db, last_name="Prévert", first_name="Zoé", birth_date="1975-04-02")
    rows = book(["Hugot", "Léo", "02/01/1970", None, None], ["Prévert", "Zoe", "04/02/1975", None, None])
    choices = ImportChoices(persons={"Personnes!2": known, "Personnes!3": other})
    write(db, plan(db, rows, choices), "Ada")
    sql = "SELECT chosen FROM import_choice WHERE kind = 'person' ORDER BY chosen"
    assert db.execute(sql).fetchall() == [(str(known),), (str(other),)]

    erasure.erase(db, [known], "Ada")

    assert db.execute(sql).fetchall() == [(str(other),)]


def test_a_colleague_who_changed_a_row_meanwhile_is_not_overwritten(db):
    known = insert_person(db, last_name="Hugoa", first_name="Léo", birth_date="1970-01-02", gender="man")
    made = plan(db, book(["Hugoa", "Léo", "02/01/1970", "Homme", "0639980001"]))
    records.save(db, db.tables["person"], Edit({"phone": "0639980099"}, known, 1), "Bob")

    with pytest.raises(RefusedImportError) as error:
        write(db, made, "Ada")

    assert [(one.row, "Bob" in one.reason) for one in error.value.problems] == [(2, True)]
    assert db.execute("SELECT phone FROM person").fetchone()[0] == "+33639980099"


def test_a_person_entered_by_a_colleague_meanwhile_is_not_duplicated(db):
    made = plan(db, book(PEOPLE[0]))
    records.save(
        db,
        db.tables["person"],
        Edit({"last_name": "Hugoa", "first_name": "Léo", "birth_date": "1970-01-02", "gender": "man"}),
        "Bob",
    )

    with pytest.raises(RefusedImportError, match="ajoutées depuis"):
        write(db, made, "Ada")
    assert db.execute("SELECT count(*) FROM person").fetchone()[0] == 1


def test_only_an_agent_may_import(db, path):
    held = connection.open_file(path)
    permissions.hold(held, [Role.AGENT])
    assert write(held, plan(held, book(PEOPLE[0])), "Ada").created == 1
    for role in (Role.PILOTE, Role.ADMIN):
        other = connection.open_file(path)
        permissions.hold(other, [role])
        with pytest.raises(Exception) as error:
            plan(other, book(PEOPLE[1]))
        assert isinstance(error.value, AccessError) or "prohibited" in str(error.value)
        other.close()
    held.close()


def test_rows_are_written_after_the_rows_they_need(db):
    person = insert_person(db, rights=None, last_name="Hugo", first_name="Léo")
    made = plan(db, workbook_reader.read(files.xlsx({
        "CER": [
            ["Personne", "Contrat", "Rang", "Remplace", "Signé le", "Du", "Au"],
            ["Hugo Léo", "CER", "Renouvellement", "CER 01/01/2023", "01/06/2023", "01/06/2023", "01/06/2024"],
            ["Hugo Léo", "CER", "Premier contrat", None, "01/01/2023", "01/01/2023", "31/12/2023"],
        ],
        "Étapes de parcours": [["Personne", "Étape", "Du"], ["Hugo Léo", "Accompagnement", "01/01/2023"]],
        "Situations de droits": [
            ["Personne", "Droits", "Soumise aux droits et devoirs", "Du"], ["Hugo Léo", "RSA", "Oui", "01/01/2022"],
        ],
    }), "suite.xlsx"))  # fmt: skip

    assert [str(one) for one in made.problems] == []
    assert write(db, made, "Ada").created == 4
    (replaced,) = db.execute("SELECT id FROM cer WHERE rank = 'first'").fetchone()
    assert db.execute("SELECT replaces_id FROM cer WHERE rank = 'renewal'").fetchone()[0] == replaced
    assert db.execute("SELECT person_id FROM stage").fetchone()[0] == person
