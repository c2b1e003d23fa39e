"""An agent's work through all screens: a person arrives, is accompanied and leaves; the figures follow."""

import io

import pytest
from docx import Document
from playwright.sync_api import Locator, Page, expect

from db.rows import records
from tests.pages.spreadsheet import Spreadsheet, add, add_person, eventually, side_panel
from tests.pages.waiting import download, wait_until_idle

pytestmark = pytest.mark.browser


def figures(page: Page) -> dict[str, str]:
    """Return the figures of the day by label."""
    page.locator(".palette-grid tbody td").first.wait_for()  # below the figures, so that they are all there
    line = page.get_by_role("button", name="En portefeuille").inner_text().split("\n")[0]
    return {label: number for label, _, number in (part.strip().rpartition(" ") for part in line.split("·"))}


def new_row(page: Page, label: str) -> Locator:
    """Add a row in the person's path. Returns the form."""
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_role("menuitem", name=label).or_(page.get_by_role("option", name=label, exact=True)).first.click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Enregistrer").wait_for()
    return form


def field(form: Locator, label: str) -> Locator:
    """Return the text box of a field, required or not."""
    return form.get_by_role("textbox", name=label, exact=True).or_(
        form.get_by_role("textbox", name=f"{label} *", exact=True)
    )


def write(form: Locator, **texts: str) -> None:
    for label, text in texts.items():
        box = field(form, label.replace("_", " "))
        box.fill(text)
        box.press("Tab")


def choose(form: Locator, label: str, value: str) -> None:
    """Choose a value of a list with the mouse."""
    box = form.get_by_role("combobox", name=label)
    box.click()
    form.page.get_by_role("option", name=value, exact=True).click()


def save(form: Locator) -> None:
    form.get_by_role("button", name="Enregistrer").click()
    form.wait_for(state="detached")
    wait_until_idle(form.page)


def cell(page: Page, row: str, field: str) -> Locator:
    return page.locator("tbody tr", has_text=row).locator(f'td[data-field="{field}"]')


def test_a_person_from_arrival_to_exit(server, open_tab):
    add_person(server.open(), "Bernard")
    page = open_tab(server.address)
    assert figures(page)["En portefeuille"] == "1"

    page.get_by_role("button", name="Nouvelle personne").click()
    form = side_panel(page)
    write(form, Nom="Éluard-Cœur", Prénom="Gisèle", Date_de_naissance="6/3/1980")
    choose(form, "Genre", "Femme")
    save(form)
    person = server.rows("person")[-1]
    assert (person["last_name"], person["birth_date"]) == ("Éluard-Cœur", "1980-03-06")
    expect(page.get_by_role("heading", name="Gisèle Éluard-Cœur")).to_be_visible()  # her file opens
    assert page.url == f"{server.address}dossier?dossier={person['id']}"
    page.goto(server.address)
    expect(cell(page, "Éluard-Cœur", "state")).to_have_text("À situer")  # never lost from sight

    page.goto(f"{server.address}dossier?dossier={person['id']}")
    form = new_row(page, "Situation de droits")
    choose(form, "Droits", "RSA")
    write(form, Du="01/01/2024")
    save(form)
    form = new_row(page, "Étape de parcours")
    choose(form, "Étape", "Diagnostic")
    write(form, Du="01/02/2024")
    save(form)
    form = new_row(page, "Diagnostic")
    write(form, Commencé_le="01/02/2024", Acquis="Dix ans d’atelier")
    save(form)
    form = new_row(page, "Étape de parcours")
    choose(form, "Étape", "Accompagnement")
    choose(form, "Mode", "Allégé")
    write(form, Du="01/03/2024")
    save(form)
    form = new_row(page, "Contrat")
    write(form, Signé_le="01/03/2024", Du="01/03/2024", Au="01/03/2100", Objectifs="Ouvrir l’atelier")
    save(form)
    form = new_row(page, "Aide financière")
    choose(form, "Type d’aide", "Matériel et outillage")
    choose(form, "Décision", "Accordée")
    write(form, Montant_accordé="850")
    expect(form.get_by_text("il reste 50")).to_be_visible()
    save(form)
    assert server.rows("aid")[0]["granted"] == 850_00

    page.goto(server.address)
    day = figures(page)
    assert (day["En portefeuille"], day["En accompagnement"], day["Dont allégés"]) == ("2", "2", "1")
    page.get_by_label("Rechercher").fill("eluard coeur")
    expect(page.locator("tbody tr", has_text="Bernard")).to_have_count(0)
    expect(cell(page, "Éluard-Cœur", "aid_left")).to_have_text("50\u00a0€")

    Spreadsheet(page).paste(1, "birth_date", "07/03/1981\tHomme\t05 36 49 00 02\r\n")
    expect(cell(page, "Éluard-Cœur", "phone")).to_have_text("05 36 49 00 02")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    person = server.rows("person")[-1]
    assert (person["birth_date"], person["gender"], person["phone"]) == ("1981-03-07", "man", "+33536490002")

    other = open_tab(server.address)
    other.locator("tbody td").first.wait_for()
    for tab, town in ((page, "Cahors"), (other, "Figeac")):
        cell(tab, "Éluard-Cœur", "town").dblclick()
        tab.keyboard.type(town)
    page.keyboard.press("Enter")
    eventually(lambda: server.rows("person")[-1]["town"], "Cahors")
    other.keyboard.press("Enter")
    expect(other.get_by_text("a écrit « Cahors » pendant que vous tapiez « Figeac »")).to_be_visible()
    assert server.rows("person")[-1]["town"] == "Cahors"
    other.get_by_role("button", name="Écrire « Figeac »").click()
    expect(cell(page, "Éluard-Cœur", "town")).to_have_text("Figeac")  # and the first one sees it arrive

    page.goto(f"{server.address}dossier?dossier={person['id']}")
    form = new_row(page, "Sortie")
    choose(form, "Motif", "Emploi salarié")
    save(form)
    page.goto(f"{server.address}interventions")
    page.get_by_role("radio", name="Étapes de parcours").or_(
        page.get_by_role("button", name="Étapes de parcours")
    ).click()
    expect(page.get_by_text("3 étapes de parcours")).to_be_visible()
    expect(page.locator(".palette-grid")).to_have_count(1)
    stages = Spreadsheet(page)
    stages.search("eluard")
    expect(stages.counts).to_contain_text("2 sur 3")
    stages.sort("starts_on")
    expect(stages.cell(2, "kind")).to_have_text("Accompagnement")
    stages.type(2, "ends_on", "02/03/2024")
    stages.wait_until_saved()

    page.goto(server.address)
    day = figures(page)
    assert day["Sorties du RSA"] == "1"
    assert (day["En accompagnement"], day["En diagnostic"]) == ("1", "1")  # her diagnostic stage still runs


def test_today_links_to_the_person_and_to_the_whole_list(server, open_tab):
    db = server.open()
    person = add_person(db, "Bernard")
    for day in range(1, 7):
        add(db, "orientation", person_id=person, requested_on=f"2024-03-0{day}")
    page = open_tab(f"{server.address}aujourdhui")

    page.get_by_role("button", name="01/03/2024 · Bernard Lou").click()
    expect(page.get_by_role("heading", name="Lou Bernard")).to_be_visible()
    expect(page).to_have_title("Dossier · Palette")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.url == f"{server.address}dossier?dossier={person}"  # a number, never a name

    page.goto(f"{server.address}aujourdhui")
    add(db, "orientation", person_id=person, requested_on="2024-02-01", decided_on="2024-02-02")
    page.get_by_role("button", name="Voir les 6").click()
    expect(page.get_by_text("6 sur 7 orientations")).to_be_visible()  # those that wait, the oldest first
    expect(Spreadsheet(page).cell(1, "requested_on")).to_have_text("01/03/2024")


def test_the_next_contract_is_prepared_in_one_click_printed_and_signed(server, open_tab):
    db = server.open()
    person = add_person(db, "Bernard")
    dates = {"signed_on": "2024-01-01", "starts_on": "2024-01-01", "ends_on": "2099-12-31"}
    contract = add(db, "cer", person_id=person, kind="engagement", objectives="Exposer", **dates)
    for objective, state in (("Montrer", "done"), ("Vendre", "todo")):
        add(db, "action", person_id=person, cer_id=contract, objective=objective, state=state)
    page = open_tab(f"{server.address}cer")
    page.get_by_role("button", name="Ouvrir la ligne").first.click()
    form = side_panel(page)
    following = form.get_by_role("button", name="Préparer le contrat suivant")
    field(form, "Objectifs").fill("Exposer et vendre")
    field(form, "Objectifs").press("Tab")
    expect(following).to_be_disabled()
    form.get_by_role("button", name="Enregistrer").click()
    expect(following).to_be_enabled()  # the panel stays open, on the row that was saved
    following.click()
    expect(field(form, "Du")).to_have_value("01/01/2100")
    form.get_by_text("Le contrat d’avant").click()
    expect(form.get_by_role("listitem").filter(has_text="Montrer")).to_have_text("Montrer : Faite")
    last = server.rows("cer")[-1]
    names = ("kind", "rank", "replaces_id", "objectives", "signed_on")
    assert [last[name] for name in names] == ["engagement", "update", contract, "Exposer et vendre", None]
    assert [(row["cer_id"], row["objective"]) for row in server.rows("action")][2:] == [(last["id"], "Vendre")]

    form.get_by_role("button", name="Imprimer").click()
    file, content = download(page, page.get_by_role("button", name="Word, à modifier").click)
    assert file == f"contrat-{last['id']}-{records.today()}.docx"
    texts = [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]
    assert any("Lou Bernard" in text for text in texts)
    page.keyboard.press("Escape")  # closes the menu, and not the panel
    expect(page.get_by_role("button", name="Word, à modifier")).to_have_count(0)
    write(form, Du="15/01/2024", Signé_le="15/01/2024", Heures_par_semaine="12")
    choose(form, "Durée hebdomadaire", "15 h ou plus")
    form.get_by_role("button", name="Enregistrer").click()
    expect(form.get_by_text("demande au moins 15 heures")).to_be_visible()
    write(form, Heures_par_semaine="16")
    form.get_by_role("button", name="Enregistrer").click()
    expect(form.get_by_text("il en manque 16")).to_be_visible()
    eventually(lambda: server.rows("cer")[-1]["signed_on"], "2024-01-15")
