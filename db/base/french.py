"""French text as people read it (numbers, dates, moments) and as it is compared (folded)."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from itertools import filterfalse


def fold(text: str) -> str:
    """Return the text in lower case, without accents and double spaces, to compare what people type."""
    if text.isascii():  # most of what is compared, by the hundred thousand
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    return " ".join("".join(filterfalse(unicodedata.combining, plain)).lower().split())


def french_number(value: float | Decimal, decimals: int = 0) -> str:
    """Format a number: 1234.5 -> « 1 234,5 », with a narrow no-break space between thousands."""
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def french_date(iso: str) -> str:
    """Format an ISO date: « 2023-03-06 » -> « 06/03/2023 »."""
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def french_time(clock: str) -> str:
    """Format a time of day: « 14:30 » -> « 14 h 30 », « 09:00 » -> « 9 h »."""
    hours, minutes = clock.split(":")
    return f"{int(hours)}\u00a0h" + (f"\u00a0{minutes}" if minutes != "00" else "")


_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def french_day(iso: str) -> str:
    """Format an ISO date in words, without the year: « lundi 6 mars », « mercredi 1er mars »."""
    day = date.fromisoformat(iso)
    return f"{_WEEKDAYS[day.weekday()]} {day.day}{'er' * (day.day == 1)} {_MONTHS[day.month - 1]}"


def french_moment(seconds: float) -> str:
    """Format seconds since 1970: « 06/03/2023 à 14:32 », in the server's time zone."""
    return f"{datetime.fromtimestamp(seconds):%d/%m/%Y à %H:%M}"


def french_instant(at: str) -> str:
    """Format an ISO moment in UTC: « 06/03/2023 à 14:32 », in the server's time zone."""
    return french_moment(datetime.fromisoformat(at).timestamp())


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case and the rest unchanged."""
    return text[:1].upper() + text[1:]


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def long_date(iso: str, weekday: bool = False) -> str:
    """Format an ISO date as in a letter: « 2026-12-01 » -> « 1er décembre 2026 », « mardi 1er décembre 2026 »."""
    day = date.fromisoformat(iso)
    number = "1er" if day.day == 1 else str(day.day)
    name = f"{_DAYS[day.weekday()]} " if weekday else ""
    return f"{name}{number}\u00a0{_MONTHS[day.month - 1]} {day.year}"
