"""Restoring a backup: only a sound one, never under a running server, all or nothing; and its verbs."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from db.__main__ import cli
from db.backup import catalogue, create, restore
from db.base import atomic_files, folders
from db.base.errors import BusyError, NotFoundError, PaletteError, SchemaError, StorageError
from db.base.locks import hold
from db.people import erasure
from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import drop_rules, insert_person

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
FLIPS = (0.0, 0.001, 0.01, 0.2, 0.5, 0.8, 0.999999)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("PALETTE_BACKUPS", "PALETTE_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def key(tmp_path):
    """Return the file of a private key, which also holds the public one."""
    file = tmp_path / "clé.txt"
    atomic_files.new_identity(file)
    return file


def make_backup_then_change(path: Path, key: Path | None = None) -> Path:
    """Make a backup in which the person is called Marchand, then rename the person to Nouvelle."""
    db = connection.open_file(path)
    insert_person(db)
    public = key.read_text().split()[3] if key else None
    backup = create.make_backup(path, folders.backup_folder(path), NOW, public)
    row = records.rows(db, db.tables["person"], [1])[0]
    records.save(db, db.tables["person"], Edit({"last_name": "Nouvelle"}, 1, row.version), "Ada")
    db.close()
    return backup


def read_last_name(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT last_name FROM person").fetchone()[0])


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder except locks."""
    found = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")
    return {str(file.relative_to(folder)): file.read_bytes() for file in found}


def refusal_of_restore(
    backup: Path, path: Path, key: Path | None = None, kind: type[PaletteError] = StorageError, anyway: bool = False
) -> str:
    """Return the message of a refused restoration; assert that the folder did not change."""
    before = read_folder(path.parent)
    with pytest.raises(kind) as raised:
        restore.restore_backup(backup, path, key, anyway)
    assert read_folder(path.parent) == before
    return str(raised.value)


# ---- put back


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_backup_comes_back_and_the_replaced_file_is_kept(db, path, key, encrypted):
    db.close()
    backup = make_backup_then_change(path, key if encrypted else None)
    assert (b"Marchand" in backup.read_bytes()) != encrypted
    assert backup.suffix == (".age" if encrypted else ".db")

    restored = restore.restore_backup(backup, path, key if encrypted else None)

    assert read_last_name(path) == "Marchand"
    assert restored.replaced
    assert read_last_name(restored.replaced) == "Nouvelle"
    assert restored.replaced.name.startswith("palette-remplacé-20")
    assert path.stat().st_mode & 0o777 == 0o600
    assert check(connection.open_file(path)) == []
    assert not list(path.parent.rglob("*.part"))


def test_a_backup_is_restored_onto_a_new_machine(db, path, tmp_path):
    db.close()
    place = tmp_path / "neuf" / "palette.db"

    restored = restore.restore_backup(make_backup_then_change(path), place)

    assert restored == restore.Restored(None, [], 0)
    assert read_last_name(place) == "Marchand"


def test_two_restorations_in_a_minute_keep_both_replaced_files(db, path):
    db.close()
    backup = make_backup_then_change(path)

    first, second = (restore.restore_backup(backup, path).replaced for _ in range(2))

    assert first != second
    assert first
    assert second
    assert (read_last_name(first), read_last_name(second)) == ("Nouvelle", "Marchand")


KILLED = """
import os, sys, signal
from pathlib import Path
from db.storage import connection
db = connection.connect(Path(sys.argv[1]))
db.execute("UPDATE person SET last_name = 'Seulement dans le journal', version = version + 1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_server(path: Path) -> None:
    """Leave the files of a killed server: its last saves are in the « -wal » file only."""
    left = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert left.returncode == -signal.SIGKILL
    assert path.with_name("palette.db-wal").stat().st_size


def test_the_log_of_a_killed_server_goes_aside_with_its_file(db, path):
    db.close()
    backup = make_backup_then_change(path)
    kill_server(path)

    restored = restore.restore_backup(backup, path)

    assert read_last_name(path) == "Marchand"
    assert restored.replaced
    assert read_last_name(restored.replaced) == "Seulement dans le journal"


@pytest.mark.parametrize("second_names", [True, False])
@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk I/O error"), StorageError("Non."), KeyboardInterrupt()]
)
def test_what_fails_at_the_end_puts_the_first_file_back(db, path, monkeypatch, second_names, error):
    db.close()
    backup = make_backup_then_change(path)
    kill_server(path)
    before = read_folder(path.parent)

    exchange = Path.replace

    def fail_once(file: Path, target: Path) -> Path:
        if file.name == "restored.db":
            raise error
        return exchange(file, target)

    monkeypatch.setattr(Path, "replace", fail_once)
    if not second_names:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(1, "no links here")))

    with pytest.raises(type(error)):
        restore.restore_backup(backup, path)

    for name in ("palette.db", "palette.db-wal", "palette.db-shm"):  # what the log held is in the file itself
        before.pop(name)
    after = read_folder(path.parent)
    assert after.pop("palette.db")
    noted, noted_before = (one.pop("sauvegardes/sceaux.csv") for one in (after, before))
    assert noted.startswith(noted_before)  # and one line more: a restoration began
    assert after == before
    assert read_last_name(path) == "Seulement dans le journal"


def test_who_was_erased_since_is_erased_again(db, path):
    gone, stays = insert_person(db, last_name="Effacée"), insert_person(db, last_name="Reste")
    backup = create.make_backup(path, folders.backup_folder(path), NOW)
    erasure.erase(db, [gone], "Ada")
    db.close()

    restored = restore.restore_backup(backup, path)

    assert restored.erased_again == 1
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT id, last_name FROM person").fetchall() == [(stays, "Reste")]
    assert b"Effac\xc3\xa9e" not in path.read_bytes()
    assert b"Effac\xc3\xa9e" in backup.read_bytes()  # otherwise nothing would have been erased again


def test_an_older_file_is_brought_up_before_it_is_checked(db, path):
    drop_rules(db)
    db.close()
    backup = make_backup_then_change(path)

    restore.restore_backup(backup, path)

    with closing(sqlite3.connect(path)) as raw:
        rules = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_rule_*'"
        assert raw.execute(rules).fetchone()[0] > 10
    assert not list(path.parent.glob("*-avant-*"))


# ---- refused


def test_a_restoration_is_refused_while_a_server_runs(db, path):
    db.close()
    backup = make_backup_then_change(path)
    with hold(path):
        told = refusal_of_restore(backup, path, kind=BusyError)

    assert told.startswith("Palette tourne sur ")
    assert f"(processus {os.getpid()})" in told
    restore.restore_backup(backup, path)
    assert read_last_name(path) == "Marchand"


def test_the_lock_is_free_after_a_refusal(db, path):
    db.close()
    refusal_of_restore(path.with_name("rien.db"), path, kind=NotFoundError)
    (path.parent / "autre.db").write_text("Ceci n’est pas une base.")
    assert refusal_of_restore(path.parent / "autre.db", path).startswith(
        "Ce fichier n’est pas une sauvegarde de Palette."
    )

    hold(path).close()


def test_no_key_a_wrong_key_and_what_is_no_key(db, path, key, tmp_path):
    db.close()
    backup = make_backup_then_change(path, key)
    other = tmp_path / "autre.txt"
    atomic_files.new_identity(other)
    (tmp_path / "vide.txt").write_text("AGE-SECRET-KEY-1ABC")

    assert "donnez le fichier de la clé" in refusal_of_restore(backup, path)
    assert refusal_of_restore(backup, path, other).startswith("Cette clé n’ouvre pas cette sauvegarde")
    assert "pas de fichier de clé" in refusal_of_restore(backup, path, tmp_path / "absente.txt")
    for wrong in (tmp_path / "vide.txt", path, backup):
        assert "ne contient pas de clé age" in refusal_of_restore(backup, path, wrong)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("place", FLIPS)
def test_one_flipped_bit_anywhere_is_refused(db, path, key, encrypted, place):
    db.close()
    backup = make_backup_then_change(path, key if encrypted else None)
    data = bytearray(backup.read_bytes())
    data[int(place * len(data))] ^= 1
    backup.write_bytes(data)

    assert "abîmé" in refusal_of_restore(backup, path, key)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("part", [0.0, 0.00001, 0.3, 0.5, 0.99])
def test_a_truncated_backup_is_refused(db, path, key, encrypted, part):
    db.close()
    backup = make_backup_then_change(path, key if encrypted else None)
    os.truncate(backup, int(part * backup.stat().st_size))

    assert "abîmé" in refusal_of_restore(backup, path, key)


@pytest.mark.parametrize("spoil", ["truncated", "page"])
def test_without_its_digest_a_damaged_one_is_still_refused(db, path, spoil):
    db.close()
    backup = make_backup_then_change(path)
    catalogue.digest_path(backup).unlink()
    with closing(sqlite3.connect(backup)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'history_by_row'").fetchone()[0]
    with backup.open("r+b") as file:
        if spoil == "page":
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
        else:
            file.truncate(backup.stat().st_size // 2)

    assert "abîmé" in refusal_of_restore(backup, path)
    assert "abîmé" in refusal_of_restore(backup, path, anyway=True)


def test_another_database_is_refused(db, path, tmp_path):
    db.close()
    other = tmp_path / "autre" / "autre.db"
    other.parent.mkdir()
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("CREATE TABLE recipe (id INTEGER)")

    assert refusal_of_restore(other, path).startswith("Ce fichier n’est pas une sauvegarde de Palette.")


def test_a_file_of_a_later_palette_is_refused(db, path):
    db.execute("PRAGMA user_version = 999")
    db.close()
    backup = create.make_backup(path, folders.backup_folder(path), NOW)

    assert "version plus récente" in refusal_of_restore(backup, path, kind=SchemaError)


def test_rows_against_the_rules_are_refused_unless_one_says_so(db, path):
    insert_person(db)
    db.execute("UPDATE person SET version = 7")
    db.close()
    backup = create.make_backup(path, folders.backup_folder(path), NOW)

    assert "Personne n° 1 : version 7" in refusal_of_restore(backup, path)
    restore.restore_backup(backup, path, anyway=True)

    assert read_last_name(path) == "Marchand"


def test_a_full_disk_changes_nothing(db, path):
    db.close()
    backup = make_backup_then_change(path)
    before = read_folder(path.parent)
    program = """
import resource, sys
from pathlib import Path
from db.backup import restore
from db.base.errors import StorageError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    restore.restore_backup(Path(sys.argv[1]), Path(sys.argv[2]))
except StorageError as error:
    print(error)
"""

    said = subprocess.run(
        [sys.executable, "-c", program, str(backup), str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout == "La reprise a échoué : le disque est plein. Le fichier en place n’a pas changé.\n"
    assert read_folder(path.parent) == before


# ---- the verbs


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_an_encrypted_backup_is_made_and_restored_by_the_verbs(db, path, tmp_path, monkeypatch):
    insert_person(db)
    db.close()
    key = tmp_path / "clé.txt"
    printed = run("backup-key", key).stdout
    name, _, public = printed.splitlines()[0].partition("=")
    monkeypatch.setenv(name, public)

    told = run("backup", path, "--to", tmp_path / "usb")

    assert told.exit_code == 0
    (backup,) = (one.path for one in catalogue.backups_in(tmp_path / "usb"))
    assert told.stdout == f"Sauvegarde écrite et vérifiée, chiffrée : {backup}\n"
    assert "ailleurs que sur le serveur" in printed
    assert key.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(path.parent / "sauvegardes", ignore_errors=True)
    back = run("restore", backup, path, "--identity", key)
    assert back.exit_code == 0
    said = back.stdout.splitlines()
    assert said[0] == f"Sauvegarde vérifiée et reprise : {path}"
    assert said[1].startswith("Le fichier remplacé est gardé : ")
    assert said[-1].startswith("Attention : il n’y a pas de registre des effacements")


def test_the_verb_says_how_many_were_erased_again(db, path):
    gone = insert_person(db)
    db.close()
    made_where = run("backup", path).stdout.split(" : ")[1].strip()
    db = connection.open_file(path)
    erasure.erase(db, [gone], "Ada")
    db.close()

    said = run("restore", made_where, path).stdout.splitlines()

    assert said[-1] == "Personnes effacées depuis cette sauvegarde, et effacées de nouveau : 1"


def test_the_verbs_refuse_in_french(db, path, tmp_path, key):
    db.close()
    backup = make_backup_then_change(path, key)
    for words, told in [
        (("backup", tmp_path / "rien.db"), "Il n’y a pas de fichier Palette"),
        (("backup", path, "--recipient", "age1"), "La sauvegarde a échoué : la clé de chiffrement"),
        (("restore", tmp_path / "rien.db", path), "Il n’y a pas de sauvegarde"),
        (("restore", backup, path), "Cette sauvegarde est chiffrée"),
        (("backup-key", key), f"Il y a déjà un fichier à l’adresse {key}"),
    ]:
        result = run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(told)
        assert "Traceback" not in result.stderr
    assert read_last_name(path) == "Nouvelle"
