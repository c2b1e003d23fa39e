"""« Réseau »: a partner's page, and who could help: what they say, where they lead, and what stays out of addresses."""

import pytest
from streamlit.testing.v1 import AppTest

from db.model.dictionary import PARTNER
from db.rows import records
from db.rows.records import Edit
from tests.conftest import let_in
from tests.db.factories import insert, insert_diagnostic, insert_person
from tests.pages.test_screens import run


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db)
    return db


def texts(screen: AppTest) -> str:
    shown = (screen.title, screen.markdown, screen.caption, screen.info, screen.warning, screen.subheader)
    return "\n".join(str(one.value) for kind in shown for one in kind)


def labels(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def press(screen: AppTest, label: str) -> AppTest:
    next(button for button in screen.button if button.label == label).click()
    screen.run()
    assert not screen.exception
    return screen


def given_network(db) -> tuple[int, int]:
    """A person of Faycelles, near Figeac, whose plan has an action that a partner of Figeac carried."""
    person = insert_person(db, last_name="Zola", first_name="Anne", town="Faycelles", postcode="46100")
    partner = insert(
        db, "partner", name="Plateforme", town="Figeac", postcode="46100", latitude="44.60860", longitude="2.03330",
        helps_with='["mobility"]', website="javascript:alert(1)", source_link="https://example.org/1", source="dora",
        source_id="dora--1", source_date="2026-03-02", siret="13002526500013",
    )  # fmt: skip
    insert(db, "partner", name="Garage de Cahors", town="Cahors", latitude="44.44750", longitude="1.44120",
           helps_with='["mobility"]')  # fmt: skip
    insert(db, "partner", name="Sans lieu", helps_with='["mobility"]')
    diagnosis = insert_diagnostic(db, person, "2024-01-01", None)
    for objective, state in (("Passer le permis", "done"), ("Louer un vélo", "todo")):
        insert(db, "action", person_id=person, diagnostic_id=diagnosis, objective=objective, obstacle="mobility",
               partner_id=partner, state=state)  # fmt: skip
    insert(db, "intervention", person_id=person, happened_on="2024-02-01", domain="job", partner_id=partner)
    insert(db, "need", title="Un bus du soir", noted_on="2024-01-01", state="open", partners=f"[{partner}]")
    return person, partner


def test_a_partners_page_says_who_it_is_who_was_sent_and_what_came_of_it(office):
    _, partner = given_network(office)

    page = run("network.py", partenaire=str(partner))

    assert not page.exception
    said = texts(page)
    for expected in (
        "Plateforme", "130 025 265 00013", "02/03/2026", "1 entretien ou démarche, le 01/02/2024",
        "« Passer le permis » : Faite", "« Louer un vélo » : À faire", "Un bus du soir", "javascript:alert(1)",
    ):  # fmt: skip
        assert expected.replace(":", "\\:") in said or expected in said, expected
    assert [metric.value for metric in page.metric] == ["1", "1", "2", "1"]
    links = [node.proto.url for node in page.get("link_button")]
    assert links == ["https://example.org/1"]  # another scheme is a text
    assert "Zola Anne" in labels(page)
    assert office.execute("SELECT count(*) FROM trace WHERE action = 'open'").fetchone() == (0,)  # no file was opened


def test_a_partner_who_is_gone_and_an_odd_number_get_a_sentence(office):
    row_id = insert(office, "partner", name="Fermé", deleted_at="2024-01-01")

    assert "n’existe" in (said := texts(run("network.py", partenaire=str(row_id)))) or "supprim" in said
    assert not run("network.py", partenaire="²").exception


def test_who_helps_near_a_commune_is_ranked_and_explained(office):
    given_network(office)
    page = run("network.py", frein="mobility")
    page.text_input(key="network:town").set_value("figeac").run()

    said = texts(page)
    names = [label for label in labels(page) if label.startswith("**")]
    assert names == ["**Plateforme**", "**Garage de Cahors**", "**Sans lieu**"]
    assert "Aide sur « Mobilité », d’après sa fiche ; 2 actions « Mobilité » portées, dont 1 faite" in said
    assert "**50 km**" in said
    assert "distance inconnue" in said

    press(page, "**Plateforme**")
    assert page.title[0].value == "Plateforme"
    press(page, "← Qui peut aider ?")
    assert page.text_input(key="network:town").value == "figeac"  # what was typed is still there


def test_a_commune_that_only_resembles_is_a_question(office):
    given_network(office)
    page = run("network.py", frein="mobility")
    page.text_input(key="network:town").set_value("Fijac").run()

    assert "Est-ce" in texts(page)
    assert "km" not in texts(page)
    press(page, "Figeac")
    assert "près de Figeac" in texts(page)
    page.text_input(key="network:town").set_value("Brest").run()
    assert "n’est la commune d’aucun partenaire" in texts(page)


def test_from_a_persons_plan_the_address_holds_two_numbers_and_no_name_or_commune(office):
    person, _ = given_network(office)

    page = run("network.py", frein="mobility", personne=str(person))

    assert page.text_input(key="network:town").value == "Faycelles"
    assert "**Plateforme**" in labels(page)
    assert "Zola" not in texts(page)
    assert dict(page.query_params) == {"frein": "mobility", "personne": str(person)}
    assert "← Dossier" in labels(page)


@pytest.mark.parametrize("query", [{"frein": "tous"}, {"frein": "<x>"}, {"frein": "housing", "personne": "99"}])
def test_an_odd_question_is_asked_again_in_french(office, query):
    page = run("network.py", **query)

    assert not page.exception
    assert "Qui peut aider" in page.title[0].value
    assert page.caption or page.info


def test_the_plan_of_a_person_leads_to_who_could_help(office):
    person, _ = given_network(office)
    page = run("person.py", dossier=str(person))
    page.session_state["dossier:view"] = "Plans d’action"
    page.run()

    assert not page.exception
    assert "Mobilité" in labels(page)


def test_a_partner_saved_in_its_form_shows_its_new_values(office):
    table = office.tables[PARTNER.name]
    row_id = records.save(office, table, Edit({"name": "La Halle", "siret": "130 025 265 00013"}), "Ada").row_id

    assert "130 025 265 00013" in texts(run("network.py", partenaire=str(row_id)))
