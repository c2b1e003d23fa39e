"""What a crash interrupted is finished or cleared away when the server starts: nobody erased is back, no copy is left.

A child process does the work and kills itself at one point of it; then the server's start runs in this process.
"""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from db.__main__ import cli
from db.backup import create, restore
from db.base import folders, locks
from db.base.errors import StorageError
from db.people import erasure
from db.storage import connection
from db.storage.integrity import check
from server import lifespan
from tests.coroutines import run
from tests.db.factories import drop_rules, insert_person

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
NAME = "Zorglubescu"


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    for name in ("PALETTE_BACKUPS", "PALETTE_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "palette.db"


@pytest.fixture
def persons(path, new_office):
    """The numbers of sixty persons, beside one who stays."""
    with closing(new_office(path)) as db:
        insert_person(db, last_name="Reste")
        return [insert_person(db, last_name=f"{NAME} {number}") for number in range(60)]


def start_server():
    """Run what the server does as it starts and stops."""

    async def start_and_stop():
        async with lifespan.span(None):
            pass

    run(start_and_stop())


BEGINS = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from db.backup import create, restore
from db.base import atomic_files, folders
from db.people import erasure
from db.storage import connection, upgrade
path = Path(sys.argv[1])
end = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


def run_until_killed(program: str, *words: object) -> None:
    command = [sys.executable, "-c", BEGINS + program, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


def raw_bytes(folder: Path, *spared: Path) -> bytes:
    files = (one for one in folder.rglob("*") if one.is_file() and one not in spared)
    return b"".join(one.read_bytes() for one in files)


def last_names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {row[0] for row in raw.execute("SELECT last_name FROM person")}


# ---- erased is erased

RESTORED = """
old = Path.replace
Path.replace = lambda self, to: (old(self, to), end() if to == path else None)
restore.restore_backup(Path(sys.argv[2]), path)
"""


def test_a_restoration_that_is_killed_after_the_exchange_brings_nobody_back(path, persons):
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    with closing(connection.open_file(path)) as db:
        erasure.erase(db, persons, "Ada")

    run_until_killed(RESTORED, path, backup)

    assert last_names(path) == {"Reste"}
    assert NAME.encode() not in path.read_bytes()
    assert NAME.encode() in backup.read_bytes(), "the control"
    assert check(connection.open_file(path)) == []


def test_a_restoration_that_is_killed_before_the_exchange_keeps_what_was_only_in_the_log(path, persons):
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    log = "connection.open_file(path).execute('UPDATE person SET last_name = 1, version = version + 1')\nend()"
    run_until_killed(log, path)

    run_until_killed("Path.replace = end\nrestore.restore_backup(Path(sys.argv[2]), path)", path, backup)

    assert last_names(path) == {"1"}


def test_a_copy_put_in_place_by_hand_brings_nobody_back_once_the_server_starts(path, persons):
    copy = path.with_name("copie.db")
    with closing(sqlite3.connect(path)) as raw, closing(sqlite3.connect(copy)) as target:
        raw.backup(target)
    with closing(connection.open_file(path)) as db:
        erasure.erase(db, persons, "Ada")
    copy.replace(path)
    assert len(last_names(path)) == 61
    told = CliRunner().invoke(cli, ["check", str(path)])
    assert (told.exit_code, told.stdout[:51]) == (1, "Des personnes effacées sont dans le fichier (n° 2, ")

    start_server()

    assert last_names(path) == {"Reste"}
    assert NAME.encode() not in raw_bytes(path.parent)


ERASED = """
def kill_at_third(db, person, who, old=erasure._erase):
    old(db, person, who)
    if person == 4:
        end()
{}
erasure.erase(connection.open_file(path), range(2, 62), "Ada")
"""
MOMENTS = {
    "within the transaction": "erasure._erase = kill_at_third",
    "after the commit": "erasure.connection.forget = end",
    "after the file was rewritten": "os.replace = Path.replace = end",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_erasure_that_is_killed_is_finished_at_the_next_start(path, persons, moment):
    run_until_killed(ERASED.format(MOMENTS[moment]), path)
    register = folders.backup_folder(path) / "effacements.csv"
    assert [line.split(";")[0] for line in register.read_text().splitlines()[1:]] == [""] * 60
    if moment == "within the transaction":
        assert len(last_names(path)) == 61, "the register says sixty, and they are all there"

    start_server()

    lines = [line.split(";") for line in register.read_text().splitlines()[1:]]
    assert [(who, int(number)) for _, who, number, _ in lines] == [("Ada", number) for number in persons]
    assert all(datetime.fromisoformat(at).tzinfo for at, *_ in lines)
    assert last_names(path) == {"Reste"}
    assert NAME.encode() not in raw_bytes(path.parent)
    with closing(connection.open_file(path)) as db:
        assert check(db) == []


# ---- no copy is left

INTERRUPTED = {
    "a backup, while copying": "create._leave_out = end\ncreate.make_backup(path, folders.backup_folder(path), NOW)",
    "a backup, while storing": "Path.replace = end\ncreate.make_backup(path, folders.backup_folder(path), NOW)",
    "a restoration, while reading": "restore._put = end\nrestore.restore_backup(Path(sys.argv[2]), path)",
    "a restoration, before the exchange": (
        "restore._without_log = end\nrestore.restore_backup(Path(sys.argv[2]), path)"
    ),
    "a restoration, without second names": (
        "atomic_files.sync = lambda file: end() if 'rempla' in file.name else None\n"
        "def refuse(*_): raise OSError\nos.link = refuse\nrestore.restore_backup(Path(sys.argv[2]), path)"
    ),
    "an upgrade": "atomic_files.sync = end\nconnection.open_file(path)",
}


@pytest.mark.parametrize("what", INTERRUPTED)
def test_no_copy_is_left_once_the_server_has_started(path, persons, what, monkeypatch):
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    with closing(connection.open_file(path)) as db:
        drop_rules(db)  # so that the next opening upgrades the file
    before = {one for one in path.parent.rglob("*") if one.is_file()}
    run_until_killed(f"NOW = datetime(2026, 11, 25, tzinfo=UTC)\n{INTERRUPTED[what]}", path, backup)
    left = [one for one in path.parent.rglob("*") if one.is_file() and one not in before and one.suffix != ".lock"]
    assert any(NAME.encode() in one.read_bytes() for one in left), "the control: a copy is left"
    assert {one.name: oct(one.stat().st_mode & 0o077) for one in left if one.stat().st_mode & 0o077} == {}
    monkeypatch.setenv("PALETTE_BACKUP_KEY", "not a key")

    start_server()

    assert [one.name for one in left if one.exists() and NAME.encode() in one.read_bytes()] == []
    assert len(last_names(path)) == 61


def erase_somebody(db, path):
    erasure.erase(db, [2], "Ada")


def sweep_file(db, path):
    erasure.sweep(db)


def make_backup_with_wrong_key(db, path):
    with pytest.raises(StorageError, match="n’est pas une clé publique"):
        create.make_backup(path, folders.backup_folder(path), NOW, "not a key")


def restore_nothing(db, path):
    with pytest.raises(StorageError, match="n’est pas une sauvegarde"):
        restore.restore_backup(Path(__file__), path)


@pytest.mark.parametrize("work", [erase_somebody, sweep_file, make_backup_with_wrong_key, restore_nothing])
def test_no_copy_is_left_before_other_work_on_the_file(path, persons, work):
    copy = path.parent / "palette-copie-x.part" / "copy.db"
    backup = folders.backup_folder(path) / "palette-2026-11-24T0215.db.part"
    status = folders.backup_folder(path) / "dernière.json.part"
    for left in (copy, backup, status, path.with_name("palette-avant-20261124-021500.db.part-journal")):
        left.parent.mkdir(exist_ok=True)
        left.write_text(NAME)

    with closing(connection.open_file(path)) as db:
        work(db, path)

    assert [one.name for one in path.parent.rglob("*.part*")] == []


def test_a_copy_that_is_under_way_is_left_alone(path, persons):
    copy = path.parent / "palette-copie-x.part" / "copy.db"
    copy.parent.mkdir()
    copy.write_text(NAME)

    with locks.one_copy_at_a_time(path), closing(connection.open_file(path)) as db:
        erasure.sweep(db)
        assert copy.exists()
