"""Starts Palette for a test, forked from a process that has already imported most of it.

Importing takes two thirds of a start. `make run` itself is tested in tests/server/test_launcher.py and test_nginx.py.
"""

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path

from streamlit.web import cli

ROOT = Path(__file__).parents[1]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        *("tests.server_process", "streamlit.web.bootstrap", "streamlit.testing.v1", "uvicorn", "pandas", "altair"),
        *("server.door", "server.gate", "server.lifespan", "pages.shared.shell.errors"),
        *("publication.publish", "reports.charts.rendering", "reports.sheets.figure_sheets"),
    ]
)


def start(environment: dict[str, str], options: dict[str, object], log: Path) -> BaseProcess:
    """Run ``streamlit run app.py`` with these variables and options. What it prints is appended to ``log``."""
    words = ["run", "app.py", *(f"--{name}={value}" for name, value in options.items())]
    process = _context.Process(target=_run, args=(environment, words, log), daemon=True)
    process.start()
    return process


def _run(environment: dict[str, str], words: list[str], log: Path) -> None:
    os.environ.update(environment)
    os.chdir(ROOT)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    cli.main(words)
