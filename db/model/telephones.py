"""Telephone numbers: read in every way of writing them, stored in one (E.164: +33565000000), shown as the French do.

Which numbers exist is known by phonenumbers, Google's libphonenumber.
"""

import re
from functools import lru_cache

import phonenumbers

from db.base.errors import FieldError

_FRANCE = 33
_OVERSEAS = {
    "262": 262, "263": 262, "269": 262, "639": 262, "692": 262, "693": 262, "590": 590, "690": 590, "691": 590,
    "594": 594, "694": 594, "596": 596, "696": 596, "697": 596,
}  # fmt: skip
"""First digits of a French number, after its 0 -> calling code of the overseas department that it belongs to."""
_FICTIONAL = ("19900", "26191", "35301", "46571", "53649", "63998")
"""The beginnings of numbers that nobody has (ARCEP keeps them for films), used in demonstrations and tests."""
_EXPECTED = "(attendu : 05 65 00 00 00 ou +33…)"


def read(text: str) -> tuple[str, str]:
    """Return the number in E.164, and how it was understood when it was not as written, else ''. Raises FieldError for
    a number that does not exist or for several."""
    compact = re.sub(r"^['’]|[\s.\-–/()]", "", text.replace("(0)", ""))  # an apostrophe: of a file that was downloaded
    if match := re.fullmatch(r"(\+33|0033|33)?(0?)([1-9][0-9]{8})", compact):
        code, zero, national = match.groups()
        how = "indicatif reconnu" if code in ("0033", "33") else "" if code or zero else "zéro du début rendu"
        country = _country_of(national[:5])
        if country:
            return f"+{country}{national}", how
    elif match := re.fullmatch(r"(\+|00)([1-9][0-9]{5,14})", compact):
        number = _parsed(f"+{match[2]}")
        if number and phonenumbers.is_valid_number(number):
            how = "" if match[1] == "+" else "indicatif reconnu"
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), how
    elif _holds_several(text):
        raise FieldError(f"« {text} » contient plusieurs numéros de téléphone : un seul tient ici, notez l’autre")
    else:
        raise FieldError(f"« {text} » n’est pas un numéro de téléphone {_EXPECTED}")
    raise FieldError(f"« {text} » n’est pas un numéro de téléphone attribué : vérifiez ses chiffres {_EXPECTED}")


def show(number: str) -> str:
    """Return a stored number as people read it: « 05 65 00 00 00 », « +32 2 555 12 12 »; any other text as it is."""
    if match := re.fullmatch(r"(?:\+33|0)([1-9])([0-9]{8})", number):
        return " ".join((f"0{match[1]}", *re.findall("..", match[2])))
    parsed = _parsed(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if parsed else number


def spellings(digits: str) -> list[str]:
    """Return how a number that begins with these typed digits may be stored, without the sign +."""
    found = [digits, digits.removeprefix("00")]
    if match := re.fullmatch(r"0([1-9][0-9]*)", digits):
        found += [f"{code}{match[1]}" for code in (_FRANCE, _OVERSEAS.get(match[1][:3])) if code]
    elif match := re.fullmatch(r"(?:(?:00)?33)?0?([1-9][0-9]{8})", digits):
        found += [f"{_FRANCE}{match[1]}", f"0{match[1]}"]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=10_000)
def _country_of(beginning: str) -> int | None:
    """Return the calling code of the French numbers that begin with these five digits, None when there are none. The
    last four digits never matter."""
    if beginning in _FICTIONAL:
        return _FRANCE
    for code in (_OVERSEAS.get(beginning[:3]), _FRANCE):
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(f"{beginning}0000"))
        if code and phonenumbers.is_valid_number(number):
            return code
    return None


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def _holds_several(text: str) -> bool:
    parts = re.split(r"[/;,\n]|\bou\b|\bet\b", text)
    return sum(len(re.sub(r"[^0-9]", "", part)) >= 8 for part in parts) > 1 or len(re.sub(r"[^0-9]", "", text)) >= 18
