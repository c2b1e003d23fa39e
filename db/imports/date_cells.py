"""Reading of a cell as a day: a date, a spreadsheet serial number, or text. A month or a year alone is an error."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.base.errors import FieldError
from db.base.french import fold
from db.imports.plan_types import Cell
from db.model import typed_text

_FIRST_SERIAL, _LAST_SERIAL = 3_654, 73_415
"""Serial numbers of 1910 to 2100; smaller numbers are ages, counts or years."""
_HOUR = "heure laissée de côté"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})")
"""A moment with its time zone: near midnight, its day in Paris is another one."""


def read(cell: Cell, least: str, most: str) -> tuple[str, str]:
    """Return the ISO day in a cell that is not empty, and how it was understood (see typed_text). ``least``, ``most``:
    bounds of the field. Raises FieldError."""
    match cell:
        case datetime():
            return cell.date().isoformat(), _HOUR if cell.time() != datetime.min.time() else ""
        case date():
            return cell.isoformat(), ""
        case bool():
            raise FieldError("une case à cocher n’est pas une date")
        case int() | float():
            return _of_number(float(cell), least, most)
    text = str(cell).strip()
    if _MOMENT.fullmatch(text):
        return _day_in_paris(text), "moment ramené à l’heure de Paris"
    if re.fullmatch(r"[0-9]{1,5}", text):
        return _of_number(float(text), least, most)
    plain, hour = typed_text.without_hour(fold(text))
    iso, how = typed_text.day(plain if hour else text, least, most)
    return iso, " et ".join(filter(None, (how, _HOUR * hour)))


def _day_in_paris(text: str) -> str:
    plain = re.sub(r"\s*(?:Z|UTC|GMT)$", "+00:00", text.replace(" +", "+").replace(" -", "-"))
    try:
        return datetime.fromisoformat(plain).astimezone(ZoneInfo("Europe/Paris")).date().isoformat()
    except ValueError as error:
        raise FieldError(f"« {text} » n’est pas un jour du calendrier (attendu : jj/mm/aaaa)") from error


def _of_number(number: float, least: str, most: str) -> tuple[str, str]:
    whole = int(number)
    if number == whole and 1_000_000 <= whole < 100_000_000:
        return typed_text.day(f"{whole:08}", least, most)
    if number == whole and 0 <= whole < 130:
        raise FieldError(f"« {whole} » ressemble à un âge, pas à une date (attendu : jj/mm/aaaa)")
    if number == whole and 1900 <= whole <= 2100:
        raise FieldError(f"« {whole} » est une année, pas un jour : rien n’est deviné (attendu : jj/mm/aaaa)")
    if not _FIRST_SERIAL <= number < _LAST_SERIAL:
        raise FieldError(f"« {number:g} » n’est pas une date (attendu : jj/mm/aaaa)")
    return (date(1899, 12, 30) + timedelta(days=whole)).isoformat(), "numéro de jour du tableur"
