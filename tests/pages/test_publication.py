"""« Publication » in the browser, on the demonstration: preview, publish, cancel, withdraw, add public facts."""

import shutil
from contextlib import closing
from datetime import date

import pytest
from playwright.sync_api import expect

from db.customise import edit
from db.rows import personal_text
from db.storage import connection
from publication.release import public_file
from tests.conftest import Server, let_in
from tests.pages.charts import choose_option

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo_file(prepared):
    return prepared.demonstration(date(2026, 1, 15))


@pytest.fixture
def own(demo_file, tmp_path, request):
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(demo_file, data / "palette.db")
    with closing(connection.open_file(data / "palette.db")) as raw:
        let_in(raw)
    server = Server(data)
    server.environment["PALETTE_SITE"] = "http://127.0.0.1:9/"
    server.start()
    yield server
    server.kill()
    server.print_log_if_failed(request)


@pytest.fixture
def screen(own, page):
    page.goto(f"{own.address}publication")
    expect(page.get_by_role("button", name="Publier 2025")).to_be_visible(timeout=60_000)
    return page


def record(server):
    db = connection.open_file(server.file)
    lines = [(one.action, one.year, one.who) for one in personal_text.record(db)]
    db.close()
    return lines


def choose_year(page, year):
    choose_option(page, "Année", year)
    expect(page.get_by_role("button", name=f"Publier {year}")).to_be_visible(timeout=60_000)


def test_the_published_numbers_are_shown_beside_the_true_ones_with_an_explanation(own, screen):
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
    expect(job.get_by_role("cell").nth(2)).to_have_text("15")
    assert record(own) == []


def test_a_year_is_published_with_its_verdicts_then_withdrawn(own, screen):
    choose_year(screen, "2022")
    screen.get_by_role("button", name="Publier 2022").click()
    expect(screen.get_by_text("Les chiffres de 2022 sont en ligne.")).to_be_visible(timeout=120_000)
    screen.get_by_text("Les 14 attaques de l’auditeur : toutes repoussées").click()
    expect(screen.get_by_role("cell", name="Repoussée")).to_have_count(14)
    screen.get_by_text("Attestation, publiée avec les chiffres").click()
    expect(screen.get_by_role("row").filter(has_text="Base d’arrondi")).to_contain_text("5 personnes")
    expect(screen.get_by_role("link", name="Voir le site des partenaires")).to_have_attribute(
        "href", "http://127.0.0.1:9/"
    )
    expect(screen.get_by_text("2022 est en ligne avec ces chiffres.")).to_be_visible()
    expect(screen.get_by_role("button", name="Publier 2022")).to_have_count(0)
    assert [one.year for one in public_file.read(own.public / public_file.NAME)] == [2022]
    assert record(own) == [("publish", 2022, "La CIPA")]

    screen.get_by_role("button", name="Vérifier de nouveau").click()
    expect(screen.get_by_text("Les 14 attaques de l’auditeur : toutes repoussées")).to_have_count(2, timeout=120_000)

    screen.get_by_text("2022 : ce qui a changé, retirer").click()
    screen.get_by_role("button", name="Retirer 2022").click()
    screen.get_by_role("dialog").get_by_role("button", name="Retirer", exact=True).click()
    expect(screen.get_by_text("Rien n’est publié pour l’instant.")).to_be_visible()
    assert not (own.public / public_file.NAME).exists()
    assert record(own)[1:] == [("withdraw", 2022, "La CIPA")]
    expect(screen.get_by_role("row").filter(has_text="Retirée")).to_contain_text("La CIPA")


def test_publishing_can_be_cancelled_and_nothing_is_online(own, screen):
    screen.get_by_role("button", name="Publier 2025").click()
    expect(screen.get_by_test_id("stProgress")).to_contain_text("Publier 2025 : ")
    screen.get_by_role("button", name="Annuler").dispatch_event("click")
    expect(screen.get_by_test_id("stProgress")).to_have_count(0)
    own.wait_until_idle()

    assert record(own) == []
    assert not (own.public / public_file.NAME).exists()


def test_public_facts_are_added_and_invalid_input_is_explained(own, screen):
    def note(year, number, source):
        screen.get_by_role("textbox", name="Année du nombre").fill(year)
        choose_option(screen, "Ce qu’il compte", "Genre : Femmes", "Genre")
        screen.get_by_role("textbox", name="Nombre", exact=True).fill(number)
        screen.get_by_role("textbox", name="Où il a été donné").fill(source)
        screen.get_by_role("button", name="Noter").click()

    note("2022", "beaucoup", "Présentation")
    expect(screen.get_by_test_id("stAlert").filter(has_text="nombre entier")).to_be_visible()

    note("2022", "64", "Présentation 2022")
    row = screen.get_by_role("row").filter(has_text="Présentation 2022")
    expect(row.get_by_role("cell")).to_have_text(["2022", "Genre", "Femmes", "64", "Présentation 2022"])
    assert "2022;genre;Femmes;64;Présentation 2022" in (own.data / "public_facts.csv").read_text()


def test_a_field_of_the_office_is_published_only_once_chosen(own, page):
    """As docs/guide.md says: choose the field's two lines in « Réglages », then publish in « Publication »."""
    page.goto(f"{own.address}reglages")
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
    for label in ("Or massif", "Argent fin"):
        choose_option(page, "Valeurs qui ont leur ligne *", label, label)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Ajouter le champ").click()
    expect(page.get_by_text("Label · liste « Label »")).to_contain_text("publié par groupes")

    db = connection.open_file(own.file)
    db.execute("UPDATE person SET own_label = iif(id % 3, 'own_or_massif', iif(id % 2, 'own_argent_fin', NULL))")
    db.close()
    page.goto(f"{own.address}publication")
    choose_year(page, "2022")
    choose_option(page, "Tableau", "Label", "Label")
    rest = page.get_by_role("row").filter(has_text="Autre ou non précisé")
    expect(rest.get_by_role("cell")).to_have_count(4)
    page.get_by_role("button", name="Publier 2022").click()
    expect(page.get_by_text("Les chiffres de 2022 sont en ligne.")).to_be_visible(timeout=180_000)

    [release] = public_file.read(own.public / public_file.NAME)
    sheet = release.own["champ_label"]
    assert (sheet.title, sheet.labels) == ("Label", (("Or massif", "Argent fin", "Autre ou non précisé"),))
    assert sheet.persons.sum() == release.rounded == 140

    page.goto(f"{own.address}reglages")
    page.get_by_text("Champs", exact=True).first.click()
    change_last_field(page, "Jamais publié")
    expect(page.get_by_text("Label · liste « Label »")).not_to_contain_text("publié par groupes")
    db = connection.open_file(own.file)
    assert edit.published(db) == []
    db.close()
    assert public_file.read(own.public / public_file.NAME)[0].own.keys() == {"champ_label"}


def change_last_field(page, privacy):
    """Open the field added last: it is the last of the stored fields, before the computed ones."""
    line = page.get_by_test_id("stHorizontalBlock").filter(has=page.get_by_text("Label · liste « Label »")).last
    line.get_by_role("button", name="Modifier").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Publié par groupes seulement")).to_be_checked()
    dialog.get_by_text(privacy, exact=True).click()
    dialog.get_by_role("button", name="Enregistrer").click()


def test_an_office_without_a_whole_year_sees_a_message(server, page):
    page.goto(f"{server.address}publication")

    expect(page.get_by_text("Aucune année entière dans le fichier")).to_be_visible()
    expect(page.get_by_text("Rien n’est publié pour l’instant.")).to_be_visible()
