"""Letters in the browser: what is missing is said, a copy stays in each file, and not twice without asking."""

import io
import os
from contextlib import closing

import pypdf
import pytest
from playwright.sync_api import Page, expect

from db.base.french import french_date
from db.rows import access_log, operations, records, undo
from tests.pages.axe import check
from tests.pages.spreadsheet import Spreadsheet, add, add_person
from tests.pages.waiting import download, settle, wait_until_idle

pytestmark = pytest.mark.browser


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def look(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder PALETTE_LOOK, when one is named."""
    if folder := os.environ.get("PALETTE_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_decisions_of_several_aids_are_one_pdf_whose_letters_stay_once_in_each_file(server, page):
    today = records.today()
    with closing(server.open()) as db:
        abel = add_person(db, "Abel", address="3 rue du Pont", postcode="46000", town="Cahors")
        blum = add_person(db, "Blum")
        granted = {"requested": 500_00, "decision": "granted", "granted": 400_00}
        for person, values in ((abel, granted), (blum, {"decision": "refused"}), (blum, {"decision": "pending"})):
            kind = "training" if values["decision"] == "pending" else "mobility"
            add(db, "aid", person_id=person, requested_on="2024-05-02", type=kind, **values)
    grid = Spreadsheet(page, f"{server.address}aides")
    dialog = page.get_by_role("dialog")

    def open_dialog() -> None:
        settle(page)
        grid.button("Imprimer (3)").click()
        dialog.get_by_role("combobox", name="Lettre").click()
        page.get_by_role("option", name="Décision d’aide").click()

    page.get_by_role("checkbox", name="Choisir toutes les lignes").check()
    open_dialog()
    expect(dialog.get_by_text("Pas de lettre (cette aide n’est ni accordée ni refusée) : Blum Lou.")).to_be_visible()
    expect(dialog.get_by_role("listitem").filter(has_text="Blum Lou")).to_contain_text("adresse, code postal, commune")
    dialog.get_by_role("textbox", name="Motif du refus").fill("Le devis manque.")
    dialog.get_by_role("textbox", name="Motif du refus").press("Tab")
    wait_until_idle(page)
    look(page, "bulk")
    assert not (wrong := check(page, "letters", dialog, widths=(1440, 390))), "\n".join(wrong)

    file, content = download(page, dialog.get_by_role("button", name="Un seul PDF").click)

    assert file == f"aide-{today}.pdf"
    text = text_of(content)
    assert [
        words for words in ("3 rue du Pont", "46000 CAHORS", "400 €", "Motif : Le devis manque.") if words not in text
    ] == []
    copies = server.rows("attachment")
    assert [(one["person_id"], one["kind"], one["name"]) for one in copies] == [
        (person, "sent_letter", f"Décision d’aide du {french_date(today)}") for person in (abel, blum)
    ]
    with closing(server.open()) as db:
        lines, _ = access_log.find(db, action="document")
        mine = {(line.person_id, line.detail.endswith(", PDF")) for line in lines if line.person_id in (abel, blum)}
        assert mine == {(abel, True), (blum, True)}

    open_dialog()
    again = dialog.get_by_role("checkbox", name="2 lettres sont déjà dans les pièces")
    expect(again).not_to_be_checked()
    download(page, dialog.get_by_role("button", name="Un seul PDF").click)
    assert len(server.rows("attachment")) == 2
    with closing(server.open()) as db:  # both copies were one operation
        operation = operations.last_of(db, copies[0]["changed_by"], "attachment")
        assert operation is not None
        undo.undo(db, operation.id, "Test")
    assert server.rows("attachment") == []

    page.goto(f"{server.address}dossier?dossier={abel}")
    page.get_by_role("button", name="Courrier").click()
    dialog.get_by_role("combobox", name="Lettre").click()
    page.get_by_role("option", name="Attestation d’accompagnement").click()
    wait_until_idle(page)
    look(page, "person")
    file, content = download(page, dialog.get_by_role("button", name="PDF", exact=True).click)
    assert "01/01/2024 en cours" in text_of(content)
    expect(dialog.get_by_text("une copie est dans les pièces")).to_be_visible()
    look(page, "made")
    dialog.get_by_role("button", name="PDF", exact=True).click()
    expect(dialog.get_by_text("sans nouvelle copie dans les pièces")).to_be_visible()
    (kept,) = server.rows("attachment")
    assert kept["name"] == f"Attestation d’accompagnement du {french_date(today)}"
