"""SIRET numbers: how they are read, checked and shown. A check is a sum that we keep ourselves: eight lines."""

import re

from db.base.errors import FieldError

LENGTH = 14
_LA_POSTE = "356000000"
"""The establishments of La Poste are too many for the usual check: the plain sum of their digits is a multiple of 5."""


def read(text: str) -> str:
    """Return a SIRET without its spaces. Raises FieldError with the reason in French."""
    digits = re.sub(r"[\s.\u200b-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise FieldError(f"« {text} » n’est pas un SIRET (attendu : 14 chiffres)")
    if len(digits) != LENGTH:
        what = " : c’est un SIREN, celui de l’entreprise entière" if len(digits) == 9 else ""
        raise FieldError(f"« {text} » a {len(digits)} chiffres, un SIRET en a {LENGTH}{what}")
    if not _is_right(digits):
        raise FieldError(f"« {text} » n’est pas un SIRET : sa clé est fausse, un chiffre est sans doute mal copié")
    return digits


def show(digits: str) -> str:
    """Return a SIRET as it is written in France: « 130 025 265 00013 »."""
    return " ".join((digits[:3], digits[3:6], digits[6:9], digits[9:]))


def _is_right(digits: str) -> bool:
    is_la_poste = digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0
    return is_la_poste or (luhn(digits[:9]) and luhn(digits))


def luhn(digits: str) -> bool:
    """Return whether the sum of the digits, every second one from the right doubled, ends with 0."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
