"""The whole office file as a plain SQLite file that any tool opens: the team's tables, the lists, and readable views.

It is made from nothing, row by row: no account, session, key, trace, history, search index, trigger, and no page of the
office file in which something erased would still stand.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from db.base import atomic_files
from db.base.progress import Progress, ignore_progress
from db.export.read_all import Whole, reading
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Euros, Reference, References, Several, Type, YesNo
from db.rows import queries
from db.rows.round_trip_text import ROW_NUMBER, headings

_LEAST, _STEPS = 500, 40
"""How often progress is told: every so many rows, and so many times at most."""
_HELP = "lisez_moi"


def content(db: Office, tick: Progress = ignore_progress) -> bytes:
    """The bytes of the file. Raises whatever ``tick`` raises."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made, reading(db) as whole:
        made.execute("BEGIN")
        for statement in _tables(whole):
            made.execute(statement)
        _fill_lists(made, whole)
        _fill_help(made, whole)
        _fill_tables(made, whole, tick)
        for table in whole.tables.values():
            made.execute(_view(whole, table))
        made.execute("COMMIT")
        return made.serialize()


def plain_copy(db: Office, to: Path, tick: Progress = ignore_progress) -> None:
    """Write the file at a new place, readable by its owner alone. Raises FileExistsError, OSError."""
    atomic_files.write_bytes(to, content(db, tick))


# ---- tables


def _tables(whole: Whole) -> Iterator[str]:
    """CREATE TABLE of lists, tables and the page of help. Not STRICT: a tool of before 2021 would not open the file."""
    yield (
        f"CREATE TABLE {_HELP} (table_name TEXT NOT NULL, column_name TEXT, label TEXT NOT NULL, help TEXT,"
        " list_table TEXT)"
    )
    for name in whole.known.labels:
        yield (
            f"CREATE TABLE list_{name} (code TEXT PRIMARY KEY, label TEXT NOT NULL, position INTEGER NOT NULL,"
            " retired INTEGER NOT NULL)"
        )
    for table in whole.tables.values():
        columns = ["id INTEGER PRIMARY KEY", *map(_column, table.fields)]
        yield f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(columns) + "\n)"


def _column(item: Field) -> str:
    refers = f" REFERENCES {item.type.list.table}(code)" if isinstance(item.type, Choice) else ""
    if isinstance(item.type, Reference):
        refers = f' REFERENCES "{item.type.table}"(id)'
    return f'"{item.name}" {item.type.sql}{refers}'


def _fill_lists(made: sqlite3.Connection, whole: Whole) -> None:
    for name, *values in whole.values():
        made.execute(f"INSERT INTO list_{name} VALUES (?, ?, ?, ?)", values)


def _fill_help(made: sqlite3.Connection, whole: Whole) -> None:
    """What each table and column is, so that the file explains itself."""
    into = f"INSERT INTO {_HELP} VALUES (?, ?, ?, ?, ?)"
    for table in whole.tables.values():
        told = f"Une ligne par : {table.label}. La vue « {_name(table)} » dit la même chose en clair."
        made.execute(into, (table.name, None, table.plural, told, None))
        for item in table.fields:
            text = " ".join(filter(None, (item.help, _stored(item.type))))
            made.execute(into, (table.name, item.name, item.label, text, item.list.table if item.list else None))


def _stored(kind: Type) -> str:
    """How a type is kept in its column, where that does not go without saying."""
    match kind:
        case Euros():
            return "En centimes."
        case YesNo():
            return "1 : oui, 0 : non."
        case Date():
            return "Année-mois-jour."
        case Choices():
            return "Plusieurs codes de la liste, en JSON."
        case References(table=table):
            return f"Plusieurs numéros de « {table} », en JSON."
        case Reference(table=table):
            return f"Le numéro d’une ligne de « {table} »."
    return ""


def _fill_tables(made: sqlite3.Connection, whole: Whole, tick: Progress) -> None:
    done, step = 0, max(_LEAST, whole.size // _STEPS)
    for table in whole.tables.values():
        into = f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * (len(table.fields) + 1))})'
        for row_id, values in whole.rows(table):
            if done % step == 0:
                tick(done / whole.size, table.plural)
            stored = (item.type.to_sql(values[item.name]) for item in table.fields)
            made.execute(into, (row_id, *stored))
            done += 1


# ---- views


def _name(table: OfficeTable) -> str:
    return f"{table.plural} (en clair)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _view(whole: Whole, table: OfficeTable) -> str:
    """The table as it is read: French headings, labels, euros, names."""
    columns = [f"t.id AS {_quoted(ROW_NUMBER)}"]
    for heading, item in headings(table.fields).items():
        columns.append(f"{_shown(whole, item, f't.{_quoted(item.name)}', 't')} AS {_quoted(heading)}")
    return f'CREATE VIEW {_quoted(_name(table))} AS SELECT {", ".join(columns)} FROM "{table.name}" t'


def _shown(whole: Whole, item: Field, sql: str, row: str) -> str:
    """SQL: a column as it is read. ``row``: the alias of the row it is of."""
    several = isinstance(item.type, Several)
    one, inner = ("e.value", f"{row}_") if several else (sql, f"{row}_")
    match item.type:
        case Euros():
            return f"{sql} / 100.0"
        case YesNo():
            return f"CASE {sql} WHEN 1 THEN 'Oui' WHEN 0 THEN 'Non' END"
        case Choice(list=values) | Choices(list=values):
            found = f"(SELECT label FROM {values.table} WHERE code = {one})"
        case Reference(table=name) | References(table=name):
            title = _title(whole, whole.tables[name], inner)
            found = f'(SELECT {title} FROM "{name}" {inner} WHERE {inner}.id = {one})'
        case _:
            return sql
    return f"(SELECT group_concat({found}, ' ; ') FROM json_each({sql}) e)" if several else found


def _title(whole: Whole, table: OfficeTable, row: str) -> str:
    """SQL: the name of a row, as Palette gives it."""
    parts = []
    for item in queries.title_fields(table):
        shown = _shown(whole, item, f"{row}.{_quoted(item.name)}", row)
        if isinstance(item.type, Date):
            shown = f"substr({shown}, 9, 2) || '/' || substr({shown}, 6, 2) || '/' || substr({shown}, 1, 4)"
        parts.append(f"coalesce({shown} || ' ', '')")
    return f"trim({' || '.join(parts)})"
