"""The effective dictionary: the declared tables with the fields, labels and lists that an office added or changed.

An office's own fields are rows of ``own_field`` and ``own_value``. Here they become the same objects as declared
fields, so that file, grid, form, search, import and history treat both alike.
"""

import dataclasses
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from db.model import domain_rules, lists, office_groups
from db.model.dictionary import FILES, TABLES
from db.model.fields import Computed, Field, OfficeTable, Privacy, Table
from db.model.types import Choice, Choices, Date, Email, Euros, Integer, LongText, Phone, Text, Type, ValueList, YesNo

PREFIX = "own_"
"""Prefix of the office's own columns and lists; no declared name begins so."""
STEP = 10
"""Distance between the positions of declared fields, so that others can be put between them."""

_TYPES: dict[str, Type] = {
    "text": Text(), "long": LongText(), "integer": Integer(-999_999_999, 999_999_999), "euros": Euros(),
    "date": Date(), "yes_no": YesNo(), "phone": Phone(), "email": Email(),
}  # fmt: skip
CHOICES = {"choice": Choice, "choices": Choices}
"""The kinds that need a list of values."""
COMPUTED = ("age", "days_since", "count_of", "sum_of", "latest_of")
"""The kinds that are computed from other values, not stored."""


T = TypeVar("T", Field, Computed)


@dataclass(frozen=True)
class EffectiveDictionary:
    """Every table by name and every list of values of one office file."""

    tables: dict[str, OfficeTable]
    lists: tuple[ValueList, ...]


def _unchanged(table: Table) -> OfficeTable:
    return OfficeTable(**{field.name: getattr(table, field.name) for field in dataclasses.fields(table)})


DECLARED = EffectiveDictionary({name: _unchanged(table) for name, table in TABLES.items()}, lists.LISTS)
"""The declared dictionary alone: that of a new file."""


_STATE = "(SELECT count(*), max(id), sum(version), sum(deleted_at IS NULL) FROM main.own_{})"
_STATES = f"SELECT * FROM {_STATE.format('field')}, {_STATE.format('value')}"


def state(db: sqlite3.Connection) -> tuple[Any, ...] | None:
    """Return a value that changes whenever the office's own fields or lists change; None for a file without their
    tables."""
    try:
        return tuple(db.execute(_STATES).fetchone())
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return None  # a file of an older Palette, or one that is still empty


# ---- from rows to declarations

Row = dict[str, Any]


def read(db: sqlite3.Connection) -> EffectiveDictionary:
    """Return the dictionary of a file: the declared one without a field or list of its own."""
    if state(db) is None:
        return DECLARED
    cursor = db.execute("SELECT * FROM main.own_field ORDER BY id")  # an older file has fewer columns
    names = ["published", *(column[0] for column in cursor.description)]
    rows = [dict(zip(names, (None, *row), strict=True)) for row in cursor]
    if not rows:
        return DECLARED
    added = {
        row["list_name"]: row["label"] for row in rows if row["kind"] in CHOICES and row["list_name"].startswith(PREFIX)
    }
    values = {one.name: one for one in lists.LISTS} | {
        name: ValueList(name, label, {}) for name, label in added.items()
    }
    shaped = {
        name: _table(table, [row for row in rows if row["of_table"] == name], values) for name, table in TABLES.items()
    }
    return EffectiveDictionary(shaped, tuple(values.values()))


def _table(table: Table, rows: list[Row], values: dict[str, ValueList]) -> OfficeTable:
    """Return the table with the office's own fields at their positions; deleted and hidden ones stay, out of sight."""
    if not rows:
        return _unchanged(table)
    changed = {row["name"]: row for row in rows if row["kind"] is None and row["deleted_at"] is None}
    placed = [(_position(changed, one, index), _with_words(one, changed)) for index, one in enumerate(table.fields)]
    placed += [(row["place"], _field(row, values)) for row in rows if row["kind"] and row["kind"] not in COMPUTED]
    fields = tuple(field for _, field in sorted(placed, key=lambda pair: pair[0]))
    office_table = replace(
        _unchanged(table), fields=fields, computed=tuple(_with_words(field, changed) for field in table.computed)
    )
    own_computed = [row for row in rows if row["kind"] in COMPUTED and row["deleted_at"] is None]
    return replace(
        office_table,
        computed=(*office_table.computed, *_computed(office_table, sorted(own_computed, key=lambda row: row["place"]))),
    )


def _position(changed: dict[str, Row], field: Field, index: int) -> int:
    return int(changed[field.name]["place"]) if field.name in changed else index * STEP


def _with_words(field: T, changed: dict[str, Row]) -> T:
    """Return a declared field with the label, help and visibility that the office chose."""
    row = changed.get(field.name)
    if row is None:
        return field
    changes: dict[str, Any] = {
        "label": row["label"],
        "help": row["help"] or field.help,
        "hidden": bool(row["hidden"]),
        "shown": bool(row["shown"]),
    }
    if isinstance(field, Field):
        changes["section"] = row["section"] or field.section
        changes["synonyms"] = (*field.synonyms, field.label)  # a file made before still says it so
    return replace(field, **changes)


def _common(row: Row) -> dict[str, Any]:
    return {
        "help": row["help"] or "",
        "shown": bool(row["shown"]),
        "hidden": bool(row["hidden"] or row["deleted_at"]),
        "own": True,
    }


def _field(row: Row, values: dict[str, ValueList]) -> Field:
    kind = CHOICES[row["kind"]](values[row["list_name"]]) if row["kind"] in CHOICES else _TYPES[row["kind"]]
    groups = office_groups.read(row["name"], row["published"]) if row["published"] else None
    return Field(
        row["name"], row["label"], kind, privacy=Privacy.GROUPED if groups else Privacy.SECRET, published=groups,
        section=row["section"] or "", **_common(row),
    )  # fmt: skip


def _computed(table: Table, rows: list[Row]) -> Iterator[Computed]:
    """Yield the office's computed columns. Their SQL uses only names found among the declarations."""
    for row in rows:
        try:
            kind, sql = formula(table, row["kind"], row["source"] or "")
        except KeyError:
            continue  # what it was computed from is no more
        yield Computed(row["name"], row["label"], kind, sql, **_common(row))


def formula(table: Table, kind: str, source: str) -> tuple[Type, str]:
    """Return the type and SQL of a computed column. ``source``: a field, a table, or « table.field » of a person's
    rows. Raises KeyError for an undeclared name."""
    if kind in ("age", "days_since"):
        day = f"t.{_dated(table, source).name}"
        if kind == "age":
            return Integer(0, 130, "ans"), domain_rules.age(day, ":today")
        return Integer(-99_999, 99_999, "j"), f"CAST(julianday(:today) - julianday({day}) AS INTEGER)"
    child, _, name = source.partition(".")
    rows = f'FROM "{_child(table, child).name}" c WHERE c.person_id = t.id AND c.deleted_at IS NULL'
    if kind == "count_of":
        return Integer(0, 999_999), f"(SELECT count(*) {rows})"
    field = TABLES[child].field(name)
    if kind == "sum_of":
        most = replace(field.type, min=0, max=999_999_999) if isinstance(field.type, Euros | Integer) else field.type
        return most, f"(SELECT sum(c.{field.name}) {rows})"
    return Date(), f"(SELECT max(c.{field.name}) {rows})"


def _dated(table: Table, name: str) -> Field:
    field = table.field(name)
    if not isinstance(field.type, Date):
        raise KeyError(name)
    return field


def _child(table: Table, name: str) -> Table:
    if table.name != "person" or not FILES[name].belongs_to_person:
        raise KeyError(name)
    return FILES[name]


def sources(table: Table, kind: str) -> dict[str, str]:
    """Return what a computed column of a kind may be computed from: source -> its label."""
    children = [one for one in FILES.values() if one.belongs_to_person] if table.name == "person" else []
    types = {"sum_of": (Euros, Integer), "latest_of": (Date,)}
    match kind:
        case "age" | "days_since":
            dates = [field for field in table.fields if isinstance(field.type, Date) and not field.hidden]
            return {field.name: field.label for field in dates}
        case "count_of":
            return {one.name: one.plural for one in children}
    return {
        f"{one.name}.{field.name}": f"{one.plural} : {field.label}"
        for one in children
        for field in one.fields
        if isinstance(field.type, types[kind])
    }
