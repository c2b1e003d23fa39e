"""Bulk changes in a real browser: the preview, what is saved, and undoing it."""

import io
from contextlib import closing

import pypdf
import pytest
from playwright.sync_api import expect

from db.rows import records
from tests.pages.axe import check
from tests.pages.spreadsheet import Spreadsheet, add, add_person, change
from tests.pages.waiting import download, settle

pytestmark = pytest.mark.browser


def test_a_field_of_all_matching_rows_is_previewed_changed_and_undone(server, page):
    db = server.open()
    towns = ["Figeac"] * 58 + ["Cahors"] * 2
    for number, town in enumerate(towns):
        add_person(db, f"Abel{number:02}", town=town)
    db.close()
    grid = Spreadsheet(page, server.address)
    grid.open_more()
    grid.button("Plusieurs lignes").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("60 lignes : tout ce que trouvent")).to_be_visible()
    dialog.get_by_role("combobox", name="Champ").click()
    page.get_by_role("option", name="Commune").click()
    dialog.get_by_role("textbox", name="Commune").fill("Cahors")
    dialog.get_by_role("textbox", name="Commune").press("Tab")

    expect(dialog.get_by_role("row", name="Figeac Cahors 58")).to_be_visible()
    expect(dialog.get_by_text("2 lignes : cette valeur y est déjà.")).to_be_visible()
    assert not (wrong := check(page, "bulk", dialog, widths=(1440,))), "\n".join(wrong)
    dialog.get_by_role("button", name="Modifier 58 lignes").click()
    expect(grid.status).to_have_text("58 lignes modifiées")
    assert {row["town"] for row in server.rows("person")} == {"Cahors"}

    settle(page)
    grid.open_more()
    grid.button("Défaire").click()
    dialog.get_by_role("button", name="Défaire l’opération").click()
    expect(dialog).to_be_hidden()
    expect(grid.cell(1, "town")).to_have_text("Figeac")
    assert sorted(row["town"] for row in server.rows("person")) == sorted(towns)


def test_a_change_by_a_colleague_since_the_preview_is_shown_and_nothing_is_saved(server, page):
    db = server.open()
    people = [add_person(db, name, town="Figeac") for name in ("Abel", "Blum")]
    grid = Spreadsheet(page, server.address)
    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    grid.button("Modifier (2)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Champ").click()
    page.get_by_role("option", name="Commune").click()
    dialog.get_by_role("textbox", name="Commune").fill("Cahors")
    dialog.get_by_role("textbox", name="Commune").press("Tab")
    expect(dialog.get_by_role("row", name="Figeac Cahors 2")).to_be_visible()
    change(db, "person", people[1], town="Gramat")
    dialog.get_by_role("button", name="Modifier 2 lignes").click()

    alert = dialog.get_by_test_id("stAlert")
    expect(alert).to_contain_text("Rien n’a été modifié.")
    expect(alert).to_contain_text("Blum Lou : Une collègue a modifié cette ligne")
    assert [row["town"] for row in server.rows("person")] == ["Figeac", "Gramat"]
    db.close()


def test_contracts_are_prepared_for_the_selected_persons_then_printed_as_one_pdf(server, page):
    db = server.open()
    people = [add_person(db, name) for name in ("Abel", "Blum", "Colin")]
    today = records.today()
    end = f"{int(today[:4]) + 1}-01-31"
    for person in people[:2]:
        add(db, "cer", person_id=person, kind="engagement", rank="first", signed_on="2024-02-01",
            starts_on="2024-02-01", ends_on=end)  # fmt: skip
    add(db, "cer", person_id=people[2], kind="engagement", rank="first", starts_on=today)
    db.close()
    grid = Spreadsheet(page, server.address)
    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    grid.button("Créer pour (3)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Contrat d’engagement").click()

    expect(dialog.get_by_text("Sera créé pour 2 personnes")).to_be_visible()
    expect(dialog.get_by_text("Pas pour 1 personne, laissée de côté")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="Colin Lou")).to_contain_text("déjà préparé")
    settle(page)
    dialog.get_by_role("button", name="Créer pour 2 personnes").click()

    expect(dialog).to_be_hidden()
    new = [row for row in server.rows("cer") if row["rank"] == "update"]
    first, update = (f"{int(today[:4]) + 1}-{day}" for day in ("02-01", "07-31"))
    assert [(row["person_id"], row["starts_on"], row["signed_on"], row["next_update_on"]) for row in new] == [
        (person, first, None, update) for person in people[:2]
    ]

    grid = Spreadsheet(page, f"{server.address}cer")
    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    grid.button("Imprimer (5)").click()
    file, content = download(page, page.get_by_role("button", name="Un seul PDF").click)
    assert file == f"contrats-{today}.pdf"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert all(name in text for name in ("Abel", "Blum", "Colin", "PROJET"))
    with closing(server.open()) as db:
        lines = "SELECT count(*) FROM trace WHERE action = 'document' AND detail LIKE 'Contrat n° %, PDF'"
        assert db.execute(lines).fetchone() == (5,)
