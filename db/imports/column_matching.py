"""Matching of a sheet with a table, and of its columns with the fields of that table, by their headers.

Over the whole sheet, choices come first, then exact labels, then synonyms. A header that only resembles a label is a
question (``PlannedColumn.proposal``), about the fields that no other column has.
"""

import dataclasses
from collections.abc import Mapping
from itertools import zip_longest

from db.base.french import fold
from db.imports import known_exports, resemblance
from db.imports.cell_formats import column_letter
from db.imports.cell_values import shown
from db.imports.known_headers import BY_NAME, BY_SYNONYM, NAME, KnownHeaders
from db.imports.plan_types import Cell, ImportChoices, PlannedColumn, SheetLine, SourceSheet
from db.imports.remembered_choices import RememberedChoices
from db.imports.text_keys import header_keys, tight
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.rows.round_trip_text import LISTS, ROW_NUMBER

BY_CONTENT, REMEMBERED, CHOSEN = "contenu", "retenu", "choisi"
RESEMBLING, REFUSED, LEFT_OUT = "ressemblance", "refusé", "export"
_RANKS = {CHOSEN: 0, REMEMBERED: 1, BY_NAME: 2, BY_SYNONYM: 3}
_HEADER_LINES = 30
"""The number of first lines in which headers are searched."""
_MIN_MARGIN = 0.5
"""The least difference of score between the best table for a sheet and the next one."""
_MAX_RIVALS = 3
_OWN_SHEETS = ("Lisez-moi", LISTS)
"""The sheets of Palette's own template that hold no rows."""
_NO_FIELD = "aucun champ de ce nom"


@dataclasses.dataclass
class Layout:
    """The table and columns of a sheet. ``table``: None when it is left out; ``why`` says the reason. ``undecided``:
    whether a person has to say what the sheet is."""

    table: OfficeTable | None
    how: str = ""
    why: str = ""
    header_row: int = 0
    columns: list[PlannedColumn] = dataclasses.field(default_factory=list)
    titles: tuple[tuple[str, ...], ...] = ()
    """The possible texts of each column's header: several for headers on two lines."""
    undecided: bool = False

    def is_palettes(self) -> bool:
        """Return whether Palette wrote the sheet: it has the N° column, and more than 90 % of the fields by name."""
        if self.table is None:
            return False
        named = {column.field for column in self.columns if column.how == BY_NAME}
        return ROW_NUMBER in named and len(named) > 0.9 * len(self.table.fields)


# ---- the table and the line of headers


@dataclasses.dataclass(frozen=True)
class _HeaderCandidate:
    """A line (or two) of a sheet read as the headers of one table."""

    score: float
    headers: KnownHeaders
    row: int
    texts: tuple[tuple[str, ...], ...]
    is_complete: bool = True
    """Whether both names of a person have a column, when the table is that of persons."""


def layout(
    sheet: SourceSheet, headers: Mapping[str, KnownHeaders], choices: ImportChoices, memory: RememberedChoices
) -> Layout:
    """Return the table, header line and columns of one sheet."""
    chosen = choices.tables.get(sheet.name)
    if chosen == "":
        return Layout(None, CHOSEN, "laissée de côté par votre choix")
    if not any(any(cell is not None for cell in line.cells) for line in sheet.lines):
        return Layout(None, "", "feuille vide")
    if sheet.hidden and chosen is None:
        return Layout(None, "", "feuille masquée dans le classeur : choisissez sa table pour l’importer")
    remembered = memory.tables.get(fold(sheet.name)) if chosen is None else None
    decided = chosen if chosen in headers else remembered if remembered in headers else None
    header_row = choices.headers.get(sheet.name)
    export = _export(sheet) if decided is None else None
    if export and "refuse" in export:
        return Layout(None, "", export["refuse"])
    if export and export["table"] in headers:
        decided = export["table"]
    candidates = _candidates(sheet, [headers[decided]] if decided else list(headers.values()), header_row)
    if decided and not candidates:
        candidates = [_first_line(sheet, headers[decided], header_row)]
    if not candidates:
        if sheet.name in _OWN_SHEETS:
            return Layout(None, "", "pour mémoire : cette feuille ne s’importe pas")
        why = "aucun titre de colonne reconnu : choisissez la table et la ligne des titres"
        return Layout(None, "", why, undecided=not choices.accept_resemblances)
    best = candidates[0]
    rivals = [rival for rival in candidates if rival.score > best.score - _MIN_MARGIN]
    if not decided and not _is_named_for(sheet.name, best.headers.table):
        rivals += [rival for rival in candidates if not rival.is_complete and rival not in rivals]
        if not all(rival.is_complete for rival in rivals):  # a list of organisations has « Nom » too
            rivals = candidates[:_MAX_RIVALS]
    if len(rivals) > 1:
        names = ", ".join(rival.headers.table.plural for rival in rivals)
        return Layout(None, "", f"cette feuille peut être : {names} ; choisissez", undecided=True)
    how = CHOSEN if chosen else REMEMBERED if decided and not export else BY_CONTENT
    if not decided and _is_named_for(sheet.name, best.headers.table):
        how = BY_NAME
    columns = _columns(sheet, best, choices, memory)
    columns = [_name_other_tables(column, best.headers, headers) for column in columns]
    return Layout(best.headers.table, how, "", best.row, columns, best.texts)


def _export(sheet: SourceSheet) -> known_exports.Export | None:
    """Return the export of another tool that a sheet is, by its titles, where that says what the sheet holds."""
    found = (known_exports.of_one_table(map(_title, line.cells)) for line in sheet.lines[:_HEADER_LINES])
    return next((export for export in found if export), None)


def _candidates(sheet: SourceSheet, tables: list[KnownHeaders], header_row: int | None) -> list[_HeaderCandidate]:
    """Return, for every table, the line that reads best as its headers; best first. ``header_row``: as chosen."""
    lines = [line for line in sheet.lines[:_HEADER_LINES] if header_row is None or line.number == header_row]
    if header_row is not None and not lines:
        lines = [line for line in sheet.lines if line.number == header_row]
    candidates = []
    for headers in tables:
        bonus = 3.0 if _is_named_for(sheet.name, headers.table) else 0.0
        options = [
            option for line in lines for option in _readings(sheet, line, headers, bonus, two=header_row is None)
        ]
        if options:
            candidates.append(max(options, key=lambda option: (option.score, -len(option.texts[0]), -option.row)))
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _readings(
    sheet: SourceSheet, line: SheetLine, headers: KnownHeaders, bonus: float, two: bool
) -> list[_HeaderCandidate]:
    """Read a line as headers, alone and, if ``two``, joined with the line below."""
    readings: list[tuple[int, tuple[tuple[str, ...], ...]]] = [
        (line.number, tuple((_title(cell),) for cell in line.cells))
    ]
    below = sheet.lines[line.number] if two and line.number < len(sheet.lines) else None
    if below and not any(_is_data(cell) for cell in below.cells):
        above = _spread(sheet, line)
        readings.append(
            (below.number, tuple(_joined(a, b) for a, b in zip_longest(above, map(_title, below.cells), fillvalue="")))
        )
    candidates = []
    for row, texts in readings:
        matched = {name: how for name, how in map(headers.find, texts) if name}
        own = [name for name in matched if name != ROW_NUMBER and not name.startswith(f"{PERSON.name}.")]
        is_complete = headers.table.name != PERSON.name or NAME in matched or set(PERSON.title) <= set(matched)
        score = len(matched) + 0.1 * sum(how == BY_NAME for how in matched.values()) + bonus
        enough = len(matched) >= 2 or (bonus and matched)
        if enough and (own or headers.table.name == PERSON.name):
            score = round(score - 0.01 * (len(texts[0]) > 1), 3)
            candidates.append(_HeaderCandidate(score, headers, row, texts, is_complete))
    return candidates


def _title(cell: Cell) -> str:
    return resemblance.repaired(shown(cell).strip())


def _joined(above: str, below: str) -> tuple[str, ...]:
    """Return the possible texts of a header on two lines: both in either order, the lower one, the upper one."""
    if above and below and above != below:
        return (f"{above} {below}", f"{below} {above}", below, above)
    return (below or above, "")


def _spread(sheet: SourceSheet, line: SheetLine) -> list[str]:
    """Return the texts of a line, with the text of merged cells repeated for each of their columns."""
    texts = [_title(cell) for cell in line.cells]
    for top, left, _, right in sheet.merged:
        if top == line.number and left < len(texts):
            texts[left : right + 1] = [texts[left]] * len(texts[left : right + 1])
    return texts


def _is_data(cell: Cell) -> bool:
    return cell is not None and not isinstance(cell, str)


def _is_named_for(sheet: str, table: OfficeTable) -> bool:
    """Return whether the name of a sheet is that of a table: « Aides 2024 »."""
    words = tight("".join(c for c in sheet if not c.isdigit()))
    return words in {tight(name) for name in (table.name, table.label, table.plural, *table.synonyms)}


def _first_line(sheet: SourceSheet, headers: KnownHeaders, header_row: int | None) -> _HeaderCandidate:
    """Return the chosen line, or the first line that is not empty, for a sheet without a recognised header."""
    lines = (
        line
        for line in sheet.lines
        if (line.number == header_row if header_row else any(cell is not None for cell in line.cells))
    )
    line = next(lines, sheet.lines[0])
    return _HeaderCandidate(0, headers, line.number, tuple((_title(cell),) for cell in line.cells))


# ---- the columns


def _columns(
    sheet: SourceSheet, candidate: _HeaderCandidate, choices: ImportChoices, memory: RememberedChoices
) -> list[PlannedColumn]:
    headers, chosen = candidate.headers, choices.fields.get(sheet.name, {})
    remembered = memory.columns.get(headers.table.name, {})
    left_out = known_exports.left_out(texts[0] for texts in candidate.texts)
    exported = known_exports.columns(texts[0] for texts in candidate.texts)
    width = max(len(line.cells) for line in sheet.lines)
    titles = (*candidate.texts, *((("",),) * (width - len(candidate.texts))))
    matches = [
        _match(texts, headers, chosen.get(column_letter(index)), remembered, left_out, exported)
        for index, texts in enumerate(titles)
    ]
    letter_of: dict[str, str] = {}
    for index in sorted(range(len(matches)), key=lambda index: _RANKS.get(matches[index][1], 9)):
        name, _, _ = matches[index]
        if name in letter_of:
            matches[index] = "", "", f"« {headers.labels[name]} » est déjà donné par la colonne {letter_of[name]}"
        elif name:
            letter_of[name] = column_letter(index)
    columns = []
    for index, (texts, (name, how, why)) in enumerate(zip(titles, matches, strict=True)):
        text = next((text for text in texts if text), "")
        examples = _examples(sheet, index, candidate.row)
        if not text and not examples and not name:
            why = "colonne vide"
        column = PlannedColumn(column_letter(index), text, name, headers.labels.get(name, ""), how, why, examples)
        if why == _NO_FIELD and examples:
            proposal = headers.resembling(texts, letter_of)
            if proposal:
                letter_of[proposal] = column.letter
                column = proposed(column, proposal, headers.labels[proposal], RESEMBLING, choices.accept_resemblances)
        columns.append(column)
    return columns


def proposed(column: PlannedColumn, name: str, label: str, how: str, accept: bool) -> PlannedColumn:
    """Return a column that resembles a field, by its title or by its values (``how``), as a question or accepted."""
    if how == RESEMBLING:
        why = f"ce titre ressemble à « {label} »"
    else:
        why = f"toutes ses valeurs se lisent comme « {label} »"
    if accept:
        return dataclasses.replace(column, field=name, label=label, how=how, why=why)
    return dataclasses.replace(column, why=f"{why} : est-ce ce champ ?", proposal=name)


def _match(
    texts: tuple[str, ...],
    headers: KnownHeaders,
    chosen: str | None,
    remembered: Mapping[str, str],
    left_out: Mapping[str, str],
    exported: Mapping[str, str],
) -> tuple[str, str, str]:
    """Return (field, how, why) for one column. ``chosen``: the field that the person chose, '' for none, or None."""
    if known_exports.is_never_kept(texts[0]):
        return "", REFUSED, known_exports.NEVER
    if chosen is not None:
        name = chosen if chosen in headers.labels else ""
        return name, CHOSEN, "" if name else "laissée de côté par votre choix"
    earlier = next((remembered[key] for text in texts for key in header_keys(text) if key in remembered), None)
    if earlier is not None and (earlier == "" or earlier in headers.labels):
        return earlier, REMEMBERED, "" if earlier else "laissée de côté, comme la dernière fois"
    if why := next((left_out[key] for key in header_keys(texts[0]) if key in left_out), ""):
        return "", LEFT_OUT, why
    if known := next((exported[key] for key in header_keys(texts[0]) if exported.get(key) in headers.labels), ""):
        return known, BY_SYNONYM, ""
    name, how = headers.find(texts)
    if name:
        return name, how, ""
    for key in (key for text in texts for key in header_keys(text)):
        if key in headers.computed:
            label = headers.computed[key]
            return "", "", f"« {label} » est calculé par Palette : rien n’en est déduit, la colonne est laissée de côté"
    return "", "", _NO_FIELD if any(texts) else "sans titre"


def _name_other_tables(column: PlannedColumn, own: KnownHeaders, every: Mapping[str, KnownHeaders]) -> PlannedColumn:
    """Add to the reason of an unknown column the tables that have such a field, on a sheet of their own."""
    if column.why != _NO_FIELD:
        return column
    others = [
        headers.table.plural
        for headers in every.values()
        if headers is not own and headers.find((column.header,))[1] == BY_NAME
    ]
    hint = f" ici ; « {column.header} » est un champ de : {', '.join(others)}, qui ont leur propre feuille"
    return dataclasses.replace(column, why=_NO_FIELD + hint) if others else column


def _examples(sheet: SourceSheet, index: int, header_row: int) -> tuple[str, ...]:
    examples: dict[str, None] = {}
    for line in sheet.lines[header_row : header_row + 200]:
        if index < len(line.cells) and line.cells[index] is not None:
            examples[shown(line.cells[index]).strip()[:60]] = None
            if len(examples) == 3:
                break
    return tuple(examples)
