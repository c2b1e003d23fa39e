"""What was noted of the audit chain outside the file: another chain, a cut end and an older file are told; an honest
restoration is explained."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from db.__main__ import cli
from db.backup import create, daily, restore, status, witness
from db.base import folders
from db.rows import access_log
from db.storage import audit_chain, connection
from tests.db.factories import insert_person
from tests.db.storage.seals import execute_without_guards

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
SOUND = "Le fichier est sain."


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    for name in ("PALETTE_BACKUPS", "PALETTE_BACKUP_KEY", "PALETTE_SEALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))


@pytest.fixture
def folder(path):
    return folders.backup_folder(path)


@pytest.fixture
def copy(db, path, folder):
    """A copy of the file made before its last line, which a backup has noted since."""
    insert_person(db)
    access_log.note(db, "Ada", "export")
    copy = path.with_name("avant.db")
    with closing(sqlite3.connect(copy)) as target:
        db.backup(target)
    access_log.note(db, "Eve", "export")
    create.make_backup(path, folder, NOW)
    assert run("check", path) == (0, f"{SOUND}\n"), "the control"
    return copy


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    return done.exit_code, done.stdout


def cut_end(db, path, copy):
    cut = ["DELETE FROM seal WHERE id = (SELECT max(id) FROM seal)", "DELETE FROM trace WHERE who = 'Eve'"]
    execute_without_guards(db, *cut, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name IN ('seal', 'trace')")


def make_anew(db, path, copy):
    execute_without_guards(
        db, "UPDATE trace SET who = 'Ada' WHERE who = 'Eve'", "DELETE FROM seal", "UPDATE sqlite_sequence SET seq = 0"
    )
    db.execute("UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM history) WHERE name = 'history'")
    audit_chain.seal(db)


def roll_back(db, path, copy):
    db.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, path)


def roll_back_and_go_on(db, path, copy):
    roll_back(db, path, copy)
    with closing(connection.open_file(path)) as opened:
        for _ in range(3):
            access_log.note(opened, "Ada", "sign_in")


ATTACKS = {
    cut_end: "Les sceaux s’arrêtent au n° ",
    roll_back: "Les sceaux s’arrêtent au n° ",
    make_anew: "n’est pas celui qui a été noté le ",
    roll_back_and_go_on: "n’est pas celui qui a été noté le ",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_the_file_alone_cannot_tell_is_told_by_what_was_noted(db, path, folder, copy, attack):
    attack(db, path, copy)

    code, said = run("check", path)

    assert (code, ATTACKS[attack] in said) == (1, True), said
    daily.daily(path, NOW + timedelta(days=1))
    state = status.state(folder, NOW + timedelta(days=1))
    assert (state.good, ATTACKS[attack] in state.sentence) == (False, True), state.sentence
    assert ATTACKS[attack] in run("check", path)[1], "and it is told until somebody says why"


def test_a_printed_code_tells_the_same_without_any_file(db, path, folder, copy):
    code, printed = run("seal", path)
    assert code == 0
    (folder / witness.NAME).unlink()
    assert run("check", path, "--code", printed.strip().upper().replace("-", " - ")) == (0, f"{SOUND}\n")

    cut_end(db, path, copy)

    assert run("check", path) == (0, f"{SOUND}\n"), "the control: the file alone does not know"
    code, said = run("check", path, "--code", printed.strip())
    number = int(printed.split("-")[0])
    assert (code, said) == (
        1,
        f"Le code « {printed.strip()} » n’est pas celui du sceau n° {number} de ce fichier."
        f" Les sceaux s’arrêtent au n° {number - 1}.\n",
    )
    assert "n’est pas un code de sceaux" in run("check", path, "--code", "12-3f")[1]


def test_a_second_place_tells_when_the_first_was_forged(db, path, folder, tmp_path, monkeypatch):
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    monkeypatch.setenv("PALETTE_SEALS", str(elsewhere))
    access_log.note(db, "Eve", "export")
    create.make_backup(path, folder, NOW)
    cut_end(db, path, None)
    witness.note(audit_chain.end(db), witness.RESTORED, "palette.db", [folder / witness.NAME])

    code, said = run("check", path)

    assert (code, said.count("Les sceaux s’arrêtent"), f"({elsewhere / witness.NAME})" in said) == (1, 1, True)
    monkeypatch.delenv("PALETTE_SEALS")
    assert run("check", path)[0] == 0
    assert run("check", path, "--seals", elsewhere / witness.NAME)[0] == 1


def test_a_second_place_that_cannot_be_written_is_told(db, path, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PALETTE_SEALS", str(tmp_path / "absent"))

    create.make_backup(path, folder, NOW)

    state = status.state(folder, NOW)
    assert not state.good
    assert f"Le dernier sceau n’a pas pu être noté dans {tmp_path / 'absent' / witness.NAME}" in state.sentence


def test_an_honest_restoration_is_explained_in_the_file_and_outside(db, path, folder, copy):
    backup = create.make_backup(path, folder, NOW)
    access_log.note(db, "Ada", "export")
    create.make_backup(path, folder, NOW)
    last = audit_chain.end(db).count
    db.close()

    restore.restore_backup(backup, path)

    detail = f"{backup.name} ; le fichier remplacé s’arrêtait au sceau n° {last}"
    code, said = run("check", path)
    assert (code, said.splitlines()[0]) == (0, SOUND)
    assert f"une sauvegarde a été reprise ({detail}) : la chaîne des sceaux repart du n° {last}." in said
    with closing(connection.open_file(path)) as opened:
        (line,) = access_log.find(opened, action="restore")[0]
    assert (line.who, line.detail) == ("Palette", detail)
    daily.daily(path, NOW + timedelta(days=2))
    assert status.state(folder, NOW + timedelta(days=2)).good


KILLED = """
import os, signal, sys
from pathlib import Path
from db.backup import restore
backup, path = map(Path, sys.argv[1:3])
end = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
old = Path.replace
if sys.argv[3] == "before":
    Path.replace = end
else:
    Path.replace = lambda self, to: (old(self, to), end())
restore.restore_backup(backup, path)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_restoration_that_is_killed_is_no_attack(db, path, folder, copy, moment):
    backup = create.make_backup(path, folder, NOW)
    access_log.note(db, "Ada", "export")
    create.make_backup(path, folder, NOW)
    db.close()
    command = [sys.executable, "-c", KILLED, str(backup), str(path), moment]
    assert subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode == -signal.SIGKILL

    assert run("check", path)[0] == 0
    daily.at_start(path)
    create.make_backup(path, folder, NOW)

    code, said = run("check", path)
    assert (code, "une sauvegarde a été reprise" in said) == (0, moment == "after")


def test_an_older_file_that_was_put_in_place_on_purpose_can_be_accepted(db, path, folder, copy):
    roll_back(db, path, copy)
    assert run("check", path)[0] == 1

    run("seal", path, "--accept", "disque remplacé")

    code, said = run("check", path)
    assert (code, ": disque remplacé." in said) == (0, True)
    roll_back(db, path, copy)
    with closing(connection.open_file(path)) as opened:
        cut_end(opened, path, copy)
        execute_without_guards(opened, "DELETE FROM seal WHERE id = (SELECT max(id) FROM seal)")
    assert run("check", path)[0] == 1


def test_trying_a_backup_elsewhere_notes_nothing(db, path, folder, tmp_path, monkeypatch):
    backup = create.make_backup(path, folder, NOW)
    monkeypatch.setenv("PALETTE_BACKUPS", str(folder))
    before = (folder / witness.NAME).read_text()

    restore.restore_backup(backup, tmp_path / "essai" / "palette.db")

    assert (folder / witness.NAME).read_text() == before
    assert run("check", tmp_path / "essai" / "palette.db") == (0, f"{SOUND}\n")
    assert run("check", path) == (0, f"{SOUND}\n")
