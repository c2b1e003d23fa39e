"""Streamlit's own texts (skip link, labels for screen readers) are shown in French."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.spreadsheet import add_person
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser

ENGLISH = re.compile(
    r"\b(Skip|Help|Show|Hide|Close|Open|Clear|Remove|Choose|Sidebar|sidebar|App|heading|Select|Next|Previous)\b"
)
NAMED = """() => [...document.querySelectorAll("[aria-label], [placeholder], [title], [data-testid=stSkipToContent]")]
  .flatMap((one) => ["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name)).concat(
    one.dataset.testid === "stSkipToContent" ? [one.textContent] : []))
  .filter(Boolean)"""
BREAKS = """() => [...document.querySelectorAll("[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]")]
  .map((one) => one.textContent).filter((text) => /« | [»:;?!]/.test(text))"""


def test_texts_of_streamlit_are_french_and_no_line_ends_on_a_guillemet(server, page, open_tab):
    db = server.open()
    person = add_person(db, "Abel")
    db.close()
    broken, named = [], []
    for screen in (f"dossier?dossier={person}", "compte", "comptes", "conservation"):
        page.goto(server.address + screen)
        settle(page)
        named += page.evaluate(NAMED)
        broken += page.evaluate(BREAKS)
    english = [name for name in named if ENGLISH.search(name)]
    page.keyboard.press("Tab")

    assert english == []
    assert broken == []
    expect(page.get_by_text("Ces durées sont dans « Réglages ».")).to_be_visible()  # the control
    assert {"Aller au contenu", "Aide : Identifiant", "Écrans"} <= set(named), "the control"
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.goto(f"{server.address}comptes")
    page.get_by_role("button", name="Modifier").first.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Fermer")).to_be_visible()
    page.goto(f"{server.address}importer")
    drop = page.get_by_test_id("stFileUploaderDropzone")
    expect(drop).to_contain_text("Choisir un fichier")
    expect(drop).to_contain_text("ou le déposer ici · 50\u00a0Mo au plus · XLSX")
    uploader = page.get_by_test_id("stFileUploader")
    uploader.locator("input").set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    expect(uploader.get_by_text("Ce genre de fichier ne se dépose pas ici.")).to_be_in_viewport()
    page = open_tab(f"{server.address}nulle-part", refused=True)
    expect(page.get_by_role("dialog")).to_contain_text("Aucun écran n’a cette adresse : voici l’accueil.")
