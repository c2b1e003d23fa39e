"""« Nouvel accompagnement »: taken up at each step, by whoever; what stops it; and a whole story in the browser, with
its clicks counted."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from db.people import merge, merge_preview
from db.rows import records
from db.rows.drafts import FormDrafts, FormOpening
from db.rows.records import Edit
from pages.shared.intake.steps import STEPS
from tests.conftest import let_in
from tests.pages.test_screens import run
from tests.pages.waiting import settle

SAVE = "Enregistrer et continuer"


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db)  # account 1, which tests/pages/conftest.py signs in
    return db


def add(db, table: str, **values: Any) -> int:
    return records.save(db, db.tables[table], Edit(values), "test").row_id


def add_person(db, **values: Any) -> int:
    return add(db, "person", **{"last_name": "Zola", "first_name": "Anne", "gender": "woman", **values})


def add_steps(db, person: int, count: int) -> None:
    """Add what the first steps after « Qui » make."""
    today, of = records.today(), {"person_id": person}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("orientation", {"prescriber": "caf"}),
        ("benefit", {"kind": "rsa"}),
        ("stage", {"kind": "diagnostic"}),
        ("diagnostic", {"obstacles": ("mobility",)}),
        ("action", {"diagnostic_id": 1, "objective": "Exposer"}),
        ("appointment", {"planned_on": today, "starts_at": "9h"}),
    ]
    for table, values in rows[:count]:
        add(db, table, **of, **values)


def open_steps(person: int) -> AppTest:
    screen = run("intake.py", dossier=str(person))
    assert not screen.exception
    return screen


def press(screen: AppTest, label: str) -> AppTest:
    (button,) = [one for one in screen.button if one.label.strip("*") == label]
    screen = button.click().run()
    assert not screen.exception
    return screen


def heading(screen: AppTest) -> str:
    return str(screen.subheader[0].value)


def words(screen: AppTest) -> str:
    kinds = (screen.markdown, screen.caption, screen.info, screen.warning, screen.error)
    return "\n".join(one.value for kind in kinds for one in kind)


def rows(db, table: str) -> list[dict[str, Any]]:
    return list(db.dicts(f'SELECT * FROM "{table}" WHERE deleted_at IS NULL ORDER BY id'))


# ---- taken up


@pytest.mark.parametrize("count", range(len(STEPS)))
def test_the_steps_are_taken_up_at_the_first_that_the_file_lacks(office, count):
    person = add_person(office)
    add_steps(office, person, count)

    titles = [step.title for step in STEPS[1:]]
    assert heading(open_steps(person)) == [*titles, "C’est enregistré"][count]


def test_a_step_that_was_passed_over_is_asked_again_in_another_tab_and_can_be_opened_meanwhile(office):
    person = add_person(office)
    screen = press(open_steps(person), "Passer cette étape")

    assert heading(screen) == "Droits"
    assert "passée" in words(screen)
    assert heading(press(screen, "Demande et avis")) == "Demande et avis"
    assert heading(open_steps(person)) == "Demande et avis"


def test_a_step_that_is_done_is_corrected_and_the_next_one_follows(office):
    person = add_person(office)
    add_steps(office, person, 2)
    screen = press(open_steps(person), "Droits")
    screen.button_group(key="form:benefit:1:kind").select("rsa_prime")

    assert heading(press(screen, SAVE)) == "Étape"
    assert [row["kind"] for row in rows(office, "benefit")] == ["rsa_prime"]


def test_a_colleague_who_changed_the_same_field_is_not_overwritten(office):
    person = add_person(office)
    screen = press(open_steps(person), "Qui")
    records.save(office, office.tables["person"], Edit({"town": "Figeac"}, person, 1), "Une collègue")
    screen.text_input(key=f"form:person:{person}:town").input("Cahors")

    screen = press(screen, SAVE)

    assert "« Figeac » dans le fichier, « Cahors » chez vous" in words(screen)
    assert heading(press(screen, "Enregistrer ma version")) == "Demande et avis"
    assert rows(office, "person")[0]["town"] == "Cahors"


def test_what_was_typed_in_a_step_that_was_left_is_offered_when_it_is_opened_again(office):
    person = add_person(office)
    screen = open_steps(person)
    screen.text_area(key=f"form:orientation:p{person}:reasons").input("Un atelier").run()

    screen = press(press(screen, "Passer cette étape"), "Demande et avis")

    assert "Motifs de la demande : Un atelier" in words(screen)
    screen = press(screen, "Reprendre")
    assert heading(press(screen, SAVE)) == "Droits"
    assert [row["reasons"] for row in rows(office, "orientation")] == ["Un atelier"]


# ---- who


def test_saving_waits_until_somebody_says_whether_she_is_known(office):
    known = add_person(office, birth_date="1980-03-06", archived_on="2020-01-01")
    screen = run("intake.py")
    for name, text in (("last_name", "Zolla"), ("first_name", "Anne"), ("birth_date", "6/3/1980")):
        screen.text_input(key=f"form:person:None:{name}").input(text).run()
    screen.button_group(key="form:person:None:gender").select("woman")
    assert "Zola Anne** :gray-badge[:material/inventory_2: archivée]" in words(screen)

    screen = press(screen, SAVE)
    assert "dites d’abord, ci-dessus, si elle est déjà connue" in words(screen)
    assert [row["id"] for row in rows(office, "person")] == [known]

    screen = press(press(screen, "C’est une autre personne"), SAVE)
    assert [row["last_name"] for row in rows(office, "person")] == ["Zola", "Zolla"]
    assert heading(screen) == "Demande et avis"


def test_the_answer_for_one_person_is_not_that_for_the_next(office):
    add_person(office)
    screen = run("intake.py")
    for name, text in (("last_name", "Zola"), ("first_name", "Anne")):
        screen.text_input(key=f"form:person:None:{name}").input(text).run()
    screen.button_group(key="form:person:None:gender").select("woman")
    screen = press(press(press(screen, "C’est une autre personne"), SAVE), "Passer cette étape")
    del screen.query_params["dossier"]
    screen.run()
    for name, text in (("last_name", "Zola"), ("first_name", "Anne")):
        screen.text_input(key=f"form:person:None_1:{name}").input(text).run()
    screen.button_group(key="form:person:None_1:gender").select("woman")

    screen = press(screen, SAVE)

    assert words(screen).count("même nom et même prénom") == 2
    assert len(rows(office, "person")) == 2


def test_somebody_known_goes_on_in_her_file_where_what_was_typed_is_offered(office):
    known = add_person(office, birth_date="1980-03-06", town="Cahors")
    screen = run("intake.py")
    for name, text in (("last_name", "Zola"), ("first_name", "Anne"), ("birth_date", "6/3/1980"), ("town", "Figeac")):
        screen.text_input(key=f"form:person:None:{name}").input(text).run()

    screen = press(screen, "C’est elle : continuer dans son dossier")

    assert screen.query_params["dossier"] == str(known)
    assert heading(screen) == "Qui"
    assert "Commune : Figeac" in words(screen)
    assert [draft.values for draft in FormDrafts(office, 1).every()] == [{"town": "Figeac"}]
    assert heading(press(press(screen, "Reprendre"), SAVE)) == "Demande et avis"
    assert [row["town"] for row in rows(office, "person")] == ["Figeac"]


@pytest.mark.parametrize("name", ["caseload.py", "today.py", "person.py"])
def test_the_page_opens_from_the_screens_of_every_day(office, name):
    add_person(office)

    assert "Nouvel accompagnement" in [one.label for one in run(name).button]


def test_the_file_of_somebody_to_be_placed_leads_to_her_steps(office):
    person = add_person(office)

    assert "Étape par étape" in [one.label for one in run("person.py", dossier=str(person)).button]


# ---- what stops


def refused(office) -> AppTest:
    person = add_person(office)
    add(office, "orientation", person_id=person, food_job=1)
    return open_steps(person)


def test_somebody_who_is_not_oriented_may_end_there_and_is_no_longer_to_be_placed(office):
    screen = refused(office)
    assert "**Non orientée vers la CIPA** : En orientation professionnelle" in words(screen)

    screen = press(screen, "Terminer ici")

    assert heading(screen) == "C’est enregistré"
    assert rows(office, "orientation")[0]["decided_on"] == records.today()
    assert records.get(office, office.tables["person"], 1).values["state"] == "outside"


def test_an_opposite_verdict_asks_for_its_reason_and_goes_on(office):
    screen = press(refused(office), "Donner un avis contraire")
    screen.button_group(key="form:orientation:1:override").select("yes")

    screen = press(screen, SAVE)
    assert "n avis contraire demande un motif écrit" in words(screen)
    screen.text_area(key="form:orientation:1:override_reason").input("Accord du service")

    assert heading(press(screen, SAVE)) == "Droits"
    assert rows(office, "orientation")[0]["override"] == "yes"


def test_somebody_who_is_not_oriented_may_go_on_for_a_single_request(office):
    assert heading(press(refused(office), "Continuer quand même")) == "Droits"


def test_the_stage_asks_for_the_rights_that_are_missing_and_saves_both(office):
    person = add_person(office)
    add_steps(office, person, 1)
    screen = press(open_steps(person), "Passer cette étape")
    key = f"form:stage:p{person}"
    assert f"{key}:kind__rights" not in [one.key for one in screen.button_group]
    screen.button_group(key=f"{key}:kind").select("accompaniment").run()

    screen = press(screen, SAVE)
    assert "Rien n’a été enregistré. À corriger : Droits, Soumise aux droits et devoirs." in words(screen)
    assert rows(office, "stage") == rows(office, "benefit") == []
    screen.button_group(key=f"{key}:kind__rights").select("rsa").run()

    assert heading(press(screen, SAVE)) == "Diagnostic"
    assert [row["kind"] for row in rows(office, "stage")] == ["accompaniment"]
    assert [row["subject_to_duties"] for row in rows(office, "benefit")] == [1]


def test_rights_without_duties_are_told_and_not_asked_for_twice(office):
    person = add_person(office)
    add_steps(office, person, 1)
    add(office, "benefit", person_id=person, kind="prime")
    screen = open_steps(person)
    screen.button_group(key=f"form:stage:p{person}:kind").select("accompaniment").run()

    assert "Ses droits ne sont pas « soumis aux droits et devoirs » ce jour-là" in words(screen)
    assert f"form:stage:p{person}:kind__rights" not in [one.key for one in screen.button_group]


def test_a_plan_without_a_diagnostic_begins_one(office):
    person = add_person(office)
    add_steps(office, person, 3)

    screen = press(press(open_steps(person), "Passer cette étape"), "Commencer le diagnostic")

    assert heading(screen) == "Diagnostic"


def test_a_file_that_was_archived_or_merged_or_deleted_meanwhile(office):
    person, other = add_person(office, archived_on="2020-01-01"), add_person(office, last_name="Zolla")
    assert "Ce dossier est archivé" in words(screen := open_steps(person))
    press(screen, "Sortir des archives")
    assert rows(office, "person")[0]["archived_on"] is None

    versions = merge_preview.look(office, person, other).versions
    merge.merge(office, person, other, merge.MergeChoices(), versions, "Ada")
    screen = open_steps(other)
    assert "Ce dossier a été réuni à celui de **Zola Anne**" in words(screen)
    assert heading(press(screen, "Continuer dans ce dossier")) == "Demande et avis"

    version = records.get(office, office.tables["person"], person).version
    records.delete(office, office.tables["person"], {person: version}, "Une collègue")
    assert "a été supprimée" in words(screen := open_steps(person))
    assert heading(press(screen, "Commencer avec une autre personne")) == "Qui"


def test_a_draft_of_several_rows_is_offered_by_its_step_alone(office):
    person = add_person(office)
    add_steps(office, person, 4)
    opening = FormOpening("action", None, None, {"person_id": person, "diagnostic_id": 1})
    FormDrafts(office, 1).begin(opening, {"objective__2": "Vendre"})

    assert "Objectif 2 : Vendre" in words(open_steps(person))


# ---- a whole story

TODAY_CLICKS = 55
"""What the same story took in eight dialogs, before this page."""
COUNT = """() => {
  window.counted = { clicks: 0, keys: 0 }
  addEventListener("pointerdown", (event) => { counted.clicks += event.isTrusted }, true)
  addEventListener("keydown", (event) => { counted.keys += event.isTrusted }, true)
}"""


def pick(page: Page, field: str, value: str) -> None:
    """Choose with the mouse among values that are all in sight."""
    group: Locator = page.get_by_role("radiogroup", name=field)
    option = group.get_by_role("radio", name=value, exact=True)
    option.click()
    expect(option).to_be_checked()


def type_(page: Page, *texts: str) -> None:
    """Type into one field after the other, as a person does who leaves each by Tab."""
    for index, text in enumerate(texts):
        if index:
            page.keyboard.press("Tab")
        page.keyboard.type(text)


def choose_by_key(page: Page, text: str) -> None:
    """Choose in the list that has the focus by typing."""
    page.keyboard.type(text)
    expect(page.get_by_role("option", name=text)).to_have_count(1)
    page.keyboard.press("Enter")


def next_step(page: Page, title: str, first: str) -> None:
    """Save by keyboard; the next step opens, with the focus on its first field."""
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    if first:
        expect(page.get_by_role("textbox", name=first, exact=True)).to_be_focused()
    settle(page)


@pytest.mark.browser
def test_a_whole_story_takes_at_most_twenty_clicks_and_four_minutes_of_typing(server, open_tab):
    with server.open() as db:
        add_person(db, last_name="Martin", first_name="Léa", birth_date="1980-03-06")
    page = open_tab(f"{server.address}aujourdhui")
    settle(page)
    page.evaluate(COUNT)

    page.get_by_role("button", name="Nouvel accompagnement").click()
    expect(page.get_by_role("textbox", name="Nom *", exact=True)).to_be_focused()
    type_(page, "Martin", "Léa", "12/11/1991")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="C’est une autre personne").click()
    expect(page.get_by_text("Est-elle déjà connue")).to_have_count(0)
    pick(page, "Genre *", "Femme")
    page.get_by_role("textbox", name="Téléphone").click()
    type_(page, "05 36 49 01 02", "lea.martin@exemple.fr", "Figeac")
    pick(page, "Domaine d’activité", "Spectacle vivant")
    pick(page, "Permis", "Oui")
    pick(page, "Véhicule", "Oui")
    settle(page)
    next_step(page, "Demande et avis", "Demandée le *")

    page.keyboard.press("Tab")
    choose_by_key(page, "France Travail")
    for field in ("Accompagnée par ailleurs", "Emploi alimentaire"):
        pick(page, field, "Non")
    pick(page, "Mobilité nécessaire", "Oui")
    expect(page.get_by_text("orientée vers la CIPA, aucun critère")).to_be_visible()
    next_step(page, "Droits", "")

    pick(page, "Droits *", "RSA")
    settle(page)
    next_step(page, "Étape", "")
    pick(page, "Étape *", "Accompagnement")
    pick(page, "Mode", "Standard")
    next_step(page, "Diagnostic", "Commencé le *")

    page.keyboard.press("Tab")
    choose_by_key(page, "Mobilité")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Acquis").click()
    type_(page, "Dix ans de théâtre de rue, régie son.", "Transmettre, monter un spectacle jeune public.")
    next_step(page, "Premier plan", "Objectif 1")

    type_(
        page, "Déposer le dossier de la licence", "", "15/01/2027", "Rencontrer deux programmateurs", "", "30/01/2027"
    )
    next_step(page, "Prochain rendez-vous", "Jour *")
    type_(page, "15/12/2030", "14h30")
    next_step(page, "C’est enregistré", "")

    counted = page.evaluate("counted")
    assert counted["clicks"] <= 20 < TODAY_CLICKS
    assert counted["keys"] <= 4 * 200, "at forty words a minute"
    kept = {step.table: server.rows(step.table) for step in STEPS}
    person = kept["person"][-1]
    assert (person["last_name"], person["birth_date"], person["town"]) == ("Martin", "1991-11-12", "Figeac")
    assert (person["gender"], person["domain"], person["licence"]) == ("woman", "performing_arts", 1)
    assert [row["prescriber"] for row in kept["orientation"]] == ["france_travail"]
    assert [(row["kind"], row["subject_to_duties"]) for row in kept["benefit"]] == [("rsa", 1)]
    assert [(row["kind"], row["mode"]) for row in kept["stage"]] == [("accompaniment", "standard")]
    assert [(row["obstacles"], row["skills"]) for row in kept["diagnostic"]] == [
        ('["mobility"]', "Dix ans de théâtre de rue, régie son.")
    ]
    assert [(row["objective"], row["due_on"]) for row in kept["action"]] == [
        ("Déposer le dossier de la licence", "2027-01-15"),
        ("Rencontrer deux programmateurs", "2027-01-30"),
    ]
    assert [(row["planned_on"], row["starts_at"]) for row in kept["appointment"]] == [("2030-12-15", "14:30")]
    page.get_by_role("button", name="Ouvrir le dossier").click()
    expect(page.get_by_role("heading", name="Léa Martin")).to_be_visible()


@pytest.mark.browser
def test_a_second_click_saves_once_and_back_returns_to_nothing_that_is_saved_twice(server, open_tab):
    page = open_tab(f"{server.address}nouvel-accompagnement")
    expect(page.get_by_role("textbox", name="Nom *", exact=True)).to_be_focused()
    type_(page, "Élan", "Zoé")
    pick(page, "Genre *", "Femme")
    settle(page)
    page.get_by_role("button", name=SAVE).dblclick()
    expect(page.get_by_role("heading", name="Demande et avis")).to_be_visible()
    settle(page)
    page.get_by_role("button", name=SAVE).dblclick()
    expect(page.get_by_role("heading", name="Droits")).to_be_visible()
    settle(page)

    page.go_back()
    expect(page.get_by_role("textbox", name="Nom *", exact=True)).to_have_value("")
    page.go_forward()
    expect(page.get_by_role("heading", name="Droits")).to_be_visible()

    assert [len(server.rows(table)) for table in ("person", "orientation", "benefit")] == [1, 1, 0]
