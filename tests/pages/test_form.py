"""The form of every table: it saves, shows errors below their fields, and does not overwrite colleagues' changes."""

from typing import Any

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from db.model.dictionary import TABLES
from db.model.types import LongText, References
from db.rows import records
from db.rows.records import Edit
from pages.shared.shell.markdown import escape_markdown


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    return new_office(tmp_path / "palette.db")


def given_person(db, **values) -> int:
    given = {"last_name": "Zola", "first_name": "Anne", "gender": "woman", **values}
    return records.save(db, db.tables["person"], Edit(given), "test").row_id


def _form_of(table, row_id, fixed):
    import streamlit as st

    from db.storage.connection import thread_office
    from pages.shared.form.form import edit_form

    db = thread_office()
    ended = edit_form(db, db.tables[table], "f", row_id, fixed)
    if ended and ended.row_id is None:
        st.rerun()
    if ended:
        st.success("saved")


def open_form(table: str, row_id: int | None = None, **fixed) -> AppTest:
    return AppTest.from_function(_form_of, default_timeout=90, args=(table, row_id, fixed)).run()


def save(form: AppTest) -> AppTest:
    return form.button(key="f:save").click().run()


def saved(form: AppTest) -> bool:
    return bool(form.success) and form.success[-1].value == "saved"


def widgets(form: AppTest) -> dict[str, Any]:
    kinds = (form.text_input, form.text_area, form.selectbox, form.multiselect, form.segmented_control)
    return {widget.key.removeprefix("f:"): widget for kind in kinds for widget in kind if widget.key}


@pytest.mark.parametrize("name", TABLES)
def test_every_field_of_every_table_has_a_widget_with_its_label_and_help(office, name):
    form = open_form(name)

    assert not form.exception
    found = widgets(form)
    for field in [field for field in TABLES[name].fields if not (field.set_later or field.measured)]:
        assert found[field.name].label.removesuffix(" *") == field.label
        assert found[field.name].label.endswith(" *") == field.required
        assert found[field.name].help == escape_markdown(field.help)


def test_a_new_row_is_saved_as_typed(office):
    form = open_form("person")
    for name, text in {
        "last_name": "Élan",
        "first_name": "Zoé",
        "birth_date": "6/3/1980",
        "phone": "05 36 49 00 01",
    }.items():
        form.text_input(key=f"f:{name}").input(text)
    form.selectbox(key="f:gender").select("woman")
    form.segmented_control(key="f:licence").select(1)

    assert saved(save(form))
    values = records.get(office, office.tables["person"], 1).values
    assert (values["last_name"], values["birth_date"], values["phone"]) == ("Élan", "1980-03-06", "+33536490001")
    assert (values["gender"], values["licence"], values["vehicle"]) == ("woman", 1, None)


def test_an_error_is_shown_below_its_field_and_nothing_is_lost_or_saved(office):
    form = open_form("person")
    form.text_input(key="f:last_name").input("Élan")
    form.text_input(key="f:birth_date").input("31/02/1980")

    form = save(form)

    said = [mark.value for mark in form.markdown if "material/error" in mark.value]
    assert any("« 31/02/1980 » n’est pas une date" in text for text in said)
    assert any("Ce champ est obligatoire" in text for text in said)
    assert "À corriger : Prénom, Date de naissance, Genre." in form.error[0].value
    assert form.text_input(key="f:birth_date").value == "31/02/1980"
    assert records.count(office, office.tables["person"], records.Query()) == 0


def test_the_error_of_a_field_goes_once_the_field_is_changed(office):
    form = save(open_form("person"))
    assert "À corriger : Nom, Prénom, Genre." in form.error[0].value

    form.text_input(key="f:first_name").input("Zoé").run()

    assert "À corriger : Nom, Genre." in form.error[0].value
    assert sum("Ce champ est obligatoire" in mark.value for mark in form.markdown) == 2


def test_what_happens_to_a_row_later_is_not_asked_when_it_is_made(office):
    later = {field.name for field in TABLES["person"].fields if field.set_later}
    assert later

    assert not later & widgets(open_form("person")).keys()
    assert later <= widgets(open_form("person", given_person(office))).keys()


def test_a_stored_value_that_could_not_be_typed_today_does_not_keep_the_rest_from_being_saved(office):
    person = given_person(office)
    office.execute("UPDATE person SET phone = '0700000000' WHERE id = ?", (person,))
    form = open_form("person", person)
    form.text_input(key="f:town").input("Cahors")

    assert saved(save(form))
    values = records.get(office, office.tables["person"], person).values
    assert (values["town"], values["phone"]) == ("Cahors", "0700000000")


def test_an_aid_shows_what_is_left_and_is_refused_above_the_ceiling(office):
    person = given_person(office)
    records.save(
        office,
        office.tables["aid"],
        Edit({"person_id": person, "type": "training", "granted": 800_00, "decision": "granted"}),
        "test",
    )
    form = open_form("aid", person_id=person)
    form.selectbox(key="f:type").select("mobility")
    form.selectbox(key="f:decision").select("granted")
    form.text_input(key="f:granted").input("60,00").run()
    assert "il reste **40\u00a0€**" in form.info[0].value

    form.text_input(key="f:granted").input("160").run()
    assert "dépassé de **60\u00a0€**" in form.error[0].value
    form = save(form)

    assert not saved(form)
    assert any("e plafond de 900\u00a0€ serait dépassé" in mark.value for mark in form.markdown)
    assert records.count(office, office.tables["aid"], records.Query()) == 1
    form.text_area(key="f:override_reason").input("Accord du chef de service")
    assert saved(save(form))


def test_an_orientation_shows_its_verdict_and_reasons_while_it_is_typed(office):
    person = given_person(office, birth_date="1960-01-01")

    form = open_form("orientation", person_id=person)
    assert "Artiste âgé de 60 ans et plus" in form.warning[0].value
    form.text_input(key="f:requested_on").input("01/01/2019").run()
    assert not form.success
    assert "**3 questions sans réponse**\n- Accompagnée par ailleurs\n- Mobilité nécessaire\n- Emploi alimentaire" in (
        form.info[0].value
    )
    form.segmented_control(key="f:accompanied_elsewhere").select(0)
    form.segmented_control(key="f:needs_mobility").select(1)
    form.segmented_control(key="f:food_job").select(0).run()
    asked = "**2 questions sans réponse**\n- Permis (fiche de la personne)\n- Véhicule (fiche de la personne)"
    assert asked in form.info[0].value
    form.segmented_control(key="f:needs_mobility").select(0).run()

    assert "orientée vers la CIPA" in form.success[0].value


def test_duties_follow_the_benefit_until_somebody_says_otherwise(office):
    person = given_person(office)
    form = open_form("benefit", person_id=person)
    duties = "f:subject_to_duties"

    form.selectbox(key="f:kind").select("rsa_prime").run()
    assert form.segmented_control(key=duties).value == 1
    form.selectbox(key="f:kind").select("prime").run()
    assert form.segmented_control(key=duties).value == 0
    form.segmented_control(key=duties).select(1).run()
    form.selectbox(key="f:kind").select("none").run()
    assert form.segmented_control(key=duties).value == 1  # said by hand: it stays

    assert saved(save(form))
    assert records.get(office, office.tables["benefit"], 1).values["subject_to_duties"] == 1


@pytest.mark.parametrize(
    ("requested", "left"),
    [("250", "il resterait **150\u00a0€** si les 250\u00a0€"), ("500", "dépassé de **100\u00a0€** si les 500\u00a0€")],
)
def test_an_aid_asked_for_says_what_would_be_left_if_it_were_granted_in_full(office, requested, left):
    person = given_person(office)
    given = {"person_id": person, "type": "training", "decision": "granted", "granted": 500_00}
    records.save(office, office.tables["aid"], Edit(given), "test")
    form = open_form("aid", person_id=person)

    form.text_input(key="f:requested").input(requested).run()

    shown = [message.value for message in (*form.info, *form.warning)]
    assert any(f"{left} demandés étaient accordés en entier" in text for text in shown)


def test_an_unchanged_field_does_not_overwrite_a_colleagues_value(office):
    person = given_person(office)
    form = open_form("person", person)
    records.save(office, office.tables["person"], Edit({"town": "Figeac"}, person, 1), "Une collègue")

    form.text_input(key="f:craft").input("relieuse")

    assert saved(save(form))
    values = records.get(office, office.tables["person"], person).values
    assert (values["town"], values["craft"]) == ("Figeac", "relieuse")


@pytest.mark.parametrize(("choice", "town"), [("f:mine", "Cahors"), ("f:theirs", "Figeac")])
def test_two_people_on_the_same_field_see_both_values_and_choose(office, choice, town):
    person = given_person(office)
    form = open_form("person", person)
    records.save(office, office.tables["person"], Edit({"town": "Figeac"}, person, 1), "Une collègue")
    form.text_input(key="f:town").input("Cahors")

    form = save(form)

    assert "Une collègue a modifié" in form.warning[0].value
    assert "« Figeac » dans le fichier, « Cahors » chez vous" in form.warning[0].value
    assert records.get(office, office.tables["person"], person).values["town"] == "Figeac"  # nothing overwritten
    form.button(key=choice).click().run()
    assert records.get(office, office.tables["person"], person).values["town"] == town


def test_a_row_deleted_meanwhile_shows_a_message(office):
    person = given_person(office)
    form = open_form("person", person)
    records.delete(office, office.tables["person"], {person: 1}, "Une collègue")
    form.text_input(key="f:town").input("Cahors")

    form = save(form)

    assert not form.exception
    assert "supprimée entre-temps" in form.error[0].value


def test_the_form_of_a_row_that_is_gone_can_be_closed(office):
    person = given_person(office)
    records.delete(office, office.tables["person"], {person: 1}, "Une collègue")

    form = open_form("person", person)

    assert "a été supprimée" in form.warning[0].value
    assert [button.label for button in form.button] == ["Fermer"]


def _panel_page():
    import streamlit as st

    from pages.shared.form import side_panel

    for row_id in (None, 1):
        if st.button("Ouvrir", key=f"open:{row_id}"):
            side_panel.open_row("grid", "person", row_id)
    side_panel.show("grid", lambda row_id, step: None)


def test_the_panel_beside_a_grid_goes_from_form_to_form_in_runs_of_the_whole_page(office):
    # In the browser these are runs of the grid or of the panel alone; Streamlit may join one with a run of the page.
    given_person(office, town="Cahors")
    page = AppTest.from_function(_panel_page, default_timeout=90).run()
    names = lambda: {box.key for box in page.text_input if str(box.key).endswith(":town")}  # noqa: E731

    page.button(key="open:None").click().run()
    assert names() == {"form:person:None_1:town"}
    page.text_input(key="form:person:None_1:town").input("Figeac")
    page.button(key="open:1").click().run()
    assert "n’est pas enregistré" in page.warning[0].value
    page.button(key="form:person:None:give-up").click().run()
    assert page.text_input(key="form:person:1_1:town").value == "Cahors"
    page.button(key="side_panel:close").click().run()

    assert names() == set()
    assert not page.exception


def test_overlapping_rights_show_which_rule_refuses_them(office):
    person = given_person(office)
    rights = {"person_id": person, "kind": "rsa", "subject_to_duties": 1, "starts_on": "2024-01-01"}
    records.save(office, office.tables["benefit"], Edit(rights), "test")
    form = open_form("benefit", person_id=person)
    form.selectbox(key="f:kind").select("prime")

    form = save(form)

    assert any("ne autre situation de droits couvre déjà ces jours" in mark.value for mark in form.markdown)
    assert records.count(office, office.tables["benefit"], records.Query()) == 1


def test_long_texts_are_edited_in_text_areas(office):
    form = open_form("diagnostic")

    areas = {area.key for area in form.text_area}
    long = {f"f:{field.name}" for field in TABLES["diagnostic"].fields if isinstance(field.type, LongText)}
    assert areas == long
    assert not any(isinstance(field.type, References) for field in TABLES["diagnostic"].fields)


def test_the_chosen_values_stay_chosen_during_another_search(office, monkeypatch):
    anne, paul = given_person(office), given_person(office, last_name="Verlaine", first_name="Paul")
    monkeypatch.setattr("pages.shared.form.widgets._LISTED", 1)
    form = open_form("project")
    form.text_input(key="f:name").input("Exposition")
    form.text_input(key="f:participants:find").input("zola").run()
    form.multiselect(key="f:participants").select(anne).run()
    form.text_input(key="f:participants:find").input("verlaine").run()
    form.multiselect(key="f:participants").select(paul)

    assert saved(save(form))
    assert records.get(office, office.tables["project"], 1).values["participants"] == (anne, paul)


def test_the_person_of_a_row_stays_chosen_during_another_search(office, monkeypatch):
    anne = given_person(office)
    given_person(office, last_name="Verlaine", first_name="Paul")
    monkeypatch.setattr("pages.shared.form.widgets._LISTED", 1)
    form = open_form("orientation")
    form.text_input(key="f:person_id:find").input("zola").run()
    form.selectbox(key="f:person_id").select(anne).run()
    form.text_input(key="f:person_id:find").input("verlaine").run()

    assert saved(save(form))
    assert records.get(office, office.tables["orientation"], 1).values["person_id"] == anne


@pytest.mark.parametrize("stopped_in", ["_buttons", "queue_toast"])
def test_a_form_is_saved_once_when_another_message_stops_the_run(office, stopped_in):
    form = open_form("partner")
    form.text_input(key="f:name").input("Maison des arts")
    with pytest.MonkeyPatch.context() as patch:

        def stop(*_args, **_named):
            patch.undo()
            raise RerunException(RerunData())

        patch.setattr(f"pages.shared.form.form.{stopped_in}", stop)
        save(form)

    assert saved(form)
    assert office.dicts("SELECT name FROM partner") == [{"name": "Maison des arts"}]
