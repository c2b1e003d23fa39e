"""Jobs without a browser: how many work at once, what the others hear, how a job ends."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit import runtime

from db.base.errors import PaletteError
from db.base.turns import JOBS
from db.model.office import Office
from pages.shared.shell import downloads, jobs


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_two_jobs_of_the_server_work_at_once_and_the_third_says_its_place():
    go_on, at_work = threading.Event(), threading.Semaphore(0)

    def work(_tick: object) -> str:
        at_work.release()
        assert go_on.wait(30)
        return "done"

    for key in ("one", "two", "three"):
        jobs.start(key, key, work)
    assert at_work.acquire(timeout=30)
    assert at_work.acquire(timeout=30)
    last: list[jobs.Job] = [st.session_state[f"{key}:job"] for key in ("one", "two", "three")]
    wait_until(lambda: any("1er dans la file" in job.what for job in last))
    assert not at_work.acquire(blocking=False), "the third has not begun"
    go_on.set()
    wait_until(lambda: all(jobs.result(key) == "done" for key in ("one", "two", "three")))


def test_a_job_cancelled_before_its_turn_leaves_the_line_and_says_that_it_ended():
    """Otherwise « Annuler » of an import that waits would leave its screen waiting for ever."""
    begun, ended = threading.Event(), threading.Event()
    with ExitStack() as others:
        for _ in range(2):
            others.enter_context(JOBS.turn())
        jobs.start("import", "Import", lambda _tick: begun.set(), ended=ended.set)
        job: jobs.Job = st.session_state["import:job"]
        wait_until(lambda: "dans la file" in job.what)
        jobs.cancel("import")
        assert ended.wait(30)

    assert not begun.is_set()
    assert JOBS._queue == []


def test_a_file_that_nobody_waits_for_any_more_gives_its_turn_back(monkeypatch):
    tabs = {"open"}
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(get_client=lambda tab: tab in tabs))
    monkeypatch.setattr(jobs, "_AWAY_SECONDS", 0)
    job = jobs.Job("Tout", "tout.db", "application/vnd.sqlite3", tab="open")
    job.tick(0.1, "Personnes")

    tabs.clear()
    with pytest.raises(PaletteError, match="l’onglet était fermé"):
        job.tick(0.2, "Personnes")
    jobs.Job("Import").tick(0.2, "Personnes")  # an import goes on


def test_files_made_at_a_click_are_made_one_at_a_time(monkeypatch):
    """Streamlit makes them in the few threads that every person's clicks share."""
    offered: list[Callable[[], bytes]] = []
    monkeypatch.setattr(st, "download_button", lambda _label, made, *_, **__: offered.append(made))
    monkeypatch.setattr(downloads, "office_opener", lambda: lambda: None)
    at_work, together = threading.Semaphore(1), []

    def make(_office: Office) -> bytes:
        together.append(not at_work.acquire(blocking=False))
        time.sleep(0.05)  # long enough for another one to begin meanwhile
        at_work.release()
        return b"file"

    downloads.download_button("CSV", make, "a.csv", "text/csv", "csv")
    threads = [threading.Thread(target=offered[0]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert together == [False] * 4
