"""« Tableau de bord » in the browser: charts show the figures, are filtered by clicks, and can be downloaded."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from db.customise import edit
from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.lists import DOMAINS
from db.model.office import Office
from reports.content.plots import PLOTS
from tests.conftest import Server
from tests.pages.charts import (
    BARS,
    YEAR,
    bar_labels,
    beside,
    brightness,
    card,
    choose_values,
    choose_year,
    click,
    expect_bars,
    faded_bars,
    headline,
    names_found,
    numbers,
    plain_spaces,
    png_size,
    svg_size,
    type_day,
)
from tests.pages.spreadsheet import add, add_person, change, eventually, wait_for_rerun
from tests.pages.waiting import download, settle, wait_until_idle

pytestmark = pytest.mark.browser

NAMES = ("Abel", "Blum", "Curie", "Diaz", "Eon")


# ---- the office


@pytest.fixture(scope="module")
def office(shared_server) -> Iterator[Office]:
    """Five persons followed in 2023: three women, two men who left the RSA, and one row or more for every chart but
    that of the contracts that everybody has had to have since 2025."""
    shared_server.empty()
    db = shared_server.open()
    add_person(db, "Abel", since="2022-03-01", domain="crafts", territory="cahors", birth_date="1980-05-05")
    blum = add_person(db, "Blum", since="2022-03-01", domain="visual_arts", territory="figeac")
    curie = add_person(db, "Curie", since="2022-03-01", domain="crafts", territory="figeac", gender="man")
    diaz = add_person(db, "Diaz", since="2023-02-01", domain="film", territory="cahors", gender="man")
    add_person(db, "Eon", since="2023-02-01", domain="film")
    change(db, "stage", stage_of(db, blum), mode="light")
    add(db, "exit", person_id=curie, left_on="2023-05-10", reason="job")
    add(db, "exit", person_id=diaz, left_on="2023-06-10", reason="job")
    add(db, "diagnostic", person_id=blum, started_on="2023-01-10", obstacles=("mobility", "housing"))
    add(db, "orientation", person_id=blum, requested_on="2023-02-01", notified_on="2023-02-01")
    days = {"signed_on": "2023-04-03", "starts_on": "2023-04-03", "ends_on": "2023-12-31"}
    signed = add(db, "cer", person_id=blum, kind="cer", **days)
    add(db, "action", person_id=blum, cer_id=signed, objective="Vendre", kind="activity")
    decided = {"decision": "granted", "granted": 450_50, "decided_on": "2023-05-02"}
    add(db, "aid", person_id=blum, type="equipment", requested_on="2023-05-02", **decided)
    add(db, "intervention", person_id=blum, domain="coaching", happened_on="2023-02-01", minutes=45)
    yield db
    db.close()


def stage_of(db: Office, person: int) -> int:
    return int(db.execute("SELECT id FROM stage WHERE person_id = ?", (person,)).fetchone()[0])


def open_dashboard(page: Page, server: Server) -> Page:
    page.goto(f"{server.address}tableau-de-bord")
    choose_year(page)
    return page


@pytest.fixture
def new_dashboard(shared_server, office, page: Page) -> Page:
    """The screen, showing 2023, in a tab of its own."""
    return open_dashboard(page, shared_server)


@pytest.fixture
def dashboard(shared_server, office, lasting_page: Page) -> Page:
    """The screen, showing 2023 without filters, in the tab that these tests share."""
    if not lasting_page.url.endswith("/tableau-de-bord"):
        open_dashboard(lasting_page, shared_server)
    settle(lasting_page)  # the test before may have left a rerun behind
    if (clear := lasting_page.get_by_role("button", name="Tout effacer")).count():
        clear.click()
    expect(headline(lasting_page)).to_have_text("5 personnes en 2023")
    return lasting_page


# ---- figures and filters


def test_every_chart_shows_the_figures_of_the_period(dashboard, office):
    later = ("engagement", "rendez-vous", "nouvelles")  # nothing of that year: counted since 2025
    plots = {plot.name: plot.needs[0] for plot in PLOTS if plot.shape == "bars" and plot.name not in later}
    figures = counting.count_figures(office, period_of(YEAR), plots.values())
    expect(card(dashboard, "aides").locator(BARS)).to_have_count(1)

    for chart, figure in plots.items():
        euros = 100 if FIGURES[figure].unit == "cents" else 1
        wanted = {part.label: part.value / euros for part in figures[figure] if part.value}
        assert wanted, f"{chart}: nothing to see"
        eventually(lambda chart=chart: numbers(dashboard, chart), wanted)  # type: ignore[misc]
    expect_bars(
        dashboard,
        genre=["Femme : 3 · 60,0 %", "Homme : 2 · 40,0 %"],
        aides=["Matériel et outillage : 450,50 € · 1 aide"],
    )
    crossed = bar_labels(dashboard, "domaine-genre")
    assert crossed[2:4] == ["Artisanat d’art, Femme : 1", "Artisanat d’art, Homme : 1"]


def test_a_click_on_a_bar_filters_the_other_charts_and_a_second_click_removes_the_filter(dashboard):
    page = dashboard
    both = ["Femme : 3 · 60,0 %", "Homme : 2 · 40,0 %"]
    expect_bars(page, genre=both, sorties=["Emploi salarié : 2 · 100,0 %"], territoire=[*THREE_PLACES])

    click(page, "genre", "Femme")
    expect(headline(page)).to_have_text("3 personnes en 2023")
    expect_bars(page, genre=both, mode=["Accompagnement standard : 2 · 66,7 %", "Accompagnement allégé : 1 · 33,3 %"])
    eventually(lambda: faded_bars(page, "genre"), ["Homme"])
    expect(card(page, "sorties").get_by_text("Rien à montrer avec ces filtres.")).to_be_visible()
    eventually(lambda: faded_bars(page, "mode"), [])

    click(page, "territoire", "Cahors")
    expect(headline(page)).to_have_text("1 personne en 2023")
    expect_bars(page, domaine=["Artisanat d’art : 1 · 100,0 %"], genre=["Femme : 1 · 50,0 %", "Homme : 1 · 50,0 %"])

    click(page, "territoire", "Cahors")
    expect(headline(page)).to_have_text("3 personnes en 2023")
    expect_bars(page, genre=both)
    click(page, "genre", "Femme")
    expect(headline(page)).to_have_text("5 personnes en 2023")
    expect_bars(page, sorties=["Emploi salarié : 2 · 100,0 %"], territoire=[*THREE_PLACES])
    eventually(lambda: faded_bars(page, "genre"), [])
    expect(page.get_by_role("button", name="Tout effacer")).to_have_count(0)


THREE_PLACES = ("Cahors : 2 · 40,0 %", "Figeac : 2 · 40,0 %", "Non renseigné : 1 · 20,0 %")


def test_filters_set_by_clicks_are_listed_and_removed_one_by_one_or_all_at_once(dashboard):
    page = dashboard
    click(page, "sorties", "Emploi salarié")
    named = page.get_by_role("button", name="Motif de sortie : Emploi salarié")
    expect(named).to_be_visible()
    expect(headline(page)).to_have_text("2 personnes en 2023")
    expect_bars(page, genre=["Homme : 2 · 100,0 %"])
    click(page, "mouvements", "févr., Entrées")
    month = page.get_by_role("button", name="Entrées en portefeuille : févr. 23")
    expect(month).to_be_visible()
    expect(headline(page)).to_have_text("1 personne en 2023")
    settle(page)  # the buttons no longer move

    named.click()
    expect(named).to_have_count(0)
    expect(headline(page)).to_have_text("2 personnes en 2023")
    expect_bars(page, genre=["Femme : 1 · 50,0 %", "Homme : 1 · 50,0 %"])
    month.click()
    expect(headline(page)).to_have_text("5 personnes en 2023")
    expect_bars(page, genre=["Femme : 3 · 60,0 %", "Homme : 2 · 40,0 %"])

    click(page, "domaine-genre", "Audiovisuel / Cinéma, Homme")
    expect(headline(page)).to_have_text("1 personne en 2023")
    expect(page.get_by_title("Homme", exact=True)).to_be_visible()  # a tag in the list above
    page.get_by_role("button", name="Tout effacer").click()
    expect(headline(page)).to_have_text("5 personnes en 2023")
    expect(page.get_by_title("Homme", exact=True)).to_have_count(0)


def test_the_lists_filter_and_the_button_shows_exactly_these_persons(dashboard):
    page = dashboard
    choose_values(page, "Domaine d’activité", "Artisanat d’art", "Arts plastiques et visuels")
    expect(headline(page)).to_have_text("3 personnes en 2023")
    expect_bars(page, genre=["Femme : 2 · 66,7 %", "Homme : 1 · 33,3 %"])
    # whole, what was not chosen is pale
    eventually(lambda: faded_bars(page, "domaine"), ["Audiovisuel / Cinéma"])
    choose_values(page, "Mode de suivi", "Accompagnement standard")
    expect(headline(page)).to_have_text("2 personnes en 2023")
    choose_values(page, "Genre", "Homme")
    expect(headline(page)).to_have_text("1 personne en 2023")
    choose_values(page, "Territoire", "Cahors")
    expect(headline(page)).to_have_text("0 personne en 2023")
    expect(page.get_by_role("button", name="Voir ces personnes")).to_have_count(0)
    choose_values(page, "Territoire", "Figeac")
    expect(headline(page)).to_have_text("1 personne en 2023")
    page.get_by_role("button", name="Retirer Homme").click()
    expect(headline(page)).to_have_text("2 personnes en 2023")

    page.get_by_role("button", name="Voir ces personnes").click()
    chip = page.locator(".palette-grid .chip")
    expect(chip).to_contain_text("suivies en 2023, Artisanat d’art, Arts plastiques et visuels")
    expect(chip).to_contain_text("Cahors, Figeac")
    assert names_found(page) == {"Abel", "Curie"}
    chip.get_by_role("button", name="Lever le filtre").click()
    expect(chip).to_have_count(0)
    expect(page.locator(".palette-grid .counts")).to_have_text("5 personnes")
    assert names_found(page) == set(NAMES)
    assert not [name for name in NAMES if name in page.url]

    page.get_by_role("link", name="Tableau de bord").click()
    expect(headline(page)).to_have_text("2 personnes en 2023")  # what was chosen is still chosen


# ---- files


@pytest.fixture
def formula(shared_server) -> Iterator[None]:
    """Give a value of a list a label that looks like a formula."""
    with closing(shared_server.open()) as db:
        edit.change_value(db, DOMAINS, "crafts", "Test", label="=1+1")
        yield
        edit.change_value(db, DOMAINS, "crafts", "Test", label=DOMAINS.values["crafts"])


def test_a_chart_shows_its_definition_and_downloads_in_every_format(formula, new_dashboard):
    page = new_dashboard
    expect_bars(
        page,
        domaine=["Arts plastiques et visuels : 1 · 20,0 %", "=1+1 : 2 · 40,0 %", "Audiovisuel / Cinéma : 2 · 40,0 %"],
    )
    card(page, "domaine").get_by_role("button", name="Détail").click()
    detail = page.get_by_test_id("stPopoverBody")
    expect(detail.get_by_text("Domaine d’activité, parmi les personnes suivies")).to_be_visible()
    lines = detail.locator("tbody tr")
    expect(lines.nth(1).locator("td")).to_have_text(["=1+1", "2", "40,0\u202f%"])

    with wait_for_rerun(page):  # the popover is gone before the script runs, and a download clicked until then is lost
        page.keyboard.press("Escape")
    expect(detail).to_have_count(0)
    made = {}
    for kind in ("PNG", "SVG", "PDF", "CSV", "XLSX"):
        button = card(page, "domaine").get_by_role("button", name=kind, exact=True)
        name, made[kind] = download(page, button.click)
        assert name == f"domaine-2023.{kind.lower()}"

    svg = made["SVG"].decode()
    assert png_size(made["PNG"]) == tuple(2 * side for side in svg_size(svg))
    assert "=1+1" in svg
    assert "2 · 40,0\u202f%" in svg
    paper = PdfReader(BytesIO(made["PDF"])).pages[0].extract_text()
    assert "Bilan 2023" in paper
    cells = made["CSV"].decode("utf-8-sig").split("\r\n")
    assert cells[:3] == ["Domaine d’activité;Personnes;%", "Arts plastiques et visuels;1;20,0", "'=1+1;2;40,0"]
    rows = list(openpyxl.load_workbook(BytesIO(made["XLSX"])).active.iter_rows())
    risky = next(row for row in rows if row[0].value == "=1+1")
    assert (risky[0].data_type, risky[1].value, risky[2].value) == ("s", 2, 0.4)


def test_all_charts_download_as_one_zip(dashboard):
    page = dashboard
    click(page, "territoire", "Figeac")
    expect(headline(page)).to_have_text("2 personnes en 2023")

    wait_until_idle(page)
    with page.expect_download(timeout=60_000) as waited:
        page.get_by_role("button", name="Tous les graphiques (ZIP)").click()
        expect(page.get_by_test_id("stProgress")).to_contain_text("Tous les graphiques : ")
    expect(page.get_by_text("Tous les graphiques : prêt.")).to_be_visible()
    assert waited.value.suggested_filename == "graphiques-2023.zip"
    archive = ZipFile(waited.value.path())

    assert archive.testzip() is None
    shown = [plot.name for plot in PLOTS if f"png/{plot.name}-2023.png" in archive.namelist()]
    assert len(shown) > 15
    for plot in PLOTS:  # the same as on the page, once it has drawn them all
        drawn = expect(card(page, plot.name).locator("svg.marks, .marks").first)
        drawn.to_be_attached() if plot.name in shown else drawn.not_to_be_attached()
    files = {f"{kind}/{name}-2023.{kind}" for kind in ("png", "svg", "pdf", "csv") for name in shown}
    assert set(archive.namelist()) == {"LISEZ-MOI.txt", "chiffres-2023.xlsx", *files}
    note = archive.read("LISEZ-MOI.txt").decode("utf-8-sig")
    assert note.startswith("Palette · Bilan 2023 · Figeac\r\n")
    assert (
        archive.read("csv/genre-2023.csv").decode("utf-8-sig")
        == "Genre;Personnes;%\r\nFemme;1;50,0\r\nHomme;1;50,0\r\n"
    )
    book = openpyxl.load_workbook(BytesIO(archive.read("chiffres-2023.xlsx")))
    assert [cell.value for row in book["Genre"]["A7:B8"] for cell in row] == ["Femme", 1, "Homme", 1]
    assert not [name for name in NAMES if name in note]


# ---- the period


def test_a_period_is_a_year_a_day_or_two_dates_and_both_screens_share_it(new_dashboard):
    page = new_dashboard
    expect(headline(page)).to_have_text("5 personnes en 2023")
    choose_year(page, "2022")
    expect(headline(page)).to_have_text("3 personnes en 2022")
    page.get_by_role("radio", name="Une période").click()
    type_day(page, "Du", "01/02/2023")
    type_day(page, "Au", "31/05/2023")
    expect(headline(page)).to_have_text("5 personnes du 01/02/2023 au 31/05/2023")
    expect_bars(page, sorties=["Emploi salarié : 1 · 100,0 %"])

    type_day(page, "Au", "31/02/2023")
    expect(page.get_by_test_id("stAlert").filter(has_text="Au : ")).to_be_visible()
    expect(page.get_by_test_id("stAlert").filter(has_text="31/02/2023")).to_be_visible()
    expect(headline(page)).to_have_text("5 personnes du 01/02/2023 au 31/05/2023")
    expect_bars(page, sorties=["Emploi salarié : 1 · 100,0 %"])
    type_day(page, "Au", "01/01/2023")
    expect(page.get_by_test_id("stAlert").filter(has_text="période")).to_be_visible()
    expect(headline(page)).to_have_text("5 personnes du 01/02/2023 au 31/05/2023")

    page.get_by_role("radio", name="Un jour").click()
    type_day(page, "Jour", "bientôt")
    expect(page.get_by_test_id("stAlert").filter(has_text="Jour : ")).to_be_visible()
    type_day(page, "Jour", "06/03/2023")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(headline(page)).to_have_text("5 personnes au 06/03/2023")

    page.get_by_role("link", name="Photo-bilan").click()
    expect(page.get_by_role("heading", name="Photo au 06/03/2023")).to_be_visible()
    expect(page.get_by_role("textbox", name="Jour")).to_have_value("06/03/2023")

    page.get_by_role("link", name="Tableau de bord").click()
    expect(headline(page)).to_have_text("5 personnes au 06/03/2023")
    expect(page.get_by_role("radio", name="Un jour")).to_be_checked()


# ---- any window


def test_a_narrow_screen_has_no_horizontal_scrolling_and_a_dark_one_has_light_numbers(new_dashboard):
    page = new_dashboard
    expect_bars(page, genre=["Femme : 3 · 60,0 %", "Homme : 2 · 40,0 %"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    expect(card(page, "aides").locator(BARS)).to_have_count(1)

    eventually(lambda: page.evaluate(_TOO_WIDE), [])
    eventually(lambda: min(brightness(page, "genre")) > 180, True)
    assert "3 · 60,0 %" in [plain_spaces(text) for text in beside(page, "genre").all_text_contents()]
    page.emulate_media(color_scheme="light")
    eventually(lambda: max(brightness(page, "genre")) < 90, True)

    eventually(lambda: beside(page, "genre").first.evaluate(_FROM_THE_TOP) < 844 / 2, True)
    domain = page.get_by_role("combobox", name="Domaine d’activité")
    expect(domain).to_be_hidden()
    page.get_by_role("button", name="Filtres").click()
    expect(domain).to_be_visible()
    page.get_by_role("button", name="Filtres").click()
    expect(domain).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(domain).to_be_visible()
    expect(page.get_by_role("button", name="Filtres")).to_be_hidden()


_FROM_THE_TOP = """(one) => one.getBoundingClientRect().y
  + document.querySelector("[data-testid=stMain]").scrollTop"""
_TOO_WIDE = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.tagName)"""
