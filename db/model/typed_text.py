"""Days, numbers, sums and durations as French people write them, read as stored values.

The grid, the form, the filters and the import all read with these functions, so that a text means the same everywhere.
Each function takes a text that is not empty and returns the stored value and how it was understood: '' when it says
nothing else than the value, otherwise the words in which an import shows it. Each raises FieldError with the reason in
French; a text that has two meanings is refused with both.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from db.base.errors import FieldError
from db.base.french import fold, french_number

# ---- days

_MONTHS = {
    month[:length]: number
    for number, month in enumerate(
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
         "decembre"), 1,
    )
    for length in range(3, len(month) + 1)
    if month[:length] != "jui"
}  # fmt: skip
_NEAR_DAYS = {"avant-hier": -2, "hier": -1, "aujourd'hui": 0, "demain": 1}
_IN_NUMBERS = re.compile(r"([0-9]{1,2})\s*[/.\- ]\s*([0-9]{1,2})\s*[/.\- ]\s*([0-9]{4}|[0-9]{2})")
_IN_WORDS = re.compile(
    r"(?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?,?\s+)?"
    r"([0-9]{1,2})(?:er)?[\s\-./]+([a-z]+)\.?(?:[\s\-./]+([0-9]{4}|[0-9]{2}))?"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_EIGHT_DIGITS = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])")
_OLDEST, _YOUNGEST = 105, 14
"""Range of ages of the persons accompanied, in years, which decides the century of a birth year in two digits."""
_EXPECTED = "(attendu : jj/mm/aaaa)"


def day(text: str, least: str, most: str, today: date | None = None) -> tuple[str, str]:
    """Return the ISO day that a text names. ``least``, ``most``: bounds of the field, as ISO days.

    ``today``: the day on which the text is typed. Without it (a file has no today), « hier » and a day without its year
    are refused. An hour is refused, unless it is midnight. The bounds choose a century or a year, and are not checked
    otherwise. Raises FieldError.
    """
    plain, hour = without_hour(fold(text))
    if hour:
        raise FieldError(f"« {text} » porte une heure : donnez le jour seul {_EXPECTED}")
    if today and plain in _NEAR_DAYS:
        return (today + timedelta(days=_NEAR_DAYS[plain])).isoformat(), "jour relatif"
    if match := _YEAR_FIRST.fullmatch(plain):
        return _calendar_day(int(match[1]), int(match[2]), int(match[3]), text), ""
    if match := _EIGHT_DIGITS.fullmatch(plain):
        return _calendar_day(int(match[1]), int(match[2]), int(match[3]), text), "aaaammjj"
    if re.fullmatch(r"[0-9]{8}", plain):
        return _calendar_day(int(plain[4:]), int(plain[2:4]), int(plain[:2]), text), "jjmmaaaa"
    if match := _IN_NUMBERS.fullmatch(plain):
        return _in_year(match[3], int(match[2]), int(match[1]), text, (least, most), today)
    if (match := _IN_WORDS.fullmatch(plain)) and match[2] in _MONTHS:
        return _in_year(match[3] or "", _MONTHS[match[2]], int(match[1]), text, (least, most), today)
    if (match := re.fullmatch(r"([0-9]{1,2})[/\-]([0-9]{1,2})", plain)) and _is_day(2000, int(match[2]), int(match[1])):
        return _in_year("", int(match[2]), int(match[1]), text, (least, most), today)
    if re.fullmatch(r"[0-9]{1,3}\s*ans?", plain):
        raise FieldError(f"« {text} » est un âge, pas une date {_EXPECTED}")
    if re.fullmatch(r"(?:(?:[0-9]{1,2}\s*[/.\-]|[a-z]+\.?)\s*)?(?:19|20)[0-9]{2}", plain):
        raise FieldError(f"« {text} » ne dit pas le jour : rien n’est deviné {_EXPECTED}")
    raise FieldError(f"« {text} » n’est pas une date {_EXPECTED}")


def without_hour(plain: str) -> tuple[str, bool]:
    """Return a folded text without the hour at its end, and whether that hour is another one than midnight."""
    if ":" not in plain and "h" not in plain:
        return plain, False
    match = re.fullmatch(r"(.*[0-9])[t ,]+(?:a )?([0-9]{1,2})[:h]([0-9]{2})?(?::[0-9]{2}(?:\.[0-9]+)?)?z?", plain)
    return (match[1], bool(int(match[2]) or int(match[3] or 0))) if match else (plain, False)


def _in_year(
    year: str, month: int, number: int, text: str, bounds: tuple[str, str], today: date | None
) -> tuple[str, str]:
    """Return the day of a year of four, two or no digits."""
    if len(year) == 4:
        return _calendar_day(int(year), month, number, text), ""
    if year:
        return _in_century(int(year), month, number, text, bounds, today), "année à deux chiffres"
    iso = _calendar_day(today.year, month, number, text) if today else ""
    if not bounds[0] <= iso <= bounds[1]:
        raise FieldError(f"« {text} » ne dit pas l’année : rien n’est deviné {_EXPECTED}")
    return iso, "cette année"


def _in_century(year: int, month: int, number: int, text: str, bounds: tuple[str, str], today: date | None) -> str:
    """Return the only plausible day of a year in two digits."""
    now = (today or date.today()).year
    years = [full for full in (1900 + year, 2000 + year) if _is_day(full, month, number)]
    if not years:
        _calendar_day(2000 + year, month, number, text)
    days = [iso for full in years if bounds[0] <= (iso := date(full, month, number).isoformat()) <= bounds[1]]
    if bounds[1] < f"{now:04}":  # a date of birth: the century that gives a plausible age
        days = [iso for iso in days if _YOUNGEST <= now - int(iso[:4]) <= _OLDEST]
    elif len(days) == 2:
        days = [days[1] if int(days[1][:4]) <= now + 10 else days[0]]
    if len(days) != 1:
        raise FieldError(f"« {text} » : l’année a deux chiffres, le siècle ne se devine pas {_EXPECTED}")
    return days[0]


def _calendar_day(year: int, month: int, number: int, text: str) -> str:
    if not _is_day(year, month, number):
        raise FieldError(f"« {text} » n’est pas une date {_EXPECTED}")
    return date(year, month, number).isoformat()


def _is_day(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


# ---- numbers

_WHOLE = re.compile(r"([-−]?)\s*([0-9]{1,15}|[1-9][0-9]{0,2}(?: [0-9]{3}){1,4})")
_SUM = re.compile(
    r"(?P<sign>[-−]?)\s*(?P<whole>[0-9]{1,13}|[1-9][0-9]{0,2}(?P<gap>[ .,])[0-9]{3}(?:(?P=gap)[0-9]{3}){0,3})"
    r"(?:(?!(?P=gap))[.,](?P<cents>[0-9]{1,2}))?"
)
_CLOCK = re.compile(r"([0-9]{1,2})\s*(?:h|heures?|:)\s*([0-5][0-9])(?:\s*(?:minutes?|min\.?|mn)|:00)?")
_HOUR = re.compile(r"([0-9]{1,2})()(?:\s*(?:h|heures?)\.?)?")
_HOURS = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*(?:h|heures?)\.?")


def whole(text: str) -> tuple[int, str]:
    """Return a whole number, with or without spaces between thousands. Raises FieldError."""
    match = _WHOLE.fullmatch(" ".join(text.split()))
    if not match:
        raise FieldError(f"« {text} » n’est pas un nombre entier")
    number = int(match[2].replace(" ", ""))
    return (-number if match[1] else number), ""


def cents(text: str) -> tuple[int, str]:
    """Return a sum in cents: « 1200 », « 1 200,50 € », « 1.200,50 », « 12€50 ». Raises FieldError, with both meanings
    of « 1.200 »."""
    plain = re.sub(r"(?i)^€ ?| ?(?:€|euros?|eur)$", "", " ".join(text.split()))
    plain = re.sub(r"(?<=[0-9]) ?€ ?(?=[0-9]{2}$)", ",", plain)
    match = _SUM.fullmatch(plain)
    if not match:
        raise FieldError(f"« {text} » n’est pas une somme (attendu : 1\u202f234,50)")
    groups = re.split(r"[ .,]", match["whole"])
    if match["gap"] in (".", ",") and len(groups) == 2 and not match["cents"]:
        thousands, decimals = french_number(int("".join(groups))), f"{groups[0]},{re.sub('0$', '', groups[1])}"
        raise FieldError(f"« {text} » : {thousands}\u00a0€ ou {decimals}\u00a0€ ?")
    number = int("".join(groups)) * 100 + int((match["cents"] or "").ljust(2, "0"))
    return (-number if match["sign"] else number), ""


def minutes(text: str) -> tuple[int, str]:
    """Return a duration in minutes: « 45 », « 45 min », « 1h30 », « 1:30 », « 0,75 h ». Raises FieldError."""
    plain = " ".join(text.lower().split())
    if match := _CLOCK.fullmatch(plain):
        return int(match[1]) * 60 + int(match[2]), "durée en minutes"
    if match := _HOURS.fullmatch(plain):
        number = Decimal(match[1].replace(",", ".")) * 60
        if number != int(number):
            raise FieldError(f"« {text} » ne fait pas un nombre entier de minutes")
        return int(number), "durée en minutes"
    try:
        return whole(re.sub(r"(?<=[0-9]) ?(?:minutes?|min\.?|mn|['’])$", "", plain))
    except FieldError:
        raise FieldError(f"« {text} » n’est pas une durée (attendu : 45, 1h30 ou 0,75 h)") from None


def clock(text: str) -> tuple[str, str]:
    """Return a time of day as « HH:MM »: « 14h30 », « 14:30 », « 14 h », « 1430 », « 9 ». Raises FieldError."""
    plain = " ".join(text.lower().split())
    match = _CLOCK.fullmatch(plain) or _HOUR.fullmatch(plain) or re.fullmatch(r"([0-9]{2})([0-5][0-9])", plain)
    if not match or int(match[1]) > 23:
        raise FieldError(f"« {text} » n’est pas une heure (attendu : 14h30)")
    return f"{int(match[1]):02}:{int(match[2] or 0):02}", ""


def digits(text: str, length: int) -> tuple[str, str]:
    """Return a number of ``length`` digits such as a postcode, without spaces, with the first zero that a spreadsheet
    takes away; any other text as it stands."""
    plain = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]+", plain):
        return text, ""
    return (plain.zfill(length), "zéro du début rendu") if len(plain) == length - 1 else (plain, "")
