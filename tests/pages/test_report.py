"""« Photo-bilan » in the browser: numbers that open, reports as known on a day, downloads, frozen reports."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from pptx import Presentation
from pypdf import PdfReader

from db.model.office import Office
from reports.content.plots import PLOTS
from tests.db.rewriting import history_rewritable
from tests.pages.charts import choose_option
from tests.pages.spreadsheet import Spreadsheet, add, add_person
from tests.pages.waiting import download

pytestmark = pytest.mark.browser

DECK, PAPER, BOOK, CHARTS = "Présentation (PPTX)", "Document (PDF)", "Classeur (XLSX)", "Tous les graphiques (ZIP)"

BARS = "[aria-roledescription=bar]"
NAMES = ("Abel", "Blum", "Curie", "Diaz")


# ---- the office


def given_office(db: Office) -> dict[str, int]:
    """Two women followed since 2022, two men since 2023, one of whom left the RSA. Returns each one's id."""
    found = {
        "Abel": add_person(db, "Abel", since="2022-03-01", domain="crafts"),
        "Blum": add_person(db, "Blum", since="2022-03-01", domain="film"),
        "Curie": add_person(db, "Curie", since="2023-02-01", domain="crafts", gender="man"),
        "Diaz": add_person(db, "Diaz", since="2023-02-01", domain="film", gender="man"),
    }
    add(db, "exit", person_id=found["Curie"], left_on="2023-05-10", reason="job")
    return found


@pytest.fixture
def office(server) -> Iterator[Office]:
    db = server.open()
    given_office(db)
    yield db
    db.close()


def date_history(db: Office, moment: str, table: str = "") -> None:
    """Date the changes so far, of one table or of all, to that moment."""
    with history_rewritable(db):
        db.execute("UPDATE history SET at = ? WHERE ? IN ('', table_name)", (moment, table))


# ---- the screen as it is read and used


def open_report(page: Page, address: str, year: str = "2023") -> Page:
    page.goto(f"{address}photo-bilan")
    choose_option(page, "Année", year)
    expect(page.get_by_role("heading", name=f"Bilan {year}")).to_be_visible()
    return page


def number(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-number-{name}")


def expect_number(page: Page, name: str, value: str, change: str = "") -> None:
    """Wait until a headline number shows this value."""
    expect(number(page, name).get_by_test_id("stMetricValue")).to_have_text(value)
    if change:
        expect(number(page, name).get_by_test_id("stMetricDelta")).to_have_text(change)


def bar(page: Page, chart: str, label: str) -> Locator:
    return page.locator(f'.st-key-report-{chart} {BARS}[aria-label^="{label} : "]')


def names_in(page: Page) -> Locator:
    """Return the first cells of the list in the dialog."""
    return page.get_by_role("dialog").locator("canvas td[aria-colindex='1']")


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def expect_no_name_in_address(page: Page) -> None:
    """Check that the address, which goes into the browser's history and logs, contains no name."""
    assert not [name for name in NAMES if name.lower() in page.url.lower()]


def known_on(page: Page, day: str) -> None:
    """Choose « Ce que l’on savait » on that day."""
    page.get_by_role("radio", name="Ce que l’on savait").click()
    box = page.get_by_role("textbox", name="Su le")
    box.fill(day)
    box.press("Enter")


def export(page: Page, name: str) -> tuple[str, BytesIO]:
    """Press a button. Returns the name and the content of the file that comes."""
    file, content = download(page, page.get_by_role("button", name=name, exact=True).click)
    return file, BytesIO(content)


# ---- numbers that open


def test_a_number_shows_its_change_and_opens_its_definition_and_persons(server, office, page):
    open_report(page, server.address)
    expect_number(page, "followed", "4", "+\u202f2")
    expect_number(page, "exits", "1", "+\u202f1")
    expect_number(page, "cer_signed", "0", "=")
    expect_number(page, "men", "50,0\u202f%", "+\u202f50,0 points")
    expect_number(page, "mean_length_years", "–")
    expect(page.get_by_text("Sous chaque chiffre, ce qui a changé depuis 2022.")).to_be_visible()

    number(page, "cer_signed").get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("dialog").get_by_text("Personne derrière ce chiffre.")).to_be_visible()
    close(page)
    for _ in range(2):  # a second click on the same bar opens it again
        bar(page, "genre", "Homme").click()
        expect(page.get_by_role("dialog").get_by_role("heading", name="Genre : Homme")).to_be_visible()
        expect(names_in(page)).to_have_text(["Curie Lou", "Diaz Lou"])
        close(page)
    bar(page, "domaine-genre", "Artisanat d’art, Femme").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Artisanat d’art, Femme")).to_be_visible()
    expect(names_in(page)).to_have_text(["Abel Lou"])
    close(page)

    number(page, "exits").get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("dialog").get_by_text("Sorties du RSA datées de la période.")).to_be_visible()
    expect(names_in(page)).to_have_text(["Curie Lou"])
    expect_no_name_in_address(page)
    page.get_by_role("button", name="Voir dans le portefeuille : 1 personne").click()
    expect(page.locator(".palette-grid .chip")).to_contain_text("Sorties du RSA, en 2023")
    assert Spreadsheet(page).column("last_name") == ["Curie"]
    expect_no_name_in_address(page)


# ---- what was known


def test_a_report_as_known_on_a_day_lists_who_counts_differently_since(own_server, page):
    db = own_server.open()
    given_office(db)
    date_history(db, "2022-12-01T10:00:00.000Z")
    date_history(db, "2023-09-01T10:00:00.000Z", "exit")  # typed in four months after she had left
    open_report(page, own_server.address)
    expect_number(page, "exits", "1", "+\u202f1")
    expect(page.get_by_role("heading", name="Ce qui a bougé depuis")).to_have_count(0)

    known_on(page, "30/06/2023")
    so_far = "Ce que l’on savait au 30/06/2023 ; période en cours, jusqu’au 30/06/2023. Sous chaque chiffre"
    expect(page.get_by_text(so_far)).to_be_visible()
    expect_number(page, "exits", "0", "=")
    expect_number(page, "followed", "4", "+\u202f2")
    expect(page.get_by_text("1 personne depuis le 30/06/2023 au soir, d’après l’historique.")).to_be_visible()
    expect(page.get_by_text("Curie Lou", exact=True)).to_be_visible()
    moved = "Compte désormais dans : Sorties du RSA ; Motif de sortie : Emploi salarié"
    expect(page.get_by_text(moved, exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"01/09/2023 à \d\d:00 · Sortie · Test a créé"))).to_be_visible()
    number(page, "exits").get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("dialog").get_by_text("Personne derrière ce chiffre.")).to_be_visible()
    close(page)

    known_on(page, "01/09/2023")
    expect_number(page, "exits", "1", "+\u202f1")
    expect(page.get_by_text("Rien n’a bougé depuis le 01/09/2023 au soir")).to_be_visible()
    known_on(page, "bientôt")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Su le : ")
    known_on(page, "30/11/2022")
    told = "L’historique de ce fichier commence le 01/12/2022 : on ne savait encore rien à cette date."
    expect(page.get_by_test_id("stAlert")).to_have_text(told)
    expect_number(page, "followed", "0")
    expect(number(page, "followed").get_by_test_id("stMetricDelta")).to_have_count(0)  # 2023 had not begun
    page.get_by_role("radio", name="Ce qui était vrai").click()
    expect_number(page, "followed", "4", "+\u202f2")
    expect_no_name_in_address(page)


# ---- papers


def deck_text(file: BytesIO) -> str:
    shapes = [shape for slide in Presentation(file).slides for shape in slide.shapes]
    return " ".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


def charts_in(file: BytesIO) -> dict[str, tuple[float, ...]]:
    """Return the numbers of the first series of each chart in the slides."""
    shapes = [shape for slide in Presentation(file).slides for shape in slide.shapes]
    found = {shape.name.removeprefix("Graphique : "): shape for shape in shapes if shape.has_chart}
    return {name: tuple(shape.chart.plots[0].series[0].values) for name, shape in found.items()}


def pdf_text(file: BytesIO) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())


def test_the_report_of_a_day_is_shown_and_downloads_as_pdf(server, office, page):
    page.goto(f"{server.address}photo-bilan")
    page.get_by_role("radio", name="Un jour").click()
    day = page.get_by_role("textbox", name="Jour")
    day.fill("06/03/2023")
    day.press("Enter")
    expect(page.get_by_role("heading", name="Photo au 06/03/2023")).to_be_visible()
    expect_number(page, "portfolio", "4", "+\u202f2")
    expect_number(page, "exits_since_january", "0", "=")
    expect(page.get_by_text("ce qui a changé depuis le 06/03/2022")).to_be_visible()

    name, file = export(page, PAPER)

    assert name == "photo-bilan-2023-03-06.pdf"
    text = pdf_text(file)
    assert "Photo au 06/03/2023" in text
    assert "4 Personnes en portefeuille" in text
    assert not [person for person in NAMES if person in text]
    expect_no_name_in_address(page)


def test_an_export_is_cancelled_then_each_is_downloaded_and_has_the_figures(server, office, page):
    open_report(page, server.address)
    files: list[str] = []
    page.on("download", lambda made: files.append(made.suggested_filename))

    page.get_by_role("button", name=CHARTS, exact=True).click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(f"{CHARTS} : ")
    page.get_by_role("button", name="Annuler").dispatch_event("click")  # at once, while the page still moves
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    server.wait_until_idle()  # nothing comes, and nothing is offered
    expect(page.get_by_text("prêt.")).to_have_count(0)
    assert files == []

    made = [export(page, label) for label in (BOOK, DECK, PAPER, CHARTS)]
    expect(page.get_by_text(f"{CHARTS} : prêt.")).to_be_visible()
    assert files == [name for name, _ in made]
    assert files == [f"photo-bilan-2023.{kind}" for kind in ("xlsx", "pptx", "pdf", "zip")]
    workbook, slides, paper, charts = (file for _, file in made)
    book = openpyxl.load_workbook(workbook)
    lines = {row[0]: row[1:3] for row in book["Photo-bilan"].iter_rows(values_only=True)}
    assert lines["Personnes suivies"] == (4, 2)
    assert lines["Sorties du RSA"] == (1, 0)
    assert lines["Hommes"] == (0.5, 0)
    assert [cell.value for cell in book["Genre"]["B"]][-2:] == [2, 2]
    text = deck_text(slides)
    assert "Bilan 2023" in text
    assert "Sorties du RSA" in text
    assert not [person for person in NAMES if person in text]
    assert charts_in(slides)["Genre"] == (2, 2)
    assert "Bilan 2023" in pdf_text(paper)
    archive = ZipFile(charts)
    assert archive.testzip() is None
    shown = [plot.name for plot in PLOTS if page.locator(f".st-key-report-{plot.name} .marks").count()]
    assert {"genre", "domaine", "sorties", "mouvements"} <= set(shown)
    images = {f"{kind}/{name}-2023.{kind}" for kind in ("png", "svg", "pdf", "csv") for name in shown}
    assert set(archive.namelist()) == {"LISEZ-MOI.txt", "chiffres-2023.xlsx", *images}
    assert archive.read("csv/sorties-2023.csv").decode("utf-8-sig").endswith("\r\nEmploi salarié;1;100,0\r\n")


# ---- frozen reports


def test_a_frozen_report_does_not_change_and_lists_who_counts_differently_since(own_server, page):
    db = own_server.open()
    persons = given_office(db)
    date_history(db, "2022-12-01T10:00:00.000Z")
    open_report(page, own_server.address)
    expect(page.get_by_text("Aucun bilan figé.")).to_be_visible()
    page.get_by_role("textbox", name="Pour mémoire").fill("Conseil de mars")
    freeze = page.get_by_role("button", name="Figer ce bilan")
    freeze.click()
    expect(page.get_by_text("Bilan 2023 : figé.")).to_be_visible()
    freeze.click()
    expect(page.get_by_text("Déjà figé le")).to_be_visible()
    kept = page.get_by_test_id("stExpander").filter(has_text="Bilan 2023 · figé le")
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text("Conseil de mars")
    kept.locator("summary").first.click()
    expect(kept.get_by_text("Les mêmes chiffres qu’aujourd’hui.")).to_be_visible()

    add(db, "exit", person_id=persons["Diaz"], left_on="2023-06-10", reason="job")
    open_report(page, own_server.address)
    expect_number(page, "exits", "2", "+\u202f2")
    kept.locator("summary").first.click()
    expect(kept.get_by_text("Ce qui diffère aujourd’hui")).to_be_visible()
    differing = kept.get_by_test_id("stTable").first.locator("tbody tr")
    expect(differing).to_have_text([re.compile(r"Sorties du RSA\s*1\s*2"), re.compile(r"Emploi salarié\s*1\s*2")])
    expect(kept.get_by_text("Diaz Lou", exact=True)).to_be_visible()
    expect(kept.get_by_text("Curie Lou", exact=True)).to_have_count(0)
    expect(kept.get_by_text(re.compile(r"· Sortie · Test a créé"))).to_be_visible()
    assert db.execute("SELECT period, who, note FROM frozen").fetchall() == [("2023", "La CIPA", "Conseil de mars")]

    kept.get_by_role("button", name="Dossier").click()
    expect(page.get_by_role("heading", name="Lou Diaz")).to_be_visible()
    expect_no_name_in_address(page)
