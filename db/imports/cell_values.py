"""One cell -> the stored value of its field, with what was guessed. What does not read is a problem, never a blank."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz, process

from db.base.errors import FieldError
from db.base.french import fold
from db.imports import date_cells
from db.imports.plan_types import Cell
from db.imports.text_keys import is_unknown, tight
from db.model.fields import Field
from db.model.types import (
    Choice,
    Choices,
    Context,
    Date,
    Email,
    Euros,
    Integer,
    Phone,
    Reference,
    References,
    Text,
    ValueList,
    YesNo,
)

SYNONYM, SPELLING, UNKNOWN, CHOSEN, REMEMBERED = "synonyme", "orthographe", "sans valeur", "choisi", "retenu"
_CLOSE, _MARGIN = 86, 6
"""How much a text must resemble one label of a list, and how much less the next one, to be taken for it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a cell says: its stored value; how it was guessed, if it was; why it does not read, if it does not."""

    value: Any = None
    how: str = ""
    reason: str = ""


class Reader:
    """Reads the cells of one field; every distinct cell once.

    ``chosen``, ``remembered``: text -> what a person said it means, now or for an earlier file: a code or text, '' for
    an empty cell. A reference is read as its text: who or what it names is for references.py to say.
    """

    def __init__(
        self,
        item: Field,
        known: Context,
        chosen: Mapping[str, str],
        remembered: Mapping[str, str],
        of_name: bool = False,
    ) -> None:
        self.field, self._known, self._of_name = item, known, of_name
        self._said = {fold(text): (CHOSEN, value) for text, value in chosen.items()}
        for text, value in remembered.items():
            self._said.setdefault(fold(text), (REMEMBERED, value))
        self.texts: dict[Cell, Read] = {}
        """Every text that was read: most cells are looked up here without more ado."""
        self._others: dict[tuple[type, Cell], Read] = {}
        self._labels = _Labels(item.list, known) if item.list else None

    def read(self, cell: Cell) -> Read:
        """The value of one cell."""
        key = (type(cell), cell)  # 1, 1.0 and True are equal, and not the same
        found = self.texts.get(cell) if isinstance(cell, str) else self._others.get(key)
        if found is None:
            try:
                found = self._read(cell)
            except FieldError as error:
                found = Read(reason=str(error))
            if isinstance(cell, str):
                self.texts[cell] = found
            else:
                self._others[key] = found
        return found

    def show(self, value: Any) -> str:
        """A stored value in French."""
        if isinstance(self.field.type, Reference | References):
            return str(value or "")
        return self.field.type.show(value, self._known)

    def _read(self, cell: Cell) -> Read:
        if cell is None:
            return Read()
        text = shown(cell).strip()
        said = self._said.get(fold(text))
        if said:
            how, value = said
            return Read(how=how) if not value else Read(self._plain(value).value, how)
        if isinstance(self.field.type, Choice | Choices):
            return self._of_list(cell, text)
        if is_unknown(text, self._of_name):
            return Read(how=UNKNOWN)
        return self._plain(cell)

    def _plain(self, cell: Cell) -> Read:
        match self.field.type:
            case Choice() | Choices():
                return self._of_list(cell, shown(cell).strip())
            case Date() as kind:
                iso, how = date_cells.read(cell, kind.min, kind.max)
                return Read(kind.check(iso, self._known), how)
            case Euros() as kind:
                cents, how = _cents(cell)
                return Read(kind.check(cents, self._known), how)
            case Integer() as kind:
                whole, how = _whole(cell, kind.unit)
                return Read(kind.check(whole, self._known), how)
            case YesNo() as kind:
                return _yes_no(cell, kind, self._known)
            case Phone() as kind:
                digits, how = _phone(shown(cell))
                return Read(kind.check(digits, self._known), how)
            case Email() as kind:
                return Read(kind.check(re.sub(r"(?i)^mailto:", "", shown(cell).strip()), self._known))
            case Reference() | References():
                return Read(shown(cell).strip() or None)
            case Text(digits=wanted) as kind if wanted:
                digits, how = _digits(shown(cell), wanted)
                return Read(kind.check(digits, self._known), how)
            case Text() as kind:
                how = "date écrite en texte" if isinstance(cell, date) else ""
                return Read(kind.check(shown(cell), self._known), how)
        return Read(self.field.type.check(shown(cell), self._known))

    def _of_list(self, cell: Cell, text: str) -> Read:
        if self._labels is None:
            raise FieldError(f"« {text} » n’est pas dans la liste")
        whole = self._labels.find(text)
        if isinstance(self.field.type, Choice):
            if whole is None:
                if is_unknown(text):
                    return Read(how=UNKNOWN)
                raise FieldError(f"« {text} » n’est pas dans la liste « {self._labels.name} »")
            return Read(*whole)
        # Guessed as one value, « Logement ; Mobilité » would lose the other.
        if whole is not None and not (whole[1] and re.search(r"[;\n]", text)):
            return Read((whole[0],), whole[1])
        if is_unknown(text):
            return Read(how=UNKNOWN)
        return self._several(text)

    def _several(self, text: str) -> Read:
        """The separator is the one of « ; » (or a new line), « , », « / », « + » by which every part is of the list."""
        labels = self._labels
        missed = ""
        for separator in (r"[;\n]", r"[;\n,]", r"[;\n,/]", r"[;\n,/+]|\bet\b"):
            parts = [part.strip() for part in re.split(separator, text) if part.strip()]
            found = [labels.find(part) if labels else None for part in parts]
            if parts and all(found):
                codes = {one[0] for one in found if one}
                how = next((one[1] for one in found if one and one[1]), "")
                return Read(self.field.type.check(tuple(codes), self._known), how)
            wrong = next((part for part, one in zip(parts, found, strict=True) if one is None), text)
            missed = missed or wrong
        raise FieldError(f"« {missed} » n’est pas dans la liste « {labels.name if labels else ''} »")


class _Labels:
    """A list as an office writes it: code, label, synonym, the beginning of one label, or nearly its spelling."""

    def __init__(self, values: ValueList, known: Context) -> None:
        labels = known.labels[values.name]
        self.name = values.label
        self._codes = labels
        self._exact = {tight(label): code for code, label in reversed(list(labels.items()))}
        self._synonyms = {
            tight(word): code for code, words in values.synonyms.items() if code in labels for word in words
        }

    def find(self, text: str) -> tuple[str, str] | None:
        """(code, how it was guessed or '')."""
        key = tight(text)
        if text in self._codes:
            return text, ""
        if key in self._exact:
            return self._exact[key], ""
        if key in self._synonyms:
            return self._synonyms[key], SYNONYM
        if len(key) < 4:
            return None
        begun = {code for label, code in self._exact.items() if label.startswith(key)}
        if len(begun) == 1:
            return begun.pop(), "début du nom"
        return self._close(key)

    def _close(self, key: str) -> tuple[str, str] | None:
        if any(c.isdigit() for c in key):
            return None  # « Bac + 3 » is nearly « Bac + 2 », and something else
        everything = {**self._synonyms, **self._exact}
        best: dict[str, float] = {}
        for label, score, _ in process.extract(key, list(everything), scorer=fuzz.ratio, limit=6):
            code = everything[label]
            best[code] = max(best.get(code, 0), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < _CLOSE or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN):
            return None
        return ranked[0][0], SPELLING


def shown(cell: Cell) -> str:
    """A cell as text, as a French spreadsheet would show it."""
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


def _cents(cell: Cell) -> tuple[Any, str]:
    if isinstance(cell, bool | date):
        raise FieldError(f"« {shown(cell)} » n’est pas une somme (attendu : 1\u202f234,50)")
    if isinstance(cell, int | float):
        cents = round(cell * 100)
        return cents, "arrondi au centime" if abs(cell * 100 - cents) > 1e-4 else ""
    text = re.sub(r"(?i)\s*(?:€|euros?|eur)\s*$", "", shown(cell).strip())
    if re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+,\d{1,2}", text):  # 1.234,50: both signs leave no doubt
        return text.replace(".", ""), ""
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+\.\d{1,2}", text):
        return text.replace(",", ""), ""
    return text or None, ""


def _whole(cell: Cell, unit: str) -> tuple[Any, str]:
    if isinstance(cell, float):
        raise FieldError(f"« {shown(cell)} » n’est pas un nombre entier")
    text = shown(cell).strip()
    if unit == "min":
        spent = re.fullmatch(r"(?i)(\d{1,2})\s*(?:h|:)\s*(\d{2})?(?:\s*min)?(?::00)?", text)
        if spent:
            return int(spent[1]) * 60 + int(spent[2] or 0), "durée en minutes"
        text = re.sub(r"(?i)\s*(?:minutes?|mn|min\.?|')$", "", text)
    return (cell if isinstance(cell, int) and not isinstance(cell, bool) else text or None), ""


def _yes_no(cell: Cell, kind: YesNo, known: Context) -> Read:
    word = fold(shown(cell))
    more = {"y": 1, "yes": 1, "ok": 1, "✓": 1, "✔": 1, "☑": 1, "true": 1, "no": 0, "false": 0, "☐": 0, "✗": 0, "✘": 0}
    if word in more:
        return Read(more[word], SYNONYM)
    return Read(kind.check(cell if isinstance(cell, bool | int) else shown(cell), known))


def _phone(text: str) -> tuple[str, str]:
    digits = re.sub(r"[\s.\-/()\u00a0]", "", re.sub(r"\+\s*33\s*\(\s*0\s*\)", "+33", text))
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return "0" + digits, "zéro du début rendu"
    if re.fullmatch(r"33[1-9]\d{8}", digits):
        return "+" + digits, "indicatif reconnu"
    if re.fullmatch(r"0033[1-9]\d{8}", digits):
        return "+" + digits[2:], "indicatif reconnu"
    return (digits if digits.startswith("+33") else text), ""


def _digits(text: str, wanted: int) -> tuple[str, str]:
    plain = re.sub(r"\s", "", text)
    if not plain.isdecimal():
        return text, ""
    return (plain.zfill(wanted), "zéro du début rendu") if len(plain) == wanted - 1 else (plain, "")
