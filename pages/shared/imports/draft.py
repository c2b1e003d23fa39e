"""An import that was begun in this tab: the file as it was read, what was corrected, the last comparison.

It stays in the session alone, whatever page is looked at, until it is dropped: nothing of it in an address or a log.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import streamlit as st

from db.base.errors import PaletteError, RefusedImportError
from db.imports import plan as planning
from db.imports import remembered_choices, workbook_reader, write
from db.imports.plan_types import CREATE, UPDATE, WAITING, Choices, Done, Plan, Problem, SheetPlan, Tick, Workbook
from db.model.office import Office
from db.rows import operations
from db.storage.connection import change_token
from pages.shared.imports.plan_lists import Lists
from pages.shared.shell import jobs
from pages.shared.shell.session import office_opener, open_office, user_name

JOB, WRITING = "import:compare", "import:write"
_KEY, _TURN = "import:work", "import:turn"
_AT_ONCE = 1.5
"""Seconds: what takes less is waited for, without a progress bar that flashes up."""
_SELDOM = 0.25
"""Seconds between two words on how far the work is: each makes it pause for everybody else's pages."""


@dataclass
class Work:
    """``lists``: of the last comparison, which may be of earlier ``choices``. The threads write ``book``, ``lists``,
    ``done``, ``failed`` and ``refused``; the page the rest.
    """

    name: str
    data: bytes
    number: int = field(default_factory=count(1).__next__)
    book: Workbook | None = None
    choices: Choices = field(default_factory=Choices)
    lists: Lists | None = None
    failed: str = ""
    """Why the file cannot be read, as a person reads it."""
    refused: str = ""
    """Why nothing was written, the last time."""
    writing: bool = False
    stopped: bool = False
    """Whether the last writing ended before its end."""
    done: Done | None = None
    left: list[Problem] = field(default_factory=list)
    """What was wrong with the rows that were left waiting."""

    @property
    def plan(self) -> Plan | None:
        """The last comparison."""
        return self.lists.plan if self.lists else None

    @property
    def is_current(self) -> bool:
        """Whether the last comparison is of what was corrected since."""
        return self.lists is not None and self.lists.plan.choices == self.choices

    def key(self, *parts: object) -> str:
        """The name of a widget of this very file."""
        return ":".join(map(str, ("import", self.number, *parts)))


def turn() -> int:
    """How many files this tab began to bring in; a new uploader each."""
    return int(st.session_state.get(_TURN, 0))


def current() -> Work | None:
    """What was begun in this tab, if anything."""
    work: Work | None = st.session_state.get(_KEY)
    return work


def begin(name: str, data: bytes) -> None:
    """Read a file and compare it."""
    drop()
    work = st.session_state[_KEY] = Work(name, data)
    compare(work)


def drop() -> None:
    """Forget everything of what was begun."""
    jobs.cancel(JOB)
    jobs.cancel(WRITING)
    st.session_state[_TURN] = turn() + 1
    st.session_state.pop(_KEY, None)


# ---- comparing


def compare(work: Work) -> None:
    """Compare with the office file as corrected, in a thread; what is soon done is waited for."""
    open_, choices = office_opener(), work.choices

    def make(tick: Tick) -> bool:
        try:
            _compare(work, choices, open_, _seldom(tick))
        except PaletteError as error:
            if work.book is not None:
                raise
            work.failed = str(error)
        return True

    jobs.start(JOB, "Comparaison", make)
    _wait(JOB)


def _compare(work: Work, choices: Choices, open_: Callable[[], Office], tick: Tick) -> None:
    if work.book is None:
        tick(0.0, "lecture du fichier")
        work.book = workbook_reader.read(work.data, work.name)
        work.data = b""
    made = Lists(planning.plan(open_(), work.book, choices, lambda done, what: tick(done, what[:1].lower() + what[1:])))
    if work.choices is choices:
        work.lists = made


def _seldom(tick: Tick) -> Tick:
    last = 0.0

    def told(done: float, what: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _SELDOM:
            tick(done, what)
            last = time.monotonic()

    return told


def _wait(key: str) -> None:
    until = time.monotonic() + _AT_ONCE
    while jobs.running(key) and time.monotonic() < until:
        time.sleep(0.02)


def is_comparing() -> bool:
    """Whether a comparison is being made."""
    return jobs.running(JOB)


# ---- correcting


def choose_table(work: Work, sheet: str, table: str) -> None:
    """What a sheet is about; '' leaves it out. What was said of its columns meant another table."""
    others = {name: said for name, said in work.choices.fields.items() if name != sheet}
    constants = {name: said for name, said in work.choices.constants.items() if name != sheet}
    _correct(work, tables={**work.choices.tables, sheet: table}, fields=others, constants=constants)


def choose_header(work: Work, sheet: str, row: int) -> None:
    """The line that holds the headers of a sheet."""
    _correct(work, headers={**work.choices.headers, sheet: row})


def choose_field(work: Work, sheet: SheetPlan, letter: str, name: str) -> None:
    """What a column is; another column that was taken for the same gives it up."""
    said = dict(work.choices.fields.get(sheet.name, {}))
    said |= {one.letter: "" for one in sheet.columns if name and said.get(one.letter, one.field) == name}
    said[letter] = name
    _correct(work, fields={**work.choices.fields, sheet.name: said})


def choose_constant(work: Work, sheet: str, name: str, text: str) -> None:
    """What every new row of a sheet holds where the file says nothing; '' for nothing."""
    said = {one: value for one, value in work.choices.constants.get(sheet, {}).items() if one != name}
    _correct(work, constants={**work.choices.constants, sheet: said | ({name: text} if text else {})})


def choose_value(work: Work, place: str, text: str, value: str) -> None:
    """What a text of a column means, a code or a text; '' leaves the cell empty."""
    said = {**work.choices.values.get(place, {}), text: value}
    _correct(work, values={**work.choices.values, place: said})


def choose_persons(work: Work, chosen: Mapping[str, int]) -> None:
    """Who rows are: the key of each near match -> a number, 0 for somebody new."""
    _correct(work, persons={**work.choices.persons, **chosen})


def set_aside(work: Work, keys: Iterable[str]) -> None:
    """Leave cells empty, or rows out."""
    _correct(work, aside=work.choices.aside | set(keys))


def take_back(work: Work, keys: Iterable[str]) -> None:
    """Look at cells or rows again that were set aside."""
    _correct(work, aside=work.choices.aside - set(keys))


def _correct(work: Work, **said: object) -> None:
    if work.writing or work.done:
        return
    work.refused, work.stopped = "", False
    work.choices = replace(work.choices, **said)  # type: ignore[arg-type]
    compare(work)


# ---- writing


def start_writing(work: Work, leave_waiting: bool) -> None:
    """Write everything, in a thread. A second click finds the first at work, or what it did."""
    lists = work.lists
    if work.writing or work.done or lists is None or not work.is_current:
        return
    open_, name = office_opener(), user_name()
    work.refused, work.writing, work.stopped = "", True, True

    def make(tick: Tick) -> bool:
        try:
            work.done = write.write(open_(), lists.plan, name, _seldom(tick), leave_waiting)
        except RefusedImportError as error:
            work.refused = str(error).partition("\n")[0]
            work.lists = Lists(_with_refusals(lists.plan, error.problems))
        finally:
            work.writing = False
        work.stopped = False
        return True

    jobs.start(WRITING, "Import", make)
    _wait(WRITING)


def _with_refusals(plan: Plan, problems: list[Problem]) -> Plan:
    """The rows that the file refused wait from now on, each with its reason."""
    refused: dict[tuple[str, int], list[Problem]] = {}
    for problem in problems:
        refused.setdefault((problem.sheet, problem.row), []).append(problem)
    for sheet, row in plan.rows():
        if (sheet.name, row.number) in refused and row.action in (CREATE, UPDATE):
            row.action, row.problems = WAITING, (*row.problems, *refused[sheet.name, row.number])
    return plan


def let_end(work: Work) -> None:
    """Wait until a writing that was cancelled has taken everything back."""
    while work.writing and not jobs.running(WRITING):
        time.sleep(0.02)


def was_stopped(work: Work) -> bool:
    """Whether somebody ended the last writing: all of it was taken back."""
    return work.stopped and not work.writing and not work.done and f"{WRITING}:job" not in st.session_state


def has_changed(work: Work) -> bool:
    """Whether somebody changed the office file since the last comparison."""
    return work.plan is not None and work.plan.token != change_token(open_office())


def keep_choices(work: Work) -> None:
    """Remember what was chosen although there is nothing to write."""
    if work.plan:
        remembered_choices.keep(open_office(), work.plan, user_name())


def settle(work: Work) -> None:
    """Once it is written, what was read is let go; what waited is kept to be mended."""
    if work.done and work.lists:
        work.left = work.lists.problems if work.done.waiting else []
        work.book, work.lists = None, None


def persons(work: Work) -> list[int]:
    """Whom the import concerned: the persons that were written, and those whose rows were."""
    operation = operations.get(open_office(), work.done.operation) if work.done and work.done.operation else None
    return operations.persons(open_office(), operation) if operation else []
