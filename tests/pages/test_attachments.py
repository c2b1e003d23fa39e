"""« Pièces » in the browser: a file is dragged onto a person's file, seen, taken away, deleted and brought back."""

import json
import re
from base64 import b64encode
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from db.model.roles import Role
from db.rows import access_log
from tests.conftest import let_in
from tests.db.attachments.samples import image
from tests.pages.spreadsheet import add, add_person
from tests.pages.waiting import download

pytestmark = pytest.mark.browser

DROP = """(zone, files) => {
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
  const carried = new DataTransfer()
  for (const [name, content] of files) carried.items.add(new File([bytes(content)], name))
  for (const type of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }))
}"""


def drop(page: Page, **files: bytes) -> None:
    """Drag files of these names onto the view."""
    zone = page.get_by_test_id("stFileUploaderDropzone")
    expect(zone).to_be_visible()
    carried = [[name.replace("_", "."), b64encode(content).decode()] for name, content in files.items()]
    zone.evaluate(DROP, carried)


def open_view(page: Page, address: str, person: int) -> None:
    page.goto(f"{address}dossier?dossier={person}")
    page.get_by_role("radio", name="Pièces").click()


def test_a_pdf_is_dragged_onto_the_file_of_a_person_seen_taken_away_deleted_and_brought_back(server, open_tab):
    with closing(server.open()) as db:
        let_in(db, "Ada des pièces", [Role.AGENT])
        person = add_person(db, "Abel")
        contract = add(
            db,
            "cer",
            person_id=person,
            kind="cer",
            signed_on="2024-01-15",
            starts_on="2024-01-15",
            ends_on="2024-12-31",
        )
    page, pdf = open_tab(as_="Ada des pièces"), image("PDF")
    open_view(page, server.address, person)
    expect(page.get_by_text("Aucune pièce encore")).to_be_visible()
    page.get_by_role("combobox", name="Concerne").click()
    page.get_by_role("option", name="Contrat").click()

    drop(page, devis_pdf=pdf)

    picture = page.get_by_role("img", name="Première page de devis.pdf")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalHeight") == 240
    (row,) = server.rows("attachment")
    assert (row["name"], row["cer_id"], row["format"], row["size"]) == ("devis.pdf", contract, "pdf", len(pdf))
    page.get_by_role("radio", name="Parcours").click()
    expect(page.get_by_text("1 pièce")).to_be_visible()
    page.get_by_role("radio", name="Pièces").click()
    addresses = []
    page.on("response", lambda answer: addresses.append(answer.url) if "/media/" in answer.url else None)
    assert download(page, page.get_by_role("button", name="Télécharger").click) == ("devis.pdf", pdf)
    assert not [one for one in addresses if not re.fullmatch(r"/media/[0-9a-f]+\.pdf", urlsplit(one).path)]
    with closing(server.open()) as db:
        lines, _ = access_log.find(db, who="Ada des pièces", action="export")
    assert [(line.person_id, line.detail) for line in lines] == [(person, f"Pièce n° {row['id']}")]

    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("est supprimée")).to_be_visible()
    expect(picture).to_have_count(0)
    assert server.rows("attachment") == []
    page.get_by_role("button", name="Défaire").click()
    expect(picture).to_be_visible()
    assert [one["id"] for one in server.rows("attachment")] == [row["id"]]


def test_of_several_files_the_good_ones_are_kept_and_the_others_named_with_the_reason(server, open_tab):
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
    page = open_tab()
    open_view(page, server.address, person)

    drop(page, kbis_pdf=image("PDF"), note_txt=b"bonjour", photo_jpg=image("JPEG"), scan_pdf=b"%PDF-1.7 rien")

    expect(page.get_by_text("« note.txt » : ce type de fichier n’est pas reconnu")).to_be_visible()
    expect(page.get_by_text("« scan.pdf » est abîmé")).to_be_visible()
    expect(page.get_by_role("img", name="Première page")).to_have_count(2)
    assert sorted(row["name"] for row in server.rows("attachment")) == ["kbis.pdf", "photo.jpg"]
    drop(page, plan_png=bytes(10 * 2**20 + 1))
    expect(page.get_by_text("Ce fichier est trop gros : 10 Mo au plus")).to_be_visible()


def test_the_address_of_a_file_gives_it_as_a_download_of_no_other_type(server, open_tab):
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
    page = open_tab(refused=True)
    open_view(page, server.address, person)
    drop(page, devis_pdf=image("PDF"))
    button = page.get_by_role("button", name="Télécharger")
    expect(button).to_be_visible()
    with page.expect_download() as waited:
        button.click()

    answer = page.request.get(waited.value.url)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'attachment; filename="devis.pdf"'
    assert "abel" not in json.dumps([waited.value.url, answer.headers]).lower()


def test_the_form_of_a_file_changes_its_name_and_leaves_out_what_was_measured(server, open_tab):
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
    page = open_tab()
    open_view(page, server.address, person)
    drop(page, scan_pdf=image("PDF"))
    page.get_by_role("button", name="Modifier").click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Nom").fill("Contrat signé.pdf")
    expect(form.get_by_label("Taille")).to_have_count(0)
    form.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("img", name="Première page de Contrat signé.pdf")).to_be_visible()
    assert server.rows("attachment")[0]["name"] == "Contrat signé.pdf"
