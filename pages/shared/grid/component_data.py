"""The data sent to grid.js: columns, rows as French text, refused texts and conflicts, the last edit handled."""

from collections.abc import Mapping
from typing import Any

from db.base.french import french_number
from db.model.fields import Computed, Field
from db.model.office import Office
from db.model.types import Choice, Choices, Context, Date, Euros, Integer, LongText, Reference, References, Type, YesNo
from db.rows import records
from db.rows.records import Row
from pages.shared.grid import filters, grouping
from pages.shared.grid.view import GridView

Column = Field | Computed
_KINDS: dict[type[Type], str] = {
    Date: "date", Integer: "number", Euros: "number", LongText: "long", Choice: "choice", YesNo: "choice",
    Choices: "choices", Reference: "reference", References: "long",
}  # fmt: skip


def grid_data(db: Office, view: GridView, instance: str, context: Context) -> dict[str, Any]:
    """Return the data of grid.js as JSON values. ``instance``: the grid in the browser that sent edits last."""
    table, sheet = view.sheet.table, view.sheet
    columns = [table.column(name) for name in view.columns]
    return {
        "turn": f"{sheet.id}:{view.draw_number}:{','.join(view.columns)}",
        "label": _label(view),
        "grouped": bool(view.query.group),
        "columns": [_column(column, context) for column in columns],
        "sections": grouping.sections(db, view, context),
        "rows": _rows(db, view, columns, context) + _drafts(view, columns, context),
        "next": sheet.next_draft,
        "sort": list(view.query.sort),
        "search": view.query.search,
        "filters": filters.describe(table, view.filters, context),
        "page": view.query.page,
        "pages": view.pages(db),
        "counts": _counts(db, view),
        "status": sheet.status,
        "empty": _empty(view),
        "sheet": sheet.id,
        "instance": instance,
        "done": sheet.done(instance),
        "token": view.token,
        "suggestions": view.suggestions,
        "late": view.counts_are_old,
    }


def _label(view: GridView) -> str:
    """Return the accessible name of the table."""
    table, group = view.sheet.table, view.query.group
    return f"{table.plural}, par groupes : {table.column(group).label}" if group else table.plural


def _counts(db: Office, view: GridView) -> str:
    table = view.sheet.table
    matching, total = view.counts(db)
    noun = table.label if total < 2 else table.plural
    counted = f"{french_number(total)} {noun if table.label.isupper() else noun.lower()}"
    return counted if matching == total else f"{french_number(matching)} sur {counted}"


def _empty(view: GridView) -> str:
    if view.sections:  # all groups are folded
        return ""
    if view.is_narrowed:
        return "Rien ne correspond à la recherche et aux filtres."
    return f"Rien encore. « {view.sheet.table.new} » ci-dessus, ou tapez dans la ligne vide."


def _column(column: Column, context: Context) -> dict[str, Any]:
    options: list[str] = ["Oui", "Non"] if isinstance(column.type, YesNo) else []
    if column.list:
        retired = context.retired[column.list.name]
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
    }


def _rows(db: Office, view: GridView, columns: list[Column], context: Context) -> list[dict[str, Any]]:
    table = view.sheet.table
    rows = records.rows(db, table, view.ids)
    view.ids = [row.id for row in rows]
    matching = records.still_matching(db, table, view.query, view.ids) if view.ids else set()
    drafts = {row_id: draft for draft, row_id in view.sheet.adopted.items()}
    positions = {row.id: grouping.position(view, row.id, row.values.get(view.query.group), context) for row in rows}
    view.moved_count = sum(bool(position["moved"]) for position in positions.values())
    return [
        {
            **_line(row.id, _texts(row, columns, context), view),
            **positions[row.id],
            "was": drafts.get(row.id),
            "version": row.version,
            "marks": row.marks,
            "stale": row.id not in matching,
        }
        for row in rows
    ]


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


def _drafts(view: GridView, columns: list[Column], context: Context) -> list[dict[str, Any]]:
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
