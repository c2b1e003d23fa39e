"""History, undo, access log, a person's download, erasure, and the warning about sensitive words, in the browser."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from db.backup import status
from db.base import folders
from db.rows import access_log, history, records
from db.rows.records import Edit
from tests.db.rewriting import history_rewritable
from tests.pages.spreadsheet import Spreadsheet, add_person, eventually
from tests.pages.waiting import download, settle

pytestmark = pytest.mark.browser


def dialog_of(page):
    return page.get_by_role("dialog")


def test_the_last_save_is_undone_from_the_grid(server, page):
    grid = Spreadsheet(page, f"{server.address}reseau")
    grid.type(1, "name", "La Fabrique")
    expect(grid.cell(1, "name")).to_have_text("La Fabrique")
    eventually(lambda: len(server.rows("partner")), 1)
    grid.open_more()
    undo = page.get_by_role("button", name="Défaire", exact=True)
    expect(undo).to_be_visible()

    undo.click()
    expect(dialog_of(page)).to_contain_text("a créé")
    dialog_of(page).get_by_role("button", name="Défaire l’opération").click()

    expect(page.get_by_text("0 partenaire")).to_be_visible()
    assert server.rows("partner") == []
    db = server.open()
    lines, _ = history.find(db, history.Search(table="partner"), records.context(db), 0, 2)
    assert [line.who for line in lines] == ["La CIPA", "La CIPA"]
    db.close()


def test_a_colleague_searches_the_history_and_undoes_an_operation(server, page):
    # A town of no other test: the history of the shared server keeps what they did.
    db = server.open()
    row = records.save(db, db.tables["partner"], Edit({"name": "Le Moulin", "town": "Cahors"}), "Ada").row_id
    records.save(db, db.tables["partner"], Edit({"town": "Concots"}, row, 1), "Ada")
    db.close()
    page.goto(f"{server.address}historique")
    page.get_by_label("Mots").fill("concots")
    page.get_by_label("Mots").press("Enter")

    expect(page.get_by_text("Cahors → Concots")).to_be_visible()
    expect(page.get_by_text("défaite depuis")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Défaire", exact=True).first.click()
    dialog_of(page).get_by_role("button", name="Défaire l’opération").click()

    expect(page.get_by_text("défaite depuis")).to_be_visible()
    assert [row["town"] for row in server.rows("partner")] == ["Cahors"]


def test_undoing_is_refused_when_a_later_change_depends_on_it(server, page):
    db = server.open()
    row = records.save(db, db.tables["partner"], Edit({"name": "Le Pressoir", "town": "Souillac"}), "Ada").row_id
    records.save(db, db.tables["partner"], Edit({"town": "Martel"}, row, 1), "Ada")
    records.save(db, db.tables["partner"], Edit({"town": "Gramat"}, row, 2), "Bob")
    db.close()
    page.goto(f"{server.address}historique")
    page.get_by_label("Mots").fill("souillac martel")
    page.get_by_label("Mots").press("Enter")
    expect(page.get_by_text("Souillac → Martel")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Défaire", exact=True).first.click()
    dialog_of(page).get_by_role("button", name="Défaire l’opération").click()

    expect(dialog_of(page).get_by_test_id("stAlert")).to_contain_text("Bob a modifié cette ligne")
    assert [row["town"] for row in server.rows("partner")] == ["Gramat"]


def test_the_download_of_a_persons_file_is_complete_and_logged(server, page):
    db = server.open()
    person = add_person(db, "Abel", craft="Céramiste")
    page.goto(f"{server.address}dossier?dossier={person}")
    page.get_by_role("radio", name="Données personnelles").click()

    name, package = download(page, page.get_by_role("button", name="Tout télécharger").click)

    assert name == f"dossier-{person}-{records.today()}.zip"
    with zipfile.ZipFile(BytesIO(package)) as file:
        content = json.loads(file.read("dossier.json"))
        text = "\n".join(one.extract_text() for one in PdfReader(BytesIO(file.read("dossier.pdf"))).pages)
    assert content["tables"][0]["lignes"][0]["champs"]["Discipline"]["texte"] == "Céramiste"
    assert "Céramiste" in text
    assert [line.action for line in access_log.find(db, person_id=person)[0]] == ["package", "open"]
    assert [line["action"] for line in content["consultations"]] == [
        access_log.ACTIONS["package"],
        access_log.ACTIONS["open"],
    ]
    db.close()


def test_opening_a_file_is_logged_once_while_it_stays_open(server, page):
    db = server.open()
    person = add_person(db, "Abel")
    for _ in range(2):
        page.goto(f"{server.address}dossier?dossier={person}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Abel")
        page.get_by_role("radio", name="Fiche").click()
        expect(page.get_by_text("Identité")).to_be_visible()

    lines, many = access_log.find(db, person_id=person)
    db.close()
    assert (many, lines[0].who, lines[0].action) == (1, "La CIPA", "open")


def test_a_file_is_archived_then_erased_once_confirmed(own_server, page):
    db = own_server.open()
    alone = {"first_name": "Lou", "gender": "woman"}
    person, other, kept = (
        records.save(db, db.tables["person"], Edit({"last_name": n, **alone}), "Ada").row_id
        for n in ("Ancien", "Très ancien", "Nouveau")
    )
    with history_rewritable(db):
        old = "UPDATE history SET at = '2015-01-01' WHERE row_id IN (?, ?) AND table_name = 'person'"
        db.execute(old, [person, other])
    page.goto(f"{own_server.address}conservation")

    expect(page.get_by_role("checkbox", name="Ancien Lou", exact=False).first).to_be_checked()
    expect(page.get_by_role("checkbox", name="Nouveau")).to_have_count(0)
    page.get_by_role("button", name="Tout décocher").click()
    expect(page.get_by_role("button", name="Archiver 0 dossier")).to_be_disabled()
    page.get_by_role("button", name="Tout cocher").click()
    expect(page.get_by_role("button", name="Archiver 2 dossiers")).to_be_enabled()
    page.get_by_text("Très ancien").click()
    page.get_by_role("button", name="Archiver 1 dossier").click()
    expect(page.get_by_text("Archivé : 1 dossier.")).to_be_visible()
    assert records.get(db, db.tables["person"], person).values["archived_on"] == records.today()
    records.save(db, db.tables["person"], Edit({"archived_on": "2020-01-01"}, person, 2), "Test")
    page.get_by_role("radio", name="À effacer").click()
    settle(page)
    page.get_by_role("button", name="Effacer 1 dossier").click()
    erase = dialog_of(page).get_by_role("button", name="Effacer 1 dossier")
    expect(erase).to_be_disabled()
    dialog_of(page).get_by_text("J’ai relu cette liste").click()
    erase.click()

    expect(page.get_by_text("Effacé : 1 dossier.")).to_be_visible(timeout=60_000)
    found = [row["id"] for row in own_server.rows("person")]
    assert person not in found
    assert {other, kept} <= set(found)
    assert access_log.find(db, action="erase", person_id=person)[1] == 1
    db.close()


def test_a_note_with_sensitive_words_shows_a_warning_and_is_saved(server, page):
    db = server.open()
    person = add_person(db, "Abel")
    db.close()
    page.goto(f"{server.address}dossier?dossier={person}")
    page.get_by_role("radio", name="Fiche").click()
    page.get_by_role("button", name="Modifier").click()
    note = dialog_of(page).get_by_role("textbox", name="Note")
    note.click()
    note.press_sequentially("Elle suit une chimiothérapie.", delay=5)

    guard = page.locator(".palette-wary")
    expect(guard).to_contain_text("santé")
    expect(guard).to_contain_text("chimiothérapie")
    note.press("Tab")
    dialog_of(page).get_by_role("button", name="Enregistrer").click()
    expect(dialog_of(page)).to_be_hidden()
    assert [row["note"] for row in server.rows("person")] == ["Elle suit une chimiothérapie."]
    assert "chimio" not in server.log.read_text()


def test_a_failed_backup_is_shown_on_the_home_page_and_in_the_settings(own_server, open_tab):
    folder = folders.backup_folder(own_server.file)
    eventually(lambda: status.state(folder, datetime.now(UTC)).good, True, within=60)
    page = open_tab(f"{own_server.address}reglages")
    expect(page.get_by_text("Dernière sauvegarde :")).to_be_visible()

    status.failed(folder, datetime.now(UTC), "le disque est plein")

    page.goto(own_server.address)
    expect(page.get_by_text("La dernière sauvegarde a échoué")).to_contain_text("le disque est plein")
