"""The agenda in the browser: a day with who came, who did not and who was put off; read by everybody at every width."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from db.accounts import calendar_addresses
from tests.pages.axe import WIDTHS, described, looks, violations
from tests.pages.spreadsheet import eventually

pytestmark = pytest.mark.browser
TODAY = date.today()


def add(db, table: str, **values: object) -> int:
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id'
    return int(db.execute(sql, values).fetchone()[0])


def plan(db, name: str, clock: str, day: date = TODAY, **values: object) -> int:
    """Add somebody who is in diagnosis, with an appointment."""
    person = add(db, "person", last_name=name, first_name="Lou", gender="woman")
    add(db, "stage", person_id=person, kind="diagnostic", starts_on=str(TODAY))
    planned = {"planned_on": str(day), "starts_at": clock, "minutes": 60, "way": "office", "state": "planned"}
    return add(db, "appointment", person_id=person, **{**planned, "agent": "cipa", **values})


def state_of(server, number: int) -> str:
    return str(next(row for row in server.rows("appointment") if row["id"] == number)["state"])


def choose(page: Page, line: int, label: str) -> None:
    """Choose in the menu of a line of the day."""
    page.get_by_role("button", name="Autre").nth(line).click()
    page.get_by_role("menuitem", name=label).or_(page.get_by_role("option", name=label)).click()


def test_a_day_is_noted_from_the_first_who_came_to_the_one_put_off(server, open_tab):
    """Each click through the real screen, and what the file holds after it."""
    db = server.open()
    came = plan(db, "Abel", "09:00", purpose="Devis du four")
    absent, moved = plan(db, "Bernard", "10:00"), plan(db, "Cocteau", "11:00")
    page = open_tab(f"{server.address}aujourdhui")

    page.get_by_role("button", name="Venu").first.click()
    form = page.get_by_role("dialog")
    note = form.get_by_role("textbox", name="Note")
    expect(note).to_have_value("Prévu\u00a0: Devis du four\n\n")
    form.get_by_role("combobox", name="Domaine d’intervention").click()
    page.get_by_role("option", name="Coaching").click()
    form.get_by_role("button", name="Enregistrer").click()
    then = page.get_by_role("dialog", name="Et ensuite ?")
    expect(then).to_contain_text("Aucun rendez-vous n’est prévu avec Abel Lou")
    (meeting,) = server.rows("intervention")
    assert (meeting["appointment_id"], meeting["minutes"], meeting["kind"]) == (came, 60, "meeting")
    assert state_of(server, came) == "came"

    then.get_by_role("button", name="Prochain rendez-vous").click()
    form = page.get_by_role("dialog", name="Nouveau rendez-vous")
    form.get_by_role("textbox", name="Jour").fill(f"{TODAY + timedelta(21):%d/%m/%Y}")
    form.get_by_role("textbox", name="Heure").fill("9h30")
    form.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    following = server.rows("appointment")[-1]
    assert (following["starts_at"], following["person_id"]) == ("09:30", meeting["person_id"])

    choose(page, 1, "Absent")
    eventually(lambda: state_of(server, absent), "absent")
    expect(page.get_by_text("Absences sans suite")).to_be_visible()

    choose(page, 2, "Reporter…")
    dialog = page.get_by_role("dialog", name="Reporter le rendez-vous")
    dialog.get_by_role("button", name="Reporter").click()
    expect(dialog).to_contain_text("Le nouveau jour manque.")
    tuesday = TODAY + timedelta((1 - TODAY.weekday()) % 7 or 7)
    dialog.get_by_role("textbox", name="Nouveau jour").fill(f"{tuesday:%d/%m/%Y}")
    dialog.get_by_role("textbox", name="Nouveau jour").press("Tab")
    dialog.get_by_role("button", name="Reporter").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert state_of(server, moved) == "moved"
    assert server.rows("appointment")[-1]["planned_on"] == str(tuesday)
    expect(page.get_by_role("button", name="Cocteau Lou")).to_have_count(0)


def test_an_address_for_a_calendar_is_made_shown_once_and_revoked(server, open_tab):
    page = open_tab(f"{server.address}agenda")
    page.get_by_role("button", name="Dans mon agenda").click()
    page.get_by_role("button", name="Créer l’adresse").first.click()
    shown = page.locator("code", has_text=calendar_addresses.PATH)
    expect(shown).to_be_visible()
    secret = shown.inner_text().strip().rpartition("/")[2].removesuffix(".ics")
    assert calendar_addresses.agent_of(server.open(), secret) == "cipa"

    page.reload()
    page.get_by_role("button", name="Dans mon agenda").click()
    expect(page.get_by_text("par La CIPA")).to_be_visible()
    expect(shown).to_have_count(0)
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("par La CIPA")).to_have_count(0)
    assert calendar_addresses.agent_of(server.open(), secret) is None


@pytest.mark.parametrize("path", ["agenda", "aujourdhui", "dossier?dossier={}"])
def test_everybody_can_read_the_day_the_week_and_the_story(server, open_tab, path):
    db = server.open()
    plan(db, "Un-nom-tout-à-fait-interminable-de-la-Roche-Guyon", "09:00", purpose="Un objet assez long " * 8)
    plan(db, "Bernard", "09:30")
    person = server.rows("person")[0]["id"]
    path = path.format(person)
    add(db, "benefit", person_id=person, kind="rsa", subject_to_duties=1, starts_on="2024-01-01")
    add(
        db,
        "intervention",
        person_id=person,
        happened_on=str(TODAY),
        domain="coaching",
        note="Une première ligne\n- une liste",
    )
    page = open_tab(f"{server.address}{path}", bypass_csp=True)
    expect(
        page.get_by_role("button", name="Nouveau rendez-vous").or_(page.get_by_text("Dernier contact")).first
    ).to_be_visible()
    wrong = []
    for width, theme in looks(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        wrong += described(violations(page, theme), f"{path}, {width} px, {theme}")
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            wrong.append(f"{path} is wider than {width} px")
    assert wrong == []
