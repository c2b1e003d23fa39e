"""Backups: consistent while others write, verified, never partial; and their status."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.accounts import accounts
from db.backup import catalogue, create, restore, status
from db.base import atomic_files, folders
from db.base.errors import NotFoundError, StorageError
from db.model.office import Office
from db.rows import records, transactions
from db.storage import connection
from db.storage.integrity import check
from tests.conftest import let_in
from tests.db.factories import drop_rules, insert_benefit, insert_person

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def paris(monkeypatch):
    for name in ("PALETTE_BACKUPS", "PALETTE_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def folder(path):
    return folders.backup_folder(path)


def start_child(program: str, *words: object, **options: object) -> subprocess.Popen[str]:
    """Start a Python process that runs this program after the common imports."""
    begins = "import os, sys, time\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
    begins += "from db.backup import create, status\nfrom db.base import atomic_files\n"
    begins += "path, folder = Path(sys.argv[1]), Path(sys.argv[2])\n"
    before = options.pop("before", [])
    command = [*before, sys.executable, "-c", begins + program, *map(str, words)]  # type: ignore[misc]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


MAKE = """
try:
    create.make_backup(path, folder, datetime(2026, 11, 25, tzinfo=UTC), *sys.argv[3:4])
except Exception as error:
    print(type(error).__name__)
print(status.state(folder, datetime(2026, 11, 25, tzinfo=UTC)).sentence)
"""


def read_rows(file: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute(sql, values).fetchall()


def file_names(folder: Path) -> list[str]:
    return sorted(found.name for found in folder.iterdir())


# ---- one backup

WRITERS = """
from db.rows import records
from db.rows.transactions import writing
from db.storage import connection
db = connection.open_file(path)
turn, person, step = 0, int(sys.argv[3]), int(sys.argv[4])
while True:
    turn += 1
    with writing(db):
        records.write(db, db.tables["person"], person, {"town": str(turn)}, "Ada")
        time.sleep(0.001)
        records.write(db, db.tables["intervention"], step, {"note": str(turn)}, "Ada")
    print(turn, flush=True)
    time.sleep(0.005)
"""


@pytest.mark.parametrize("journal", ["fresh", "long"])
def test_a_backup_made_while_people_write_is_one_moment(db, path, folder, tmp_path, monkeypatch, journal):
    monkeypatch.setattr(create, "_PAGES", 20)
    pairs = [insert_pair(db) for _ in range(3)]
    if journal == "fresh":
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    writers = [start_child(WRITERS, path, folder, *pair) for pair in pairs]
    for writer in writers:
        assert writer.stdout
        writer.stdout.readline()
    before = last_history_id(path)

    made = create.make_backup(path, folder, NOW)

    after = last_history_id(path)
    for writer in writers:
        writer.kill()
        writer.communicate()
    restored = tmp_path / "elsewhere" / "palette.db"
    restore.restore_backup(made, restored)
    last = last_history_id(made)
    assert before <= last < after  # they wrote before, and went on meanwhile
    for person, step in pairs:
        said = "SELECT p.town, i.note FROM person p, intervention i WHERE (p.id, i.id) = (?, ?)"
        ((town, note),) = read_rows(made, said, person, step)
        assert town == note == town_as_of(path, person, last)
    history = "SELECT * FROM history WHERE id <= ? ORDER BY id"
    assert read_rows(restored, history, 10**9) == read_rows(path, history, last)
    assert check(connection.open_file(restored)) == []


def test_copying_never_begins_again_however_much_is_written(db, path, tmp_path, monkeypatch):
    monkeypatch.setattr(create, "_PAGES", 2)
    person, copy = insert_person(db), tmp_path / "copy.db"
    copying = threading.Thread(target=create._copy, args=(path, copy))
    before, saves = last_history_id(path), 0

    copying.start()
    while copying.is_alive() and not copy.with_name("copy.db-journal").exists():
        time.sleep(0.001)  # the first pages are on their way
    while copying.is_alive() and saves < 2000:
        with transactions.writing(db):
            records.write(db, db.tables["person"], person, {"town": str(saves)}, "Ada")
        saves += 1
    copying.join()

    assert 2 < saves < 2000
    assert last_history_id(copy) == before


def insert_pair(db: Office) -> tuple[int, int]:
    """Insert a person and an intervention, to which a writer keeps giving equal values."""
    person = insert_person(db, town="0")
    values = {"person_id": person, "happened_on": "2024-01-01", "domain": "coaching", "note": "0"}
    step = db.execute(
        f"INSERT INTO intervention ({', '.join(values)}) VALUES (?, ?, ?, ?) RETURNING id", tuple(values.values())
    )
    return person, int(step.fetchone()[0])


def last_history_id(path: Path) -> int:
    return int(str(read_rows(path, "SELECT max(id) FROM history")[0][0]))


def town_as_of(path: Path, person: int, line: int) -> object:
    sql = """SELECT json_extract(after, '$.town') FROM history
      WHERE table_name = 'person' AND row_id = ? AND id <= ? ORDER BY id DESC LIMIT 1"""
    return read_rows(path, sql, person, line)[0][0]


def test_sessions_are_not_in_a_backup(db, path, folder):
    let_in(db, "Ada")
    accounts.invite(db, "password", 1, time.time())
    db.execute("INSERT INTO attempt VALUES (?, 3, 0)", (b"\x7fattempt-of-somebody",))
    tokens = [row[0] for row in db.execute("SELECT token FROM session UNION ALL SELECT token FROM invitation")]
    tokens += [b"\x7fattempt-of-somebody", b"signed-out-by-now" * 1000]
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("INSERT INTO session VALUES (99, ?, 1, 0, 0, '', NULL)", (tokens[-1],))
    db.execute("DELETE FROM session WHERE id = 99")  # a free page still says it
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    made = create.make_backup(path, folder, NOW)

    assert len(tokens) == 4
    assert all(token[:32] in path.read_bytes() for token in tokens)
    assert not any(token[:32] in made.read_bytes() for token in tokens)
    for table in ("session", "invitation", "attempt"):
        assert read_rows(made, f"SELECT count(*) FROM {table}") == [(0,)]
    assert read_rows(made, "SELECT name FROM account") == [("Ada",)]
    assert read_rows(made, "PRAGMA journal_mode") == [("delete",)]
    assert db.execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_names_modes_and_what_else_is_left(db, path, folder):
    made = [create.make_backup(path, folder, NOW) for _ in range(3)]

    assert [one.name for one in made] == [f"palette-2026-11-24T0215{turn}.db" for turn in ("", "-2", "-3")]
    assert [one.path for one in catalogue.backups_in(folder)] == made
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {found.stat().st_mode & 0o777 for found in folder.iterdir()} == {0o600}
    assert file_names(folder) == sorted(
        ["dernière.json", "sceaux.csv", *(one.name + end for one in made for end in ("", ".sha256"))]
    )
    subprocess.run(["sha256sum", "-c", made[0].name + ".sha256"], cwd=folder, check=True, capture_output=True)
    assert not list(path.parent.glob("*.part"))
    folder.chmod(0o755)
    create.make_backup(path, folder, NOW)
    assert folder.stat().st_mode & 0o777 == 0o755  # it may be anybody's: --to /tmp


def test_the_state_says_when_how_large_and_whether_encrypted(db, path, folder):
    assert status.state(folder, NOW) == status.State(False, "Aucune sauvegarde encore.", 0)
    made = create.make_backup(path, folder, NOW)
    size = f"{made.stat().st_size / 1e6:.1f} Mo".replace(".", ",")

    told = status.state(folder, NOW)

    assert told.good
    assert told.count == 1
    assert told.sentence.startswith(f"Dernière sauvegarde : 24/11/2026 à 03:15 ({size}")
    assert told.sentence.endswith(", non chiffrée), vérifiée.")
    key = atomic_files.new_identity(path.with_name("clé"))
    assert create.make_backup(path, folder, NOW, key).name == "palette-2026-11-24T0215-2.db.age"
    assert status.state(folder, NOW).sentence.endswith(", chiffrée), vérifiée.")
    assert status.state(folder, NOW).count == 2


@pytest.mark.parametrize(
    ("later", "good", "words"),
    [
        (36, True, "Dernière sauvegarde : 24/11/2026 à 03:15"),
        (37, False, "Aucune sauvegarde depuis le 24/11/2026 à 03:15."),
        (-1, True, "Dernière sauvegarde"),
        (-2, False, "L’horloge du serveur a reculé : la dernière sauvegarde est datée du 24/11/2026 à 03:15."),
    ],
)
def test_the_state_looks_at_the_clock(db, path, folder, later, good, words):
    create.make_backup(path, folder, NOW)

    told = status.state(folder, NOW + timedelta(hours=later))

    assert (told.good, told.sentence[: len(words)]) == (good, words)


def test_the_state_without_its_file_or_without_the_backup(db, path, folder):
    older, newer = (create.make_backup(path, folder, NOW - DAY * ago) for ago in (1, 0))
    newer.unlink()
    assert "23/11/2026 à 03:15" in status.state(folder, NOW).sentence
    for text in ("", "[]", '{"success": {"at": 3}}', '{"failed": true}'):
        (folder / "dernière.json").write_text(text)
        assert "23/11/2026 à 03:15" in status.state(folder, NOW).sentence
    older.unlink()
    assert not status.state(folder, NOW).good


def test_a_failure_is_told_until_the_next_success(db, path, folder):
    create.make_backup(path, folder, NOW - DAY)

    with pytest.raises(StorageError, match="^La sauvegarde a échoué : la clé de chiffrement"):
        create.make_backup(path, folder, NOW, "age1-pas-une-clé")

    told = status.state(folder, NOW)
    assert not told.good
    assert told.sentence.startswith("La dernière sauvegarde a échoué le 24/11/2026 à 03:15 : la clé de chiffrement")
    assert told.sentence.endswith("La dernière réussie date du 23/11/2026 à 03:15.")
    assert told.count == 1
    create.make_backup(path, folder, NOW - DAY * 2)  # the clock went back meanwhile
    assert status.state(folder, NOW - DAY * 2).good


def test_without_an_office_file_no_backup_is_made(path, folder):
    with pytest.raises(NotFoundError):
        create.make_backup(path, folder, NOW)

    assert not path.exists()
    assert not folder.exists()


def disagreeing_reference(db):
    drop_rules(db)
    db.execute("PRAGMA foreign_keys = OFF")
    insert_benefit(db, 999, "rsa", "2020-01-01")


def damaged_page(db):
    insert_person(db)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(db.execute("PRAGMA database_list").fetchone()[2])
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'history_by_row'").fetchone()[0]
    with file.open("r+b") as raw:
        raw.seek((page - 1) * 4096)
        raw.write(b"\xff" * 4096)


@pytest.mark.parametrize(
    ("spoil", "words"), [(disagreeing_reference, "une ligne de « benefit » renvoie"), (damaged_page, "abîmé")]
)
def test_what_is_not_sound_is_no_backup(db, path, folder, spoil, words):
    earlier = create.make_backup(path, folder, NOW - DAY)
    spoil(db)
    db.close()

    with pytest.raises(StorageError, match=words):
        create.make_backup(path, folder, NOW)

    assert words in status.state(folder, NOW).sentence
    assert [one.path for one in catalogue.backups_in(folder)] == [earlier]
    assert not list(path.parent.rglob("*.part"))


def test_a_disk_that_loses_writes_is_detected(db, path, folder, monkeypatch):
    def forgetful(file: Path) -> None:
        if file.name.endswith(".db.part"):
            file.write_bytes(file.read_bytes()[:-1] + b"?")

    monkeypatch.setattr(atomic_files, "sync", forgetful)

    with pytest.raises(StorageError, match="pas gardé"):
        create.make_backup(path, folder, NOW)

    assert file_names(folder) == ["dernière.json"]


LIMITED = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()),) * 2)\n"


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing(db, path, folder, encrypted):
    earlier = create.make_backup(path, folder, NOW)
    size = earlier.stat().st_size
    key = [atomic_files.new_identity(path.with_name("clé"))] if encrypted else []
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    limit = size if encrypted else 100_000  # encrypted it is a little larger: the very last file does not fit

    child = start_child(LIMITED + MAKE, path, folder, *key, limit)

    kind, told, *_ = child.communicate()[0].splitlines()
    assert (kind, "plein" in told) == ("StorageError", True)
    assert told.endswith("La dernière réussie date du 24/11/2026 à 03:15.")
    assert ("le disque est plein" in told) == encrypted
    assert file_names(folder) == sorted([earlier.name, earlier.name + ".sha256", "dernière.json", "sceaux.csv"])
    assert not list(path.parent.glob("*.part"))
    assert not status.state(folder, NOW).good


def test_a_disk_that_is_nearly_full_is_told_before_it_is_full(db, path, folder, monkeypatch):
    earlier = create.make_backup(path, folder, NOW)
    assert status.missing_room(path) == ""
    free = shutil.disk_usage(path.parent)._replace(free=50_100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)

    with pytest.raises(StorageError, match="^La sauvegarde a échoué : le disque est presque plein"):
        create.make_backup(path, folder, NOW)
    with pytest.raises(StorageError, match="^La reprise a échoué : le disque est presque plein"):
        restore.restore_backup(earlier, path)

    assert status.missing_room(path).startswith("Le disque est presque plein (il y reste 50 Mo, il en faut ")
    assert [one.path for one in catalogue.backups_in(folder)] == [earlier]


def test_a_folder_that_takes_nothing_is_told(db, path, folder):
    before = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    if before and not shutil.which("setpriv"):
        pytest.skip("root writes everywhere, and there is no setpriv to take that away")
    folder.mkdir(0o500)

    told = start_child(MAKE, path, folder, before=before).communicate()[0].splitlines()

    assert told[0] == "StorageError"
    assert "le dossier n’accepte pas qu’on y écrive" in told[1]
    assert told[1].endswith("Aucune n’a encore réussi.")
    assert file_names(folder) == []


HANGS = {
    "copying": "create._PAGES, create._PAUSE = 5, 60\n",
    "placing": "given = atomic_files.sync\n"
    "atomic_files.sync = lambda file: time.sleep(60 if file.name.endswith('.db.part') else 0)\n",
    "placed": "old = Path.replace\n"
    "Path.replace = lambda self, to: time.sleep(60 if to.suffix == '.db' else 0) or old(self, to)\n",
}

_SIGNS = {
    "copying": "palette-copie-*.part/copy.db",
    "placing": "*/palette-*.db.part",
    "placed": "*/palette-*T0000.db.sha256",
}
"""Files that exist once the child is blocked."""


@pytest.mark.parametrize("stage", HANGS)
def test_a_backup_that_is_killed_leaves_the_earlier_ones_and_is_cleared_away(db, path, folder, stage):
    earlier = create.make_backup(path, folder, NOW)
    said, digest = (folder / "dernière.json").read_text(), atomic_files.digest(earlier)
    child = start_child(HANGS[stage] + MAKE, path, folder)
    sign = _SIGNS[stage]
    until = time.monotonic() + 30
    while not list(path.parent.glob(sign)) and time.monotonic() < until:
        time.sleep(0.01)

    child.send_signal(signal.SIGKILL)
    child.communicate()

    assert list(path.parent.glob(sign))
    assert [one.path for one in catalogue.backups_in(folder)] == [earlier]
    assert ((folder / "dernière.json").read_text(), atomic_files.digest(earlier)) == (said, digest)
    later = create.make_backup(path, folder, NOW + DAY)
    assert not list(path.parent.rglob("*.part"))
    files = [f"{one.name}{end}" for one in (earlier, later) for end in ("", ".sha256")]
    assert file_names(folder) == sorted(["dernière.json", "sceaux.csv", *files])
