"""Derive the tables, indexes, search and triggers of the file from the dictionary, and compare a file with them.

What must never be wrong is in the file itself (STRICT, CHECK, foreign keys, triggers): a second program, the sqlite3
command line included, is held to the same rules and leaves the same history.
"""

import re
from collections.abc import Iterator

from db.model.dictionary import WORK
from db.model.effective_dictionary import DECLARED, EffectiveDictionary
from db.model.fields import Field, Rule, Table
from db.model.office import Office
from db.model.types import Choice, Choices, Reference, References, Several, Text, ValueList
from db.storage import system_tables

OUTSIDE = "hors de Palette"
"""The author that the history records for a change made without Palette."""
ERASING = "effacement"
"""Value of ``deleted_at`` while Palette erases a row for good (db/people/erasure.py); ``changed_by`` then names the
user."""

_BOOKKEEPING = (
    "id INTEGER PRIMARY KEY AUTOINCREMENT",
    "version INTEGER NOT NULL DEFAULT 1",
    "changed_by TEXT",
    "deleted_at TEXT",
)
_SORT_KEY = "sort_key TEXT"
_ACCENTS = {"a": "àâÀÂ", "c": "çÇ", "e": "éèêëÉÈÊ", "i": "îïÎ", "o": "ôöÔ", "u": "ûü", "oe": "œŒ"}
"""The accents of French names. SQLite's parser allows fewer than thirty nested calls, so that rarer letters sort after
z."""


def folded(column: str) -> str:
    """SQL: the text without accents and capitals, by SQLite's own functions so that an index may use it."""
    text = column
    for plain, letters in _ACCENTS.items():
        for letter in letters:
            text = f"replace({text}, '{letter}', '{plain}')"
    return (
        f"lower(iif({column} GLOB '*[^ -~]*', {text}, {column}))"  # most names are plain, and sorted five times as fast
    )


def column_sql(field: Field) -> str:
    """Return the column of a field as CREATE TABLE and ALTER TABLE write it."""
    parts = [field.name, field.type.sql]
    check = field.type.sql_check(field.name)
    if check:
        parts.append(f"CHECK ({check})")
    if isinstance(field.type, Choice):
        parts.append(f"REFERENCES {field.type.list.table}(code)")
    if isinstance(field.type, Reference):
        parts.append(f'REFERENCES "{field.type.table}"(id)')
    return " ".join(parts)


def _list_sql(name: str) -> str:
    return (
        f"CREATE TABLE {name} (code TEXT PRIMARY KEY, label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 120),"
        " position INTEGER NOT NULL, retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))) STRICT"
    )


def columns_sql(table: Table) -> list[str]:
    """Return every column of a table, each beginning with its name: the common ones, then the fields."""
    return [*_BOOKKEEPING, *[_SORT_KEY] * table.sorted_by_name, *map(column_sql, table.fields)]


def _table_sql(table: Table) -> str:
    lines = columns_sql(table)
    return f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(lines) + "\n) STRICT"


_LONG = (Text, Several, Reference)
"""Types that the index by person and day leaves out. It covers the others, so that a person's state, contract and
ceiling are read from the index alone; counting a portfolio then takes half the time."""


def _indexes(table: Table) -> Iterator[tuple[str, str]]:
    for field in table.fields:
        if isinstance(field.type, Choices | References):
            continue
        expression = folded(field.name) if field.sorted_as_text else field.name
        name = f"{table.name}_by_{field.name}"
        yield name, f'CREATE INDEX {name} ON "{table.name}" ({expression})'
    dated = next((name.removeprefix("-") for name in table.order if name.endswith("_on")), None)
    if table.belongs_to_person and dated:
        name = f"{table.name}_by_person_and_day"
        covered = [f.name for f in table.fields if f.name != dated and not isinstance(f.type, _LONG)]
        columns = ", ".join(["person_id", dated, *covered, "deleted_at"])
        yield name, f'CREATE INDEX {name} ON "{table.name}" ({columns})'
    if table.sorted_by_name:
        yield f"{table.name}_in_order", f'CREATE INDEX {table.name}_in_order ON "{table.name}" (sort_key)'


def set_sort_key(table: Table, where: str) -> str:
    """SQL: store the name of rows ready to sort by."""
    key = " || char(9) || ".join(folded(name) for name in table.order)
    return f'UPDATE "{table.name}" SET sort_key = {key} {where}'


def _sort_key(table: Table) -> Iterator[tuple[str, str]]:
    """Yield the triggers that store the folded name. Folding 100,000 names for each sort takes half a second."""
    if not table.sorted_by_name:
        return
    for event in ("INSERT", f"UPDATE OF {', '.join(table.order)}"):
        name = f"{table.name}_sort_key_{event.split()[0].lower()}"
        body = set_sort_key(table, "WHERE id = NEW.id")
        yield name, f'CREATE TRIGGER {name} AFTER {event} ON "{table.name}" BEGIN {body}; END'


def _search(table: Table) -> Iterator[tuple[str, str]]:
    """Yield a full-text index over the text fields and its triggers; accents are ignored, prefixes are indexed."""
    names = [field.name for field in table.fields if field.searched]
    if not names:
        return
    fts, columns = f"{table.name}_search", ", ".join(names)
    yield (
        fts,
        f"CREATE VIRTUAL TABLE {fts} USING fts5({columns}, content='{table.name}', content_rowid='id',"
        " tokenize=\"unicode61 remove_diacritics 2\", prefix='1 2 3')",
    )
    add = f"INSERT INTO {fts}(rowid, {columns}) VALUES (NEW.id, {', '.join(f'NEW.{n}' for n in names)});"
    drop = (
        f"INSERT INTO {fts}({fts}, rowid, {columns}) VALUES ('delete', OLD.id, {', '.join(f'OLD.{n}' for n in names)});"
    )
    for event, body in (("insert", add), ("delete", drop), (f"update OF {columns}", drop + " " + add)):
        name = f"{fts}_{event.split()[0]}"
        yield name, f'CREATE TRIGGER {name} AFTER {event} ON "{table.name}" BEGIN {body} END'


def _changes(table: Table, kept: str, but: str = "") -> str:
    """SQL: a JSON object of the values of ``kept`` (NEW or OLD) that differ from those of ``but`` (or from NULL)."""
    rows = " UNION ALL ".join(
        f"SELECT '{f.name}' AS name, {kept}.{f.name} AS kept, {f'{but}.{f.name}' if but else 'NULL'} AS other"
        for f in table.fields
    )
    return f"(SELECT json_group_object(name, kept) FROM ({rows}) WHERE kept IS NOT other)"


def _history(table: Table) -> Iterator[tuple[str, str]]:
    """Yield the triggers that write the history. A save by Palette raises ``version`` and sets ``changed_by``; a change
    that does not is recorded under OUTSIDE."""
    t, outside = table.name, f"'{OUTSIDE}'"
    into = f"INSERT INTO history (table_name, row_id, who, version, action, before, after) SELECT '{t}'"
    signed = "NEW.version > OLD.version AND NEW.changed_by IS NOT NULL"
    who, version = f"iif({signed}, NEW.changed_by, {outside})", f"iif({signed}, NEW.version, OLD.version + 1)"
    action = (
        "CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'delete'"
        " WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'restore' ELSE 'update' END"
    )
    sign = f'UPDATE "{t}" SET version = OLD.version + 1, changed_by = {outside} WHERE id = NEW.id AND NOT ({signed});'
    names = ", ".join(["deleted_at", *(f.name for f in table.fields)])
    inserted = f"NEW.id, coalesce(NEW.changed_by, {outside}), NEW.version, 'insert', '{{}}', {_changes(table, 'NEW')}"
    updated = (
        f"NEW.id, {who}, {version}, {action}, {_changes(table, 'OLD', but='NEW')}, {_changes(table, 'NEW', but='OLD')}"
    )
    eraser = f"iif(OLD.deleted_at = '{ERASING}', OLD.changed_by, {outside})"
    erased = f"OLD.id, {eraser}, OLD.version + 1, 'erase', {_changes(table, 'OLD')}, '{{}}'"
    for event, moment, row, after in (
        ("insert", "INSERT", inserted, ""),
        ("update", f"UPDATE OF {names}", updated, f" {sign}"),
        ("delete", "DELETE", erased, ""),
    ):
        name = f"{t}_history_{event}"
        yield name, f'CREATE TRIGGER {name} AFTER {moment} ON "{t}" BEGIN {into}, {row};{after} END'


def _value_rules(table: Table) -> Iterator[Rule]:
    """Yield the rules that follow from the types: required fields, and codes and rows that must exist."""
    for field in table.fields:
        name, new = field.name, f"NEW.{field.name}"
        if field.required:
            yield Rule(f"{name}_required", name, "ce champ est obligatoire", f"{new} IS NULL", watches=(name,))
        match field.type:
            case Choice(list=values) | Choices(list=values):
                existing = f"SELECT code FROM {values.table}"
            case Reference(table=target) | References(table=target):
                existing = f'SELECT id FROM "{target}"'
            case _:
                continue
        several = isinstance(field.type, Several)
        missing = f"EXISTS (SELECT 1 FROM json_each({new}) WHERE value NOT IN ({existing}))"
        refused = missing if several else f"{new} IS NOT NULL AND {new} NOT IN ({existing})"
        yield Rule(f"{name}_known", name, "cette valeur n’existe pas", refused, watches=(name,))
    if table.belongs_to_person:
        deleted = "EXISTS (SELECT 1 FROM person p WHERE p.id = NEW.person_id AND p.deleted_at IS NOT NULL)"
        sentence = "cette personne a été supprimée : rétablissez-la d’abord"
        yield Rule("person_kept", "person_id", sentence, deleted, watches=("person_id", "deleted_at"))


def rules_of(table: Table) -> tuple[Rule, ...]:
    """Return every rule of a table: those of its types and those it declares."""
    return (*_value_rules(table), *table.rules)


def _rule_triggers(table: Table) -> Iterator[tuple[str, str]]:
    for rule in rules_of(table):
        name = f"{table.name}_rule_{rule.name}"
        label = table.field(rule.field).label
        message = f"{table.name}.{rule.name} : {label} : {rule.sentence}".replace("'", "''")
        refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        condition = f"NEW.deleted_at IS NULL AND ({rule.refused_when})"
        watched = f"OF {', '.join(rule.watches)} " if rule.watches else ""
        spared = f" AND NOT coalesce({rule.spared_when}, 0)" if rule.spared_when else ""
        yield f"{name}_insert", f'CREATE TRIGGER {name}_insert AFTER INSERT ON "{table.name}" WHEN {condition} {refuse}'
        yield (
            f"{name}_update",
            f'CREATE TRIGGER {name}_update AFTER UPDATE {watched}ON "{table.name}" WHEN {condition}{spared} {refuse}',
        )


def _cascade() -> Iterator[tuple[str, str]]:
    """Yield triggers that delete a person's dated rows with the person, under the same moment, and restore the same
    rows."""
    children = [table.name for table in WORK.values() if table.belongs_to_person]
    who = f"iif(NEW.version > OLD.version AND NEW.changed_by IS NOT NULL, NEW.changed_by, '{OUTSIDE}')"
    sign = f"version = version + 1, changed_by = {who}"
    delete = " ".join(
        f'UPDATE "{child}" SET deleted_at = NEW.deleted_at, {sign} WHERE person_id = NEW.id AND deleted_at IS NULL;'
        for child in children
    )
    restore = " ".join(
        f'UPDATE "{child}" SET deleted_at = NULL, {sign} WHERE person_id = NEW.id AND deleted_at = OLD.deleted_at;'
        for child in sorted(children, key=lambda name: name != "benefit")  # stages look for their benefit
    )
    when = "WHEN OLD.deleted_at IS {} NULL AND NEW.deleted_at IS {} NULL"
    start = "CREATE TRIGGER {} AFTER UPDATE OF deleted_at ON person"
    yield "person_takes_rows", f"{start.format('person_takes_rows')} {when.format('', 'NOT')} BEGIN {delete} END"
    yield "person_brings_rows", f"{start.format('person_brings_rows')} {when.format('NOT', '')} BEGIN {restore} END"


def _values(values: ValueList) -> Iterator[tuple[str, str]]:
    """Yield triggers that copy an office's own values into the list that rows refer to. A value of its own that the
    office deletes is retired there, since rows may hold it."""
    retired = "iif(NEW.deleted_at IS NOT NULL AND NEW.own, 1, NEW.retired)"
    updates = "label = excluded.label, position = excluded.position, retired = excluded.retired"
    for event in ("INSERT", "UPDATE"):
        name = f"own_value_in_{values.table}_{event.lower()}"
        yield (
            name,
            f"CREATE TRIGGER {name} AFTER {event} ON own_value WHEN NEW.of_list = '{values.name}' BEGIN"
            f" INSERT INTO {values.table} (code, label, position, retired)"
            f" VALUES (NEW.code, NEW.label, NEW.place, {retired}) ON CONFLICT (code) DO UPDATE SET {updates}; END",
        )


def clean(sql: str) -> str:
    """Return a statement with single spaces, to compare."""
    return " ".join(sql.split())


def same(one: str, other: str) -> bool:
    """Whether two statements differ in spaces only."""
    return one == other or clean(one) == clean(other)


def expected(dictionary: EffectiveDictionary = DECLARED) -> dict[str, str]:
    """Return name -> CREATE statement of everything that the dictionary requires, in the order to run."""
    statements = {values.table: _list_sql(values.table) for values in dictionary.lists}
    statements |= {table.name: _table_sql(table) for table in dictionary.tables.values()}
    statements |= system_tables.statements()
    for make in (_indexes, _sort_key, _search, _rule_triggers, _history):
        for table in dictionary.tables.values():
            statements |= dict(make(table))
    for values in dictionary.lists:
        statements |= dict(_values(values))
    return statements | dict(_cascade())


def actual(db: Office) -> dict[str, str]:
    """Return name -> statement of what the file holds, without SQLite's and the search index's internal tables."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    return {name: sql for name, sql in rows if not re.match(r"sqlite_|\w+_search_(data|idx|docsize|config)$", name)}


def columns_of(db: Office, table: Table) -> set[str]:
    """Return the names of a table's columns in the file; empty when there is no such table."""
    return {row[1] for row in db.execute(f'PRAGMA table_info("{table.name}")')}


def drift(db: Office) -> list[str]:
    """Return what in the file contradicts the dictionary and cannot be added: French sentences that say what to do."""
    existing = actual(db)
    problems = []
    for table in db.tables.values():
        if table.name not in existing:
            continue
        sql, present = clean(existing[table.name]), columns_of(db, table)
        for name in present - {line.split()[0] for line in columns_sql(table)}:
            problems.append(
                f"{table.name}.{name} : colonne inconnue du dictionnaire. Pour la retirer : "
                f'ALTER TABLE "{table.name}" DROP COLUMN {name}; '
                "pour la garder : déclarez-la dans db/model/dictionary.py."
            )
        for field in table.fields:
            if field.name in present and not re.search(rf" {re.escape(clean(column_sql(field)))} ?[,)]", sql):
                problems.append(
                    f"{table.name}.{field.name} : la colonne n’est plus celle du dictionnaire "
                    f"(attendu : {column_sql(field)}). "
                    "Pour l’adapter : ajoutez une étape numérotée dans db/storage/migrations, "
                    "ou remettez la déclaration."
                )
    return problems
