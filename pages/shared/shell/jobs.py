"""Long work in a thread of its own: a progress bar, a cancel button, then the result; a file downloads by itself."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from db.base.errors import PaletteError, without_values
from db.base.progress import Progress
from db.rows import access_log
from pages.shared.shell import assets
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name

Work = Callable[[Progress], Any]
_POLL_SECONDS = 0.4
_PAUSE_SECONDS = 0.05
"""vl-convert holds the interpreter lock while it draws; this pause after each drawing lets other pages run."""


class _CancelledError(Exception):
    """Raised in the thread of a job by ``Job.tick``, to end a cancelled job."""


@dataclass
class Job:
    """A job and its state. Its thread writes ``done``, ``what``, ``content`` and ``failed``; the page ``cancelled``.

    ``done``: from 0 to 1. ``what``: the present step, in French. ``file`` and ``kind``: name and media type when the
    result is a file to download, else both empty.
    """

    label: str
    file: str = ""
    kind: str = ""
    done: float = 0.0
    what: str = ""
    content: Any = None
    failed: str = ""
    """Why the job failed, in French; '' otherwise."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    offered: bool = False
    number: int = field(default_factory=count(1).__next__)

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet."""
        return self.content is None and not self.failed and not self.cancelled.is_set()

    def tick(self, done: float, what: str) -> None:
        """Record progress. The work calls this between its steps; it raises _CancelledError after ``cancel``."""
        if self.cancelled.is_set():
            raise _CancelledError
        self.done, self.what = min(max(done, 0.0), 1.0), what
        time.sleep(_PAUSE_SECONDS)


def start(key: str, label: str, work: Work, file: str = "", kind: str = "") -> None:
    """Start a job, cancelling one that still runs under that key. A download is written to the access log."""
    cancel(key)
    if file:
        access_log.note(open_office(), user_name(), "export", detail=file)
    job = Job(label, file, kind)
    st.session_state[f"{key}:job"] = job
    threading.Thread(target=_run, args=(job, work), daemon=True, name=f"palette-{key}").start()


def _run(job: Job, work: Work) -> None:
    try:
        job.content = work(job.tick)
    except _CancelledError:
        pass
    except PaletteError as error:
        job.failed = str(error)
    except Exception as error:  # noqa: BLE001 — no caller above this thread could handle it
        logging.getLogger("palette").error(without_values(error))
        job.failed = "cela n’a pas pu être fait. Réessayez ; si cela dure, dites-le à qui tient Palette."


def running(key: str) -> bool:
    """Whether a job is running under that key."""
    job: Job | None = st.session_state.get(f"{key}:job")
    return job is not None and job.running


def result(key: str) -> Any:
    """Return the result of the job under that key, or None."""
    job: Job | None = st.session_state.get(f"{key}:job")
    return job.content if job else None


def cancel(key: str) -> None:
    """Cancel and drop the job under that key, if any."""
    job: Job | None = st.session_state.pop(f"{key}:job", None)
    if job:
        job.cancelled.set()


def show(key: str) -> None:
    """Show the job under that key: its progress, its error, or its file."""
    job: Job | None = st.session_state.get(f"{key}:job")
    if job is None:
        return
    if job.running:
        _progress(key, job)
    elif job.failed:
        st.error(f"{job.label} : {escape_markdown(job.failed)}")
    elif job.file:
        _offer(key, job, job.content)


@st.fragment(run_every=_POLL_SECONDS)
def _progress(key: str, job: Job) -> None:
    if not job.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            job.done, f"{job.label} : {escape_markdown(job.what)}…" if job.what else f"{job.label}…", width="stretch"
        )
        st.button("Annuler", key=f"{key}:cancel", on_click=cancel, args=(key,))


def _offer(key: str, job: Job, content: bytes) -> None:
    """Show a button that downloads the file, and click it once by itself."""
    name = f"{key}-made"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/check_circle:] {job.label} : prêt.")
        options: dict[str, Any] = {"key": name, "on_click": "ignore", "icon": ":material/download:"}
        st.download_button(job.file, content, job.file, job.kind, **options)
    if not job.offered:
        job.offered = True
        assets.click_download(name, job.number)
