"""Reading of a cell as a day: a date, a spreadsheet serial number, or text. A month or a year alone is an error."""

import re
from datetime import date, datetime, timedelta

from db.base.errors import FieldError
from db.base.french import fold
from db.imports.plan_types import Cell

_MONTHS = {
    month[:length]: number
    for number, month in enumerate(
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
         "decembre"), 1,
    )
    for length in range(3, len(month) + 1)
    if month[:length] != "jui"
}  # fmt: skip
_WORDS = re.compile(
    r"(?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?,?\s+)?(\d{1,2})(?:er)?[\s\-./]+([a-z]+)\.?[\s\-./]+(\d{2,4})"
)
_FIRST_SERIAL, _LAST_SERIAL = 3_654, 73_415
"""Serial numbers of 1910 to 2100; smaller numbers are ages, counts or years."""
_TWO_DIGITS = "année à deux chiffres"
_HOUR = "heure laissée de côté"
_OLDEST, _YOUNGEST = 105, 14
"""Range of ages of the persons accompanied, in years, which decides the century of a birth year in two digits."""


def read(cell: Cell, least: str, most: str) -> tuple[str | None, str]:
    """Return (ISO day or None, interpretation or ''). ``least``, ``most``: bounds of the field. Raises FieldError."""
    match cell:
        case datetime():
            return cell.date().isoformat(), _HOUR if cell.time() != datetime.min.time() else ""
        case date():
            return cell.isoformat(), ""
        case bool():
            raise FieldError("une case à cocher n’est pas une date")
        case int() | float():
            return _of_number(float(cell))
    return _of_text(str(cell).strip(), least, most)


def _of_number(number: float) -> tuple[str, str]:
    whole = int(number)
    text = str(whole)
    if number == whole and re.fullmatch(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])", text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]), text), "aaaammjj"
    if number == whole and 0 <= whole < 130:
        raise FieldError(f"« {whole} » ressemble à un âge, pas à une date (attendu : jj/mm/aaaa)")
    if number == whole and 1900 <= whole <= 2100:
        raise FieldError(f"« {whole} » est une année, pas un jour : rien n’est deviné (attendu : jj/mm/aaaa)")
    if not _FIRST_SERIAL <= number < _LAST_SERIAL:
        raise FieldError(f"« {number:g} » n’est pas une date (attendu : jj/mm/aaaa)")
    return (date(1899, 12, 30) + timedelta(days=whole)).isoformat(), "numéro de jour du tableur"


def _of_text(text: str, least: str, most: str) -> tuple[str | None, str]:
    if not text:
        return None, ""
    plain = fold(text)
    plain, hour = _without_hour(plain)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain):
        year, month, day = map(int, match.groups())
        return _day(year, month, day, text), hour
    if match := re.fullmatch(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})", plain):
        day, month = int(match[1]), int(match[2])
        return _with_year(match[3], month, day, text, least, most, hour)
    if (match := _WORDS.fullmatch(plain)) and match[2] in _MONTHS and len(match[3]) in (2, 4):
        return _with_year(match[3], _MONTHS[match[2]], int(match[1]), text, least, most, hour)
    if re.fullmatch(r"\d{1,6}", plain) and len(plain) != 6:
        return _of_number(float(plain))
    if re.fullmatch(r"\d{8}", plain):
        return _of_number(float(plain))
    if re.fullmatch(r"\d{1,3}\s*ans?", plain):
        raise FieldError(f"« {text} » est un âge, pas une date (attendu : jj/mm/aaaa)")
    if re.fullmatch(r"(\d{1,2}\s*[/.\-]\s*\d{4})|(?:[a-z]+\.?\s+\d{4})", plain):
        raise FieldError(f"« {text} » ne dit pas le jour : rien n’est deviné (attendu : jj/mm/aaaa)")
    raise FieldError(f"« {text} » n’est pas une date (attendu : jj/mm/aaaa)")


def _without_hour(plain: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*\d)[t ,]+(?:a )?(\d{1,2})[:h](\d{2})?(?::\d{2}(?:\.\d+)?)?z?", plain)
    if not match:
        return plain, ""
    return match[1], _HOUR if int(match[2]) or int(match[3] or 0) else ""


def _with_year(year: str, month: int, day: int, text: str, least: str, most: str, hour: str) -> tuple[str, str]:
    if len(year) == 4:
        return _day(int(year), month, day, text), hour
    years = [century + int(year) for century in (1900, 2000)]
    days = [_day(full_year, month, day, text) for full_year in years if _is_day(full_year, month, day)]
    days = [iso for iso in days if least <= iso <= most]
    now = date.today().year
    if most < f"{now:04}":  # a date of birth: the century that gives a plausible age
        days = [iso for iso in days if _YOUNGEST <= now - int(iso[:4]) <= _OLDEST]
    elif len(days) == 2:
        days = [days[1] if int(days[1][:4]) <= now + 10 else days[0]]
    if len(days) != 1:
        raise FieldError(f"« {text} » : l’année a deux chiffres, le siècle ne se devine pas (attendu : jj/mm/aaaa)")
    return days[0], _TWO_DIGITS


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(year: int, month: int, day: int, text: str) -> str:
    if not _is_day(year, month, day):
        raise FieldError(f"« {text} » n’est pas un jour du calendrier (attendu : jj/mm/aaaa)")
    return f"{year:04}-{month:02}-{day:02}"
