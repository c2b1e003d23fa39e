"""« MAPPI » in the browser: the board by keyboard and by dragging, a colleague's change, the plan, the sheet."""

import io
from contextlib import closing

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from db.model.roles import Role
from db.rows import access_log, boards
from db.rows.boards import Board
from tests.conftest import Server, let_in
from tests.pages import axe
from tests.pages.spreadsheet import add, add_person
from tests.pages.waiting import download, settle

pytestmark = pytest.mark.browser

LONG = "Un texte sans fin " * 16
UNBROKEN = "Donaudampfschifffahrtsgesellschaft" * 8


def open_view(page: Page, server: Server, person: int) -> None:
    page.goto(f"{server.address}dossier?dossier={person}")
    page.get_by_role("radio", name="MAPPI").click()


def card(page: Page, text: str) -> Locator:
    return page.locator("li[data-card]").filter(has_text=text)


def add_board(server: Server, **texts: str | None) -> tuple[int, int, list[int]]:
    """Add a person with a board and freins of these texts, each with its objective. Returns person, board, cards."""
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
        board = add(db, "board", person_id=person, starts_on="2026-01-05")
        common = {"person_id": person, "board_id": board, "kind": "obstacle"}
        cards = [add(db, "card", **common, text=text, objective=aim) for text, aim in texts.items()]
    return person, board, cards


def read(server: Server, board: int) -> Board:
    with closing(server.open()) as db:
        return boards.get(db, board)


def texts(server: Server, board: int) -> list[str]:
    return [one.values["text"] for one in read(server, board).obstacles]


def type_card(page: Page, button: str, *typed: tuple[str, str]) -> None:
    """Add a card by its form, with the keyboard alone once the form is open."""
    page.get_by_role("button", name=button).press("Enter")
    form = page.get_by_role("dialog")
    for label, text in typed:
        box = form.get_by_role("textbox", name=label)
        box.focus()
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)


def test_a_board_is_begun_and_filled_with_the_keyboard_and_the_focus_stays_on_the_card(server, open_tab):
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
    page = open_tab()
    open_view(page, server, person)
    expect(page.get_by_text("Aucun tableau MAPPI encore")).to_be_visible()
    page.get_by_role("button", name="Commencer le tableau").press("Enter")
    expect(page.get_by_text("Aucun frein encore")).to_be_visible()

    type_card(page, "Ajouter un frein", ("Texte", "Pas de voiture"), ("Objectif", "Un covoiturage"))
    type_card(page, "Ajouter un frein", ("Texte", "Pas d’atelier"))
    type_card(page, "Ajouter une étape", ("Texte", "Exposer"), ("Jour", "1/3/2027"))
    type_card(page, "Ajouter une étape", ("Texte", "Photographier"), ("Jour", "4/1/2027"))

    (row,) = server.rows("board")
    board = read(server, row["id"])
    assert [(one.values["text"], one.values["objective"]) for one in board.obstacles] == [
        ("Pas de voiture", "Un covoiturage"), ("Pas d’atelier", None),
    ]  # fmt: skip
    assert [(one.values["text"], one.id == board.strategic) for one in board.steps] == [
        ("Photographier", False), ("Exposer", True),
    ]  # fmt: skip
    down = page.get_by_role("button", name="Descendre : Pas de voiture")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("« Pas de voiture » : rang 2 sur 2.")).to_be_visible()
    expect(down).to_be_focused()
    expect(down).to_have_attribute("aria-disabled", "true")
    assert texts(server, row["id"]) == ["Pas d’atelier", "Pas de voiture"]
    later = page.get_by_role("button", name="Plus tard d’une semaine : Photographier")
    later.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # before the answer to the first: both count
    expect(page.get_by_text("« Photographier » : le 18/01/2027.")).to_be_visible()
    expect(later).to_be_focused()
    page.get_by_role("button", name="Étape stratégique : Photographier").press("Enter")
    expect(page.get_by_text("« Photographier » est l’étape stratégique.")).to_be_visible()
    page.get_by_role("button", name="Supprimer : Photographier").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="dites d’abord quelle autre étape l’est")).to_be_visible()
    assert [one.values["due_on"] for one in read(server, row["id"]).steps] == ["2027-01-18", "2027-03-01"]


def test_cards_and_steps_are_dragged_and_a_colleague_s_move_is_shown_not_overwritten(server, open_tab):
    person, board, cards = add_board(server, premier=None, second=None, troisième=None)
    with closing(server.open()) as db:
        common = {"person_id": person, "board_id": board, "kind": "step", "paths": ("a",)}
        step = add(db, "card", **common, text="Exposer", due_on="2027-03-01")
    page = open_tab()
    open_view(page, server, person)
    expect(card(page, "troisième")).to_be_visible()

    card(page, "troisième").drag_to(card(page, "premier"), target_position={"x": 60, "y": 3})
    expect(page.get_by_text("« troisième » : rang 1 sur 3.")).to_be_visible()
    assert texts(server, board) == ["troisième", "premier", "second"]

    dot = page.locator(".dot")
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] - 150, box["y"] + 10, steps=5)
    page.mouse.up()
    expect(page.get_by_text("« Exposer » : le ")).to_be_visible()
    (found,) = read(server, board).steps
    assert (found.id, found.values["due_on"] < "2027-03-01") == (step, True)

    with closing(server.open()) as db:
        boards.move(db, cards[1], 0, {}, "Ada")
    page.get_by_role("button", name="Monter : premier").click()

    expect(page.get_by_role("alert").filter(has_text="Ada a modifié cette ligne entre-temps")).to_be_visible()
    assert texts(server, board) == ["second", "troisième", "premier"]
    expect(page.locator("[data-list=obstacles] .text")).to_have_text(["second", "troisième", "premier"])

    page.get_by_role("button", name="Commencer un autre tableau").click()
    expect(page.get_by_text("Aucun frein encore")).to_be_visible()
    page.get_by_role("combobox", name="Tableau").click()
    page.get_by_role("option", name="Commencé le 05/01/2026").click()
    expect(card(page, "second")).to_be_visible()
    expect(page.get_by_role("button", name="Monter")).to_have_count(0)
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()


def test_the_chosen_path_becomes_actions_in_a_draft_once_and_all_of_it_is_undone(server, open_tab):
    person, board, _ = add_board(server, **{"Pas de voiture": "Un covoiturage", "Sans objectif": None})
    with closing(server.open()) as db:
        let_in(db, "Ada du MAPPI", [Role.AGENT])
        common = {"person_id": person, "board_id": board, "kind": "step"}
        add(db, "card", **common, text="Exposer", due_on="2027-03-01", paths=("a", "b"), note="À ne pas imprimer")
    page = open_tab(as_="Ada du MAPPI")
    open_view(page, server, person)
    plan = page.get_by_role("button", name="Passer au plan d’action")
    expect(plan).to_be_disabled()
    page.get_by_role("radio", name="Parcours B").click()
    plan.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Un covoiturage")).to_be_visible()
    expect(dialog.get_by_text("Sans objectif, un frein ne devient pas une action")).to_be_visible()
    dialog.get_by_role("button", name="Créer").click()
    expect(page.get_by_text("2 actions sont dans le projet de contrat")).to_be_visible()
    (contract,) = server.rows("cer")
    assert (contract["person_id"], contract["signed_on"], contract["kind"]) == (person, None, "engagement")
    assert [(one["objective"], one["due_on"], one["cer_id"]) for one in server.rows("action")] == [
        ("Un covoiturage", None, contract["id"]), ("Exposer", "2027-03-01", contract["id"]),
    ]  # fmt: skip
    plan.click()
    expect(dialog.get_by_text("rien à créer")).to_be_visible()
    dialog.get_by_role("button", name="Fermer").click()

    page.locator(".st-key-mappi-made-box").get_by_role("button", name="Défaire").click()
    expect(page.get_by_text("Plan d’action défait")).to_be_visible()
    assert (server.rows("cer"), server.rows("action")) == ([], [])

    name, content = download(page, page.get_by_role("button", name="Imprimer").click)
    assert name.startswith(f"mappi-{board}-")
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        printed = " ".join(one.get_textpage().get_text_range() for one in pdf)
    assert "Exposer" in printed
    assert "imprimer" not in printed
    with closing(server.open()) as db:
        lines, _ = access_log.find(db, who="Ada du MAPPI", action="document")
    assert [(line.person_id, line.detail) for line in lines] == [(person, f"Tableau MAPPI n° {board}, PDF")]


@pytest.fixture
def crowded(server: Server) -> int:
    """A person whose board holds fifteen cards, with texts as long as they may be."""
    person, board, _ = add_board(server, **{f"{number} {LONG[:290]}": LONG[:299] for number in range(5)})
    with closing(server.open()) as db:
        common = {"person_id": person, "board_id": board}
        for number in range(5):
            add(db, "card", **common, kind="driver", text=f"{number} {UNBROKEN[:270]}", voice="person")
        first = None
        for number in range(5):
            day = f"2027-0{1 + number}-01"
            step = add(db, "card", **common, kind="step", text=f"{number} {LONG[:290]}", due_on=day, paths=("a", "b"))
            if first is None:
                boards.note_first_step(db, step, "Ada")
                first = step
    return person


def test_fifteen_long_cards_fit_in_each_width_and_theme_without_a_violation(server, open_tab, crowded):
    page = open_tab()
    open_view(page, server, crowded)
    expect(page.locator("li[data-card]")).to_have_count(15)

    assert axe.check(page, "MAPPI", page.locator(".palette-mappi").first) == []

    for width in axe.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        boxes = page.locator(".palette-mappi li, .palette-mappi .scale")
        assert boxes.count() == 16
        assert boxes.evaluate_all("boxes => boxes.filter((one) => one.scrollWidth > one.clientWidth + 1).length") == 0
