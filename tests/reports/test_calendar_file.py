"""Appointments as iCalendar: read by a calendar library and by a CalDAV client, without a name."""

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import caldav
import pytest
import vobject
from click.testing import CliRunner

from db.rows import records
from reports import calendar_file
from reports.__main__ import cli
from tests.conftest import free_port
from tests.db.factories import insert, insert_person

TODAY = "2026-11-24"
AUTUMN, SPRING = "2026-10-25", "2027-03-28"
"""Days on which the hour changes."""


@pytest.fixture
def agenda(db):
    """An office with appointments around both changes of hour, of two colleagues."""
    person = insert_person(db, first_name="Zoé", last_name="Zorglub")

    def plan(day, clock, agent="cipa", state="planned", way="workshop"):
        return insert(
            db, "appointment", person_id=person, planned_on=day, starts_at=clock, minutes=45, way=way, state=state,
            agent=agent, purpose="Chez Zorglub", place="3 rue de Zorglub", note="Zorglub",
        )  # fmt: skip

    return {
        "autumn": plan(AUTUMN, "09:00"),
        "spring": plan(SPRING, "09:00", state="confirmed", way="phone"),
        "missed": plan("2026-11-20", "14:30", state="absent"),
        "old": plan("2026-10-23", "09:00"),
        "other": plan(AUTUMN, "11:00", agent="colleague"),
    }


def events(content):
    """Return uid -> event, read by a library that Palette does not write with."""
    calendar = vobject.readOne(content.decode())
    return {event.uid.value: event for event in calendar.vevent_list}


def test_a_calendar_library_reads_the_moments_through_both_changes_of_hour(db, agenda):
    read = events(calendar_file.calendar_bytes(db, "cipa", TODAY))

    wanted = {"autumn": "2026-10-25T08:00", "spring": "2027-03-28T07:00", "missed": "2026-11-20T13:30"}
    uids = {name: f"rendez-vous-{agenda[name]}@palette" for name in wanted}
    assert set(read) == set(uids.values()), "a month back, and of this colleague alone"
    for name, moment in wanted.items():
        start = read[uids[name]].dtstart.value
        assert start.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC), name
        assert read[uids[name]].duration.value.total_seconds() == 45 * 60
    states = {name: read[uid].status.value for name, uid in uids.items()}
    assert states == {"autumn": "TENTATIVE", "spring": "CONFIRMED", "missed": "CANCELLED"}
    assert read[uids["spring"]].location.value == "Téléphone"


def test_no_name_and_nothing_typed_is_in_a_calendar(db, agenda):
    content = calendar_file.calendar_bytes(db, "cipa", TODAY).decode()

    assert "Zorglub" not in content
    assert "Zoé" not in content
    assert "Rendez-vous Z.\u00a0Z." in content
    setting = records.get(db, db.tables["setting"], 1)
    records.save(db, db.tables["setting"], records.Edit({"calendar_name": "number"}, 1, setting.version), "Ada")
    assert "Rendez-vous n°\u00a0" in calendar_file.calendar_bytes(db, "cipa", TODAY).decode()


def test_a_change_makes_a_newer_version_of_the_event(db, agenda):
    before = events(calendar_file.appointment_bytes(db, agenda["spring"]))
    read = records.get(db, db.tables["appointment"], agenda["spring"])
    records.save(db, db.tables["appointment"], records.Edit({"starts_at": "10h"}, read.id, read.version), "Ada")

    after = events(calendar_file.appointment_bytes(db, agenda["spring"]))

    (old,), (new,) = before.values(), after.values()
    assert int(new.sequence.value) > int(old.sequence.value)
    assert (new.dtstart.value.hour, old.dtstart.value.hour) == (10, 9)


def test_an_agenda_without_any_appointment_is_still_a_calendar(db):
    assert calendar_file.calendar_bytes(db, "cipa", TODAY).startswith(b"BEGIN:VCALENDAR")


def test_the_command_line_writes_the_agenda_of_a_colleague(db, path, agenda, tmp_path):
    def write(who, name):
        return CliRunner().invoke(cli, ["agenda", str(path), "--who", who, "--to", str(tmp_path / name)])

    done = write("La CIPA", "agenda.ics")
    assert (done.exit_code, done.exception) == (0, None)
    assert len(events((tmp_path / "agenda.ics").read_bytes())) >= 2
    refused = write("La CIPB", "other.ics")
    assert refused.exit_code == 2
    assert "La CIPA" in refused.output, "who there is"
    assert write("La CIPA", "agenda.txt").exit_code == 2
    assert not (tmp_path / "other.ics").exists()


@pytest.fixture
def caldav_server(tmp_path):
    """The address of a Radicale server of its own."""
    port = free_port()
    options = ["--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--logging-level", "error"]
    storage = ["--storage-filesystem-folder", str(tmp_path / "radicale")]
    process = subprocess.Popen([sys.executable, "-m", "radicale", *options, *storage])
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(address).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def test_a_caldav_client_finds_the_appointments_of_a_day(db, agenda, caldav_server):
    content = calendar_file.calendar_bytes(db, "cipa", TODAY).decode()
    (zone,) = re.findall(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", content, re.DOTALL)
    with caldav.DAVClient(caldav_server, username="cipa", password="x") as client:
        calendar = client.principal().make_calendar("Palette")
        for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT\r\n", content, re.DOTALL):
            calendar.save_event(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{zone}{event}END:VCALENDAR\r\n")

        day = [datetime(2027, 3, 28, hour, tzinfo=UTC) for hour in (0, 23)]
        found = calendar.search(start=day[0], end=day[1], event=True)

    assert [event.icalendar_component["uid"] for event in found] == [f"rendez-vous-{agenda['spring']}@palette"]
