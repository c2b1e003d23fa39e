"""The agenda in the browser: a day with who came, who did not and who was put off; read by everybody at every width."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from db.accounts import calendar_addresses
from tests.conftest import let_in
from tests.pages.axe import WIDTHS, described, looks, violations
from tests.pages.spreadsheet import eventually, side_panel
from tests.pages.waiting import download, wait_until_idle

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


def write_note(page: Page, text: str = "") -> Locator:
    """Fill in the form of the meeting. Returns the form, not saved yet."""
    form = page.get_by_role("dialog")
    if text:
        note = form.get_by_role("textbox", name="Note")
        note.press("Control+End")
        note.press_sequentially(text)
        note.press("Tab")
    form.get_by_role("combobox", name="Domaine d’intervention").click()
    page.get_by_role("option", name="Coaching").click()
    return form


def save(page: Page, form: Locator) -> None:
    form.get_by_role("button", name="Enregistrer").click()
    form.filter(has_text="Enregistrer").wait_for(state="detached")
    wait_until_idle(page)


def test_two_working_days_are_written_nowhere_else(server, open_tab):
    """Nine appointments, two absences, one put off, a renewal, a letter, a note cut off by a lost session: each click
    through the real screens, and what the file holds after it. (The walk-in: test_intake.py.)"""
    db = server.open()
    yesterday = TODAY - timedelta(1)
    first, second = plan(db, "Abel", "09:00", yesterday), plan(db, "Bernard", "10:00", yesterday)
    third = plan(db, "Cocteau", "14:00", yesterday)
    came = plan(db, "Duras", "09:00", purpose="Devis du four")
    absent, moved, excused = (
        plan(db, name, clock) for name, clock in (("Ernst", "10:00"), ("Freund", "11:00"), ("Gris", "13:00"))
    )
    cut_off, renewal = plan(db, "Hugo", "14:00"), plan(db, "Ionesco", "15:00")
    artist = next(row["person_id"] for row in server.rows("appointment") if row["id"] == renewal)
    signed = {"signed_on": "2026-01-05", "starts_on": "2026-01-05", "ends_on": str(TODAY + timedelta(10))}
    contract = add(db, "cer", person_id=artist, kind="engagement", rank="first", **signed)
    page = open_tab(f"{server.address}aujourdhui", refused=True)  # a session is lost on the way

    # the day before: what was left to note
    for number, answer in ((first, "Absent"), (second, "Venu : écrire le compte rendu")):
        page.locator(f"[class*='st-key-icon-only-to_settle-{number}'] button").click()
        page.get_by_role("menuitem", name=answer).or_(page.get_by_role("option", name=answer)).click()
        expect(page.locator(f"[class*='st-key-icon-only-to_settle-{number}']")).to_have_count(0)
    save(page, write_note(page, "Trois pièces montrées."))
    page.get_by_role("dialog", name="Et ensuite ?").get_by_role("button", name="Rien pour l’instant").click()
    expect(page.get_by_text("Rendez-vous passés, suite à noter")).to_be_visible()  # the third
    page.locator(f"[class*='st-key-icon-only-to_settle-{third}'] button").click()
    page.get_by_role("menuitem", name="Excusé").or_(page.get_by_role("option", name="Excusé")).click()
    eventually(lambda: [state_of(server, one) for one in (first, second, third)], ["absent", "came", "excused"])

    # who came, with the next appointment
    page.get_by_role("button", name="Venu").first.click()
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Note")).to_have_value(
        "Prévu\u00a0: Devis du four\n\n"
    )
    save(page, write_note(page))
    then = page.get_by_role("dialog", name="Et ensuite ?")
    expect(then).to_contain_text("Aucun rendez-vous n’est prévu avec Duras Lou")
    meeting = server.rows("intervention")[-1]
    assert (meeting["appointment_id"], meeting["minutes"], meeting["kind"]) == (came, 60, "meeting")
    then.get_by_role("button", name="Prochain rendez-vous").click()
    form = page.get_by_role("dialog", name="Nouveau rendez-vous")
    form.get_by_role("textbox", name="Jour").fill(f"{TODAY + timedelta(21):%d/%m/%Y}")
    form.get_by_role("textbox", name="Heure").fill("9h30")
    save(page, form)
    following = server.rows("appointment")[-1]
    assert (following["starts_at"], following["person_id"]) == ("09:30", meeting["person_id"])

    # who did not, who said so, and the one put off to Tuesday
    choose(page, 1, "Absent")
    eventually(lambda: state_of(server, absent), "absent")
    choose(page, 3, "Excusé")
    eventually(lambda: state_of(server, excused), "excused")
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
    put_off = server.rows("appointment")[-1]
    assert put_off["planned_on"] == str(tuesday)
    expect(page.get_by_role("button", name="Freund Lou")).to_have_count(0)

    # the letter that says so
    page.goto(f"{server.address}dossier?dossier={put_off['person_id']}")
    page.get_by_role("button", name="Courrier").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Lettre").click()
    page.get_by_role("option", name="Convocation").click()
    name, content = download(page, dialog.get_by_role("button", name="PDF", exact=True).click)
    assert content.startswith(b"%PDF"), name
    eventually(lambda: [row["kind"] for row in server.rows("attachment")], ["sent_letter"])

    # a note that a lost session cuts off
    page.goto(f"{server.address}aujourdhui")
    page.get_by_role("button", name="Venu").nth(2).click()  # after those of whom it may still be said
    expect(page.get_by_role("dialog")).to_contain_text("Hugo Lou")
    write_note(page, "La commande est signée.")
    eventually(lambda: "signée" in str(db.execute("SELECT content FROM draft").fetchall()), True)
    with server.open() as raw:
        raw.execute("DELETE FROM session")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the tab
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    with server.open() as raw:
        let_in(raw)
    page.goto(f"{server.address}aujourdhui")
    page.get_by_role("button", name="Compte rendu", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Reprendre").click()
    expect(form.get_by_role("textbox", name="Note")).to_have_value("La commande est signée.")
    save(page, form)
    assert server.rows("intervention")[-1]["appointment_id"] == cut_off
    page.get_by_role("dialog", name="Et ensuite ?").get_by_role("button", name="Rien pour l’instant").click()

    # the renewal
    page.goto(f"{server.address}cer")
    page.get_by_role("button", name="Ouvrir la ligne").first.click()
    side_panel(page).get_by_role("button", name="Préparer le contrat suivant").click()
    eventually(lambda: [row["replaces_id"] for row in server.rows("cer")], [None, contract])


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
