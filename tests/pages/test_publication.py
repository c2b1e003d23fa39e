"""« Publication » in the browser, on the demonstration: preview, publish, cancel, withdraw, add facts."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from playwright.sync_api import expect

from db.customise import edit
from db.storage import connection
from publication import publish
from publication.release import ledger, public_facts, public_file
from tests.conftest import Server, let_in
from tests.pages.charts import choose_option

pytestmark = pytest.mark.browser
LABELS = ("Or massif", "Argent fin", "Autre ou non précisé")


@pytest.fixture(scope="module")
def publisher(prepared, tmp_path_factory):
    """A server on the demonstration as of January 2026, for all tests of this file that a worker runs."""
    data = tmp_path_factory.mktemp("publisher") / "data"
    data.mkdir()
    shutil.copy(prepared.demonstration(date(2026, 1, 15)), data / "palette.db")
    with closing(connection.open_file(data / "palette.db")) as raw:
        let_in(raw)
    server = Server(data)
    server.environment["PALETTE_SITE"] = "http://127.0.0.1:9/"
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own(publisher, request):
    """That server, with nothing online and no public fact before and after the test."""
    yield publisher
    publisher.print_log_if_failed(request)
    with closing(connection.open_file(publisher.file)) as db:
        for year in publish.releases_online(ledger.read_entries(db)):
            publish.withdraw(db, publisher.file, year, publisher.public / public_file.NAME, "Test")
    public_facts.path_beside(publisher.file).unlink(missing_ok=True)


@pytest.fixture
def screen(own, page):
    page.goto(f"{own.address}publication")
    expect(page.get_by_role("button", name="Publier 2025")).to_be_visible(timeout=60_000)
    return page


def ledger_entries(server):
    db = connection.open_file(server.file)
    entries = [(one.action, one.year, one.who) for one in ledger.read_entries(db)]
    db.close()
    return entries


def choose_year(page, year):
    choose_option(page, "Année", year)
    expect(page.get_by_role("button", name=f"Publier {year}")).to_be_visible(timeout=60_000)


def test_the_preview_shows_true_and_published_numbers_with_an_explanation(own, screen):
    before = ledger_entries(own)
    expect(screen.get_by_text("des groupes, jamais des personnes")).to_be_visible()
    expect(screen.get_by_text("Rien n’est publié pour l’instant.")).to_be_visible()
    screen.get_by_text("Pourquoi arrondir ?").click()
    expect(screen.get_by_text("quelqu’un les reconnaîtrait")).to_be_visible()

    choose_year(screen, "2022")
    expect(screen.get_by_test_id("stMetric").filter(has_text="au vrai").first).to_contain_text("139")
    expect(screen.get_by_test_id("stMetric").filter(has_text="tableaux publiés")).to_contain_text("140")
    women = screen.get_by_role("row").filter(has_text="Genre").filter(has_text="Femmes")
    expect(women.get_by_role("cell").nth(2)).to_have_text("64")

    choose_option(screen, "Tableau", "Sorties du RSA selon le motif", "Sorties")
    job = screen.get_by_role("row").filter(has_text="Emploi salarié")
    expect(job.get_by_role("cell").nth(1)).to_have_text("14")
    expect(job.get_by_role("cell").nth(2)).to_have_text("10")
    assert ledger_entries(own) == before


def test_publishing_can_be_cancelled_and_nothing_is_online(own, screen):
    before = ledger_entries(own)
    screen.get_by_role("button", name="Publier 2025").click()
    expect(screen.get_by_test_id("stProgress")).to_contain_text("Publier 2025 : ")
    screen.get_by_role("button", name="Annuler").dispatch_event("click")
    expect(screen.get_by_test_id("stProgress")).to_have_count(0)
    own.wait_until_idle()

    assert ledger_entries(own) == before
    assert not (own.public / public_file.NAME).exists()


def test_a_public_fact_is_added_and_bad_input_shows_an_error(own, screen):
    def add_fact(year, number, source):
        screen.get_by_role("textbox", name="Année du nombre").fill(year)
        choose_option(screen, "Ce qu’il compte", "Genre : Femmes", "Genre")
        screen.get_by_role("textbox", name="Nombre", exact=True).fill(number)
        screen.get_by_role("textbox", name="Où il a été donné").fill(source)
        screen.get_by_role("button", name="Noter").click()

    add_fact("2022", "beaucoup", "Présentation")
    expect(screen.get_by_test_id("stAlert").filter(has_text="nombre entier")).to_be_visible()

    add_fact("2022", "64", "Présentation 2022")
    row = screen.get_by_role("row").filter(has_text="Présentation 2022")
    expect(row.get_by_role("cell")).to_have_text(["2022", "Genre", "Femmes", "64", "Présentation 2022"])
    assert "2022;genre;Femmes;64;Présentation 2022" in (own.data / "public_facts.csv").read_text()


def test_a_year_with_an_own_field_is_published_with_its_verdicts_then_withdrawn(own, page):
    """As docs/guide.md says: « Réglages », the field and its two lines; then « Publication »."""
    before = len(ledger_entries(own))
    page.goto(f"{own.address}reglages")
    add_published_field(page)
    with closing(connection.open_file(own.file)) as db:
        db.execute("UPDATE publication_key SET value = zeroblob(32)")
        db.execute("UPDATE person SET own_label = iif(id % 3, 'own_or_massif', iif(id % 2, 'own_argent_fin', NULL))")
    page.goto(f"{own.address}publication")
    choose_year(page, "2022")
    choose_option(page, "Tableau", "Label", "Label")
    rest = page.get_by_role("row").filter(has_text="Autre ou non précisé")
    expect(rest.get_by_role("cell")).to_have_count(4)

    page.get_by_role("button", name="Publier 2022").click()
    expect(page.get_by_text("Les chiffres de 2022 sont en ligne.")).to_be_visible(timeout=180_000)
    page.get_by_text("Les 13 attaques de l’auditeur : toutes repoussées").click()
    expect(page.get_by_role("cell", name="Repoussée")).to_have_count(13)
    page.get_by_text("Attestation, publiée avec les chiffres").click()
    expect(page.get_by_role("row").filter(has_text="Base d’arrondi")).to_contain_text("5 personnes")
    expect(page.get_by_role("link", name="Voir le site des partenaires")).to_have_attribute(
        "href", "http://127.0.0.1:9/"
    )
    expect(page.get_by_text("2022 est en ligne avec ces chiffres.")).to_be_visible()
    expect(page.get_by_role("button", name="Publier 2022")).to_have_count(0)
    [release] = public_file.read(own.public / public_file.NAME)
    table = release.own_tables["champ_label"]
    assert (release.year, table.title, table.labels) == (2022, "Label", (LABELS,))
    assert table.persons.sum() == release.rounded == 140
    assert ledger_entries(own)[before:] == [("publish", 2022, "La CIPA")]

    page.goto(f"{own.address}reglages")
    page.get_by_text("Champs", exact=True).first.click()
    set_privacy_of_label(page, "Jamais publié")
    expect(page.get_by_text("Label · liste « Label »")).not_to_contain_text("publié par groupes")
    with closing(connection.open_file(own.file)) as db:
        assert edit.published(db) == []
    assert public_file.read(own.public / public_file.NAME)[0].own_tables.keys() == {"champ_label"}

    check_again_before_and_after_a_change_of_the_file(own, page)
    page.get_by_text("2022 : ce qui a changé, retirer").click()
    page.get_by_role("button", name="Retirer 2022").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer", exact=True).click()
    expect(page.get_by_text("Rien n’est publié pour l’instant.")).to_be_visible()
    assert not (own.public / public_file.NAME).exists()
    assert ledger_entries(own)[before + 1 :] == [("withdraw", 2022, "La CIPA")]
    expect(page.get_by_role("row").filter(has_text="Retirée").first).to_contain_text("La CIPA")


def check_again_before_and_after_a_change_of_the_file(own, page):
    """« Vérifier de nouveau » reads the file that is online: renamed categories fail every attack on the numbers."""
    page.goto(f"{own.address}publication")
    page.get_by_role("button", name="Vérifier de nouveau").click()
    expect(page.get_by_text("Les 13 attaques de l’auditeur : toutes repoussées")).to_be_visible(timeout=120_000)
    with closing(sqlite3.connect(own.public / public_file.NAME)) as db, db:
        db.execute("UPDATE genre_foyer SET genre = 'Dames' WHERE genre = 'Femmes'")
    page.goto(f"{own.address}publication")
    page.get_by_role("button", name="Vérifier de nouveau").click()
    expect(page.get_by_text("Les 13 attaques de l’auditeur : 12 réussies")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("cell", name="Réussie", exact=True)).to_have_count(12)
    expect(page.get_by_test_id("stAlert").filter(has_text="2022, genre_foyer : les catégories").first).to_be_visible()


def add_published_field(page):
    """In « Réglages », add the field « Label », of which two values are published."""
    page.get_by_text("Champs", exact=True).first.click()
    page.get_by_role("button", name="Nouveau champ").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Jamais publié : seul « Un choix dans une liste »")).to_be_visible()
    dialog.get_by_role("textbox", name="Intitulé").fill("Label")
    choose_option(page, "Genre *", "Un choix dans une liste", "Un choix")
    dialog.get_by_role("textbox", name="Valeurs, une par ligne").fill("Or massif\nArgent fin\nÉtain")
    dialog.get_by_role("textbox", name="Valeurs, une par ligne").press("Tab")
    expect(dialog.get_by_role("radio", name="Jamais publié")).to_be_checked()
    dialog.get_by_text("Publié par groupes seulement").click()
    for label in LABELS[:2]:
        choose_option(page, "Valeurs qui ont leur ligne *", label, label)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Ajouter le champ").click()
    expect(page.get_by_text("Label · liste « Label »")).to_contain_text("publié par groupes")


def set_privacy_of_label(page, privacy):
    """Edit the field « Label », the last of the stored fields."""
    line = page.get_by_test_id("stHorizontalBlock").filter(has=page.get_by_text("Label · liste « Label »")).last
    line.get_by_role("button", name="Modifier").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Publié par groupes seulement")).to_be_checked()
    dialog.get_by_text(privacy, exact=True).click()
    dialog.get_by_role("button", name="Enregistrer").click()


def test_an_office_without_a_complete_year_sees_a_message(server, page):
    page.goto(f"{server.address}publication")

    expect(page.get_by_text("Aucune année entière dans le fichier")).to_be_visible()
    expect(page.get_by_text("Rien n’est publié pour l’instant.")).to_be_visible()
