"""Reading of a cell as the stored value of its field. An unreadable cell is a problem, never an empty value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz, process

from db.base.errors import FieldError
from db.base.french import fold
from db.imports import date_cells, resemblance
from db.imports.plan_types import Cell
from db.imports.text_keys import is_unknown, tight
from db.model import telephones, typed_text
from db.model.fields import Field
from db.model.types import (
    Choice,
    Choices,
    Context,
    Date,
    Email,
    Euros,
    Integer,
    LongText,
    Phone,
    Reference,
    References,
    Text,
    ValueList,
    YesNo,
)
from db.people.sensitive_words import holds_social_security_number

SYNONYM, SPELLING, UNKNOWN, CHOSEN, REMEMBERED = "synonyme", "orthographe", "sans valeur", "choisi", "retenu"
BEGINNING, ACCENTS = "début du nom", "accents réparés"
RESEMBLING = frozenset({SPELLING, BEGINNING, ACCENTS, "arrondi au centime"})
"""Interpretations that may be wrong: a question until a person has accepted them (resemblance.py)."""
_DAYS_TO_1904, _FIRST_YEARS = 1_462, 2_192
"""Days from the first day of one calendar to that of the other; smaller numbers are ages or years."""
_MOST_TEXTS = 20_000
"""Readings of texts kept by a reader: a column with more of them hardly repeats any."""
_CLOSE, _MARGIN = 86, 6
"""Similarity (0 to 100) for a text to be read as a label of a list, and its margin over the next label."""


@dataclass(frozen=True, slots=True)
class CellReading:
    """The stored value of a cell, how it was interpreted (or ''), and why it is unreadable (or ''). ``proposal``: of a
    question, the text or code to read instead once a person has said yes."""

    value: Any = None
    how: str = ""
    reason: str = ""
    proposal: str = ""


class CellReader:
    """Reads the cells of one field, each distinct cell once as long as they are few.

    ``chosen``, ``remembered``: text -> replacement chosen by the person, now or for an earlier file: a code or text, ''
    for an empty cell. ``accept``: whether a resemblance is read as if a person had accepted it. A reference is read as
    its text, which plan.py and row_persons.py resolve.
    """

    def __init__(
        self,
        field: Field,
        context: Context,
        chosen: Mapping[str, str],
        remembered: Mapping[str, str],
        of_name: bool = False,
        accept: bool = False,
        since_1904: bool = False,
    ) -> None:
        self.field, self._context, self._of_name, self._accept = field, context, of_name, accept
        self._since_1904 = since_1904
        self._replacements = {fold(text): (CHOSEN, value) for text, value in chosen.items()}
        for text, value in remembered.items():
            self._replacements.setdefault(fold(text), (REMEMBERED, value))
        self.texts: dict[Cell, CellReading] = {}
        """Cache of the texts read so far, which row_reader looks up first: most cells repeat."""
        self._others: dict[tuple[type, Cell], CellReading] = {}
        self._labels = _Labels(field.list, context) if field.list else None

    def read(self, cell: Cell) -> CellReading:
        """Return the reading of one cell."""
        key = (type(cell), cell)  # 1 == 1.0 == True, but they read differently
        reading = self.texts.get(cell) if isinstance(cell, str) else self._others.get(key)
        if reading is None:
            try:
                reading = self._asked(cell, self._read(cell))
            except FieldError as error:
                reading = CellReading(reason=str(error))
            if not isinstance(cell, str):
                self._others[key] = reading
            elif len(self.texts) < _MOST_TEXTS:
                self.texts[cell] = reading
        return reading

    def show(self, value: Any) -> str:
        """Return a stored value in French."""
        if isinstance(self.field.type, Reference | References):
            return str(value or "")
        return self.field.type.show(value, self._context)

    def _asked(self, cell: Cell, reading: CellReading) -> CellReading:
        """Return a resemblance as a question, unless it is accepted."""
        if reading.how not in RESEMBLING or self._accept:
            return reading
        value, kind = reading.value, self.field.type
        if isinstance(kind, Choice):
            proposal = str(value)
        elif isinstance(kind, Choices):
            proposal = "; ".join(value)
        else:
            proposal = self.show(value)
        reason = f"« {shown(cell).strip()} » ressemble à « {self.show(value)} » : est-ce cette valeur ?"
        return CellReading(how=reading.how, reason=reason, proposal=proposal)

    def _read(self, cell: Cell) -> CellReading:
        text = shown(cell).strip()
        if not text:
            return CellReading()
        replacement = self._replacements.get(fold(text))
        if replacement:
            how, value = replacement
            return CellReading(how=how) if not value else CellReading(self._read_value(value).value, how)
        if isinstance(cell, str) and not isinstance(self.field.type, Reference | References):
            repaired = resemblance.repaired(text)
            if repaired != text:
                return CellReading(self._read(repaired).value, ACCENTS)
            if isinstance(self.field.type, Text) and not isinstance(self.field.type, LongText):
                if resemblance.has_lost_letters(text):
                    raise FieldError(f"« {text} » a perdu une lettre : corrigez-la")
            elif "\ufffd" in text:
                raise FieldError("une lettre est perdue (\ufffd) : corrigez-la")
        if isinstance(self.field.type, Choice | Choices):
            return self._of_list(cell, text)
        if is_unknown(text, self._of_name):
            return CellReading(how=UNKNOWN)
        return self._read_value(cell)

    def _read_value(self, cell: Cell) -> CellReading:
        match self.field.type:
            case Choice() | Choices():
                return self._of_list(cell, shown(cell).strip())
            case Date() as kind:
                if self._since_1904 and type(cell) is int and cell > _FIRST_YEARS:
                    cell += _DAYS_TO_1904
                iso, how = date_cells.read(cell, kind.min, kind.max)
                return CellReading(kind.check(iso, self._context), how)
            case Euros() as kind:
                cents, how = _cents(cell)
                return CellReading(kind.check(cents, self._context), how)
            case Integer() as kind:
                whole, how = _whole(cell, kind)
                return CellReading(kind.check(whole, self._context), how)
            case YesNo() as kind:
                return _yes_no(cell, kind, self._context)
            case Phone():
                number, how = telephones.read(shown(cell).strip())
                return CellReading(number, how)
            case Email() as kind:
                return CellReading(kind.check(re.sub(r"(?i)^mailto:", "", shown(cell).strip()), self._context))
            case Reference() | References():
                return CellReading(shown(cell).strip() or None)
            case Text(digits=length) as kind if length:
                digits, how = typed_text.digits(shown(cell), length)
                return CellReading(kind.check(digits, self._context), how)
            case Text() as kind:
                if holds_social_security_number(shown(cell)):
                    raise FieldError("elle contient un numéro de sécurité sociale, que Palette ne garde jamais")
                how = "date écrite en texte" if isinstance(cell, date) else ""
                return CellReading(kind.check(shown(cell), self._context), how)
        return CellReading(self.field.type.check(shown(cell), self._context))

    def _of_list(self, cell: Cell, text: str) -> CellReading:
        if self._labels is None:
            raise FieldError(f"« {text} » n’est pas dans la liste")
        label = self._labels.find(text)
        if isinstance(self.field.type, Choice):
            if label is None:
                if is_unknown(text):
                    return CellReading(how=UNKNOWN)
                raise FieldError(f"« {text} » n’est pas dans la liste « {self._labels.name} »")
            return CellReading(*label)
        # « Logement ; Mobilité » must not be read as one value by similarity, which would lose the other.
        if label is not None and not (label[1] and re.search(r"[;\n]", text)):
            return CellReading((label[0],), label[1])
        if is_unknown(text):
            return CellReading(how=UNKNOWN)
        return self._several(text)

    def _several(self, text: str) -> CellReading:
        """Read several values, split at « ; » or new lines; else also at « , », « / », « + » if that gives labels."""
        labels = self._labels
        missed = ""
        for separator in (r"[;\n]", r"[;\n,]", r"[;\n,/]", r"[;\n,/+]|\bet\b"):
            parts = [part.strip() for part in re.split(separator, text) if part.strip()]
            matches = [labels.find(part) if labels else None for part in parts]
            if parts and all(matches):
                codes = {match[0] for match in matches if match}
                how = next((match[1] for match in matches if match and match[1]), "")
                return CellReading(self.field.type.check(tuple(codes), self._context), how)
            wrong = next((part for part, match in zip(parts, matches, strict=True) if match is None), text)
            missed = missed or wrong
        raise FieldError(f"« {missed} » n’est pas dans la liste « {labels.name if labels else ''} »")


class _Labels:
    """Finds the value of a list by code, label, synonym, the beginning of a single label, or similarity."""

    def __init__(self, values: ValueList, context: Context) -> None:
        labels = context.labels[values.name]
        self.name = values.label
        self._codes = labels
        self._exact = {tight(label): code for code, label in reversed(list(labels.items()))}
        self._synonyms = {
            tight(word): code for code, words in values.synonyms.items() if code in labels for word in words
        }
        synonyms = (word for code, words in values.synonyms.items() if code in labels for word in words)
        self._words = {tight(word): word for word in (*labels.values(), *synonyms)}

    def find(self, text: str) -> tuple[str, str] | None:
        """Return (code, interpretation or ''), or None."""
        key = tight(text)
        if text in self._codes:
            return text, ""
        if key in self._exact:
            return self._exact[key], ""
        if key in self._synonyms:
            return self._synonyms[key], SYNONYM
        if len(key) < 4:
            return None
        codes = {code for label, code in self._exact.items() if label.startswith(key)}
        if len(codes) == 1 and resemblance.same_sense(text, self._codes[code := codes.pop()]):
            return code, BEGINNING
        return self._close(text, key)

    def _close(self, text: str, key: str) -> tuple[str, str] | None:
        if any(c.isdigit() for c in key):
            return None  # « Bac + 3 » resembles « Bac + 2 » and means another value
        keys = {**self._synonyms, **self._exact}
        best: dict[str, float] = {}
        for known, score, _ in process.extract(key, list(keys), scorer=fuzz.ratio, limit=6):
            if resemblance.same_sense(text, self._words[known]):
                best[keys[known]] = max(best.get(keys[known], 0), score)
        ranked = sorted(best.items(), key=lambda code_score: -code_score[1])
        if not ranked or ranked[0][1] < _CLOSE or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN):
            return None
        return ranked[0][0], SPELLING


def shown(cell: Cell) -> str:
    """Return a cell as text, as a French spreadsheet displays it."""
    match cell:
        case None:
            return ""
        case bool():
            return "Oui" if cell else "Non"
        case float():
            return f"{cell:.10g}".replace(".", ",")
        case datetime() if (cell.hour, cell.minute, cell.second) != (0, 0, 0):
            return f"{cell:%d/%m/%Y %H:%M}"
        case date():
            return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
    return str(cell)


def _cents(cell: Cell) -> tuple[int, str]:
    if isinstance(cell, bool | date):
        raise FieldError(f"« {shown(cell)} » n’est pas une somme (attendu : 1\u202f234,50)")
    if isinstance(cell, int | float):
        cents = round(cell * 100)
        return cents, "arrondi au centime" if abs(cell * 100 - cents) > 1e-4 else ""
    return typed_text.cents(shown(cell).strip())


def _whole(cell: Cell, kind: Integer) -> tuple[int, str]:
    if isinstance(cell, float):
        raise FieldError(f"« {shown(cell)} » n’est pas un nombre entier")
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell, ""
    return kind.understand(shown(cell))


def _yes_no(cell: Cell, kind: YesNo, context: Context) -> CellReading:
    word = fold(shown(cell))
    codes = {"y": 1, "yes": 1, "ok": 1, "✓": 1, "✔": 1, "☑": 1, "true": 1, "no": 0, "false": 0, "☐": 0, "✗": 0, "✘": 0}
    if word in codes:
        return CellReading(codes[word], SYNONYM)
    return CellReading(kind.check(cell if isinstance(cell, bool | int) else shown(cell), context))
