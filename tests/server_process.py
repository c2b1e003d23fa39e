"""Starts Palette for a test, forked from a process that has already imported the libraries.

Importing them takes most of a start. Palette's own modules are imported after the fork, because some read settings from
the environment when they are imported. A start as `make run` does it is tested in tests/server/test_launcher.py.

The forking process is this module, started once by each worker: it reads what to start as JSON, a line per server, and
answers each with the number of the process.
"""

import json
import os
import select
import signal
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LIBRARIES = (
    *("streamlit.web.cli", "streamlit.web.bootstrap", "streamlit.testing.v1", "uvicorn", "pandas", "altair", "argon2"),
    *("scipy.optimize", "scipy.sparse", "authlib.integrations.requests_client", "authlib.oidc.core", "xlsxwriter"),
)


class ServerProcess:
    """One running server. ``pid``: its process number."""

    def __init__(self, pid: int) -> None:
        self.pid, self._file = pid, os.pidfd_open(pid)

    def is_alive(self) -> bool:
        return not select.select([self._file], [], [], 0)[0]

    def kill(self) -> None:
        """End it at once, as a power cut would, and wait until it has ended."""
        if self.is_alive():
            signal.pidfd_send_signal(self._file, signal.SIGKILL)
        select.select([self._file], [], [])
        os.close(self._file)


@cache
def _forking() -> subprocess.Popen[str]:
    """The process that forks the servers of this worker; it ends when this one does."""
    command = [sys.executable, "-m", "tests.server_process"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def start(environment: dict[str, str], options: dict[str, object], log: Path) -> ServerProcess:
    """Run ``streamlit run app.py`` with these variables and options. What it prints is appended to ``log``."""
    forking, words = _forking(), ["run", "app.py", *(f"--{name}={value}" for name, value in options.items())]
    assert forking.stdin
    assert forking.stdout
    print(json.dumps([{**os.environ, **environment}, words, str(log)]), file=forking.stdin, flush=True)
    return ServerProcess(int(forking.stdout.readline()))


def _run(variables: dict[str, str], words: list[str], log: str) -> None:
    from streamlit.web import cli

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(variables)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    cli.main(words)


if __name__ == "__main__":
    for library in _LIBRARIES:
        import_module(library)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a server that ended leaves nothing behind
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)  # noqa: T201
        else:
            _run(*json.loads(line))
