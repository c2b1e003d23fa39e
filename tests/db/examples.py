"""Values and rows that are right for any field and table of the dictionary, so that a new one is covered by itself."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.model.dictionary import FILES
from db.model.fields import Field, OfficeTable, Table
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Email, Euros, Integer, Phone, Reference, References, YesNo
from db.rows.records import Edit, save
from db.storage import connection
from tests.db.given import given, given_cer, given_diagnostic, given_person

FILLED_IN = list(FILES.values())
"""The thirteen tables that people fill in; the settings are one row that is always there."""

every_table = pytest.mark.parametrize("table", FILLED_IN, ids=lambda table: table.name)


def fields_that(wanted: Callable[[Field], bool]) -> pytest.MarkDecorator:
    """Run a test for every field of every table of which that is true."""
    found = [(table, field) for table in FILLED_IN for field in table.fields if wanted(field)]
    return pytest.mark.parametrize(
        ("table", "field"), [pytest.param(*one, id=f"{one[0].name}.{one[1].name}") for one in found]
    )


EVERY_FIELD = [(table, field) for table in FILLED_IN for field in table.fields]
EVERY_COLUMN = [(table, item) for table in FILLED_IN for item in table.columns]
_TYPES = {repr(field.type): (table, field) for table, field in reversed(EVERY_FIELD)}
every_type = pytest.mark.parametrize(
    "kind", [pytest.param(field.type, id=f"{table.name}.{field.name}") for table, field in reversed(_TYPES.values())]
)
"""Every type that differs from the others, named after the first field that is of it."""


def columns_of(table: Table) -> list[tuple[Table, Any]]:
    """The columns of one table, as ``offenders`` looks at them."""
    return [(table, item) for item in table.columns]


def fields_of(table: Table, wanted: Callable[[Field], bool]) -> list[tuple[Table, Field]]:
    """The fields of one table of which that is true."""
    return [(table, field) for field in table.fields if wanted(field)]


def offenders(cases: Iterable[tuple[Table, Any]], look: Callable[[Table, Any], object]) -> list[str]:
    """What ``look`` finds wrong, column by column: all of it, so that one test tells as much as one test for each."""
    wrong = []
    for table, item in cases:
        try:
            look(table, item)
        except (AssertionError, pytest.fail.Exception) as error:
            wrong.append(f"{table.name}.{item.name}: {error}")
    return wrong


_WORDS = ("Éluard", "abbé", "Zoé", "Eluard-Nord", "çà", "Œillet", "Prévert", "Hugo")
_PERIOD_ENDS = ("ends_on", "completed_on", "paid_on", "decided_on", "reviewed_on")

_KEEPING_THE_RULES: dict[str, dict[str, Any]] = {
    "stage": {"kind": "accompaniment"},
    "aid": {"decision": "granted"},
    "cer": {"rank": "renewal"},
}
"""What a row with every field filled in needs beside what its types ask for."""


def example(field: Field, number: int, refers_to: int) -> Any:
    """The stored value number so-and-so of a field; ``refers_to``: the row that a reference points to."""
    kind = field.type
    match kind:
        case Choice(list=values):
            return list(values.values)[number % len(values.values)]
        case Choices(list=values):
            codes = list(values.values)
            return tuple(code for code in codes if code in (codes[0], codes[number % len(codes)]))
        case Date():
            day = 28 if field.name in _PERIOD_ENDS else 1 + number % 20
            return min(f"{2015 + number % 7}-03-{day:02}", kind.max)
        case YesNo():
            return number % 2
        case Euros():
            return 100_00 + number % 5 * 10_01
        case Integer():
            return kind.min + number
        case Reference():
            return refers_to
        case References():
            return (refers_to,)
        case Phone():
            return f"056500000{number % 10}"
        case Email():
            return f"nom{number}@exemple.fr"
    return f"{_WORDS[number % len(_WORDS)]} {number}"[: getattr(kind, "max", 200)].strip().strip()


def whole_row(db: Office, table: OfficeTable, number: int = 0) -> dict[str, Any]:
    """Every field of a new row, filled in and keeping every rule; the rows it refers to are made."""
    person = given_person(db, last_name=_WORDS[number % len(_WORDS)], first_name=f"Lou {number}")
    made = {
        "person": lambda: person,
        "partner": lambda: given(db, "partner", name=f"Galerie {_WORDS[number % len(_WORDS)]} {number}"),
        "diagnostic": lambda: given_diagnostic(db, person, "2014-01-01", None),
        "cer": lambda: given_cer(db, person, "2014-01-01", "2014-01-01", "2014-06-30"),
    }
    rules = _KEEPING_THE_RULES.get(table.name, {})
    if table.name == "benefit":
        db.execute("UPDATE benefit SET ends_on = '1999-12-31' WHERE person_id = ?", (person,))
    return {
        field.name: rules.get(field.name) or example(field, number, made[field.target]() if field.target else 0)
        for field in table.fields
    }


def bare_row(db: Office, table: OfficeTable, number: int = 0) -> dict[str, Any]:
    """A new row with nothing but what must be there."""
    whole = whole_row(db, table, number)
    needed = {field.name for field in table.fields if field.required}
    also = {"action": {"diagnostic_id"}, "aid": {"granted"}}.get(table.name, set())
    also |= {"mode"} & set(whole) if table.name == "stage" else set()
    row = {name: value if name in needed | also else None for name, value in whole.items()}
    return {**row, "rank": "first"} if table.name == "cer" else row


def another(field: Field, value: Any) -> Any:
    """A right value that is not this one."""
    found = (example(field, number, 0) for number in range(1, 20))
    return next(other for other in found if other != value)


def saved(db: Office, table: OfficeTable, values: Mapping[str, Any], who: str = "Ada") -> int:
    return save(db, table, Edit(values), who).row_id


def in_the_file(path: Path, table: str, row_id: int) -> dict[str, Any]:
    """The row as any other program reads it."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        return dict(raw.execute(f'SELECT * FROM "{table}" WHERE id = ?', (row_id,)).fetchone() or {})


def as_stored(table: OfficeTable, values: dict[str, Any]) -> dict[str, Any]:
    return {name: table.field(name).type.to_sql(value) for name, value in values.items()}


def unguarded(path: Path) -> sqlite3.Connection:
    """The file as the sqlite3 command line opens it: nothing of Palette, not even foreign keys."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA synchronous = OFF")
    return raw


def insert(raw: sqlite3.Connection | Office, table: OfficeTable, values: dict[str, Any]) -> int:
    """A row by plain SQL; Choices and References as JSON."""
    stored = as_stored(table, values)
    names, marks = ", ".join(stored), ", ".join("?" * len(stored))
    found = raw.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', tuple(stored.values()))
    return int(found.lastrowid or 0)


def change(raw: sqlite3.Connection | Office, table: OfficeTable, row_id: int, **values: Any) -> None:
    """An update by plain SQL."""
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    stored = {**as_stored(table, values), "id": row_id}
    raw.execute(f'UPDATE "{table.name}" SET {assignments} WHERE id = :id', stored)


def forget_open_files() -> None:
    """The next opening looks at the file again, as a newly started Palette does."""
    connection._ready.clear()
