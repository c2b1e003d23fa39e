"""« Passer au plan d’action »: which actions, into which contract, once, and all of it undone."""

import pytest

from db.base.errors import RuleError, StaleError
from db.rows import board_plans, boards, records, undo
from db.rows.records import Edit
from db.storage.integrity import check
from tests.db.factories import insert, insert_contract, insert_person

DAY = "2026-11-28"


@pytest.fixture
def db(tmp_path, new_office):
    return new_office(tmp_path / "palette.db")


def filled_board(db, chosen="a"):
    """A board with a frein that has its objective, one that has none, and a step on each of two paths."""
    person = insert_person(db)
    values = {"goal": "Vivre de mes pots", "goal_voice": "person"}
    chosen_on = DAY if chosen else None
    board = insert(db, "board", person_id=person, starts_on=DAY, chosen=chosen, chosen_on=chosen_on, **values)
    common = {"person_id": person, "board_id": board}
    insert(
        db, "card", **common, kind="obstacle", text="Pas de voiture", objective="Un covoiturage", obstacle="mobility"
    )
    insert(db, "card", **common, kind="obstacle", text="Sans objectif")
    insert(db, "card", **common, kind="driver", text="Un atelier")
    step = insert(db, "card", **common, kind="step", text="Exposer", due_on="2027-03-01", paths='["a"]')
    boards.note_first_step(db, step, "Ada")
    insert(db, "card", **common, kind="step", text="Chercher un mi-temps", due_on="2027-02-01", paths='["b"]')
    return person, board


def make(db, board):
    return board_plans.make(db, board_plans.look(db, board), DAY, "Ada")


def actions(db):
    sql = "SELECT objective, obstacle, due_on, cer_id FROM action WHERE deleted_at IS NULL ORDER BY id"
    return db.execute(sql).fetchall()


def test_without_a_chosen_path_there_is_no_plan(db):
    _, board = filled_board(db, chosen=None)

    with pytest.raises(RuleError, match="choisissez d’abord le parcours"):
        board_plans.look(db, board)


def test_objectives_and_the_steps_of_the_chosen_path_become_actions_of_a_new_draft(db):
    person, board = filled_board(db)
    plan = board_plans.look(db, board)
    assert [card.values["text"] for card in plan.without_objective] == ["Sans objectif"]

    contract, _ = make(db, board)

    assert actions(db) == [("Un covoiturage", "mobility", None, contract), ("Exposer", None, "2027-03-01", contract)]
    draft = records.get(db, db.tables["cer"], contract).values
    assert (draft["person_id"], draft["validity"], draft["starts_on"]) == (person, "draft", DAY)
    assert (draft["objectives"], draft["person_words"]) == ("Vivre de mes pots", "Vivre de mes pots")


def test_a_second_time_makes_only_what_is_new(db):
    person, board = filled_board(db)
    contract, _ = make(db, board)
    with pytest.raises(RuleError, match="déjà dans un plan"):
        make(db, board)

    common = {"person_id": person, "board_id": board, "kind": "obstacle"}
    insert(db, "card", **common, text="Peur du tableur", objective="Tenir mes comptes")

    assert make(db, board)[0] == contract
    assert [row[0] for row in actions(db)] == ["Un covoiturage", "Exposer", "Tenir mes comptes"]


def test_an_action_that_was_deleted_may_be_made_again(db):
    _, board = filled_board(db)
    make(db, board)
    records.delete(db, db.tables["action"], {1: 1}, "Ada")

    make(db, board)

    assert sorted(row[0] for row in actions(db)) == ["Exposer", "Un covoiturage"]


def test_the_draft_that_is_there_takes_the_actions_and_keeps_its_texts(db):
    person, board = filled_board(db)
    draft = insert_contract(db, person, None, "2026-12-01", None, kind="engagement", objectives="Autre chose")

    assert make(db, board)[0] == draft

    assert db.execute("SELECT count(*) FROM cer").fetchone() == (1,)
    assert records.get(db, db.tables["cer"], draft).values["objectives"] == "Autre chose"
    assert {row[3] for row in actions(db)} == {draft}


def test_a_new_draft_follows_the_signed_contract_and_takes_over_what_is_left_of_it(db):
    person, board = filled_board(db)
    signed = insert_contract(db, person, "2026-01-05", "2026-01-05", "2026-12-31", kind="engagement")
    insert(db, "action", person_id=person, cer_id=signed, objective="Reste à faire", state="doing")
    insert(db, "action", person_id=person, cer_id=signed, objective="Est faite", state="done")
    assert board_plans.look(db, board).left == 1

    contract, _ = make(db, board)

    draft = records.get(db, db.tables["cer"], contract).values
    assert (draft["replaces_id"], draft["rank"], draft["starts_on"]) == (signed, "update", "2027-01-01")
    assert [row[0] for row in actions(db) if row[3] == contract] == ["Reste à faire", "Un covoiturage", "Exposer"]


def test_all_of_it_is_one_operation_which_an_undo_takes_back(db):
    _, board = filled_board(db)
    _, operation = make(db, board)

    undo.undo(db, operation, "Ada")

    assert actions(db) == []
    assert records.of_person(db, db.tables["cer"], 1) == []
    assert len(board_plans.look(db, board).actions) == 2
    assert check(db) == []


def test_what_changed_since_it_was_shown_is_shown_again_first(db):
    _, board = filled_board(db)
    seen = board_plans.look(db, board)
    records.save(db, db.tables["card"], Edit({"objective": "Autre objectif"}, 1, 1), "Grace")

    with pytest.raises(StaleError, match="rien n’a été fait"):
        board_plans.make(db, seen, DAY, "Ada")

    assert actions(db) == []
