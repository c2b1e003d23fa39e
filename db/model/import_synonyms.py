"""The names that offices use in their own spreadsheets, read from import_synonyms.toml for the dictionary and lists."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.model.fields import Field, Table
from db.model.types import ValueList

_FILE = Path(__file__).with_suffix(".toml")
_SYNONYMS: Mapping[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
WHOLE_NAME: tuple[str, ...] = tuple(_SYNONYMS["every_table"]["person_id"])
"""The headers of a single column with both names of a person."""
NEVER: tuple[str, ...] = tuple(_SYNONYMS["never"]["headers"])
"""The headers of identifiers that are never kept."""
EXPORTS: tuple[Mapping[str, Any], ...] = tuple(_SYNONYMS["exports"])
"""The exports of other tools: their ``name``, the ``titles`` that tell one, and what the file says about them."""


def of_values(list_name: str, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return code -> synonyms for a list of values. Raises ValueError for an unknown code."""
    words = _SYNONYMS["values"].get(list_name, {})
    _refuse_unknown(f"values.{list_name}", words, codes)
    return {code: tuple(texts) for code, texts in words.items()}


def with_synonyms(table: Table) -> Table:
    """Return a table with the synonyms of its sheet and fields. Raises ValueError for an unknown field."""
    words = _SYNONYMS["columns"].get(table.name, {})
    _refuse_unknown(f"columns.{table.name}", words, [field.name for field in table.fields])
    words = _SYNONYMS["every_table"] | words
    fields = tuple(replace(field, synonyms=tuple(words.get(field.name, ()))) for field in table.fields)
    return replace(table, fields=fields, synonyms=tuple(_SYNONYMS["sheets"].get(table.name, ())))


def check_names(tables: Mapping[str, Table], lists: Iterable[ValueList]) -> None:
    """Raise ValueError if the file names an unknown table, list or common field, or a table without its synonyms."""
    _refuse_unknown("sheets", _SYNONYMS["sheets"], tables)
    _refuse_unknown("columns", _SYNONYMS["columns"], tables)
    _refuse_unknown("values", _SYNONYMS["values"], [values.name for values in lists])
    fields: list[Field] = [field for table in tables.values() for field in table.fields]
    _refuse_unknown("every_table", _SYNONYMS["every_table"], [field.name for field in fields])
    for export in EXPORTS:
        if "table" in export:
            _refuse_unknown("exports.table", [export["table"]], tables)
            names = [field.name for field in tables[export["table"]].fields]
            _refuse_unknown("exports.columns", export.get("columns", {}).values(), names)
    without = [name for name, table in tables.items() if table != with_synonyms(table)]
    if without:
        raise ValueError(f"dictionary.py: tables declared without with_synonyms: {without}")


def _refuse_unknown(section: str, words: Iterable[str], names: Iterable[str]) -> None:
    unknown = set(words) - set(names)
    if unknown:
        raise ValueError(f"{_FILE.name}: unknown name in [{section}]: {sorted(unknown)}")
