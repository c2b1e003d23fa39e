"""Takes the pictures of the guide from the demonstration: `make pictures` after a screen changed."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent / "pictures"


def _ready(page: Page) -> None:
    page.wait_for_selector("h1, .palette-grid tbody td")
    page.wait_for_timeout(1500)


def _choose_year(page: Page, year: str) -> None:
    page.get_by_role("combobox", name="Année").click()
    page.get_by_role("option", name=year, exact=True).click()
    page.locator("svg .mark-rect path").first.wait_for()
    page.wait_for_timeout(5000)


def _enter(page: Page, way_in: str) -> str:
    """Open the demonstration by its one-time address. Returns where Palette runs."""
    page.goto(way_in)
    page.get_by_role("button", name="Ouvrir la démonstration").click()
    _ready(page)
    return way_in.partition("/bienvenue")[0]


def take(way_in: str, site: str) -> None:
    """Write every picture. ``way_in``: the one-time address that `make run` prints; ``site``: the partners' site."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
        address = _enter(page, way_in)
        for name, path in {"portefeuille": "", "aujourdhui": "aujourdhui", "dossier": "dossier?dossier=490"}.items():
            page.goto(f"{address}/{path}")
            _ready(page)
            page.screenshot(path=HERE / f"{name}.png")
        page.goto(f"{address}/tableau-de-bord")
        _choose_year(page, "2022")
        page.screenshot(path=HERE / "tableau-de-bord.png")
        page.goto(f"{address}/photo-bilan")
        _choose_year(page, "2022")
        page.screenshot(path=HERE / "photo-bilan.png")
        page.goto(f"{address}/publication")
        page.get_by_text("Déjà rendu public ailleurs").wait_for(timeout=60_000)
        _ready(page)
        page.screenshot(path=HERE / "publication.png")
        page.goto(site)
        _ready(page)
        page.screenshot(path=HERE / "site.png")
        page.goto(f"{address}/dossier?dossier=490")
        _ready(page)
        page.get_by_text("Ajouter", exact=True).click()
        page.get_by_role("menuitem", name="Aide financière").or_(
            page.get_by_role("option", name="Aide financière")
        ).click()
        page.get_by_role("dialog").wait_for()
        _ready(page)
        page.screenshot(path=HERE / "aide.png")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1], *(sys.argv[2:3] or ["http://127.0.0.1:8502"]))
