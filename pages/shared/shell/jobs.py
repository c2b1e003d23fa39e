"""Long work, two at once in the whole server: its place in the line, a progress bar, a cancel button, then the result;
a file downloads by itself.

Each job has a thread, which waits for its turn (db/base/turns.py) and works then, or has a process make a file.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from db.base.errors import PaletteError, without_values
from db.base.progress import Progress
from db.base.turns import JOBS
from db.model.office import Office
from db.rows import access_log
from db.storage import connection
from pages.shared.shell import assets
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import office_opener, open_office, user_name
from reports import file_process
from reports.file_process import FromOffice

Work = Callable[[Progress], Any]
_POLL_SECONDS = 0.4
_AWAY_SECONDS = 60
"""A tab that has been gone for longer, after which a lost connection would be back, is taken for closed."""
_PAUSE_SECONDS = 0.05
"""Work in Python holds the interpreter lock; this pause after each step lets other pages run."""


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
    tab: str = ""
    """Streamlit's name of the tab that waits for a file; '' for a job that goes on without its tab."""
    seen: float = field(default_factory=time.monotonic)
    """When that tab was last open."""
    number: int = field(default_factory=count(1).__next__)

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet."""
        return self.content is None and not self.failed and not self.cancelled.is_set()

    def tick(self, done: float, what: str) -> None:
        """Record progress. The work calls this between its steps; it raises _CancelledError after ``cancel``,
        PaletteError when nobody waits for the file any more."""
        if self.cancelled.is_set():
            raise _CancelledError
        if self._is_left():
            raise PaletteError("arrêté, l’onglet était fermé.")
        self.done, self.what = min(max(done, 0.0), 1.0), what
        time.sleep(_PAUSE_SECONDS)

    def _is_left(self) -> bool:
        """Whether the tab that waits for the file was closed: nobody could take it, and others wait for their turn."""
        if not self.tab or runtime.get_instance().get_client(self.tab):
            self.seen = time.monotonic()
            return False
        return time.monotonic() - self.seen > _AWAY_SECONDS


def start(key: str, label: str, work: Work, ended: Callable[[], None] = lambda: None) -> None:
    """Start a job, cancelling one that still runs under that key. ``ended`` is called in any case before the job counts
    as ended, even when it was cancelled before its turn."""
    _start(key, Job(label), work, ended)


def start_file(
    key: str, label: str, make: Callable[..., bytes], file: str, kind: str, detail: str = "",
    reads_office: bool = False, then: Callable[[Office, bytes], bytes] | None = None,
) -> None:  # fmt: skip
    """Start a job that makes a file to download, in a process of its own (reports/file_process.py); the access log says
    ``detail``, or the name of the file. ``make``: a function of a module with its arguments, called with the progress;
    ``reads_office``: with the office file before, opened with the roles that the person has when the turn has come.
    ``then``: called in the server with the office file and what was made; it returns the file that is offered."""
    open_ = office_opener()

    def work(tick: Progress) -> bytes:
        office = open_()
        call = FromOffice(make, connection.path_of(office), office.roles) if reads_office else make
        content = file_process.make(call, tick)
        return then(office, content) if then else content

    access_log.note(open_office(), user_name(), "export", detail=detail or file)
    context = get_script_run_ctx()
    _start(key, Job(label, file, kind, tab=context.session_id if context else ""), work)


def _start(key: str, job: Job, work: Work, ended: Callable[[], None] = lambda: None) -> None:
    cancel(key)
    st.session_state[f"{key}:job"] = job
    threading.Thread(target=_run, args=(job, work, ended), daemon=True, name=f"palette-{key}").start()


def _run(job: Job, work: Work, ended: Callable[[], None]) -> None:
    content, failed = None, ""
    try:
        with JOBS.turn(job.tick):
            content = work(job.tick)
    except _CancelledError:
        pass
    except PaletteError as error:
        failed = str(error)
    except Exception as error:  # noqa: BLE001 — no caller above this thread could handle it
        logging.getLogger("palette").error(without_values(error))
        failed = "cela n’a pas pu être fait. Réessayez ; si cela dure, dites-le à qui tient Palette."
    ended()
    job.content, job.failed = content, failed


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
    """Show a button that downloads the file, with the rights of the click, and click it once by itself."""
    name = f"{key}-made".replace(":", "-")  # it is a class of the page, in which « : » has a meaning
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/check_circle:] {job.label} : prêt.")
        download_button(job.file, lambda _: content, job.file, job.kind, name)
    if not job.offered:
        job.offered = True
        assets.click_download(name, job.number)
