"""The lines of a sheet -> rows of values; lines that are no data are told apart, each with its reason."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from db.base.french import fold
from db.imports.cell_values import Read, Reader, shown
from db.imports.column_matching import NAME, Layout
from db.imports.plan_types import NUMBER, Cell, Choices, Column, Guess, Ignored, Line, Problem, Sheet, SheetPlan
from db.imports.remembered_choices import Memory
from db.imports.text_keys import header_keys, is_unknown
from db.model.dictionary import PERSON
from db.model.fields import Field, OfficeTable, Privacy
from db.model.types import Choice, Context, Date, Email, Integer, Phone, Reference, References, Text

_TOTAL = re.compile(r"(sous[ -]?)?tota(l|ux)\b|somme\b|moyenne\b|nombre de\b|nb (de )?\b|effectif\b|cumul\b")
_SAMPLE, _LINES = 200, 5_000
_UNREADABLE = "aucune de ses valeurs ne se lit comme « {} » : choisissez le champ de cette colonne"


@dataclass(slots=True)
class Raw:
    """One line as it was read: its values by field (those that are filled), and what is wrong with it."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def field_of(table: OfficeTable, name: str) -> Field:
    """What a column is read as: a field of the table, a key of its person, both her names, or the number of the row."""
    if name == NUMBER:
        return Field(NUMBER, NUMBER, Integer(1, 2**53), privacy=Privacy.SECRET)
    if name == NAME:
        return Field(NAME, "Nom et prénom", Text(161), privacy=Privacy.SECRET)
    if name.startswith(f"{PERSON.name}."):
        item = PERSON.field(name.removeprefix(f"{PERSON.name}."))
        return replace(item, name=name, label=f"{PERSON.label} : {item.label}", required=False)
    return table.field(name)


class Readers:
    """A reader for every column, shared by the sheets of a table."""

    def __init__(self, known: Context, choices: Choices, memory: Memory) -> None:
        self._known, self._choices, self._memory = known, choices, memory
        self._made: dict[tuple[str, str], Reader] = {}

    def of(self, table: OfficeTable, name: str) -> Reader:
        """The reader of one column of a table."""
        key = (table.name, name)
        if key not in self._made:
            item, place = field_of(table, name), f"{table.name}.{name}"
            named = isinstance(item.type, Text) and name.split(".")[-1] in (
                *PERSON.title,
                NAME.split(".")[-1],
                *table.title,
            )
            self._made[key] = Reader(
                item, self._known, self._choices.values.get(place, {}), self._memory.values.get(place, {}), named
            )
        return self._made[key]


# ---- what a column holds, against what its header says


def refine(layout: Layout, sheet: Sheet, readers: Readers) -> None:
    """Leave out columns none of whose values reads, and find unnamed ones by what they hold; what was chosen stays."""
    table = layout.table
    if table is None:
        return
    for place, column in enumerate(layout.columns):
        if column.field and column.how in ("nom", "synonyme"):
            why = _unlike(column, _distinct(sheet, layout, place), readers.of(table, column.field))
            if why:
                layout.columns[place] = replace(column, field="", label="", how="", why=why)
    taken = {column.field for column in layout.columns}
    for place, column in enumerate(layout.columns):
        if not column.field and not column.how and "calculé" not in column.why and "ne se lit" not in column.why:
            item = _by_content(table, _distinct(sheet, layout, place), readers, taken)
            if item:
                taken.add(item.name)
                why = f"toutes ses valeurs se lisent comme « {item.label} »"
                layout.columns[place] = replace(column, field=item.name, label=item.label, how="contenu", why=why)


def _distinct(sheet: Sheet, layout: Layout, place: int) -> list[Cell]:
    """Different values of a column, those that say nothing left out."""
    found: dict[tuple[type, Cell], Cell] = {}
    for line in sheet.lines[layout.header_row : layout.header_row + _LINES]:
        cell = line.cells[place] if place < len(line.cells) else None
        if cell is not None:
            found.setdefault((type(cell), cell), cell)
            if len(found) == _SAMPLE:
                break
    return [cell for cell in found.values() if not is_unknown(shown(cell))]


def _unlike(column: Column, cells: list[Cell], reader: Reader) -> str:
    """Why a column cannot be what its header says, '' when it can."""
    item = reader.field
    if item.name == NUMBER:
        ours = all(isinstance(cell, int) or (isinstance(cell, str) and cell.strip().isdecimal()) for cell in cells)
        return "" if ours else "ces numéros ne sont pas ceux de Palette"
    if isinstance(item.type, Text | Reference | References) and not isinstance(item.type, Email | Phone):
        return ""
    missed = [cell for cell in cells if reader.read(cell).reason]
    if len(cells) < 3 or len(missed) < len(cells):
        return ""
    if isinstance(item.type, Date) and all(re.fullmatch(r"\d{1,3}(\s*ans?)?", shown(cell).strip()) for cell in cells):
        return "elle contient des âges, pas des dates : aucune date n’est devinée"
    return _UNREADABLE.format(item.label)


def _by_content(table: OfficeTable, cells: list[Cell], readers: Readers, taken: set[str]) -> Field | None:
    """The one field that every value of a column reads as: an address, a telephone number, several values of a list."""
    if len(cells) < 3:
        return None
    fitting = []
    for item in table.fields:
        checked = isinstance(item.type, Email | Phone | Choice)
        if checked and item.name not in taken:
            reads = [readers.of(table, item.name).read(cell) for cell in cells]
            sure = [one for one in reads if not one.reason and one.value is not None and one.how in ("", "synonyme")]
            if len(sure) == len(cells):
                fitting.append(item)
    return fitting[0] if len(fitting) == 1 else None


# ---- lines


def rows_of(
    sheet: Sheet, layout: Layout, plan: SheetPlan, readers: Readers, aside: frozenset[str], step: Callable[[int], None]
) -> list[Raw]:
    """Every line that is data. Guesses and ignored lines go to ``plan``; ``step`` is told how many lines were read."""
    table = layout.table
    if table is None:
        return []
    columns = [
        (place, column, readers.of(table, column.field)) for place, column in enumerate(layout.columns) if column.field
    ]
    for line in sheet.lines[: layout.header_row - 1]:
        if any(cell is not None for cell in line.cells) and line.number < layout.header_row:
            plan.ignored.append(Ignored(line.number, "au-dessus des titres de colonnes"))
    keys = [place for place, column, _ in columns if column.field in (*table.key, NAME, *_PERSON_KEYS)]
    guesses: dict[tuple[str, type, Cell], list[Any]] = {}
    found = []
    for done, line in enumerate(sheet.lines[layout.header_row :]):
        if done % 2_000 == 0:
            step(done)
        reason = _ignored(line, layout.titles, keys)
        if not reason and f"{sheet.name}!{line.number}" in aside:
            reason = "laissée de côté par votre choix"
        if reason:
            plan.ignored.append(Ignored(line.number, reason))
            continue
        raw = _row(sheet, line, columns, guesses, aside)
        if raw.values or raw.problems:
            found.append(raw)
        else:
            plan.ignored.append(Ignored(line.number, "rien dans les colonnes reconnues"))
    plan.guesses += _guesses(sheet.name, table, guesses, readers)
    return found


_PERSON_KEYS = tuple(f"{PERSON.name}.{key}" for key in PERSON.key)


def _row(
    sheet: Sheet,
    line: Line,
    columns: list[tuple[int, Column, Reader]],
    guesses: dict[tuple[str, type, Cell], list[Any]],
    aside: frozenset[str],
) -> Raw:
    raw = Raw(line.number, {})
    cells = line.cells
    for place, column, reader in columns:
        cell = cells[place] if place < len(cells) else None
        if cell is None:
            broken = sheet.broken and sheet.broken.get((line.number, place))
            if broken:
                reason = (
                    "la case est en erreur dans le tableur"
                    if broken.startswith("#")
                    else "ouvrez et enregistrez le fichier dans un tableur"
                )
                _blame(raw, sheet, line, column, reader, broken, reason, aside)
            continue
        read = (reader.texts.get(cell) if type(cell) is str else None) or reader.read(cell)
        if read.reason:
            _blame(raw, sheet, line, column, reader, shown(cell).strip(), read.reason, aside)
        elif read.value is not None:
            raw.values[column.field] = read.value
        if read.how:
            _note(guesses, line.number, column, cell, read)
    return raw


def _blame(
    raw: Raw, sheet: Sheet, line: Line, column: Column, reader: Reader, text: str, reason: str, aside: frozenset[str]
) -> None:
    problem = Problem(sheet.name, line.number, column.letter, column.field, reader.field.label, text, reason)
    if problem.key not in aside:
        raw.problems.append(problem)


def _note(guesses: dict[tuple[str, type, Cell], list[Any]], row: int, column: Column, cell: Cell, read: Read) -> None:
    key = (column.letter, type(cell), cell)
    if key in guesses:
        guesses[key][0] += 1
    else:
        guesses[key] = [1, row, column, read]


def _guesses(
    sheet: str, table: OfficeTable, guesses: Mapping[tuple[str, type, Cell], list[Any]], readers: Readers
) -> list[Guess]:
    return [
        Guess(
            sheet, letter, table.name, column.field, column.label or column.header, shown(cell).strip(), read.value,
            readers.of(table, column.field).show(read.value), read.how, many, row,
        )
        for (letter, _, cell), (many, row, column, read) in guesses.items()
    ]  # fmt: skip


def _ignored(line: Line, titles: tuple[tuple[str, ...], ...], keys: list[int]) -> str:
    """Why a line is no data, '' when it is."""
    filled = [(place, cell) for place, cell in enumerate(line.cells) if cell is not None]
    if not filled:
        return "ligne vide"
    first = filled[0][1]
    if isinstance(first, str):
        if _TOTAL.match(fold(first)) and sum(place in keys and isinstance(cell, str) for place, cell in filled) <= 1:
            return "ligne de total"
        if len(filled) > 1 and all(place < len(titles) and _is_title(titles[place], cell) for place, cell in filled):
            return "titres de colonnes répétés"
        if len(filled) == 1 and len(keys) > 1:
            return "une seule case remplie : intertitre ou remarque"
    return ""


def _is_title(titles: tuple[str, ...], cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    alike = [title for title in titles if title[:1].lower() == text[:1].lower()]
    return any(title == text or set(header_keys(title)) & set(header_keys(text)) for title in alike)
