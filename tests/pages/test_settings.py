"""« Réglages » in the browser: fields and list values are added and changed, which colleagues see at once."""

import json

import pytest
from playwright.sync_api import expect

from db.model.roles import Role
from tests.conftest import let_in
from tests.pages.spreadsheet import add_person
from tests.pages.test_views import Views
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser
OWN = "own_numero_maison_des_artistes"


def open_settings(page, server, view):
    page.goto(f"{server.address}reglages")
    page.get_by_role("radio", name=view, exact=True).or_(page.get_by_text(view, exact=True)).first.click()
    settle(page)


def add_field(page, label):
    page.get_by_role("button", name="Nouveau champ").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Intitulé").fill(label)
    dialog.get_by_role("textbox", name="Intitulé").press("Tab")
    settle(page)
    dialog.get_by_role("button", name="Ajouter le champ").click()


def add_value(page, name, label):
    page.get_by_role("combobox", name="Liste").click()
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)
    page.get_by_role("textbox", name="Nouvelle valeur").fill(label)
    page.get_by_role("textbox", name="Nouvelle valeur").press("Tab")
    page.get_by_role("button", name="Ajouter").click()


def test_a_field_a_value_and_a_shared_view_are_made_as_the_guide_says(own_server, open_tab):
    """Follow docs/guide.md click by click; a colleague with the portfolio open sees the result without a reload."""
    db = own_server.open()
    add_person(db, last_name="Zola", first_name="Ada")
    let_in(db, "Bob", [Role.AGENT])
    db.close()
    theirs = Views(open_tab(as_="Bob"), f"{own_server.address}portefeuille")
    page = open_tab()

    open_settings(page, own_server, "Champs")
    add_field(page, "Numéro Maison des artistes")
    expect(page.get_by_text("Numéro Maison des artistes · texte court")).to_be_visible()
    open_settings(page, own_server, "Listes")
    add_value(page, "Domaine d’activité", "Arts numériques")
    expect(page.get_by_role("textbox", name="Valeur 7")).to_have_value("Arts numériques")
    mine = Views(page, f"{own_server.address}portefeuille")
    mine.type(1, OWN, "0012345")
    mine.type(1, "domain", "arts numeriques")
    expect(mine.status).to_contain_text("Enregistré à")
    mine.group_by("Domaine d’activité")
    mine.save_as("Maison des artistes", "Partager avec l’équipe")

    expect(theirs.cell(1, OWN)).to_have_text("0012345")
    expect(theirs.cell(1, "domain")).to_have_text("Arts numériques")
    theirs.open_menu()
    expect(
        theirs.page.get_by_test_id("stPopoverBody").get_by_role("button", name="Maison des artistes")
    ).to_be_visible()
    [row] = own_server.rows("person")
    assert (row[OWN], row["domain"]) == ("0012345", "own_arts_numeriques")
    assert "?vue=" in page.url


def test_a_label_in_use_is_refused_with_a_message(own_server, open_tab):
    page = open_tab()
    open_settings(page, own_server, "Champs")

    add_field(page, "téléphone")

    expect(page.get_by_role("dialog")).to_contain_text("« Téléphone » existe déjà dans : personnes")
    assert own_server.rows("own_field") == []


def test_a_value_is_added_renamed_retired_and_the_change_undone(own_server, open_tab):
    page = open_tab()
    open_settings(page, own_server, "Listes")

    add_value(page, "Domaine d’activité", "Arts numériques")

    expect(page.get_by_role("textbox", name="Valeur 7")).to_have_value("Arts numériques")
    page.get_by_role("textbox", name="Valeur 5").fill("Cinéma")
    page.get_by_role("textbox", name="Valeur 5").press("Enter")
    settle(page)
    page.get_by_role("button", name="Retirer").nth(3).click()
    expect(page.get_by_role("button", name="Reprendre")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Valeur 5")).to_have_value("Cinéma")

    db = own_server.open()
    kept = db.execute("SELECT label, retired FROM list_domain ORDER BY position").fetchall()
    assert kept[3:] == [("Arts littéraires / Édition", 1), ("Cinéma", 0), ("Autres", 0), ("Arts numériques", 0)]
    db.close()

    page.get_by_role("button", name="Défaire", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Défaire l’opération").click()
    expect(page.get_by_role("button", name="Reprendre")).to_have_count(0)


def test_the_model_of_one_office_is_imported_by_another(own_server, open_tab, tmp_path):
    page = open_tab()
    model = tmp_path / "modele.json"
    field = {"of_table": "person", "name": OWN, "label": "Numéro Maison des artistes", "kind": "text"}
    model.write_text(json.dumps({"palette": 1, "own_field": [field]}), encoding="utf-8")
    open_settings(page, own_server, "Modèle")

    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(model)
    expect(page.get_by_text("Personnes, champ « Numéro Maison des artistes » : ajouté")).to_be_visible()
    assert own_server.rows("own_field") == [], "looking first writes nothing"
    page.get_by_role("button", name="Reprendre (1 changement)").click()

    expect(page.get_by_text("Repris : 1 changement.")).to_be_visible()
    db = own_server.open()
    assert db.tables["person"].field(OWN).label == "Numéro Maison des artistes"
    db.close()
