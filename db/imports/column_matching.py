"""Matching of a sheet with a table, and of its columns with the fields of that table, by their headers."""

import dataclasses
from collections.abc import Iterable, Mapping
from itertools import zip_longest

from rapidfuzz import fuzz

from db.base.french import fold
from db.imports.cell_formats import column_letter
from db.imports.cell_values import shown
from db.imports.plan_types import Cell, ImportChoices, PlannedColumn, SheetLine, SourceSheet
from db.imports.remembered_choices import RememberedChoices
from db.imports.text_keys import header_keys, tight
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.model.import_synonyms import WHOLE_NAME
from db.rows.round_trip_text import ROW_NUMBER

NAME = "person.name"
"""The column that holds both names of a person."""
BY_NAME, BY_SYNONYM, BY_CONTENT, REMEMBERED, CHOSEN = "nom", "synonyme", "contenu", "retenu", "choisi"
_HEADER_LINES = 30
"""The number of first lines in which headers are searched."""
_MIN_SIMILARITY = 88
_MIN_MARGIN = 0.5
"""The least difference of score between the best table for a sheet and the next one."""
_MIN_SIMILAR_LENGTH = 6
"""Characters; shorter headers are not compared by similarity."""
_NO_FIELD = "aucun champ de ce nom"


@dataclasses.dataclass
class Layout:
    """The table and columns of a sheet. ``table``: None when it is left out; ``why`` says the reason."""

    table: OfficeTable | None
    how: str = ""
    why: str = ""
    header_row: int = 0
    columns: list[PlannedColumn] = dataclasses.field(default_factory=list)
    titles: tuple[tuple[str, ...], ...] = ()
    """The possible texts of each column's header: several for headers on two lines."""

    def is_palettes(self) -> bool:
        """Return whether Palette wrote the sheet: it has the N° column, and more than 90 % of the fields by name."""
        if self.table is None:
            return False
        named = {column.field for column in self.columns if column.how == BY_NAME}
        return ROW_NUMBER in named and len(named) > 0.9 * len(self.table.fields)


@dataclasses.dataclass(frozen=True)
class KnownHeaders:
    """The headers known for one table. ``known``: header key -> (field, how); ``computed``: header key -> label."""

    table: OfficeTable
    known: Mapping[str, tuple[str, str]]
    labels: Mapping[str, str]
    computed: Mapping[str, str]

    def find(self, texts: Iterable[str]) -> tuple[str, str]:
        """Return (field, how) for the possible texts of a header, or ('', '')."""
        for text in texts:
            for key in header_keys(text):
                if key in self.known:
                    return self.known[key]
        return "", ""

    def resembling(self, texts: Iterable[str]) -> tuple[str, str]:
        """Return (field, similar label) for a header with a spelling slip, or ('', '')."""
        best, score = "", 0.0
        for key in (key for text in texts for key in header_keys(text) if len(key) >= _MIN_SIMILAR_LENGTH):
            for known in self.known:
                long_enough = len(known) >= _MIN_SIMILAR_LENGTH
                similarity = fuzz.ratio(key, known, score_cutoff=_MIN_SIMILARITY) if long_enough else 0
                if similarity > score:
                    best, score = known, similarity
        return (self.known[best][0], self.labels[self.known[best][0]]) if best else ("", "")


def headers_of(table: OfficeTable) -> KnownHeaders:
    """Return the labels and synonyms of a table's fields, and those of the key fields of its person."""
    known: dict[str, tuple[str, str]] = {"n°": (ROW_NUMBER, BY_NAME)}
    labels = {ROW_NUMBER: ROW_NUMBER, **{field.name: field.label for field in table.fields}}
    named = [(field.name, field.label, field.synonyms) for field in table.fields]
    if table.name == PERSON.name:
        named.append((NAME, "Nom Prénom", WHOLE_NAME))
        labels[NAME] = "Nom et prénom"
    if table.belongs_to_person:
        for key in PERSON.key:
            field = PERSON.field(key)
            named.append((f"{PERSON.name}.{key}", field.label, field.synonyms))
            labels[f"{PERSON.name}.{key}"] = f"{PERSON.label} : {field.label}"
    for name, label, _ in named:
        for key in header_keys(label):
            known.setdefault(key, (name, BY_NAME))
    for name, _, synonyms in named:
        for synonym in synonyms:
            for key in header_keys(synonym):
                known.setdefault(key, (name, BY_SYNONYM))
    computed = {key: field.label for field in table.computed for key in header_keys(field.label) if key not in known}
    return KnownHeaders(table, known, labels, computed)


# ---- the table and the line of headers


@dataclasses.dataclass(frozen=True)
class _HeaderCandidate:
    """A line (or two) of a sheet read as the headers of one table."""

    score: float
    headers: KnownHeaders
    row: int
    texts: tuple[tuple[str, ...], ...]


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
    candidates = _candidates(sheet, [headers[decided]] if decided else list(headers.values()), header_row)
    if decided and not candidates:
        candidates = [_first_line(sheet, headers[decided], header_row)]
    if not candidates:
        return Layout(None, "", "aucun titre de colonne reconnu : choisissez la table et la ligne des titres")
    best = candidates[0]
    rivals = [rival.headers.table.plural for rival in candidates if rival.score > best.score - _MIN_MARGIN]
    if len(rivals) > 1:
        return Layout(None, "", f"cette feuille peut être : {', '.join(rivals)} ; choisissez")
    how = CHOSEN if chosen else REMEMBERED if decided else BY_CONTENT
    if not decided and _is_named_for(sheet.name, best.headers.table):
        how = BY_NAME
    columns = _columns(sheet, best, choices.fields.get(sheet.name, {}), memory)
    columns = [_name_other_tables(column, best.headers, headers) for column in columns]
    return Layout(best.headers.table, how, "", best.row, columns, best.texts)


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
        (line.number, tuple((shown(cell).strip(),) for cell in line.cells))
    ]
    below = sheet.lines[line.number] if two and line.number < len(sheet.lines) else None
    if below and not any(_is_data(cell) for cell in below.cells):
        above = _spread(sheet, line)
        readings.append(
            (
                below.number,
                tuple(_joined(a, b.strip()) for a, b in zip_longest(above, map(shown, below.cells), fillvalue="")),
            )
        )
    candidates = []
    for row, texts in readings:
        matched = {name: how for name, how in map(headers.find, texts) if name}
        own = [name for name in matched if name != ROW_NUMBER and not name.startswith(f"{PERSON.name}.")]
        score = len(matched) + 0.1 * sum(how == BY_NAME for how in matched.values()) + bonus
        enough = len(matched) >= 2 or (bonus and matched)
        if enough and (own or headers.table.name == PERSON.name):
            candidates.append(_HeaderCandidate(round(score - 0.01 * (len(texts[0]) > 1), 3), headers, row, texts))
    return candidates


def _joined(above: str, below: str) -> tuple[str, ...]:
    if above and below and above != below:
        return (f"{above} {below}", f"{below} {above}", below, above)
    return (below or above, "")


def _spread(sheet: SourceSheet, line: SheetLine) -> list[str]:
    """Return the texts of a line, with the text of merged cells repeated for each of their columns."""
    texts = [shown(cell).strip() for cell in line.cells]
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
    return _HeaderCandidate(0, headers, line.number, tuple((shown(cell).strip(),) for cell in line.cells))


# ---- the columns


def _columns(
    sheet: SourceSheet, candidate: _HeaderCandidate, chosen: Mapping[str, str], memory: RememberedChoices
) -> list[PlannedColumn]:
    headers = candidate.headers
    columns: list[PlannedColumn] = []
    letter_of: dict[str, str] = {}
    width = max(len(line.cells) for line in sheet.lines)
    beyond: tuple[tuple[str, ...], ...] = (("",),) * (width - len(candidate.texts))
    for index, texts in enumerate((*candidate.texts, *beyond)):
        letter = column_letter(index)
        text = next((text for text in texts if text), "")
        name, how, why = _match(texts, letter, headers, chosen, memory.columns.get(headers.table.name, {}))
        if name in letter_of:
            name, how, why = "", "", f"« {headers.labels[name]} » est déjà donné par la colonne {letter_of[name]}"
        if name:
            letter_of[name] = letter
        examples = _examples(sheet, index, candidate.row)
        if not text and not examples and not name:
            why = "colonne vide"
        columns.append(PlannedColumn(letter, text, name, headers.labels.get(name, ""), how, why, examples))
    return columns


def _match(
    texts: tuple[str, ...], letter: str, headers: KnownHeaders, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return (field, how, why) for one column."""
    if letter in chosen:
        name = chosen[letter] if chosen[letter] in headers.labels else ""
        return name, CHOSEN, "" if name else "laissée de côté par votre choix"
    earlier = next((remembered[key] for text in texts for key in header_keys(text) if key in remembered), None)
    if earlier is not None and (earlier == "" or earlier in headers.labels):
        return earlier, REMEMBERED, "" if earlier else "laissée de côté, comme la dernière fois"
    name, how = headers.find(texts)
    if name:
        return name, how, ""
    for key in (key for text in texts for key in header_keys(text)):
        if key in headers.computed:
            label = headers.computed[key]
            return "", "", f"« {label} » est calculé par Palette : rien n’en est déduit, la colonne est laissée de côté"
    name, label = headers.resembling(texts)
    if name:
        return name, BY_NAME, f"proche de « {label} »"
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
