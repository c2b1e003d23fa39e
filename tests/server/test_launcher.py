"""`make run` starts two processes; the site is told nothing of the office, and both end together."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from server import launcher as together
from tests.conftest import free_port

pytestmark = pytest.mark.browser
PROC = Path("/proc")


@pytest.fixture
def folders(tmp_path, new_office):
    new_office(tmp_path / "private" / "palette.db").close()
    return tmp_path / "private", tmp_path / "public"


def eventually(ask, within=40.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if answer := ask():
                return answer
        except OSError:
            pass
        time.sleep(0.2)
    return pytest.fail("It never came.")


def get(address):
    with urllib.request.urlopen(address, timeout=2) as answer:
        return answer.read().decode()


def children(of):
    """The processes started by one, from the system's own list."""
    found = []
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == of:
            found.append(int(entry.parent.name))
    return found


def test_both_answer_the_site_knows_nothing_of_the_office_and_both_end(folders, monkeypatch):
    private, public = folders
    port, site = free_port(), free_port()
    monkeypatch.setenv("PALETTE_DATA", str(private))
    command = [
        sys.executable, "-m", "server.launcher", f"--office={private / 'palette.db'}", f"--public={public}",
        f"--port={port}", f"--site-port={site}",
    ]  # fmt: skip
    launcher = subprocess.Popen(command, cwd=together.ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert launcher.stdout is not None
        said = launcher.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said
        assert f"http://127.0.0.1:{site}" in said
        eventually(lambda: get(f"http://127.0.0.1:{port}/sante"))
        assert "Rien n’est publié" in eventually(lambda: get(f"http://127.0.0.1:{site}/"))

        started = children(launcher.pid)
        told = {pid: (PROC / str(pid) / "cmdline").read_text().replace("\0", " ") for pid in started}
        site_pid = next(pid for pid, line in told.items() if "partners" in line)
        environment = (PROC / str(site_pid) / "environ").read_text()
        files = [os.readlink(one) for one in (PROC / str(site_pid) / "fd").iterdir() if one.is_symlink()]
        assert str(private) not in told[site_pid]
        assert str(private) not in environment
        assert "PALETTE" not in environment
        assert not any(str(private) in name for name in files)
        assert os.readlink(PROC / str(site_pid) / "cwd") == str(public)
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(timeout=20)
    eventually(lambda: not any((PROC / str(pid)).exists() for pid in started))


def test_the_site_is_given_a_clean_environment(monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", "/somewhere/private")
    monkeypatch.setenv("SECRET", "x")

    assert together.site_environment().keys() <= {
        "PATH",
        "LANG",
        "LC_ALL",
        "TZ",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
    }
