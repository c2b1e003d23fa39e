"""The draft of an import in this tab: the file as read, the corrections, and the last comparison with the office file.

It is in the session only, until it is dropped; nothing of it is written to an address or a log. Each correction starts
a new comparison in a job (pages/shared/shell/jobs.py); writing is another job.

A large file and its comparison take some 400 MB: one comparison is made at a time in the whole server, and the drafts
of all tabs together keep at most ``MOST_CELLS``. A new file beyond that drops the ones that were left alone longest.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from weakref import WeakSet

import streamlit as st

from db.base.errors import PaletteError, RefusedImportError
from db.base.progress import Progress
from db.base.turns import Turns
from db.imports import isolated_reader, remembered_choices, write
from db.imports import plan as planning
from db.imports.plan_types import (
    CREATE,
    UPDATE,
    WAITING,
    ImportChoices,
    ImportPlan,
    ImportProblem,
    ImportResult,
    SheetPlan,
    SourceWorkbook,
)
from db.model.office import Office
from db.rows import operations
from db.storage.connection import change_token
from pages.shared.imports.plan_lists import Lists
from pages.shared.shell import jobs
from pages.shared.shell.session import office_opener, open_office, user_name

JOB, WRITING = "import:compare", "import:write"
_KEY, _TURN = "import:work", "import:turn"
_WAIT_SECONDS = 1.5
"""A job that takes less is waited for, so that no progress bar flashes up."""
_TICK_SECONDS = 0.25
"""The shortest time between two reports of progress: each makes the job pause (``jobs.Job.tick``)."""


MOST_CELLS = 3_500_000
"""Filled cells: the largest file (db/imports/file_limits.py) beside several small ones."""
_LARGE = 500_000
_FORGOTTEN = (
    "Ce fichier a été retiré de la mémoire de Palette pour faire place à un autre : déposez-le de nouveau. Rien n’avait"
    " été enregistré."
)
_kept: WeakSet["Work"] = WeakSet()
"""The drafts of all tabs."""
_keeping = threading.Lock()
_COMPARING = Turns(1, "un autre import se compare")


@dataclass(eq=False)
class Work:
    """A draft. The jobs write ``book``, ``lists``, ``done``, ``failed`` and ``refused``; the page writes the rest.
    ``lists``: of the last comparison, which may have been made with earlier ``choices``."""

    name: str
    data: bytes
    number: int = field(default_factory=count(1).__next__)
    book: SourceWorkbook | None = None
    choices: ImportChoices = field(default_factory=ImportChoices)
    lists: Lists | None = None
    failed: str = ""
    """Why the file cannot be read, in French; '' otherwise."""
    refused: str = ""
    """Why the last attempt to write was refused, in French; '' otherwise."""
    writing: bool = False
    stopped: bool = False
    """Whether the last attempt to write was not completed."""
    done: ImportResult | None = None
    left: list[ImportProblem] = field(default_factory=list)
    """The problems of the rows that were not imported."""
    written: set[str] = field(default_factory=set)
    """The tables of the rows of a file that was written."""
    cells: int = 0
    """How many cells of the file are kept."""
    used: float = field(default_factory=time.monotonic)
    """When the last comparison was asked for."""

    @property
    def plan(self) -> ImportPlan | None:
        """The plan of the last comparison."""
        return self.lists.plan if self.lists else None

    @property
    def is_current(self) -> bool:
        """Whether the last comparison was made with the present choices."""
        return self.lists is not None and self.lists.plan.choices == self.choices

    def key(self, *parts: object) -> str:
        """Return the key of a widget of this draft."""
        return ":".join(map(str, ("import", self.number, *parts)))


def turn() -> int:
    """Return the number of drafts dropped in this tab; part of the uploader's key, so that it is empty each time."""
    return int(st.session_state.get(_TURN, 0))


def current() -> Work | None:
    """Return the draft of this tab, if any."""
    work: Work | None = st.session_state.get(_KEY)
    return work


def begin(name: str, data: bytes) -> None:
    """Read a file and compare it with the office file."""
    drop()
    work = st.session_state[_KEY] = Work(name, data)
    compare(work)


def drop() -> None:
    """Drop the draft and cancel its jobs."""
    jobs.cancel(JOB)
    jobs.cancel(WRITING)
    st.session_state[_TURN] = turn() + 1
    st.session_state.pop(_KEY, None)


# ---- comparing


def compare(work: Work) -> None:
    """Start the comparison under the present choices, and wait for it a little."""
    open_, choices = office_opener(), work.choices

    def make(tick: Progress) -> bool:
        try:
            _compare(work, choices, open_, _throttled(tick))
        except PaletteError as error:
            if work.book is not None:
                raise
            work.failed, work.data = str(error), b""
        return True

    jobs.start(JOB, "Comparaison", make)
    _wait(JOB)


def _compare(work: Work, choices: ImportChoices, open_: Callable[[], Office], tick: Progress) -> None:
    if work.book is None and not work.failed:
        work.book = isolated_reader.read(work.data, work.name, tick, planning.department(open_()))
        work.data = b""
        keep_file(work)
    with _COMPARING.turn(tick):
        if work.book is None:  # forgotten meanwhile
            return
        if work.cells > _LARGE:
            work.lists = None  # the next one takes as much memory again
        lists = Lists(
            planning.plan(open_(), work.book, choices, lambda done, what: tick(done, what[:1].lower() + what[1:]))
        )
    if work.choices is choices and work.book is not None:
        work.lists = lists


def keep_file(work: Work) -> None:
    """Keep a file that was read, and forget others when all are too much."""
    work.cells = sum(len(line.cells) for sheet in work.book.sheets for line in sheet.lines) if work.book else 0
    with _keeping:
        _kept.add(work)
        others = sorted((one for one in _kept if one is not work and not one.writing), key=lambda one: one.used)
        cells = work.cells + sum(one.cells for one in others)
        for one in others:
            if cells <= MOST_CELLS:
                break
            cells -= one.cells
            one.failed, one.book, one.lists, one.cells = _FORGOTTEN, None, None, 0


def _throttled(tick: Progress) -> Progress:
    """Return a tick that passes on at most one report per ``_TICK_SECONDS``."""
    last = 0.0

    def throttled(done: float, what: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _TICK_SECONDS:
            tick(done, what)
            last = time.monotonic()

    return throttled


def _wait(key: str) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while jobs.running(key) and time.monotonic() < until:
        time.sleep(0.02)


def is_comparing() -> bool:
    """Whether a comparison is running."""
    return jobs.running(JOB)


# ---- correcting


def choose_table(work: Work, sheet: str, table: str) -> None:
    """Set the table of a sheet, '' to leave it out, and drop the choices about its columns."""
    fields = {name: chosen for name, chosen in work.choices.fields.items() if name != sheet}
    constants = {name: chosen for name, chosen in work.choices.constants.items() if name != sheet}
    _correct(work, tables={**work.choices.tables, sheet: table}, fields=fields, constants=constants)


def choose_header(work: Work, sheet: str, row: int) -> None:
    """Set the row number of a sheet's headers."""
    _correct(work, headers={**work.choices.headers, sheet: row})


def choose_field(work: Work, sheet: SheetPlan, letter: str, name: str) -> None:
    """Set the field of a column, and leave out another column that had the same field."""
    fields = dict(work.choices.fields.get(sheet.name, {}))
    fields |= {one.letter: "" for one in sheet.columns if name and fields.get(one.letter, one.field) == name}
    fields[letter] = name
    _correct(work, fields={**work.choices.fields, sheet.name: fields})


def choose_constant(work: Work, sheet: str, name: str, text: str) -> None:
    """Set the value of a field in every new row of a sheet where the file has none; '' for no value."""
    others = {one: value for one, value in work.choices.constants.get(sheet, {}).items() if one != name}
    _correct(work, constants={**work.choices.constants, sheet: others | ({name: text} if text else {})})


def choose_value(work: Work, path: str, text: str, value: str) -> None:
    """Set what a text of a field means: a code or another text; '' leaves the cell empty."""
    values = {**work.choices.values.get(path, {}), text: value}
    _correct(work, values={**work.choices.values, path: values})


def choose_persons(work: Work, chosen: Mapping[str, int]) -> None:
    """Set who rows are. ``chosen``: key of the near match -> person id, 0 for a new person."""
    _correct(work, persons={**work.choices.persons, **chosen})


def answer(work: Work, keys: Iterable[str], yes: bool) -> None:
    """Answer questions about sheets and lines: whether what Palette proposes is right."""
    _correct(work, answers={**work.choices.answers, **dict.fromkeys(keys, yes)})


def choose_values(work: Work, path: str, replacements: Mapping[str, str]) -> None:
    """Set what several texts of a field mean."""
    _correct(work, values={**work.choices.values, path: {**work.choices.values.get(path, {}), **replacements}})


def replace_notes(work: Work, replace_them: bool) -> None:
    """Set whether the notes of the file replace those that are stored."""
    _correct(work, replace_notes=replace_them)


def replace_typed(work: Work, replace_them: bool) -> None:
    """Set whether a source replaces also what the office typed itself."""
    _correct(work, replace_typed=replace_them)


def set_aside(work: Work, keys: Iterable[str]) -> None:
    """Leave cells empty or rows out."""
    _correct(work, aside=work.choices.aside | set(keys))


def take_back(work: Work, keys: Iterable[str]) -> None:
    """Undo ``set_aside`` for these cells or rows."""
    _correct(work, aside=work.choices.aside - set(keys))


def _correct(work: Work, **changed: object) -> None:
    if work.writing or work.done:
        return
    work.refused, work.stopped = "", False
    work.used = time.monotonic()
    work.choices = replace(work.choices, **changed)  # type: ignore[arg-type]
    compare(work)


# ---- writing


def start_writing(work: Work, leave_waiting: bool) -> None:
    """Start the job that writes everything; nothing happens when it was started already."""
    lists = work.lists
    if work.writing or work.done or lists is None or not work.is_current:
        return
    open_, name = office_opener(), user_name()
    work.refused, work.writing, work.stopped = "", True, True

    def make(tick: Progress) -> bool:
        try:
            work.done = write.write(open_(), lists.plan, name, _throttled(tick), leave_waiting)
        except RefusedImportError as error:
            work.refused = str(error).partition("\n")[0]
            work.lists = Lists(_with_refusals(lists.plan, error.problems))
        work.stopped = False
        return True

    def ended() -> None:
        work.writing = False

    jobs.start(WRITING, "Import", make, ended=ended)
    _wait(WRITING)


def _with_refusals(plan: ImportPlan, problems: list[ImportProblem]) -> ImportPlan:
    """Set the rows refused by the office file to waiting, with their problems."""
    refused: dict[tuple[str, int], list[ImportProblem]] = {}
    for problem in problems:
        refused.setdefault((problem.sheet, problem.row), []).append(problem)
    for sheet, row in plan.rows():
        if (sheet.name, row.number) in refused and row.action in (CREATE, UPDATE):
            row.action, row.problems = WAITING, (*row.problems, *refused[sheet.name, row.number])
    return plan


def let_end(work: Work) -> None:
    """Wait until a cancelled job has rolled back what it wrote."""
    while work.writing and not jobs.running(WRITING):
        time.sleep(0.02)


def was_stopped(work: Work) -> bool:
    """Whether writing was cancelled, and hence rolled back."""
    return work.stopped and not work.writing and not work.done and f"{WRITING}:job" not in st.session_state


def has_changed(work: Work) -> bool:
    """Whether the office file has changed since the last comparison."""
    return work.plan is not None and work.plan.token != change_token(open_office())


def keep_choices(work: Work) -> None:
    """Remember the choices for the next file although there is nothing to write."""
    if work.plan:
        remembered_choices.save(open_office(), work.plan, user_name())


def settle(work: Work) -> None:
    """Free the memory of a written file; keep the problems of the rows that were not imported."""
    if work.done and work.lists:
        work.left = work.lists.problems if work.done.waiting else []
        work.written = {sheet.table for sheet in work.lists.plan.sheets if sheet.rows}
        work.book, work.lists, work.cells = None, None, 0


def persons(work: Work) -> list[int]:
    """Return the ids of the persons that were written, and of those whose rows were."""
    operation = operations.get(open_office(), work.done.operation) if work.done and work.done.operation else None
    return operations.persons(open_office(), operation) if operation else []
