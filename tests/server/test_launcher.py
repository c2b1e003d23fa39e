"""`make run` starts two processes that end launcher; the partners' site cannot find the private file."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from server import launcher
from tests.conftest import free_port

pytestmark = pytest.mark.browser
PROC = Path("/proc")


@pytest.fixture
def folders(tmp_path, new_office):
    new_office(tmp_path / "private" / "palette.db").close()
    return tmp_path / "private", tmp_path / "public"


def wait_for(ask, within=40.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if answer := ask():
                return answer
        except OSError:
            pass
        time.sleep(0.2)
    return pytest.fail("It did not happen in time.")


def get(address):
    with urllib.request.urlopen(address, timeout=2) as answer:
        return answer.read().decode()


def children(of):
    """Return the ids of the processes started by one."""
    pids = []
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == of:
            pids.append(int(entry.parent.name))
    return pids


def test_both_processes_answer_and_end_launcher_and_the_site_cannot_find_the_private_file(folders, monkeypatch):
    private, public = folders
    port, site = free_port(), free_port()
    monkeypatch.setenv("PALETTE_DATA", str(private))
    command = [
        sys.executable, "-m", "server.launcher", f"--office={private / 'palette.db'}", f"--public={public}",
        f"--port={port}", f"--site-port={site}",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=launcher.ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said
        assert f"http://127.0.0.1:{site}" in said
        wait_for(lambda: get(f"http://127.0.0.1:{port}/sante"))
        assert "Rien n’est publié" in wait_for(lambda: get(f"http://127.0.0.1:{site}/"))

        started = children(process.pid)
        commands = {pid: (PROC / str(pid) / "cmdline").read_text().replace("\0", " ") for pid in started}
        site_pid = next(pid for pid, line in commands.items() if "partners" in line)
        environment = (PROC / str(site_pid) / "environ").read_text()
        files = [os.readlink(one) for one in (PROC / str(site_pid) / "fd").iterdir() if one.is_symlink()]
        assert str(private) not in commands[site_pid]
        assert str(private) not in environment
        assert "PALETTE" not in environment
        assert not any(str(private) in name for name in files)
        assert os.readlink(PROC / str(site_pid) / "cwd") == str(public)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    wait_for(lambda: not any((PROC / str(pid)).exists() for pid in started))


def test_the_site_is_given_a_clean_environment(monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", "/somewhere/private")
    monkeypatch.setenv("SECRET", "x")

    assert launcher.site_environment().keys() <= {
        "PATH",
        "LANG",
        "LC_ALL",
        "TZ",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
    }
