"""The data sent to grid.js: what the grid shows, with each run of the page; and its state, also as the answer of the
grid's route (channel.py): rows as French text, refused texts and conflicts, the last edit handled."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from db.base.french import french_number
from db.model.fields import Computed, Field
from db.model.office import Office
from db.model.types import (
    Choice,
    Choices,
    Context,
    Date,
    Euros,
    Integer,
    LongText,
    Reference,
    References,
    Time,
    Type,
    YesNo,
)
from db.rows import column_values, records
from db.rows.queries import groupable
from db.rows.records import Row
from pages.shared.grid import filters, grouping
from pages.shared.grid.shown_rows import ShownRow
from pages.shared.grid.view import GridView

Column = Field | Computed
_KINDS: dict[type[Type], str] = {
    Date: "date", Time: "time", Integer: "number", Euros: "number", LongText: "long", Choice: "choice", YesNo: "yesno",
    Choices: "choices", Reference: "reference", References: "long",
}  # fmt: skip
FIRST_ROWS = 60
"""How many rows come with the page; the browser asks for others as one scrolls."""


def grid_data(db: Office, view: GridView, instance: str, context: Context) -> dict[str, Any]:
    """Return the data of grid.js as JSON values. ``instance``: the grid in the browser that sent edits last."""
    table = view.sheet.table
    columns = [table.column(name) for name in view.columns]
    groups = {column.name for column in groupable(table)}
    return {
        "table": table.name,
        "label": _label(view),
        "grouped": bool(view.query.group),
        "columns": [_column(column, context) | {"groupable": column.name in groups} for column in columns],
        "group": view.query.group,
        "sort": list(view.query.sort),
        "search": view.query.search,
        "filters": filters.describe(table, view.filters, context),
        "layout": dataclasses.asdict(view.layout),
        "titles": len(table.title),
        "state": grid_state(db, view, instance, context, 0, FIRST_ROWS),
    }


def grid_state(db: Office, view: GridView, instance: str, context: Context, first: int, count: int) -> dict[str, Any]:
    """Return the state of the grid, with ``count`` rows from line ``first``."""
    sheet = view.sheet
    columns = [sheet.table.column(name) for name in view.columns]
    query = view.query
    asked = (sheet.table, tuple(view.columns), query.filters, query.search, records.today(), db.roles)
    view.shown.follow(db, sheet.table, asked)
    rows = _read_rows(db, view, first, count, lambda row: _texts(row, columns, context))
    stale = _stale(db, view, list(rows))
    moved = grouping.moved(db, view, list(rows), context)
    adopted = {row_id: line for line, row_id in sheet.adopted.items()}
    view.answers += 1
    view.moved_count, view.stale_count = len(moved), len(stale)
    return {
        "number": view.answers,
        "sheet": sheet.id,
        "instance": instance,
        "done": sheet.done(instance),
        "list": f"{sheet.id}:{view.rows.number}",
        "names": view.columns,
        "count": len(view.rows),
        "first": first,
        "rows": [
            {
                **_line(row_id, row.texts, view),
                "was": adopted.get(row_id),
                "version": row.version,
                "marks": row.marks,
                "stale": row_id in stale,
                "moved": moved.get(row_id, ""),
            }
            for row_id, row in rows.items()
        ],
        "dropped": sorted(view.rows.dropped),
        "sections": _sections(db, view, context),
        "newLines": _new_lines(view, columns, context),
        "nextLine": sheet.next_draft,
        "counts": _counts(db, view),
        "status": sheet.status,
        "problems": len(sheet.refused) + len(sheet.clashes),
        "empty": _empty(view),
        "token": view.token,
        "late": view.counts_are_old,
        "around": _around(db, view, context),
    }


def _read_rows(
    db: Office, view: GridView, first: int, count: int, texts: Callable[[Row], dict[str, str]]
) -> dict[int, ShownRow]:
    """Return the rows of some lines; the list loses those that were deleted."""
    while True:
        ids = view.rows.ids(db, first, first + count)
        rows = view.shown.read(db, view.sheet.table, ids, texts)
        if len(rows) == len(ids):
            return rows
        view.rows.drop(set(ids) - rows.keys())


def _stale(db: Office, view: GridView, shown: list[int]) -> set[int]:
    """Return the rows that no longer match the search and the filters."""
    watched = view.rows.watched(db, shown, view.sheet.touched)
    return view.shown.no_longer_matching(db, view.sheet.table, view.query, watched)


def _around(db: Office, view: GridView, context: Context) -> str:
    """Return a text that changes when what the page shows around the grid must be drawn again."""
    sheet = view.sheet
    shown = (
        sorted(sheet.refused.items()), sorted((key, clash.version) for key, clash in sheet.clashes.items()), sheet.lost,
        sorted((line, tuple(sheet.missing(line))) for line in sheet.drafts), view.moved_count, view.stale_count,
        view.matching, [column.name for column in db.tables[sheet.table.name].columns], context.labels,
        {name: sorted(codes) for name, codes in context.retired.items()},
    )  # fmt: skip
    return str(hash(str(shown)))


def _sections(db: Office, view: GridView, context: Context) -> list[dict[str, Any]]:
    """Return the groups in order: label, number of lines in the list, present number of rows, sums of amounts."""
    if not view.query.group:
        return []
    columns = [view.sheet.table.column(name) for name in view.columns]
    summed = [column for column in columns if isinstance(column.type, Euros) and isinstance(column, Field)]
    totals = column_values.sums(db, view.sheet.table, view.query, [column.name for column in summed])
    counts = dict(view.groups(db))
    return [
        {
            "key": section.code,
            "label": grouping.label(view, section.code, context),
            "size": 0 if section.folded else section.size,
            "count": french_number(counts.get(section.code, 0)),
            "folded": section.folded,
            "totals": {
                column.name: column.type.show(total, context)
                for column, total in zip(summed, totals.get(section.code, [None] * len(summed)), strict=True)
            },
        }
        for section in view.rows.sections
    ]


def _label(view: GridView) -> str:
    """Return the accessible name of the table."""
    table, group = view.sheet.table, view.query.group
    return f"{table.plural}, par groupes : {table.column(group).label}" if group else table.plural


def _counts(db: Office, view: GridView) -> str:
    table = view.sheet.table
    matching, total = view.counts(db)
    view.matching = matching
    noun = table.label if total < 2 else table.plural
    counted = f"{french_number(total)} {noun if table.label.isupper() else noun.lower()}"
    return counted if matching == total else f"{french_number(matching)} sur {counted}"


def _empty(view: GridView) -> str:
    if view.rows.sections:  # all groups are folded
        return ""
    if view.is_narrowed:
        return "Rien ne correspond à la recherche et aux filtres."
    return f"Rien encore. « {view.sheet.table.new} » ci-dessus, ou tapez dans la ligne vide."


def _column(column: Column, context: Context) -> dict[str, Any]:
    options: list[str] = ["Oui", "Non"] if isinstance(column.type, YesNo) else []
    tones: dict[str, str | None] = {}
    if column.list:
        retired = context.retired[column.list.name]
        tones = {label: column.list.tones.get(code) for code, label in context.labels[column.list.name].items()}
        options = [label for code, label in context.labels[column.list.name].items() if code not in retired]
    return {
        "name": column.name,
        "label": column.label,
        "kind": _KINDS.get(type(column.type), "text"),
        "align": column.type.align,
        "editable": isinstance(column, Field),
        "required": isinstance(column, Field) and column.required,
        "help": column.help,
        "options": options,
        "tones": {label: tone for label, tone in tones.items() if tone},
    }


def _texts(row: Row, columns: list[Column], context: Context) -> dict[str, str]:
    return {column.name: column.type.show(row.values[column.name], context) for column in columns}


def _line(row_id: int, cells: Mapping[str, str], view: GridView) -> dict[str, Any]:
    sheet = view.sheet
    refused = {
        name: {"text": cell.text, "reason": cell.reason} for (row, name), cell in sheet.refused.items() if row == row_id
    }
    clashes = {
        name: f"Écrit par {clash.who} pendant que vous tapiez « {clash.difference.mine_text} »."
        for (row, name), clash in sheet.clashes.items()
        if row == row_id
    }
    return {"id": row_id, "cells": cells, "refused": refused, "clashes": clashes}


def _new_lines(view: GridView, columns: list[Column], context: Context) -> list[dict[str, Any]]:
    """Return the lines not saved yet, in the order they were begun, with their default values; then an empty line."""
    sheet = view.sheet
    defaults = {**records.defaults(sheet.table), **sheet.fixed}
    shown = {
        column.name: column.type.show(defaults[column.name], context) for column in columns if column.name in defaults
    }
    lines = [
        {**_line(number, {**shown, **typed}, view), "typed": typed}
        for number, typed in sorted(sheet.drafts.items(), reverse=True)
    ]
    return [*lines, {"id": sheet.next_draft, "cells": {}}]
