"""Check an office file: SQLite's own checks, the dictionary, every rule on every row, history, audit chain, search.
Nothing is changed. Problems name rows by table and number, never by content, so that the answer can be shared."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from db.base import locks
from db.base.errors import SchemaError
from db.model import domain_rules
from db.model.dictionary import TABLES
from db.model.fields import Rule, Table
from db.model.office import Office
from db.storage import audit_chain, ddl, upgrade

_SPARED = {("aid", "ceiling"): domain_rules.CEILING_WAS_OVERRIDDEN}
"""Rows that pass although their rule, worded for the moment of saving, would refuse them today."""

_REMADE = "Ouvrir le fichier avec Palette y remédie."


def check(db: Office) -> list[str]:
    """Return everything that is wrong as French sentences; empty when the file is sound. The check stops after a group
    of problems that would make the next group fail or mislead."""
    last = (_made, _references, _rules, _history, _erased, _blanked, _unfinished, audit_chain.problems, _search)
    for group in ((_intact,), (_columns,), last):
        problems = [problem for one in group for problem in one(db)]
        if problems:
            return problems
    return []


def _intact(db: Office) -> Iterator[str]:
    """SQLite's own check: pages, indexes, types and CHECKs."""
    try:
        answers = [str(row[0]) for row in db.execute("PRAGMA integrity_check").fetchall()]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    for answer in answers:
        if answer != "ok":
            yield f"Le fichier est abîmé ; reprenez une sauvegarde. SQLite dit : {answer}"


def _columns(db: Office) -> Iterator[str]:
    """Yield tables and columns that contradict the dictionary, or that only opening the file with Palette adds."""
    existing = ddl.actual(db)
    if not existing.keys() & TABLES.keys():
        yield "Ce n’est pas un fichier de Palette : aucune de ses tables n’y est."
        return
    yield from ddl.drift(db)
    for name, sql in ddl.expected(db.dictionary).items():
        if name not in existing and sql.startswith("CREATE TABLE"):
            yield f"La table {name} manque. {_REMADE}"
    for table in db.tables.values():
        present = ddl.columns_of(db, table)
        for column in ddl.columns_sql(table) if present else []:
            name = column.split()[0]
            if name not in present:
                yield f"La colonne {table.name}.{name} manque. {_REMADE}"
    yield from _steps(db)


def _steps(db: Office) -> Iterator[str]:
    """Yield a problem for a file of an earlier Palette with steps to run, or of a later one."""
    try:
        if upgrade.behind(db):
            yield f"Le fichier date d’une version plus ancienne de Palette. {_REMADE}"
    except SchemaError as error:
        yield str(error)


def _made(db: Office) -> Iterator[str]:
    """Yield triggers, indexes and search tables that are missing or changed: what they guard was not guarded."""
    existing = ddl.actual(db)
    for name, sql in ddl.expected(db.dictionary).items():
        if name not in TABLES and not ddl.same(existing.get(name, ""), sql):
            yield f"{name} manque ou a été modifié. {_REMADE}"


def _references(db: Office) -> Iterator[str]:
    """Yield rows that point to a row or value that does not exist."""
    for table, row_id, target, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        yield f"{_row(table, row_id)} : renvoie à une ligne de « {target} » qui n’existe pas."


def _rules(db: Office) -> Iterator[str]:
    """Check every kept row against every rule of its table."""
    for table in db.tables.values():
        for rule in ddl.rules_of(table):
            for (row_id,) in db.execute(_broken(table, rule)).fetchall():
                yield f"{_row(table.name, row_id)} : {table.field(rule.field).label} : {rule.sentence}."


def _broken(table: Table, rule: Rule) -> str:
    """SQL: the rows that a rule refuses, named NEW as in its trigger."""
    spared = _SPARED.get((table.name, rule.name), "0")
    return f"""SELECT NEW.id FROM "{table.name}" AS NEW
      WHERE NEW.deleted_at IS NULL AND ({rule.refused_when}) AND NOT {spared} ORDER BY NEW.id"""


def _history(db: Office) -> Iterator[str]:
    """Yield rows whose version differs from the last one in the history."""
    for table in db.tables.values():
        rows = db.execute(
            f"""SELECT t.id, t.version, h.version FROM "{table.name}" t
            LEFT JOIN (SELECT row_id, max(version) AS version FROM history WHERE table_name = ? GROUP BY row_id) h
              ON h.row_id = t.id
            WHERE h.version IS NOT t.version ORDER BY t.id""",
            (table.name,),
        ).fetchall()
        for row_id, version, known in rows:
            last = "n’en dit rien" if known is None else f"s’arrête à la version {known}"
            yield f"{_row(table.name, row_id)} : version {version}, mais l’historique {last}."


def _erased(db: Office) -> Iterator[str]:
    """Yield rows that the history knows and the file lacks, without a record of their erasure."""
    for table in db.tables.values():
        rows = db.execute(
            f"""SELECT h.row_id FROM history h WHERE h.table_name = ?
            AND NOT EXISTS (SELECT 1 FROM "{table.name}" t WHERE t.id = h.row_id)
            GROUP BY h.row_id HAVING max(h.action = 'erase') = 0""",
            (table.name,),
        ).fetchall()
        for (row_id,) in rows:
            yield f"{_row(table.name, row_id)} : a disparu sans que l’historique le dise."


def _blanked(db: Office) -> Iterator[str]:
    """Yield lines of the history without content although neither the row, nor a person it belonged to, was
    erased."""
    sql = """WITH gone AS MATERIALIZED (
        SELECT table_name, row_id, max(id) AS last FROM history WHERE action = 'erase' GROUP BY table_name, row_id)
      SELECT h.id FROM seal s JOIN history h ON h.id = s.line
      LEFT JOIN gone ON gone.table_name = h.table_name AND gone.row_id = h.row_id
      WHERE s.book = 'history' AND s.salt IS NULL AND coalesce(gone.last, 0) < h.id
        AND (h.table_name = 'person' OR h.id > (SELECT coalesce(max(last), 0) FROM gone WHERE table_name = 'person'))
      ORDER BY h.id"""
    for (line,) in db.execute(sql).fetchall():
        yield f"Ligne n° {line} dans l’historique : vidée, mais personne n’a été effacé."


def _unfinished(db: Office) -> Iterator[str]:
    """Yield the long write that a killed process left unfinished (db/rows/long_writes.py)."""
    if db.file and db.execute("SELECT 1 FROM long_write").fetchone():
        with locks.long_writing_if_free(Path(db.file)) as is_free:
            if is_free:
                yield "Un enregistrement a été interrompu avant sa fin. Démarrer Palette le défait."


def _search(db: Office) -> Iterator[str]:
    """Yield search indexes that differ from the rows (rank 1 compares with the rows themselves)."""
    existing = ddl.actual(db)
    for table in db.tables.values():
        name = f"{table.name}_search"
        if name not in existing:
            continue
        try:
            db.execute(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # the file is locked or read-only, which says nothing about the index
            mend = f"INSERT INTO {name}({name}) VALUES ('rebuild');"
            yield f"La recherche dans « {table.plural} » ne dit plus ce que disent les lignes. Pour la refaire : {mend}"


def _row(table: str, row_id: int | None) -> str:
    label = TABLES[table].label if table in TABLES else table
    return f"{label} n° {row_id}"
