"""The draft of a form, without a browser: offered, resumed, in conflict with a colleague's save, or gone."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from db.model.office import Office
from db.rows import records
from db.rows.drafts import FormDrafts, FormOpening
from db.rows.records import Edit
from tests.conftest import let_in
from tests.pages.test_form import given_person, open_form, save, saved


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db)  # account 1, which tests/pages/conftest.py signs in
    return db


def drafts_of(office: Office) -> list[dict[str, Any]]:
    return [dict(draft.values) for draft in FormDrafts(office, 1).every()]


def shown(form: AppTest) -> str:
    return "\n".join(mark.value for mark in form.markdown)


def press(form: AppTest, key: str) -> AppTest:
    return form.button(key=f"f:{key}").click().run()


def test_a_draft_is_offered_with_what_it_changes_resumed_and_gone_once_saved(office):
    form = open_form("person")
    form.text_input(key="f:last_name").input("Élan").run()
    form.text_input(key="f:birth_date").input("31/02/19")
    form.selectbox(key="f:gender").select("woman")
    form.segmented_control(key="f:licence").select(1).run()

    form = open_form("person")
    assert "Brouillon du " in shown(form)
    assert "Nom : Élan" in shown(form)
    assert "Date de naissance : 31/02/19" in shown(form)
    assert not form.text_input, "the form waits for the answer"
    form = press(form, "draft:resume")

    assert form.text_input(key="f:birth_date").value == "31/02/19", "as it was typed"
    assert (form.selectbox(key="f:gender").value, form.segmented_control(key="f:licence").value) == ("woman", 1)
    form.text_input(key="f:birth_date").input("6/3/1980")
    form.text_input(key="f:first_name").input("Zoé")
    assert saved(save(form))
    values = records.get(office, office.tables["person"], 1).values
    assert (values["last_name"], values["birth_date"], values["licence"]) == ("Élan", "1980-03-06", 1)
    assert drafts_of(office) == []


def test_only_what_differs_from_the_row_is_kept(office):
    person = given_person(office, town="Cahors", craft="relieuse")
    form = open_form("person", person)
    form.text_input(key="f:town").input("Figeac").run()
    form.text_input(key="f:craft").input("doreuse").run()
    assert drafts_of(office) == [{"town": "Figeac", "craft": "doreuse"}]

    form.text_input(key="f:town").input("Cahors").run()

    assert drafts_of(office) == [{"craft": "doreuse"}]


@pytest.mark.parametrize(("field", "is_conflict"), [("town", True), ("craft", False)])
def test_a_resumed_draft_conflicts_with_what_a_colleague_saved_since_in_the_same_field(office, field, is_conflict):
    person = given_person(office)
    open_form("person", person).text_input(key="f:town").input("Cahors").run()
    records.save(office, office.tables["person"], Edit({field: "Gramat"}, person, 1), "Une collègue")

    form = save(press(open_form("person", person), "draft:resume"))

    assert saved(form) is not is_conflict
    if is_conflict:
        assert "« Gramat » dans le fichier, « Cahors » chez vous" in form.warning[0].value
        form.button(key="f:mine").click().run()
    assert records.get(office, office.tables["person"], person).values["town"] == "Cahors"
    assert drafts_of(office) == []


def test_a_draft_that_is_thrown_away_is_gone_and_the_form_opens(office):
    open_form("person").text_input(key="f:last_name").input("Élan").run()

    form = press(open_form("person"), "draft:drop")

    assert form.text_input(key="f:last_name").value == ""
    assert drafts_of(office) == []


def test_a_draft_that_the_row_says_by_now_is_not_offered(office):
    person = given_person(office)
    open_form("person", person).text_input(key="f:town").input("Cahors").run()
    records.save(office, office.tables["person"], Edit({"town": "Cahors"}, person, 1), "Une collègue")

    assert open_form("person", person).text_input(key="f:town").value == "Cahors"


def test_a_draft_of_a_deleted_row_can_be_read(office):
    person = given_person(office)
    open_form("person", person).text_area(key="f:note").input("Longue note").run()
    records.delete(office, office.tables["person"], {person: 1}, "Une collègue")

    form = open_form("person", person)

    assert "a été supprimée" in form.warning[0].value
    assert "Longue note" in shown(form)
    assert [button.label for button in form.button] == ["Jeter", "Fermer"]


def test_a_value_that_left_its_list_is_not_resumed(office):
    drafts = FormDrafts(office, 1)
    drafts.begin(FormOpening("diagnostic", None, None, {}), {"obstacles": ["gone"], "skills": "x"})

    form = press(open_form("diagnostic"), "draft:resume")

    assert not form.exception
    assert form.multiselect(key="f:obstacles").value == []
    assert form.text_area(key="f:skills").value == "x"


@pytest.mark.parametrize(("answer", "kept"), [("draft:keep", True), ("give-up", False)])
def test_cancelling_a_changed_form_asks(office, answer, kept):
    form = open_form("person")
    form.text_input(key="f:last_name").input("Élan")

    form = press(form, "cancel")

    assert form.warning[0].value == "Ce que vous avez changé n’est pas enregistré."
    assert form.text_input(key="f:last_name").value == "Élan"
    assert not press(form, "stay").warning
    press(press(form, "cancel"), answer)
    assert drafts_of(office) == [{"last_name": "Élan"}] * kept


def test_cancelling_an_unchanged_form_asks_nothing(office):
    form = press(open_form("person", given_person(office)), "cancel")

    assert not form.warning
    assert drafts_of(office) == []


def test_the_values_in_the_file_replace_a_draft_in_conflict(office):
    person = given_person(office)
    form = open_form("person", person)
    records.save(office, office.tables["person"], Edit({"town": "Figeac"}, person, 1), "Une collègue")
    form.text_input(key="f:town").input("Cahors")

    form = press(save(form), "theirs")

    assert form.text_input(key="f_1:town").value == "Figeac", "in another widget: the browser keeps what was typed"
    assert drafts_of(office) == []
