"""Times of the queries and of the page run for each gesture, without a browser."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from benchmarks.office import SIZES, Row, folder, median
from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.figures import counting
from db.model.dictionary import PERSON
from db.model.effective_dictionary import DECLARED
from db.model.office import Office
from db.model.roles import Role
from db.rows import records
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.storage import connection
from pages.shared.shell import session

LIMIT = 300.0
PAGE = Path(__file__).parents[1] / "pages" / "caseload.py"

_SIGNED_IN = Session(1, Account(1, "mesure@exemple.fr", "Mesure", frozenset(Role), True, True, None), 0, 0, "", None)
"""AppTest has no cookies."""

Gesture = tuple[str, Callable[[], object]]


def measure(repeats: int) -> list[Row]:
    """Measure every gesture at both sizes."""
    columns = []
    for persons in SIZES:
        data = folder(persons)
        db = connection.open_file(data / "palette.db")
        with patch.object(session, "current_session", return_value=_SIGNED_IN):
            columns.append([(what, median(run, repeats)) for what, run in (*_gestures(db), *_page(data))])
        db.close()
    rows: list[Row] = []
    for (gesture, small), (_, large) in zip(*columns, strict=True):
        rows.append((gesture, [small, large], f"< {LIMIT:.0f}", max(small, large) < LIMIT))
    return rows


def _gestures(db: Office) -> Iterator[Gesture]:
    """Yield the queries of the grid; unless stated otherwise without cached counts, as after a colleague's change."""
    followed = (Filter("state", "in", ("accompanied", "light", "in_diagnosis")),)
    start = Query(followed, today=records.today())

    def read(query: Query) -> Callable[[], object]:
        return _uncached(lambda: records.read(db, db.tables["person"], query))

    yield "open the portfolio", read(start)
    yield "… when nothing changed since", lambda: records.read(db, db.tables["person"], start)
    yield "its count alone", _uncached(lambda: records.count(db, db.tables["person"], start))
    yield "everybody, no filter", read(Query(today=start.today))
    some = (Filter("domain", "in", ("crafts",)), Filter("territory", "in", ("figeac",)))
    yield "filter by domain and territory", read(replace(start, filters=(*followed, *some)))
    yield "filter on contracts that end soon", read(Query((Filter("contract_end", "between", (start.today, None)),)))
    yield "filter without matches", read(Query((Filter("state", "in", ("one_off",)), *some)))
    for text in ("m", "ma", "mar", "marie", "marie d"):
        yield f"search « {text} »", read(replace(start, search=text))
    for page in (2, 20, 10_000):
        name = f"page {page}" if page < 10_000 else "last page"
        last = max(1, records.count(db, db.tables["person"], start) // start.size)
        yield name, read(replace(start, page=min(page, last)))
    for column in PERSON.columns:
        for way in ("", "-"):
            order = replace(start, sort=(way + column.name,))
            yield f"sort by {way}{column.name}", partial(records.read, db, DECLARED.tables["person"], order)
    for group in ("domain", "state"):
        yield f"group by {group}", read(replace(start, group=group))
    yield "open the aids", _uncached(lambda: records.read(db, db.tables["aid"]))
    yield "interventions by person", lambda: records.read(db, db.tables["intervention"], Query(sort=("person_id",)))
    yield "search interventions by name", lambda: records.read(db, db.tables["intervention"], Query(search="marie"))
    yield "figures of the day", _uncached(lambda: counting.summary(db, start.today))
    yield "save a cell, durable", _save(db)


def _uncached(ask: Callable[[], object]) -> Callable[[], object]:
    """Return the same query without cached counts."""

    def run() -> object:
        connection.forget()
        return ask()

    return run


def _save(db: Office) -> Callable[[], object]:
    (row,) = records.page_ids(db, db.tables["person"], Query(size=1))
    turn = count()
    return lambda: records.save(
        db,
        db.tables["person"],
        Edit({"craft": f"Essai {next(turn)}"}, row, records.get(db, db.tables["person"], row).version),
        "Mesure",
    )


def _page(data: Path) -> Iterator[Gesture]:
    """Yield runs of the page as by Streamlit: first visit, next run, and after a save by a colleague."""
    os.environ["PALETTE_DATA"] = str(data)
    screen = AppTest.from_file(str(PAGE), default_timeout=60).run()
    if screen.exception:
        raise RuntimeError(screen.exception[0].value)
    db = connection.open_file(data / "palette.db")
    save = _save(db)
    yield "page run: first visit", lambda: AppTest.from_file(str(PAGE), default_timeout=60).run()
    yield "page run: again", screen.run

    def after_a_save() -> object:
        save()
        return screen.run()

    yield "page run: after a colleague's save", after_a_save
