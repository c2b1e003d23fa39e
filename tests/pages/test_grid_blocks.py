"""The grid in a real browser: pasted blocks, new lines, refused texts, selected, deleted and restored rows."""

import pytest
from playwright.sync_api import expect

from tests.pages.spreadsheet import Spreadsheet, add, add_person, change, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def people(server):
    """Three persons of the portfolio: Abel, Blum, Colin."""
    db = server.open()
    return [add_person(db, name) for name in ("Abel", "Blum", "Colin")]


@pytest.fixture
def aids(server, people):
    """One pending aid for each, the same day."""
    db = server.open()
    return [
        add(db, "aid", person_id=p, type="training", requested_on=f"2026-01-0{9 - i}") for i, p in enumerate(people)
    ]


@pytest.fixture
def grid(page, server, people) -> Spreadsheet:
    return Spreadsheet(page, server.address)


@pytest.fixture
def aid_grid(page, server, aids) -> Spreadsheet:
    return Spreadsheet(page, f"{server.address}aides")


def saved_values(server, *fields: str):
    return [tuple(row[field] for field in fields) for row in server.rows("aid")]


def test_three_cells_copied_from_excel_are_pasted(server, aids, aid_grid):
    aid_grid.paste(1, "requested_on", "06/03/2026\tMobilité\t1 234,50 €\r\n")

    aid_grid.wait_until_saved()
    assert saved_values(server, "requested_on", "type", "requested")[0] == ("2026-03-06", "mobility", 1234_50)
    expect(aid_grid.message("3 cellules collées")).to_be_visible()


def test_a_block_of_two_columns_and_three_lines_is_pasted(server, aids, aid_grid):
    aid_grid.paste(1, "type", 'Mobilité\t100\nFormation\t200,5\n"Lieu de diffusion\nou exposition"\t300\n')

    aid_grid.wait_until_saved()
    assert saved_values(server, "type", "requested") == [("mobility", 100_00), ("training", 200_50), ("venue", 300_00)]


def test_a_quote_opens_a_cell_only_if_it_closes_before_the_cell_ends(server, people, grid):
    grid.paste(1, "last_name", '"Cahors\t5" fin\n"à rappeler\tx "y" z\n"deux ""mots"""\t"fin"')

    grid.wait_until_saved()
    assert [(row["last_name"], row["first_name"]) for row in server.rows("person")] == [
        ('"Cahors', '5" fin'),
        ('"à rappeler', 'x "y" z'),
        ('deux "mots"', "fin"),
    ]


def test_a_block_pasted_past_the_last_line_adds_lines(server, people, grid):
    grid.paste(3, "last_name", "Durand\tAnne\nÉluard\tBéa\nFaure\tCléo\n")

    expect(grid.message("Ligne 4, pas encore enregistrée. Il manque : Genre")).to_be_visible()
    assert len(server.rows("person")) == 3
    grid.type(4, "gender", "Femme")
    grid.type(5, "gender", "Homme")
    grid.wait_until_saved()
    rows = [(row["last_name"], row["first_name"], row["gender"]) for row in server.rows("person")]
    assert rows[2:] == [("Durand", "Anne", "woman"), ("Éluard", "Béa", "woman"), ("Faure", "Cléo", "man")]


def test_new_lines_typed_without_waiting_stay_separate(server, people, grid, page):
    grid.select(4, "last_name")
    for name in ("Durand", "Evrard", "Faure"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    for line, first, gender in ((4, "Anne", "Femme"), (5, "Béa", "Femme"), (6, "Cléo", "Homme")):
        grid.type(line, "first_name", first, "Tab")
        grid.type(line, "gender", gender)
    grid.wait_until_handled()

    eventually(lambda: [(r["last_name"], r["first_name"]) for r in server.rows("person")][3:],
               [("Durand", "Anne"), ("Evrard", "Béa"), ("Faure", "Cléo")])  # fmt: skip
    assert grid.column("last_name") == ["Abel", "Blum", "Colin", "Durand", "Evrard", "Faure"]


def test_a_line_added_under_another_filter_is_not_shown_under_this_one(server, people, grid):
    grid.paste(4, "last_name", "Durand\tAnne")
    grid.type(4, "gender", "Femme")
    grid.wait_until_saved()
    grid.search("abel")
    expect(grid.lines).to_have_count(2)
    change(server.open(), "person", people[0], town="Cahors")

    expect(grid.cell(1, "town")).to_have_text("Cahors")
    assert grid.column("last_name") == ["Abel"]


def test_refused_texts_are_explained_and_the_rest_is_saved(server, aids, aid_grid):
    aid_grid.paste(2, "requested_on", "31/02/2026\tMobilité\tbeaucoup")

    problem = aid_grid.message("Ligne 2 · Montant demandé : « beaucoup » n’est pas une somme")
    expect(problem).to_be_visible()
    expect(aid_grid.message("Ligne 2 · Demandée le : « 31/02/2026 » n’est pas une date")).to_be_visible()
    expect(aid_grid.cell(2, "requested")).to_have_text("beaucoup")
    assert saved_values(server, "requested_on", "type", "requested")[1] == ("2026-01-08", "mobility", None)

    aid_grid.type(2, "requested", "50")
    aid_grid.button("Abandonner ces saisies").click()
    expect(problem).to_have_count(0)
    expect(aid_grid.cell(2, "requested_on")).to_have_text("08/01/2026")
    assert saved_values(server, "requested_on", "requested")[1] == ("2026-01-08", 50_00)


def test_two_values_that_are_only_valid_together_are_saved(server, aids, aid_grid):
    aid_grid.type(1, "granted", "500")
    expect(aid_grid.message("un montant accordé demande la décision « Accordée »")).to_be_visible()
    aid_grid.type(1, "decision", "accordée")

    aid_grid.wait_until_saved()
    assert saved_values(server, "granted", "decision")[0] == (500_00, "granted")


def test_the_ceiling_is_refused_in_the_grid(server, people, aids, aid_grid):
    aid_grid.paste(1, "decision", "Accordée\t950")

    expect(aid_grid.message("le plafond de 900")).to_be_visible()
    assert saved_values(server, "granted", "decision")[0] == (None, "pending")


def test_rows_are_deleted_once_confirmed_and_restored(server, people, grid, page):
    grid.lines.nth(0).get_by_role("checkbox").check()
    grid.lines.nth(2).get_by_role("checkbox").check()
    expect(grid.message("2 lignes choisies")).to_be_visible()
    grid.button("Supprimer (2)").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Colin Lou")).to_be_visible()
    dialog.get_by_role("button", name="Supprimer").click()

    expect(grid.message("2 lignes supprimées")).to_be_visible()
    assert [row["last_name"] for row in server.rows("person")] == ["Blum"]
    assert grid.column("last_name") == ["Blum"]
    grid.button("Défaire la suppression").click()
    expect(grid.lines).to_have_count(4)
    assert len(server.rows("person")) == 3


def test_one_field_is_changed_in_all_selected_rows(server, people, grid, page):
    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    grid.button("Modifier (3)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Champ").click()
    page.get_by_role("option", name="Commune").click()
    dialog.get_by_role("textbox", name="Commune").fill("Cahors")
    dialog.get_by_role("textbox", name="Commune").press("Tab")
    dialog.get_by_role("button", name="Modifier").click()

    expect(grid.status).to_have_text("3 lignes modifiées")
    assert {row["town"] for row in server.rows("person")} == {"Cahors"}


def test_text_typed_in_a_row_that_a_colleague_deletes_is_shown(server, people, grid, page):
    grid.select(1, "town")
    page.keyboard.type("Figeac")
    with server.open() as db:
        db.execute("UPDATE person SET deleted_at = '2026-01-01' WHERE id = ?", (people[0],))

    expect(grid.lines).to_have_count(3)
    expect(grid.message("« Figeac » : Cette ligne a été supprimée entre-temps")).to_be_visible()


def test_copy_and_paste_within_the_grid(server, people, grid, page):
    change(server.open(), "person", people[0], town='Cahors "centre"', craft="peintre")
    expect(grid.cell(1, "town")).to_have_text('Cahors "centre"')
    grid.select(1, "town", to=(1, "craft"))
    text = grid.copy()
    grid.paste(2, "town", text)

    grid.wait_until_saved()
    rows = server.rows("person")
    assert (rows[1]["town"], rows[1]["craft"]) == ('Cahors "centre"', "peintre")


def test_one_value_pasted_fills_the_selected_cells(server, people, grid):
    grid.select(1, "town", to=(3, "town"))
    grid.paste_here("Cahors")

    grid.wait_until_saved()
    assert [row["town"] for row in server.rows("person")] == ["Cahors"] * 3
