"""Numbers in French text: counts with units, shares, sums, lengths, months."""

from decimal import ROUND_HALF_UP, Decimal

from db.base.french import french_number

_UNITS = {
    "person": ("personne", "personnes"),
    "exit": ("sortie", "sorties"),
    "contract": ("contrat", "contrats"),
    "diagnostic": ("diagnostic", "diagnostics"),
    "intervention": ("entretien ou démarche", "entretiens et démarches"),
    "appointment": ("rendez-vous", "rendez-vous"),
    "aid": ("aide", "aides"),
    "orientation": ("orientation", "orientations"),
    "action": ("action", "actions"),
    "years": ("an", "ans"),
    "days": ("jour", "jours"),
    "hours": ("heure", "heures"),
}
_MEASURES = ("years", "days", "hours")
"""The units that a number is never without."""
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
NARROW = "\u202f"
"""The narrow no-break space before « % » and « € »."""


def unit_word(unit: str, value: float = 2) -> str:
    """Return the unit: « personnes », « sortie »; French uses the singular below two."""
    return _UNITS[unit][abs(value) >= 2]


DECIMALS = {"cents": 2, "percent": 1, "years": 1, "hours": 1, "national": 0}
"""Unit -> the decimals of its numbers on screen, in the deck, on paper and in sheets (docs/domain.md § 4); others are
whole. « cents »: of the sum in euros; « national »: percent, as the source prints them."""


def decimals(unit: str) -> int:
    """Return how many decimals a number of this unit has, wherever it is written."""
    return DECIMALS.get(unit, 0)


def rounded(value: float, unit: str) -> str:
    """Format a value alone, without a sign of its unit: « 1 234 », « 32,4 »; 0,25 is 0,3, as at school. Sums are in
    euros here."""
    return french_number(_half_up(value, unit), decimals(unit))


def _half_up(value: float, unit: str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals(unit)), ROUND_HALF_UP)


def number(value: float | None, unit: str = "person") -> str:
    """Format a value: « 1 234 », « 1 234,00 € » (from euro cents), « 2,5 ans », « 12,3 % ». A share is never rounded to
    none or to all."""
    if value is None:
        return "–"
    if unit == "cents":
        return f"{rounded(value / 100, unit)}{NARROW}€"
    if unit in _MEASURES:
        return f"{rounded(value, unit)}{NARROW}{unit_word(unit, float(_half_up(value, unit)))}"
    if unit == "percent" and 0 < value < 0.05:
        return f"moins de 0,1{NARROW}%"
    if unit == "percent" and 99.95 <= value < 100:
        return f"plus de 99,9{NARROW}%"
    return rounded(value, unit) + f"{NARROW}%" * (unit in ("percent", "national"))


def with_unit(value: float, unit: str) -> str:
    """Format a value with its unit: « 43 sorties », « 1 personne », « 12 745,00 € »."""
    is_counted = unit in _UNITS and unit not in _MEASURES
    return f"{number(value)} {unit_word(unit, value)}" if is_counted else number(value, unit)


def share(part: float, whole: float) -> str:
    """Format a share: « 32,4 % »; « – » of zero."""
    return number(100 * part / whole if whole else None, "percent")


def points(difference: float) -> str:
    """Format a difference of two shares: « + 8,0 points », « − 0,4 point », « 0,0 point »."""
    size = round(abs(difference), decimals("percent"))
    sign = "" if not size else f"+{NARROW}" if difference > 0 else f"−{NARROW}"
    return f"{sign}{rounded(size, 'percent')} point{'s' * (size >= 2)}"


def month(code: str, with_year: bool) -> str:
    """Format a month: « 2022-03 » -> « mars », or « mars 22 » beside other years."""
    name = _MONTHS[int(code[5:7]) - 1]
    return f"{name} {code[2:4]}" if with_year else name


def change(now: float, before: float | None, unit: str = "person") -> str:
    """Format a change: « + 4 », « − 12 », « + 1,2 point », « = », or '' without a number to compare with."""
    if before is None:
        return ""
    difference = round(now - before, decimals(unit))
    if not difference:
        return "="
    if unit == "percent":
        return points(difference)
    return f"{'+' if difference > 0 else '−'}{NARROW}{number(abs(difference), unit)}"
