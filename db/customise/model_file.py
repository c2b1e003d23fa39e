"""The model file: an office's own fields, values of lists and settings, for another office. It holds no person."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from db.base.errors import InvalidError, PaletteError, Problem
from db.customise import edit, model_reader
from db.model import effective_dictionary
from db.model.dictionary import OWN_FIELD, OWN_VALUE, SETTING, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import records, transactions
from db.storage import upgrade

_NOT_SHARED = ("privacy", "published")
"""A model neither carries nor changes whether a field is published: each office decides for itself."""
_OF_A_PERSON = ("signatory", "signatory_capacity")
"""The settings that name somebody: they stay in the office."""


class _TrialEndError(Exception):
    """Rolls back the transaction of a trial."""


def export_model(db: Office) -> bytes:
    """Return the office's own fields, values and settings as JSON (UTF-8)."""
    limits = records.stored(db, db.tables["setting"], 1).values
    limits = {name: value for name, value in limits.items() if name not in _OF_A_PERSON}
    tables = (db.tables[table.name] for table in (OWN_FIELD, OWN_VALUE))
    parts = {table.name: [_values(table, row) for row in _rows(db, table)] for table in tables}
    content = {"palette": model_reader.FORMAT, **parts, "setting": limits}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _rows(db: Office, table: OfficeTable) -> list[records.Row]:
    ids = [row[0] for row in db.execute(f"SELECT id FROM {table.name} WHERE deleted_at IS NULL ORDER BY id")]
    return [records.stored(db, table, row_id) for row_id in ids]


def _values(table: OfficeTable, row: records.Row) -> dict[str, Any]:
    names = [field.name for field in table.fields if field.name not in _NOT_SHARED]
    return {name: row.values[name] for name in names if row.values[name] is not None}


def import_model(db: Office, content: bytes, who: str, commit: bool) -> list[str]:
    """Add and change what a model file holds, as one save, and return the changes as sentences. What the file does not
    hold stays. ``commit`` False: a trial, rolled back. Raises InvalidError with every problem."""
    model = model_reader.read(content)
    changes: list[str] = []
    try:
        with transactions.writing(db):
            problems = _import_rows(db, model, who, changes) + _import_settings(db, model["setting"], who, changes)
            if problems:
                raise InvalidError(problems)
            if not commit:
                raise _TrialEndError
    except _TrialEndError:
        pass
    return changes


def _import_rows(db: Office, model: Mapping[str, Any], who: str, changes: list[str]) -> list[Problem]:
    """Write the values, then the fields, whose lists they form. Return a problem for each refused row."""
    problems = []
    for table in (OWN_VALUE, OWN_FIELD):
        for row in model[table.name]:
            try:
                changes += _import_row(db, db.tables[table.name], row, who)
            except PaletteError as error:
                problems.append(Problem(str(error), f"{table.label} « {str(row.get('label', ''))[:60]} »"))
    return problems


def _import_settings(db: Office, settings: Mapping[str, Any], who: str, changes: list[str]) -> list[Problem]:
    """Write the settings that differ. Return a problem for each refused one."""
    problems = []
    before = records.stored(db, db.tables["setting"], 1).values
    for field in (field for field in SETTING.fields if field.name in settings and field.name not in _OF_A_PERSON):
        if settings[field.name] != before[field.name]:
            context = records.context(db)
            try:
                records.change(db, db.tables["setting"], 1, {field.name: settings[field.name]}, who)
            except PaletteError as error:
                problems.append(Problem(str(error)))
                continue
            after = records.stored(db, db.tables["setting"], 1).values[field.name]
            old, new = field.type.show(before[field.name], context), field.type.show(after, context)
            changes.append(f"Réglage « {field.label} » : {old} → {new}")
    return problems


def _import_row(db: Office, table: OfficeTable, row: Mapping[str, Any], who: str) -> Iterator[str]:
    values = {field.name: row.get(field.name, field.default) for field in table.fields if field.name not in _NOT_SHARED}
    first, second = model_reader.KEYS[table.name]
    sql = f"SELECT id FROM {table.name} WHERE {first} = ? AND {second} = ? AND deleted_at IS NULL"
    existing = db.execute(sql, (str(values[first]), str(values[second]))).fetchone()
    name = f"{_where(db, table, values)} « {values['label']} »"
    if table.name == OWN_FIELD.name:
        _refuse_label(db, values)
    if existing is None and table.name == OWN_VALUE.name:
        existing = _add_current_value(db, values, who)
    if existing is None:
        records.add(db, table, values, who)
        upgrade.renew(db)  # the next rows may refer to the list that this one extends
        yield f"{name} : ajouté" + "e" * table.feminine
        return
    current = records.stored(db, table, existing[0]).values
    changed = {key: value for key, value in values.items() if current[key] != value}
    if changed:
        records.change(db, table, existing[0], changed, who)
        labels = ", ".join(table.field(key).label.lower() for key in changed)
        yield f"{name} : change ({labels})"


def _add_current_value(db: Office, values: Mapping[str, Any], who: str) -> tuple[int] | None:
    """Store an existing value unchanged and return its row, so that an undo restores it; None: a new value."""
    by_name = {values_list.name: values_list for values_list in db.lists}
    existing = by_name.get(str(values["of_list"]))
    if existing is None or values["code"] not in records.context(db).labels[existing.name]:
        return None
    return (edit.value_row(db, existing, str(values["code"]), who),)


def _where(db: Office, table: OfficeTable, values: Mapping[str, Any]) -> str:
    if table.name == OWN_FIELD.name:
        of_table = TABLES.get(str(values["of_table"]))
        return f"{of_table.plural if of_table else '?'}, champ"
    labels = {values_list.name: values_list.label for values_list in db.lists}
    return f"Liste « {labels.get(str(values['of_list']), values['of_list'])} », valeur"


def _refuse_label(db: Office, values: Mapping[str, Any]) -> None:
    table = TABLES.get(str(values["of_table"]))
    if table is None:
        raise InvalidError([Problem("cette table n’existe pas", "Table")])
    if values["kind"] is None and values["name"] not in {field.name for field in table.columns}:
        raise InvalidError([Problem("cette version de Palette n’a pas ce champ")])
    if values["kind"] in effective_dictionary.COMPUTED and str(values["source"]) not in effective_dictionary.sources(
        table, values["kind"]
    ):
        raise InvalidError([Problem("ce dont il découle n’existe pas ici", "Calculé d’après")])
    edit.checked_label(db, db.tables[table.name], str(values["label"] or ""), but=str(values["name"]))
