"""Numbers in French text: counts with units, shares, sums, lengths, months."""

from decimal import ROUND_HALF_UP, Decimal

from db.base.french import french_number

_UNITS = {
    "person": ("personne", "personnes"),
    "exit": ("sortie", "sorties"),
    "contract": ("contrat", "contrats"),
    "diagnostic": ("diagnostic", "diagnostics"),
    "intervention": ("intervention", "interventions"),
    "aid": ("aide", "aides"),
    "years": ("an", "ans"),
}
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
NARROW = "\u202f"
"""The narrow no-break space before « % » and « € »."""


def unit_word(unit: str, value: float = 2) -> str:
    """Return the unit: « personnes », « sortie »; French uses the singular below two."""
    return _UNITS[unit][abs(value) >= 2]


def number(value: float | None, unit: str = "person") -> str:
    """Format a value alone: « 1 234 », « 1 234 € » (from euro cents), « 2,5 ans », « 12,3 % »."""
    if value is None:
        return "–"
    if unit == "cents":
        return f"{french_number(value / 100, 0 if value % 100 == 0 else 2)}{NARROW}€"
    if unit == "percent":
        return f"{french_number(value, 1)}{NARROW}%"
    if unit == "years":
        return f"{french_number(value, 1)}{NARROW}{unit_word(unit, round(value, 1))}"
    return french_number(value)


def with_unit(value: float, unit: str) -> str:
    """Format a value with its unit: « 43 sorties », « 1 personne », « 12 745 € »."""
    return number(value, unit) if unit in ("cents", "years", "percent") else f"{number(value)} {unit_word(unit, value)}"


def share(part: float, whole: float, decimals: int = 0) -> str:
    """Format a share: « 32 % »; « – » of zero. A small part is never rounded to none, nor a large one to all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if not decimals and part and percent <= 0.5:
        return f"moins de 1{NARROW}%"
    if not decimals and part < whole and percent >= 99.5:
        return f"plus de 99{NARROW}%"
    rounded = Decimal(str(percent)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)  # 2,5 is 3, as at school
    return f"{french_number(float(rounded), decimals)}{NARROW}%"


def month(code: str, with_year: bool) -> str:
    """Format a month: « 2022-03 » -> « mars », or « mars 22 » beside other years."""
    name = _MONTHS[int(code[5:7]) - 1]
    return f"{name} {code[2:4]}" if with_year else name


def change(now: float, before: float | None, unit: str = "person") -> str:
    """Format a change: « + 4 », « − 12 », « + 1,2 point », « = », or '' without a number to compare with."""
    if before is None:
        return ""
    difference = round(now - before, 1)
    if not difference:
        return "="
    points = f"{french_number(abs(difference), 1)} point{'s' if abs(difference) >= 2 else ''}"
    return f"{'+' if difference > 0 else '−'}{NARROW}{points if unit == 'percent' else number(abs(difference), unit)}"
