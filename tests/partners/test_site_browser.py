"""The partners' site in a real browser, at a desk and on a telephone, read by everybody, without a request outside."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.pages.axe import WIDTHS, described, looks, violations

pytestmark = pytest.mark.browser
PATHS = (
    "/",
    "/artistes",
    "/artistes/genre_foyer",
    "/artistes/personnes_fictives",
    "/tableau-de-bord",
    "/artistes/femmes_par_domaine?annee=2022",
    "/artistes/attestation",
    "/artistes?sql=select+1",
)
SIZES = {"desk": {"width": 1440, "height": 900}, "telephone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", SIZES)
def test_a_partner_reads_filters_asks_and_takes_a_file_away(site, open_tab, size):
    page = open_tab(site.address, viewport=SIZES[size])
    expect(page.get_by_role("heading", name="Comment lire ces chiffres")).to_be_visible()
    page.get_by_role("link", name="Genre et domaine d’activité").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Genre et domaine d’activité")
    expect(page.get_by_role("img", name="Genre et domaine d’activité")).to_be_visible()

    page.get_by_role("complementary").get_by_role("link", name="2022", exact=True).click()
    expect(page).to_have_url(re.compile("annee=2022"))  # a click on the page that is being left is lost
    page.get_by_role("complementary").get_by_role("link", name="Femmes", exact=True).click()
    expect(page.get_by_role("heading", name="4 lignes")).to_be_visible()

    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV", exact=True).click()
    lines = Path(waited.value.path()).read_text().splitlines()
    assert waited.value.suggested_filename == "genre-domaine-2022-2023.csv"
    assert len(lines) == 5

    page.goto(f"{site.address}/artistes/femmes_par_domaine")
    page.get_by_label("Année").select_option("2022")
    page.get_by_role("button", name="Demander").click()
    expect(page.get_by_role("row")).to_have_count(5)

    page.get_by_role("link", name="Tableau de bord").click()
    page.get_by_label("Année").select_option("2022")
    page.get_by_role("button", name="Voir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableau de bord 2022")
    expect(page.get_by_role("img")).to_have_count(15)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("path", PATHS)
def test_everybody_can_read_it(site, open_tab, path):
    page = open_tab(site.address + path, bypass_csp=True)
    wrong = []
    for width, theme in looks(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        wrong += described(violations(page, theme), f"{path}, {width} px, {theme}")
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            wrong.append(f"{path} is wider than {width} px")
    assert wrong == []
