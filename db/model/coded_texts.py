"""Types of texts with a form of their own beside those of types.py: SIRET numbers, degrees."""

import re
from dataclasses import dataclass
from typing import Any

from db.base.errors import FieldError
from db.base.text import storable
from db.model import sirets
from db.model.types import Context, Text


@dataclass(frozen=True)
class Siret(Text):
    """The number of an establishment in Sirene: fourteen digits whose last one checks the others."""

    max: int = 20
    digits: int = sirets.LENGTH

    def sql_check(self, column: str) -> str:
        return f"length({column}) = {self.digits} AND {column} NOT GLOB '*[^0-9]*'"

    def check(self, value: Any, context: Context) -> str | None:
        text = storable(str(value)).strip()
        return sirets.read(text) if text else None

    def show(self, value: Any, context: Context) -> str:
        return sirets.show(value) if value else ""


@dataclass(frozen=True)
class Degrees(Text):
    """A latitude (``bound`` 90) or a longitude (180) in degrees, stored as the text of a decimal number, five digits
    after the point: about one metre."""

    max: int = 12
    bound: int = 180

    def sql_check(self, column: str) -> str:
        is_number = f"{column} NOT GLOB '*[^-.0-9]*' AND abs(CAST({column} AS REAL)) <= {self.bound}"
        return f"{super().sql_check(column)} AND {is_number}"

    def check(self, value: Any, context: Context) -> str | None:
        text = str(value).strip().replace(",", ".").replace("\u2212", "-")
        if not text:
            return None
        if not re.fullmatch(r"[-+]?[0-9]{1,3}(\.[0-9]*)?", text):
            raise FieldError(f"« {value} » n’est pas un nombre de degrés (attendu : 44,4475)")
        if abs(float(text)) > self.bound:
            raise FieldError(f"{text.replace('.', ',')} est hors limites (de −{self.bound} à {self.bound})")
        return f"{round(float(text), 5) + 0.0:.5f}"  # never « -0 »

    def show(self, value: Any, context: Context) -> str:
        return value.replace(".", ",") if value else ""
