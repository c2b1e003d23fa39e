"""Export of the office file as a plain SQLite file that any tool opens: the team's tables, lists, and readable views.

It is a new file, written row by row: without accounts, sessions, keys, logs, history, search index and triggers, and
without database pages that might still hold erased data.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from db.base.progress import Progress, ignore_progress
from db.export.read_all import WholeFile, reading
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Euros, Reference, References, Several, Type, YesNo
from db.rows import queries
from db.rows.round_trip_text import ROW_NUMBER, headings

_MIN_ROWS, _MAX_REPORTS = 500, 40
"""Progress is reported at most once per 500 rows, and at most 40 times."""
_HELP = "lisez_moi"


def content(db: Office, progress: Progress = ignore_progress) -> bytes:
    """Return the bytes of the file. Raises what ``progress`` raises."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as target, reading(db) as whole:
        target.execute("BEGIN")
        for statement in _tables(whole):
            target.execute(statement)
        _fill_lists(target, whole)
        _fill_help(target, whole)
        _fill_tables(target, whole, progress)
        for table in whole.readable.values():
            target.execute(_view(whole, table))
        target.execute("COMMIT")
        return target.serialize()


# ---- tables


def _tables(whole: WholeFile) -> Iterator[str]:
    """Yield the CREATE TABLE statements. Not STRICT, which tools with a SQLite older than 3.37 (2021) cannot open."""
    yield (
        f"CREATE TABLE {_HELP} (table_name TEXT NOT NULL, column_name TEXT, label TEXT NOT NULL, help TEXT,"
        " list_table TEXT)"
    )
    for name in whole.context.labels:
        yield (
            f"CREATE TABLE list_{name} (code TEXT PRIMARY KEY, label TEXT NOT NULL, position INTEGER NOT NULL,"
            " retired INTEGER NOT NULL)"
        )
    for table in whole.readable.values():
        columns = ["id INTEGER PRIMARY KEY", *map(_column, table.fields)]
        yield f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(columns) + "\n)"


def _column(field: Field) -> str:
    refers = f" REFERENCES {field.type.list.table}(code)" if isinstance(field.type, Choice) else ""
    if isinstance(field.type, Reference):
        refers = f' REFERENCES "{field.type.table}"(id)'
    return f'"{field.name}" {field.type.sql}{refers}'


def _fill_lists(target: sqlite3.Connection, whole: WholeFile) -> None:
    for name, *values in whole.values():
        target.execute(f"INSERT INTO list_{name} VALUES (?, ?, ?, ?)", values)


def _fill_help(target: sqlite3.Connection, whole: WholeFile) -> None:
    """Fill the table of help with the meaning of each table and column."""
    into = f"INSERT INTO {_HELP} VALUES (?, ?, ?, ?, ?)"
    for table in whole.readable.values():
        text = f"Une ligne par : {table.label}. La vue « {_name(table)} » dit la même chose en clair."
        target.execute(into, (table.name, None, table.plural, text, None))
        for field in table.fields:
            text = " ".join(filter(None, (field.help, _stored(field.type))))
            target.execute(into, (table.name, field.name, field.label, text, field.list.table if field.list else None))


def _stored(kind: Type) -> str:
    """Return how a type is stored in its column, or '' where it is obvious."""
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


def _fill_tables(target: sqlite3.Connection, whole: WholeFile, progress: Progress) -> None:
    done, step = 0, max(_MIN_ROWS, whole.size // _MAX_REPORTS)
    for table in whole.readable.values():
        into = f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * (len(table.fields) + 1))})'
        for row_id, values in whole.rows(table):
            if done % step == 0:
                progress(min(1.0, done / whole.size), table.plural)
            stored = (field.type.to_sql(values[field.name]) for field in table.fields)
            target.execute(into, (row_id, *stored))
            done += 1


# ---- views


def _name(table: OfficeTable) -> str:
    return f"{table.plural} (en clair)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _view(whole: WholeFile, table: OfficeTable) -> str:
    """Return CREATE VIEW of a table in clear: French headings, labels, euros, titles."""
    columns = [f"t.id AS {_quoted(ROW_NUMBER)}"]
    for heading, field in headings(table.fields).items():
        columns.append(f"{_shown(whole, field, f't.{_quoted(field.name)}', 't')} AS {_quoted(heading)}")
    return f'CREATE VIEW {_quoted(_name(table))} AS SELECT {", ".join(columns)} FROM "{table.name}" t'


def _shown(whole: WholeFile, field: Field, sql: str, row: str) -> str:
    """Return the SQL of a column in clear. ``row``: the alias of its row."""
    several = isinstance(field.type, Several)
    value, inner = ("e.value", f"{row}_") if several else (sql, f"{row}_")
    match field.type:
        case Euros():
            return f"{sql} / 100.0"
        case YesNo():
            return f"CASE {sql} WHEN 1 THEN 'Oui' WHEN 0 THEN 'Non' END"
        case Choice(list=values) | Choices(list=values):
            label = f"(SELECT label FROM {values.table} WHERE code = {value})"
        case Reference(table=name) | References(table=name):
            title = _title(whole, whole.readable[name], inner)
            label = f'(SELECT {title} FROM "{name}" {inner} WHERE {inner}.id = {value})'
        case _:
            return sql
    return f"(SELECT group_concat({label}, ' ; ') FROM json_each({sql}) e)" if several else label


def _title(whole: WholeFile, table: OfficeTable, row: str) -> str:
    """Return the SQL of the title of a row, as Palette shows it."""
    parts = []
    for field in queries.title_fields(table):
        shown = _shown(whole, field, f"{row}.{_quoted(field.name)}", row)
        if isinstance(field.type, Date):
            shown = f"substr({shown}, 9, 2) || '/' || substr({shown}, 6, 2) || '/' || substr({shown}, 1, 4)"
        parts.append(f"coalesce({shown} || ' ', '')")
    return f"trim({' || '.join(parts)})"
