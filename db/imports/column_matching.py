"""Which table a sheet is about, where its headers are, and what each of its columns is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from rapidfuzz import fuzz

from db.base.french import fold
from db.imports.cell_formats import column_letter
from db.imports.cell_values import shown
from db.imports.plan_types import NUMBER, Cell, Choices, Column, Line, Sheet
from db.imports.remembered_choices import Memory
from db.imports.text_keys import header_keys, tight
from db.model.dictionary import PERSON, WHOLE_NAME
from db.model.fields import OfficeTable

NAME = "person.name"
"""The column that holds both names of a person."""
BY_NAME, BY_SYNONYM, BY_CONTENT, REMEMBERED, CHOSEN = "nom", "synonyme", "contenu", "retenu", "choisi"
_LOOKED_AT = 30
"""Headers are looked for in so many first lines."""
_LIKE = 88
_SURE = 0.5
"""By how much a table must fit a sheet better than the next one."""
_SHORTEST_LIKE = 6
_NO_FIELD = "aucun champ de ce nom"


@dataclass
class Layout:
    """What a sheet is taken for. ``table``: None when it is left out, and ``why``. ``first``: where its data begin."""

    table: OfficeTable | None
    how: str = ""
    why: str = ""
    header_row: int = 0
    columns: list[Column] = field(default_factory=list)
    titles: tuple[tuple[str, ...], ...] = ()
    """The wordings of each column's header: headers on two lines have several."""

    def ours(self) -> bool:
        """Whether Palette wrote it: the numbers of the rows, and nearly every field under its own name."""
        if self.table is None:
            return False
        named = {column.field for column in self.columns if column.how == BY_NAME}
        return NUMBER in named and len(named) > 0.9 * len(self.table.fields)

    def places(self) -> dict[str, int]:
        """Field -> its column, counted from 0."""
        return {column.field: place for place, column in enumerate(self.columns) if column.field}


@dataclass(frozen=True)
class Headers:
    """What the headers of one table may be: key -> (field, how)."""

    table: OfficeTable
    known: Mapping[str, tuple[str, str]]
    labels: Mapping[str, str]
    computed: Mapping[str, str]

    def find(self, texts: Iterable[str]) -> tuple[str, str]:
        """(field, how) of a header told in one or more wordings; ('', '') when none is known."""
        for text in texts:
            for key in header_keys(text):
                if key in self.known:
                    return self.known[key]
        return "", ""

    def resembling(self, texts: Iterable[str]) -> tuple[str, str]:
        """(field, what it resembles) of a header with a typing slip."""
        best, score = "", 0.0
        for key in (key for text in texts for key in header_keys(text) if len(key) >= _SHORTEST_LIKE):
            for known in self.known:
                like = fuzz.ratio(key, known, score_cutoff=_LIKE) if len(known) >= _SHORTEST_LIKE else 0
                if like > score:
                    best, score = known, like
        return (self.known[best][0], self.labels[self.known[best][0]]) if best else ("", "")


def headers_of(table: OfficeTable) -> Headers:
    """Every label and synonym of a table's columns, those of its person's keys included."""
    known: dict[str, tuple[str, str]] = {"n°": (NUMBER, BY_NAME)}
    labels = {NUMBER: NUMBER, **{item.name: item.label for item in table.fields}}
    named = [(item.name, item.label, item.synonyms) for item in table.fields]
    if table.name == PERSON.name:
        named.append((NAME, "Nom Prénom", WHOLE_NAME))
        labels[NAME] = "Nom et prénom"
    if table.belongs_to_person:
        for key in PERSON.key:
            item = PERSON.field(key)
            named.append((f"{PERSON.name}.{key}", item.label, item.synonyms))
            labels[f"{PERSON.name}.{key}"] = f"{PERSON.label} : {item.label}"
    for name, label, _ in named:
        for key in header_keys(label):
            known.setdefault(key, (name, BY_NAME))
    for name, _, synonyms in named:
        for synonym in synonyms:
            for key in header_keys(synonym):
                known.setdefault(key, (name, BY_SYNONYM))
    computed = {key: item.label for item in table.computed for key in header_keys(item.label) if key not in known}
    return Headers(table, known, labels, computed)


# ---- where the headers are, and whose


@dataclass(frozen=True)
class _Found:
    score: float
    headers: Headers
    row: int
    texts: tuple[tuple[str, ...], ...]


def layout(sheet: Sheet, every: Mapping[str, Headers], choices: Choices, memory: Memory) -> Layout:
    """The table, header line and columns of one sheet."""
    chosen = choices.tables.get(sheet.name)
    if chosen == "":
        return Layout(None, CHOSEN, "laissée de côté par votre choix")
    if not any(any(cell is not None for cell in line.cells) for line in sheet.lines):
        return Layout(None, "", "feuille vide")
    if sheet.hidden and chosen is None:
        return Layout(None, "", "feuille masquée dans le classeur : choisissez sa table pour l’importer")
    remembered = memory.tables.get(fold(sheet.name)) if chosen is None else None
    wanted = chosen if chosen in every else remembered if remembered in every else None
    found = _candidates(sheet, [every[wanted]] if wanted else list(every.values()), choices.headers.get(sheet.name))
    if wanted and not found:
        found = [_first_line(sheet, every[wanted], choices.headers.get(sheet.name))]
    if not found:
        return Layout(None, "", "aucun titre de colonne reconnu : choisissez la table et la ligne des titres")
    best = found[0]
    rivals = [one.headers.table.plural for one in found if one.score > best.score - _SURE]
    if len(rivals) > 1:
        return Layout(None, "", f"cette feuille peut être : {', '.join(rivals)} ; choisissez")
    how = CHOSEN if chosen else REMEMBERED if wanted else BY_CONTENT
    if not wanted and _called(sheet.name, best.headers.table):
        how = BY_NAME
    columns = _columns(sheet, best, choices.fields.get(sheet.name, {}), memory)
    columns = [_told_whose(column, best.headers, every) for column in columns]
    return Layout(best.headers.table, how, "", best.row, columns, best.texts)


def _candidates(sheet: Sheet, every: list[Headers], at: int | None) -> list[_Found]:
    """For every table, the line that reads best as its headers; best first."""
    lines = [line for line in sheet.lines[:_LOOKED_AT] if at is None or line.number == at]
    if at is not None and not lines:
        lines = [line for line in sheet.lines if line.number == at]
    found = []
    for headers in every:
        named = 3.0 if _called(sheet.name, headers.table) else 0.0
        options = [one for line in lines for one in _readings(sheet, line, headers, named, two=at is None)]
        if options:
            found.append(max(options, key=lambda one: (one.score, -len(one.texts[0]), -one.row)))
    return sorted(found, key=lambda one: -one.score)


def _readings(sheet: Sheet, line: Line, headers: Headers, named: float, two: bool) -> list[_Found]:
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
    found = []
    for row, texts in readings:
        matched = {name: how for one in texts if (found_one := headers.find(one))[0] for name, how in [found_one]}
        own = [name for name in matched if name != NUMBER and not name.startswith(f"{PERSON.name}.")]
        score = len(matched) + 0.1 * sum(how == BY_NAME for how in matched.values()) + named
        enough = len(matched) >= 2 or (named and matched)
        if enough and (own or headers.table.name == PERSON.name):
            found.append(_Found(round(score - 0.01 * (len(texts[0]) > 1), 3), headers, row, texts))
    return found


def _joined(above: str, below: str) -> tuple[str, ...]:
    if above and below and above != below:
        return (f"{above} {below}", f"{below} {above}", below, above)
    return (below or above, "")


def _spread(sheet: Sheet, line: Line) -> list[str]:
    """The cells of a line, a block merged over several columns counting for each."""
    texts = [shown(cell).strip() for cell in line.cells]
    for top, left, _, right in sheet.merged:
        if top == line.number and left < len(texts):
            texts[left : right + 1] = [texts[left]] * len(texts[left : right + 1])
    return texts


def _is_data(cell: Cell) -> bool:
    return cell is not None and not isinstance(cell, str)


def _called(sheet: str, table: OfficeTable) -> bool:
    """Whether a sheet is named for a table: « Aides 2024 »."""
    words = tight("".join(c for c in sheet if not c.isdigit()))
    return words in {tight(name) for name in (table.name, table.label, table.plural, *table.synonyms)}


def _first_line(sheet: Sheet, headers: Headers, at: int | None) -> _Found:
    """Where nothing reads as a header: the line that was said, or the first that is filled."""
    filled = (line for line in sheet.lines if (line.number == at if at else any(c is not None for c in line.cells)))
    line = next(filled, sheet.lines[0])
    return _Found(0, headers, line.number, tuple((shown(cell).strip(),) for cell in line.cells))


# ---- what each column is


def _columns(sheet: Sheet, found: _Found, chosen: Mapping[str, str], memory: Memory) -> list[Column]:
    headers = found.headers
    columns: list[Column] = []
    taken: dict[str, str] = {}
    width = max(len(line.cells) for line in sheet.lines)
    beyond: tuple[tuple[str, ...], ...] = (("",),) * (width - len(found.texts))
    for place, texts in enumerate((*found.texts, *beyond)):
        letter = column_letter(place)
        text = next((text for text in texts if text), "")
        name, how, why = _match(texts, letter, headers, chosen, memory.columns.get(headers.table.name, {}))
        if name in taken:
            name, how, why = "", "", f"« {headers.labels[name]} » est déjà donné par la colonne {taken[name]}"
        if name:
            taken[name] = letter
        examples = _examples(sheet, place, found.row)
        if not text and not examples and not name:
            why = "colonne vide"
        columns.append(Column(letter, text, name, headers.labels.get(name, ""), how, why, examples))
    return columns


def _match(
    texts: tuple[str, ...], letter: str, headers: Headers, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> tuple[str, str, str]:
    """(field, how, why) of one column."""
    if letter in chosen:
        name = chosen[letter] if chosen[letter] in headers.labels else ""
        return name, CHOSEN, "" if name else "laissée de côté par votre choix"
    known = next((remembered[key] for text in texts for key in header_keys(text) if key in remembered), None)
    if known is not None and (known == "" or known in headers.labels):
        return known, REMEMBERED, "" if known else "laissée de côté, comme la dernière fois"
    name, how = headers.find(texts)
    if name:
        return name, how, ""
    for key in (key for text in texts for key in header_keys(text)):
        if key in headers.computed:
            told = headers.computed[key]
            return "", "", f"« {told} » est calculé par Palette : rien n’en est déduit, la colonne est laissée de côté"
    name, like = headers.resembling(texts)
    if name:
        return name, BY_NAME, f"proche de « {like} »"
    return "", "", _NO_FIELD if any(texts) else "sans titre"


def _told_whose(column: Column, mine: Headers, every: Mapping[str, Headers]) -> Column:
    """A column of another table: somebody may move it to a sheet of its own."""
    if column.why != _NO_FIELD:
        return column
    others = [
        headers.table.plural
        for headers in every.values()
        if headers is not mine and headers.find((column.header,))[1] == BY_NAME
    ]
    told = f" ici ; « {column.header} » est un champ de : {', '.join(others)}, qui ont leur propre feuille"
    return replace(column, why=_NO_FIELD + told) if others else column


def _examples(sheet: Sheet, place: int, header_row: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in sheet.lines[header_row : header_row + 200]:
        if place < len(line.cells) and line.cells[place] is not None:
            found[shown(line.cells[place]).strip()[:60]] = None
            if len(found) == 3:
                break
    return tuple(found)
