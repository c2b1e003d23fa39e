"""POST /grille: the requests of an open grid that need no rerun of its page: edits, rows as one scrolls, suggestions.

A request is a JSON object: ``sheet``, the id of the grid's state; ``do``, one of the names of ``_ACTIONS``; and what
that action reads. It is served with the roles of the session that sends it, and only to the session that opened the
grid. The answer is a JSON object; {"gone": true} when this process has no such grid (the server was restarted, or the
page was left).
"""

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.accounts.sessions import Session
from db.base.errors import AccessError, PaletteError
from db.base.french import fold, french_number
from db.base.sqlite_errors import palette_error
from db.model.office import Office
from db.model.types import Choice, Choices, Reference, References, YesNo
from db.rows import column_values, grid_layouts, records
from db.rows.grid_edits import Cell
from db.rows.saved_views import Grid
from db.storage.connection import thread_office
from pages.shared.grid import filters
from pages.shared.grid.component_data import grid_state
from pages.shared.grid.view import GridView, view_of_sheet

MOST_BYTES = 20_000_000
"""Of one request: some 100,000 pasted cells."""
_MOST_ROWS = 1_000
_MOST_VALUES = 500
"""How many values of a column are listed in its menu."""

_reading = anyio.CapacityLimiter(1)
"""After a save every open grid asks for its rows; one at a time is answered, so that the next save finds a place."""

Message = dict[str, Any]


async def answer(request: Request) -> JSONResponse:
    """Answer one request. 400: malformed; 403: the role does not allow it; 413: too long; 503: the file is busy."""
    session: Session = request.scope["palette"]
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return JSONResponse({}, 413)
    return await anyio.to_thread.run_sync(
        _answer, session, bytes(body), limiter=_reading if _only_reads(body) else None
    )


def _only_reads(body: bytearray) -> bool:
    """Return whether a request asks for rows and has no edits."""
    if len(body) > 10_000:
        return False
    try:
        message = json.loads(body)
        return bool(message["do"] == "sync" and not message["edits"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _answer(session: Session, body: bytes) -> JSONResponse:
    try:
        message = json.loads(body)
        act, view = _ACTIONS[message["do"]], view_of_sheet(str(message["sheet"]), session.id)
        if view is None or not view.file.exists():
            return JSONResponse({"gone": True})
        with view.lock:
            db = thread_office(session.account.roles, view.file)
            return JSONResponse(act(db, view, session.account.name, message))
    except (PaletteError, sqlite3.Error) as error:
        reason = palette_error(error) if isinstance(error, sqlite3.Error) else error
        return JSONResponse({}, 403 if isinstance(reason, AccessError) else 503)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JSONResponse({}, 400)


def _sync(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Save ``edits`` of the grid ``instance`` in the browser. Return the state with the rows of ``lines``: [first,
    count]."""
    edits = [Cell(int(e["n"]), int(e["row"]), int(e["version"]), e["field"], str(e["text"])) for e in message["edits"]]
    view.instance = str(message["instance"])
    view.sheet.apply(db, view.instance, edits, who)
    first, count = (max(0, int(number)) for number in message["lines"])
    with db.one_moment():
        view.refresh(db)
        return grid_state(db, view, view.instance, records.context(db), first, min(count, _MOST_ROWS))


def _ids(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Return the ids of the lines from ``first`` to ``last``."""
    return {"ids": view.rows.ids(db, int(message["first"]), int(message["last"]))}


def _suggest(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Return the titles of rows that a reference ``field`` may name, for the ``words`` typed so far."""
    words = str(message["words"])
    target = db.tables[view.sheet.table.field(message["field"]).target or "person"]
    rows = records.suggestions(db, target, words, records.context(db))
    if words.strip():
        rows = sorted(rows, key=lambda row: fold(row[1]))
    titles = [title for _, title in rows]
    return {"items": [title if titles.count(title) == 1 else f"{title} n° {row_id}" for row_id, title in rows]}


def _values(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Return the filter of a ``field`` and its values among the rows that match the other filters: each with its code,
    label, number of rows."""
    name, context = str(message["field"]), records.context(db)
    column = view.sheet.table.column(name)
    others = {key: value for key, value in view.filters.items() if key.partition(":")[0] != name}
    conditions = (*view.fixed_filters, *filters.conditions(view.sheet.table, others, context))
    query = dataclasses.replace(view.query, filters=conditions)
    own = {part: view.filters.get(f"{name}:{part}") for part in ("contains", "low", "high", "empty")}
    found = column_values.frequencies(db, view.sheet.table, query, name, _MOST_VALUES + 1)
    kind = column.type
    names = context.labels[kind.list.name] if isinstance(kind, Choice | Choices) else {}

    def label(code: Any) -> str:
        if code is None:
            return "(vide)"
        if isinstance(kind, Reference | References):
            return context.title(kind.table, code)
        return names.get(code, str(code)) if isinstance(kind, Choice | Choices) else kind.show(code, context)

    listed = [[code, label(code), french_number(size)] for code, size in found[:_MOST_VALUES]]
    order = list(names)
    is_ordered = isinstance(kind, Choice | Choices | YesNo)
    listed.sort(key=lambda one: (one[0] is None, order.index(one[0]) if one[0] in order else 0, fold(str(one[1]))))
    chosen = view.filters.get(name)
    return {
        "values": listed,
        "isCut": len(found) > _MOST_VALUES,
        "isList": is_ordered,
        "chosen": chosen if isinstance(chosen, list) else None,
        "words": chosen if isinstance(chosen, str) else "",
        **own,
    }


def _edge(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Return the line at the edge of the block of filled cells of ``field``, from ``line`` up (``step`` -1) or down."""
    line, step, count = int(message["line"]), 1 if int(message["step"]) > 0 else -1, len(view.rows)
    ids = view.rows.ids(db, 0, count)
    filled = column_values.filled(db, view.sheet.table, view.sheet.table.column(message["field"]).name, ids)
    is_filled = [row_id in filled for row_id in ids]
    return {"line": edge(is_filled, min(max(line, 0), count - 1), step)}


def edge(is_filled: list[bool], line: int, step: int) -> int:
    """Return where Ctrl + arrow leads: the last filled cell of the block, or the next filled one after a gap, or the
    last cell."""
    last = len(is_filled) - 1 if step > 0 else 0
    if line == last or not is_filled:
        return line
    at = line + step
    within = is_filled[line] and is_filled[at]
    while at != last and is_filled[at] == within:
        at += step
    return at - step if within and not is_filled[at] else at


def _layout(db: Office, view: GridView, who: str, message: Message) -> Message:
    """Remember the layout of the grid under the open view."""
    layout = grid_layouts.checked(message["layout"])
    if layout != view.layout:
        view.layout = layout
        grid_layouts.write(db, who, Grid.of(view.sheet.table, view.key), view.saved, layout)
    return {}


_ACTIONS: dict[str, Callable[[Office, GridView, str, Message], Message]] = {
    "sync": _sync,
    "ids": _ids,
    "suggest": _suggest,
    "values": _values,
    "edge": _edge,
    "layout": _layout,
}

ROUTE = Route("/grille", answer, methods=["POST"])
