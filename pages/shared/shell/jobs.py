"""Long work, in a thread of its own: a progress bar, a way to cancel, then its result; a file downloads by itself."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from db.base.errors import PaletteError, without_values
from db.rows import access_log
from pages.shared.shell import assets
from pages.shared.shell.session import open_office, user_name
from reports.content.report import Tick

Make = Callable[[Tick], Any]
_LOOK_AGAIN = 0.4
_BREATH = 0.05
"""Seconds: while vl-convert draws, no other Python runs; between two drawings everybody's pages have their turn."""


class _CancelledError(Exception):
    """Raised in the thread by its own Tick."""


@dataclass
class Job:
    """Something being made. The thread writes ``done``, ``what``, ``content``, ``failed``; the page ``cancelled``.

    ``file`` and ``kind``: name and media type of the file it is, or both empty.
    """

    label: str
    file: str = ""
    kind: str = ""
    done: float = 0.0
    what: str = ""
    content: Any = None
    failed: str = ""
    """Why it could not be made, as a person reads it."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    offered: bool = False
    number: int = field(default_factory=count(1).__next__)

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.content is None and not self.failed and not self.cancelled.is_set()

    def tick(self, done: float, what: str) -> None:
        """What the work calls as it goes on; this is where it stops when it was cancelled."""
        if self.cancelled.is_set():
            raise _CancelledError
        self.done, self.what = min(max(done, 0.0), 1.0), what
        time.sleep(_BREATH)


def start(key: str, label: str, make: Make, file: str = "", kind: str = "") -> None:
    """Begin to make something; what was still being made under that key is cancelled. A file leaves a trace."""
    cancel(key)
    if file:
        access_log.note(open_office(), user_name(), "export", detail=file)
    job = Job(label, file, kind)
    st.session_state[f"{key}:job"] = job
    threading.Thread(target=_run, args=(job, make), daemon=True, name=f"palette-{key}").start()


def _run(job: Job, make: Make) -> None:
    try:
        job.content = make(job.tick)
    except _CancelledError:
        pass
    except PaletteError as error:
        job.failed = str(error)
    except Exception as error:  # noqa: BLE001 — nobody above this thread would ever hear of it
        logging.getLogger("palette").error(without_values(error))
        job.failed = "cela n’a pas pu être fait. Réessayez ; si cela dure, dites-le à qui tient Palette."


def running(key: str) -> bool:
    """Whether something is being made under that key."""
    job: Job | None = st.session_state.get(f"{key}:job")
    return job is not None and job.running


def result(key: str) -> Any:
    """What was made under that key, or None."""
    job: Job | None = st.session_state.get(f"{key}:job")
    return job.content if job else None


def cancel(key: str) -> None:
    """Let go of what is being made, if anything."""
    job: Job | None = st.session_state.pop(f"{key}:job", None)
    if job:
        job.cancelled.set()


def show(key: str) -> None:
    """What is being made under that key, or what was made."""
    job: Job | None = st.session_state.get(f"{key}:job")
    if job is None:
        return
    if job.running:
        _progress(key, job)
    elif job.failed:
        st.error(f"{job.label} : {job.failed}")
    elif job.file:
        _offer(key, job, job.content)


@st.fragment(run_every=_LOOK_AGAIN)
def _progress(key: str, job: Job) -> None:
    if not job.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.done, f"{job.label} : {job.what}…" if job.what else f"{job.label}…", width="stretch")
        st.button("Annuler", key=f"{key}:cancel", on_click=cancel, args=(key,))


def _offer(key: str, job: Job, content: bytes) -> None:
    """The file, downloaded at once the first time; the button stays for who wants it again."""
    name = f"{key}-made"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/check_circle:] {job.label} : prêt.")
        options: dict[str, Any] = {"key": name, "on_click": "ignore", "icon": ":material/download:"}
        st.download_button(job.file, content, job.file, job.kind, **options)
    if not job.offered:
        job.offered = True
        assets.click_download(name, job.number)
