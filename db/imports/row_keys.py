"""Matching of the imported rows of a table without persons: by number, by the identifier of a source, by key."""

from collections.abc import Callable
from typing import Any

from db.imports.plan_types import IgnoredLine, ImportProblem
from db.imports.row_matching import ImportedRow, UnmatchedRows, comparable, merge
from db.imports.source_rows import SourceMatcher
from db.model.fields import OfficeTable


def match_by_key(
    table: OfficeTable,
    imported_rows: list[ImportedRow],
    rows: UnmatchedRows,
    matcher: SourceMatcher,
    show: Callable[[str, Any], str],
) -> list[ImportedRow]:
    """Match the rows and merge lines with the same key. Return those that are kept."""
    kept: list[ImportedRow] = []
    first_of: dict[Any, ImportedRow] = {}
    for imported in imported_rows:
        names = tuple(name for name in table.key if name in imported.values)
        number = rows.numbered(imported.requested_id, names, imported.values) if imported.requested_id else None
        of_source = None if number else matcher.key(imported)
        key: Any
        if of_source:
            key = ("source", *of_source)
            if key not in first_of:
                matcher.match(imported)
        else:
            _match(table, imported, rows, names, number)
            key = imported.id if imported.id > 0 else tuple(comparable(imported.values.get(name)) for name in table.key)
        first = first_of.setdefault(key, imported)
        if first is imported or imported.problems or not names:
            kept.append(imported)
            continue
        remark_or_problem = merge(first, imported.number, imported.sheet, imported.values, table, show)
        if isinstance(remark_or_problem, ImportProblem):
            imported.problems.append(remark_or_problem)
            imported.ambiguous = True
            kept.append(imported)
        else:
            imported.sheet.ignored.append(IgnoredLine(imported.number, remark_or_problem))
    return kept


def _match(
    table: OfficeTable, imported: ImportedRow, rows: UnmatchedRows, names: tuple[str, ...], number: int | None
) -> None:
    matches = [number] if number else rows.with_same_key(names, imported.values) if names else []
    if len(matches) == 1:
        imported.id, imported.by_number = matches[0], bool(number)
    elif matches:
        imported.ambiguous = True
        reason = f"plusieurs lignes du fichier portent ce nom (n° {', '.join(map(str, matches))}) : donnez le N°"
        name = table.key[0]
        imported.problems.append(
            ImportProblem(imported.sheet.name, imported.number, "", name, table.field(name).label, "", reason)
        )
