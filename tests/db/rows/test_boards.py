"""MAPPI boards: what the file refuses of them, moves in the face of a colleague, merging, and what follows a person."""

import json
import sqlite3
from pathlib import Path

import pytest

from db.base.errors import ConflictError, RuleError, UndoError
from db.export import plain_sqlite
from db.model import board_rules
from db.people import erasure, merge, merge_preview
from db.rows import boards, operations, records, undo
from db.rows.drafts import FormOpening
from db.rows.records import Edit, Query
from db.storage.integrity import check
from reports.pdf import person_file
from reports.sheets import whole_file
from tests.db.factories import delete, insert, insert_person
from tests.reports.reading_back import cells_of

DAY = "2026-11-28"


@pytest.fixture
def db(tmp_path, new_office, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    return new_office(tmp_path / "palette.db")


def new_board(db, person, starts_on="2026-01-05", ends_on=None):
    return insert(db, "board", person_id=person, starts_on=starts_on, ends_on=ends_on)


def new_card(db, board, kind="obstacle", text="Pas de voiture", **values):
    (person,) = db.execute("SELECT person_id FROM board WHERE id = ?", (board,)).fetchone()
    own = {"due_on": "2027-03-01", "paths": '["a"]'} if kind == "step" else {}
    return insert(db, "card", person_id=person, board_id=board, kind=kind, text=text, **{**own, **values})


def point_to(db, board, card):
    db.execute("UPDATE board SET strategic_id = ? WHERE id = ?", (card, board))


def refusal(rule):
    return pytest.raises(sqlite3.IntegrityError, match=rf"^{rule.replace('.', r'[.]')} : ")


def obstacles(db, board):
    return [card.id for card in boards.get(db, board).obstacles]


def last_operation(db, table):
    found = operations.last_of(db, "Ada", table)
    assert found
    return found


def versions(db, board):
    return {card.id: card.version for card in boards.get(db, board).cards}


# ---- what the file refuses


def test_the_ten_points_are_those_of_the_method_in_their_order():
    domain = (Path(__file__).parents[3] / "docs" / "domain.md").read_text()

    assert len(board_rules.POINTS) == 10
    assert " · ".join(f"{number} {text}" for number, text in enumerate(board_rules.POINTS, 1)) in domain


def test_a_person_has_one_board_at_a_time_and_earlier_ones_stay(db):
    person = insert_person(db)
    new_board(db, person, "2025-01-01", "2025-12-31")
    new_board(db, person, "2026-01-01")

    with refusal("board.one_at_a_time"):
        new_board(db, person, "2026-06-01")
    with refusal("board.one_at_a_time"):
        db.execute("UPDATE board SET ends_on = NULL WHERE starts_on = '2025-01-01'")
    with refusal("board.ends_after_start"):
        new_board(db, insert_person(db), "2026-01-05", "2026-01-04")

    assert [row.values["starts_on"] for row in boards.of_person(db, person)] == ["2026-01-01", "2025-01-01"]


def test_a_choice_and_its_day_come_together(db):
    board = new_board(db, insert_person(db))

    for change in ("chosen = 'a'", f"chosen_on = '{DAY}'"):
        with refusal("board.choice_is_dated"):
            db.execute(f"UPDATE board SET {change}")

    db.execute(f"UPDATE board SET chosen = 'a', chosen_on = '{DAY}'")
    assert boards.get(db, board).row.values["chosen"] == "a"


def test_steps_need_a_strategic_one_and_there_is_never_more_than_one(db):
    board, other = new_board(db, insert_person(db)), new_board(db, insert_person(db))
    first = new_card(db, board, "step")
    assert boards.get(db, board).strategic == first, "the only step is the strategic one"

    with refusal("card.strategic_first"):
        new_card(db, board, "step")
    for card in (new_card(db, board, "driver"), new_card(db, other, "step")):
        with refusal("board.strategic_is_step"):
            point_to(db, board, card)
    point_to(db, board, first)
    second = new_card(db, board, "step", due_on="2027-01-04")
    assert boards.get(db, board).strategic == first
    with refusal("board.strategic_kept"):
        point_to(db, board, None)
    with refusal("card.strategic_stays"):
        db.execute("UPDATE card SET kind = 'driver', due_on = NULL, paths = NULL WHERE id = ?", (first,))
    point_to(db, board, second)

    assert boards.get(db, board).strategic == second
    assert check(db) == []


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("card.step_has_day", {"kind": "step", "due_on": None}),
        ("card.step_has_path", {"kind": "step", "paths": None}),
        ("card.only_step", {"kind": "driver", "due_on": DAY}),
        ("card.only_step", {"kind": "obstacle", "paths": '["a"]'}),
        ("card.only_obstacle", {"kind": "driver", "objective": "Louer"}),
        ("card.only_obstacle", {"kind": "step", "obstacle": "mobility"}),
    ],
)
def test_a_card_has_the_fields_of_its_kind(db, rule, values):
    board = new_board(db, insert_person(db))

    with refusal(rule):
        new_card(db, board, **values)

    assert new_card(db, board, values["kind"])


def test_a_card_is_of_the_person_of_its_board(db):
    board, other = new_board(db, insert_person(db)), insert_person(db)
    values = {"board_id": board, "kind": "driver", "text": "Un atelier"}

    with refusal("card.same_person"):
        insert(db, "card", person_id=other, **values)
    card = new_card(db, board, "driver")
    with refusal("card.same_person"):
        db.execute("UPDATE card SET person_id = ? WHERE id = ?", (other, card))


# ---- moving


def test_a_move_writes_only_the_ranks_that_change_and_is_one_operation(db):
    board = new_board(db, insert_person(db))
    cards = [new_card(db, board, text=str(number)) for number in range(4)]
    boards.move(db, cards[0], 0, versions(db, board), "Ada")

    assert boards.move(db, cards[3], 1, versions(db, board), "Ada") == 1

    assert obstacles(db, board) == [cards[0], cards[3], cards[1], cards[2]]
    last = last_operation(db, "card")
    lines = db.execute("SELECT count(*) FROM history WHERE id >= ? AND table_name = 'card'", (last.first,))
    assert lines.fetchone() == (3,)
    undo.undo(db, last.id, "Ada")
    assert obstacles(db, board) == cards


def test_a_place_beyond_the_ends_is_the_first_or_the_last(db):
    board = new_board(db, insert_person(db))
    cards = [new_card(db, board, text=str(number)) for number in range(3)]

    assert boards.move(db, cards[1], 99, versions(db, board), "Ada") == 2
    assert boards.move(db, cards[1], -5, versions(db, board), "Ada") == 0

    assert obstacles(db, board) == [cards[1], cards[0], cards[2]]


def test_a_colleague_s_move_of_the_same_card_is_a_conflict_and_nothing_moves(db):
    board = new_board(db, insert_person(db))
    cards = [new_card(db, board, text=str(number)) for number in range(3)]
    seen = versions(db, board)
    boards.move(db, cards[2], 0, seen, "Grace")
    before = obstacles(db, board)

    with pytest.raises(ConflictError, match="Grace a modifié"):
        boards.move(db, cards[0], 2, seen, "Ada")

    assert obstacles(db, board) == before


def test_a_colleague_s_change_of_the_text_does_not_hinder_a_move(db):
    board = new_board(db, insert_person(db))
    cards = [new_card(db, board, text=str(number)) for number in range(2)]
    seen = versions(db, board)
    boards.change(db, cards[1], 1, {"text": "Autre"}, "Grace")

    boards.move(db, cards[1], 0, seen, "Ada")

    first = boards.get(db, board).obstacles[0].values
    assert (first["text"], first["rank"]) == ("Autre", 1)


def test_the_strategic_step_goes_last_and_comes_back_with_an_undo(db):
    board = new_board(db, insert_person(db))
    strategic = new_card(db, board, "step")
    boards.note_first_step(db, strategic, "Ada")
    other = new_card(db, board, "step", due_on="2027-01-04")

    with pytest.raises(RuleError, match="quelle autre étape"):
        boards.remove(db, strategic, 1, "Ada")
    boards.remove(db, other, 1, "Ada")
    boards.remove(db, strategic, 1, "Ada")

    assert boards.get(db, board).steps == ()
    assert boards.get(db, board).row.values["strategic_id"] is None
    undo.undo(db, last_operation(db, "card").id, "Ada")
    assert boards.get(db, board).row.values["strategic_id"] == strategic
    assert check(db) == []


def test_a_board_is_not_undone_under_the_cards_added_since(db):
    person = insert_person(db)
    board = boards.begin(db, person, DAY, "Ada")
    begun = last_operation(db, "board")
    card = new_card(db, board)

    with pytest.raises(UndoError, match=r"ce tableau contient depuis : cartes MAPPI \(1\)"):
        undo.undo(db, begun.id, "Ada")
    boards.remove(db, card, 1, "Ada")
    undo.undo(db, begun.id, "Ada")

    assert boards.of_person(db, person) == []


def test_another_board_closes_the_one_in_use_the_day_before(db):
    person = insert_person(db)
    before = new_board(db, person)

    after = boards.begin(db, person, DAY, "Ada")

    assert records.get(db, db.tables["board"], before).values["ends_on"] == "2026-11-27"
    assert [boards.is_current(row, DAY) for row in boards.of_person(db, person)] == [True, False]
    with pytest.raises(RuleError):
        boards.begin(db, person, DAY, "Ada")
    assert [row.id for row in boards.of_person(db, person)] == [after, before]


def test_what_was_typed_of_a_frein_is_offered_for_a_frein_only():
    fixed = {"person_id": 1, "board_id": 2, "kind": "obstacle"}
    form = FormOpening("card", None, None, fixed)

    assert form.is_same_form(FormOpening("card", None, None, {**fixed}))
    assert not form.is_same_form(FormOpening("card", None, None, {**fixed, "kind": "driver"}))
    assert not form.is_same_form(FormOpening("card", None, None, {**fixed, "board_id": 3}))


# ---- what follows a person


@pytest.mark.parametrize("side", [merge_preview.KEEP, merge_preview.GONE])
def test_merging_two_boards_in_use_keeps_every_card_and_one_strategic_step(db, side):
    keep, gone = insert_person(db, None), insert_person(db, None)
    made = {}
    for person in (keep, gone):
        board = made[person] = new_board(db, person)
        step = new_card(db, board, "step", text=f"Étape de {person}")
        point_to(db, board, step)
        new_card(db, board, "step", text=f"Suite de {person}")
        new_card(db, board, text=f"Frein de {person}")
    seen = merge_preview.look(db, keep, gone)
    (clash,) = seen.clashes

    merge.merge(db, keep, gone, merge.MergeChoices(sides={clash.key: side}), seen.versions, "Ada")

    (left,) = boards.of_person(db, keep)
    assert left.id == made[keep if side == merge_preview.KEEP else gone]
    board = boards.get(db, left.id)
    assert (len(board.steps), len(board.obstacles), board.strategic) == (4, 2, left.values["strategic_id"])
    assert check(db) == []
    undo.undo(db, last_operation(db, "board").id, "Grace")
    for person, number in made.items():
        assert {card.values["person_id"] for card in boards.get(db, number).cards} == {person}
        assert len(boards.get(db, number).cards) == 3
    assert check(db) == []


def test_merging_boards_of_different_days_keeps_both_the_earlier_one_closed(db):
    keep, gone = insert_person(db, None), insert_person(db, None)
    later, earlier = new_board(db, keep, "2026-06-01"), new_board(db, gone, "2026-01-05")
    new_card(db, earlier, "driver")
    seen = merge_preview.look(db, keep, gone)

    merge.merge(db, keep, gone, merge.MergeChoices(), seen.versions, "Ada")

    assert [(row.id, row.values["ends_on"]) for row in boards.of_person(db, keep)] == [
        (later, None), (earlier, "2026-05-31"),
    ]  # fmt: skip
    assert len(boards.get(db, earlier).drivers) == 1
    assert check(db) == []


def test_a_deleted_person_takes_her_board_along_and_brings_it_back(db):
    person = insert_person(db)
    board = new_board(db, person)
    step = new_card(db, board, "step")
    point_to(db, board, step)
    new_card(db, board, "step", due_on="2027-01-04")

    delete(db, "person", person)
    assert boards.of_person(db, person) == []
    records.restore(db, db.tables["person"], [person], "Ada")

    assert len(boards.get(db, board).steps) == 2
    assert boards.get(db, board).strategic == step
    assert check(db) == []


def test_the_board_is_in_the_right_of_access_and_the_search_and_is_erased_with_the_person(db, tmp_path):
    person = insert_person(db)
    board = new_board(db, person)
    new_card(db, board, text="Zorglubescu le chat", note="Babarovitch")
    boards.note_first_step(db, new_card(db, board, "step", text="Exposer"), "Ada")
    known = records.save(db, db.tables["board"], Edit({"goal": "Trapanelle à Figeac"}, board, 2), "Ada")

    told = json.dumps(person_file.collect_data(db, person, DAY), ensure_ascii=False)
    assert all(word in told for word in ("Zorglubescu", "Babarovitch", "Trapanelle", "Tableaux MAPPI", "Cartes MAPPI"))
    assert records.read(db, db.tables["card"], Query(search="zorglub")).matching == 1
    secrets = (b"Zorglubescu", b"Babarovitch", b"Trapanelle")
    assert known.version == 3
    assert all(word in b"".join(path.read_bytes() for path in tmp_path.glob("palette.db*")) for word in secrets)

    plain = plain_sqlite.content(db)
    book = cells_of(whole_file.xlsx_bytes(db, DAY))
    assert all(word in plain for word in secrets)
    assert [row[4] for row in book["Cartes MAPPI"][1:]] == ["Zorglubescu le chat", "Exposer"]
    assert "Exposer" in str(book["Tableaux MAPPI"][1])
    erasure.erase(db, [person], "Admin")

    assert not any(word in b"".join(path.read_bytes() for path in tmp_path.glob("palette.db*")) for word in secrets)
    assert check(db) == []
