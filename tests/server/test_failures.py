"""Failures around Palette are reported in French and lose nothing: a full disk, a read-only file, a second server."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from db.accounts.sessions import COOKIE
from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from server import error_pages
from tests.conftest import ROOT, cookie_of, free_port
from tests.db.factories import insert_person
from tests.pages.spreadsheet import eventually

SAVE = """
import json, os, resource, signal, sys
from pathlib import Path
from typing import Any
from db.base.errors import PaletteError
from db.rows import records
from db.rows.records import Edit
from db.storage import connection

path, what = Path(sys.argv[1]), sys.argv[2]
db = connection.open_file(path)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if what == "full":  # the disk takes no more bytes than the journal holds already, and a little
    size = max(one.stat().st_size for one in path.parent.iterdir()) + 8_192
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
told, saved = [], []
for number in range(200):
    try:
        values = {"last_name": f"N{number}", "first_name": "X" * 70, "gender": "other"}
        saved.append(records.save(db, db.tables["person"], Edit(values), "Ada").row_id)
    except PaletteError as error:
        told.append(f"{type(error).__name__}: {error}")
        break
print(json.dumps({"saved": saved, "told": told}))
"""
UNPRIVILEGED = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
"""Root may write to read-only files; a process without capabilities may not."""


def child(path, what, *before):
    done = subprocess.run(
        [*before, sys.executable, "-c", SAVE, str(path), what],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def path(tmp_path, new_office):
    folder = tmp_path / "office"
    db = new_office(folder / "palette.db")
    insert_person(db)
    db.close()
    return folder / "palette.db"


def names(path):
    db = connection.open_file(path)
    found = {row.id: row.values["last_name"] for row in records.rows(db, db.tables["person"], range(1, 300))}
    assert check(db) == []
    db.close()
    return found


def test_a_full_disk_shows_an_error_and_loses_nothing_acknowledged(path):
    seen = child(path, "full")

    assert 0 < len(seen["saved"]) < 200, "some were saved before it was full"
    assert len(seen["told"]) == 1
    assert seen["told"][0].startswith("StorageError: Le disque du serveur")
    assert "rien n’a été enregistré" in seen["told"][0]
    assert sorted(names(path)) == [1, *seen["saved"]]


def test_saving_goes_on_once_there_is_room_again(path):
    child(path, "full")

    seen = child(path, "room")

    assert seen["told"] == []
    assert len(seen["saved"]) == 200


@pytest.mark.skipif(not shutil.which("setpriv"), reason="never: util-linux is essential in Debian")
def test_a_read_only_file_shows_an_error_on_saving_and_can_be_read(path):
    names(path)
    with connection.open_file(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for one in [*path.parent.iterdir(), path.parent]:
        one.chmod(0o555 if one.is_dir() else 0o444)
    os.chown(path.parent, 0, 0)
    try:
        seen = child_of_nobody(path)
    finally:
        path.parent.chmod(0o755)
        path.chmod(0o600)

    assert seen["saved"] == []
    assert seen["told"][0].startswith("StorageError: ")
    assert "lecture seule" in seen["told"][0] or "ne peut pas être ouvert" in seen["told"][0]
    assert list(names(path)) == [1]


def child_of_nobody(path):
    """Run SAVE as a user who may only read the file. Opening the file may be refused already."""
    opened = SAVE.replace("db = connection.open_file(path)", OPENED)
    done = subprocess.run(
        [*(UNPRIVILEGED if os.geteuid() == 0 else []), sys.executable, "-c", opened, str(path), "read-only"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


OPENED = """
try:
    db = connection.open_file(path)
except PaletteError as error:
    print(json.dumps({"saved": [], "told": [f"{type(error).__name__}: {error}"]}))
    sys.exit()
"""


# ---- the server


def start(data: Path, port: int) -> subprocess.Popen[str]:
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--browser.serverAddress=127.0.0.1"]
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT, env={**os.environ, "PALETTE_DATA": str(data)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


@pytest.mark.browser
def test_a_second_server_on_the_same_file_names_the_first_and_exits(server):
    assert server.process

    second = start(server.data, free_port())
    said, _ = second.communicate(timeout=60)

    assert second.returncode == 2
    assert f"Palette tourne déjà sur {server.file} (processus {server.process.pid})" in said
    assert "Traceback" not in said
    assert server.process.is_alive()


@pytest.mark.browser
def test_a_server_starts_again_after_a_power_cut(own_server):
    own_server.kill()

    own_server.start()

    assert own_server.process.is_alive()


@pytest.mark.browser
def test_a_file_that_is_no_palette_file_is_reported_on_the_sign_in_page(tmp_path, open_tab):
    data = tmp_path / "data"
    data.mkdir()
    (data / "palette.db").write_bytes(b"not a database at all, but long enough to look at" * 100)
    port = free_port()
    process = start(data, port)
    page = open_tab(as_="", refused=True)
    try:
        eventually(lambda: answers(port), True, within=60)
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.get_by_text("n’est pas un fichier de Palette, ou il est abîmé")).to_be_visible()
        expect(page.get_by_text("Traceback")).to_have_count(0)
    finally:
        process.kill()
        process.wait()


@pytest.mark.browser
def test_a_deleted_log_is_told_on_the_screen_with_the_offer_of_a_backup(own_server, open_tab):
    with own_server.open() as raw:
        raw.execute("INSERT INTO person (last_name, first_name, gender) VALUES ('Zola', 'Ada', 'woman')")
    page = open_tab(f"{own_server.address}portefeuille", refused=True)
    expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()
    own_server.file.with_name("palette.db-wal").unlink()
    eventually(lambda: "was taken away" in own_server.log.read_text(), True)

    page.reload()
    expect(page.get_by_text("a été supprimé pendant que Palette tourne")).to_be_visible()
    page.get_by_role("button", name="Faire une sauvegarde").click()
    expect(page.get_by_text("Sauvegarde faite et vérifiée : palette-")).to_be_visible()

    own_server.kill()
    own_server.start()
    assert [row["last_name"] for row in own_server.rows("person")] == ["Zola"]
    page.reload()
    expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()
    expect(page.get_by_text("pendant que Palette tourne")).to_have_count(0)


def answers(port):
    with closing(socket.socket()) as door:
        return not door.connect_ex(("127.0.0.1", port))


FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def posted(server, path, body, **headers):
    """Status and text of a form that is sent to the server."""
    sent = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with closing(sent):
        sent.request("POST", path, body, {**FORM, **headers})
        answer = sent.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.browser
def test_signing_out_with_a_locked_file_shows_an_error_and_keeps_the_session(own_server):
    cookie = {"Cookie": f"{COOKIE}={cookie_of('La CIPA')}"}
    held = own_server.open()
    held.execute("BEGIN IMMEDIATE")

    status, text = posted(own_server, "/deconnexion", "", **cookie)

    held.execute("ROLLBACK")
    held.close()
    assert (status, "occupé par un autre programme" in text) == (503, True)
    assert posted(own_server, "/presence", "", **cookie)[0] == 200
    assert posted(own_server, "/deconnexion", "", **cookie)[0] == 303  # the control
    assert posted(own_server, "/presence", "", **cookie)[0] == 401
    assert "Traceback" not in own_server.log.read_text()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/bienvenue", "/connexion"])
def test_a_missing_file_is_reported_on_the_sign_in_pages(own_server, path):
    own_server.file.rename(own_server.file.with_name("elsewhere.db"))

    status, text = posted(own_server, path, "cle=x&identifiant=a&mot_de_passe=b")

    assert status == 503
    assert "Il n’y a pas de fichier Palette" in text
    assert "Traceback" not in own_server.log.read_text()


def test_an_unhandled_error_is_answered_in_french_and_logged_without_values(caplog):
    async def breaks(scope, receive, send):
        raise ValueError("Zola, 05 36 49 00 01")

    sent: list[dict[str, Any]] = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise NotImplementedError

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [(b"accept", b"text/html")]}
    with pytest.raises(StopIteration):  # nothing in it waits for anything
        error_pages.answer_errors(breaks, scope, receive, send).send(None)

    text = sent[1]["body"].decode()
    assert sent[0]["status"] == 500
    assert "Palette a rencontré une erreur" in text
    assert "ValueError" in caplog.text
    assert "Zola" not in caplog.text + text


@pytest.mark.browser
def test_a_full_disk_shows_an_error_in_the_form_and_keeps_the_typed_text(own_server, open_tab):
    server = own_server  # named first, it ends last: no page is left open on a server that is gone
    assert server.process
    with server.open() as raw:
        raw.execute("INSERT INTO person (last_name, first_name, gender) VALUES ('Zola', 'Ada', 'woman')")
    page = open_tab(f"{server.address}dossier?dossier=1", refused=True)  # the draft of the form is refused as well
    page.get_by_text("Fiche", exact=True).click()
    page.get_by_role("button", name="Modifier").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Commune").fill("Figeac")
    dialog.get_by_role("textbox", name="Commune").press("Tab")
    limit(server.process.pid, 4096)
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_text("Le disque du serveur")).to_be_visible()
    expect(dialog.get_by_text("rien n’a été enregistré")).to_be_visible()
    assert server.rows("person")[0]["town"] is None

    limit(server.process.pid, None)
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Enregistré")
    expect(dialog).to_be_hidden()
    assert server.rows("person")[0]["town"] == "Figeac"


def limit(pid: int, size: int | None) -> None:
    """Limit the size of the files that a process may write; None: no limit."""
    text = "unlimited" if size is None else str(size)
    subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={text}:unlimited"], check=True)


def test_records_are_saved_when_nothing_goes_wrong(path):
    db = connection.open_file(path)

    done = records.save(db, db.tables["person"], Edit({"town": "Cahors"}, 1, 1), "Ada")

    db.close()
    assert done.version == 2
    assert names(path) == {1: "Marchand"}
