"""Valid values and rows for any field and table of the dictionary, so that tests cover a new one unchanged."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import strategies

from db.model import sirets
from db.model.coded_texts import Degrees, Siret
from db.model.dictionary import FILES
from db.model.fields import Field, OfficeTable, Table
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Email, Euros, Integer, Phone, Reference, References, Time, YesNo
from db.rows.records import Edit, save
from db.storage import connection
from tests.db.factories import insert, insert_contract, insert_diagnostic, insert_person

FILLED_IN = list(FILES.values())
"""The fourteen tables that people fill in; the settings are one row that is always there."""

every_table = pytest.mark.parametrize("table", FILLED_IN, ids=lambda table: table.name)


def parametrize_fields(predicate: Callable[[Field], bool]) -> pytest.MarkDecorator:
    """Run a test for every field of every table that satisfies the predicate."""
    fields = [(table, field) for table in FILLED_IN for field in table.fields if predicate(field)]
    return pytest.mark.parametrize(
        ("table", "field"), [pytest.param(*pair, id=f"{pair[0].name}.{pair[1].name}") for pair in fields]
    )


EVERY_FIELD = [(table, field) for table in FILLED_IN for field in table.fields]
EVERY_COLUMN = [(table, column) for table in FILLED_IN for column in table.columns]
_TYPES = {repr(field.type): (table, field) for table, field in reversed(EVERY_FIELD)}
every_type = pytest.mark.parametrize(
    "kind", [pytest.param(field.type, id=f"{table.name}.{field.name}") for table, field in reversed(_TYPES.values())]
)
"""Every distinct type, named after the first field that has it."""


def telephone_numbers() -> strategies.SearchStrategy[str]:
    """Return a strategy of stored telephone numbers: French, of an overseas department, foreign."""
    french = strategies.from_regex(r"\A\+33(?:1[4-8]|2[3-5]|5[56]|6[12]|7[5-8])[0-9]{7}\Z")
    overseas = strategies.from_regex(r"\A\+(?:590690|596696|262692)[3-5][0-9]{5}\Z")
    examples = [phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
                for region in ("BE", "CH", "GB", "MA", "US", "NC", "ES")]  # fmt: skip
    foreign = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in examples if number]
    return french | overseas | strategies.sampled_from(foreign)


def siret(number: int) -> str:
    """Return a SIRET of the right form: an establishment that does not exist."""
    return _with_key(_with_key(f"{number % 10**8:08d}") + "0001")


def _with_key(digits: str) -> str:
    return next(f"{digits}{key}" for key in range(10) if sirets.luhn(f"{digits}{key}"))


def columns_of(table: Table) -> list[tuple[Table, Any]]:
    """Return the cases of ``list_offenders`` for the columns of one table."""
    return [(table, column) for column in table.columns]


def fields_of(table: Table, predicate: Callable[[Field], bool]) -> list[tuple[Table, Field]]:
    """Return the fields of one table that satisfy the predicate."""
    return [(table, field) for field in table.fields if predicate(field)]


def list_offenders(cases: Iterable[tuple[Table, Any]], check: Callable[[Table, Any], object]) -> list[str]:
    """Return the failures of ``check``, one for each column, so that one test reports every offender."""
    failures = []
    for table, column in cases:
        try:
            check(table, column)
        except (AssertionError, pytest.fail.Exception) as error:
            failures.append(f"{table.name}.{column.name}: {error}")
    return failures


_WORDS = ("Éluard", "abbé", "Zoé", "Eluard-Nord", "çà", "Œillet", "Prévert", "Hugo")
_PERIOD_ENDS = ("ends_on", "completed_on", "paid_on", "decided_on", "reviewed_on", "notified_on", "next_update_on")

_RULE_VALUES: dict[str, dict[str, Any]] = {
    "stage": {"kind": "accompaniment"},
    "aid": {"decision": "granted"},
    "cer": {"kind": "engagement", "rank": "update", "arrangement": "adapted", "hours": None},
}
"""Values that a row with every field filled in needs to satisfy the domain rules."""


def example_value(field: Field, number: int, refers_to: int) -> Any:
    """Return the ``number``-th example of a stored value; ``refers_to``: the id that a reference points to."""
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
        case Time():
            return f"{8 + number % 10:02}:{number % 60:02}"
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
            return f"+3356500000{number % 10}"
        case Email():
            return f"nom{number}@exemple.fr"
        case Siret():
            return siret(number)
        case Degrees():
            return f"{number % 80}.{number % 10}0000"
    return f"{_WORDS[number % len(_WORDS)]} {number}"[: getattr(kind, "max", 200)].strip().strip()


def full_row(db: Office, table: OfficeTable, number: int = 0) -> dict[str, Any]:
    """Return the values of a new row with every field filled in, valid by every rule; insert the rows it refers to."""
    person = insert_person(db, last_name=_WORDS[number % len(_WORDS)], first_name=f"Lou {number}")
    targets = {
        "person": lambda: person,
        "partner": lambda: insert(db, "partner", name=f"Galerie {_WORDS[number % len(_WORDS)]} {number}"),
        "diagnostic": lambda: insert_diagnostic(db, person, "2014-01-01", None),
        "cer": lambda: insert_contract(db, person, "2014-01-01", "2014-01-01", "2014-06-30"),
        "appointment": lambda: insert(
            db,
            "appointment",
            person_id=person,
            planned_on="2014-01-01",
            starts_at="09:00",
            minutes=60,
            way="office",
            state="came",
        ),
    }
    rules = _RULE_VALUES.get(table.name, {})
    if table.name == "benefit":
        db.execute("UPDATE benefit SET ends_on = '1999-12-31' WHERE person_id = ?", (person,))
    return {
        field.name: rules[field.name]
        if field.name in rules
        else example_value(field, number, targets[field.target]() if field.target else 0)
        for field in table.fields
    }


def minimal_row(db: Office, table: OfficeTable, number: int = 0) -> dict[str, Any]:
    """Return the values of a new row with its required fields only."""
    full = full_row(db, table, number)
    required = {field.name for field in table.fields if field.required}
    also = {"action": {"diagnostic_id"}, "aid": {"granted"}}.get(table.name, set())
    also |= {"mode"} & set(full) if table.name == "stage" else set()
    row = {name: value if name in required | also else None for name, value in full.items()}
    return {**row, "rank": "first"} if table.name == "cer" else row


def different_value(field: Field, value: Any) -> Any:
    """Return a valid value that differs from this one."""
    examples = (example_value(field, number, 0) for number in range(1, 20))
    return next(example for example in examples if example != value)


def save_row(db: Office, table: OfficeTable, values: Mapping[str, Any], who: str = "Ada") -> int:
    return save(db, table, Edit(values), who).row_id


def read_raw_row(path: Path, table: str, row_id: int) -> dict[str, Any]:
    """Return the row, read with sqlite3 alone."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        return dict(raw.execute(f'SELECT * FROM "{table}" WHERE id = ?', (row_id,)).fetchone() or {})


def as_stored(table: OfficeTable, values: dict[str, Any]) -> dict[str, Any]:
    return {name: table.field(name).type.to_sql(value) for name, value in values.items()}


def open_raw(path: Path) -> sqlite3.Connection:
    """Open the file as the sqlite3 command line does: no functions of the product, no foreign keys."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA synchronous = OFF")
    return raw


def insert_row(raw: sqlite3.Connection | Office, table: OfficeTable, values: dict[str, Any]) -> int:
    """Insert a row by plain SQL; Choices and References as JSON."""
    stored = as_stored(table, values)
    names, marks = ", ".join(stored), ", ".join("?" * len(stored))
    cursor = raw.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', tuple(stored.values()))
    return int(cursor.lastrowid or 0)


def update_row(raw: sqlite3.Connection | Office, table: OfficeTable, row_id: int, **values: Any) -> None:
    """Update a row by plain SQL."""
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    stored = {**as_stored(table, values), "id": row_id}
    raw.execute(f'UPDATE "{table.name}" SET {assignments} WHERE id = :id', stored)


def forget_open_files() -> None:
    """Make the next opening check the file again, as a newly started process does."""
    connection._ready.clear()
