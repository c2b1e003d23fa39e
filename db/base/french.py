"""French as people write and read it: folded text, numbers, dates, moments."""

import unicodedata
from datetime import datetime


def fold(text: str) -> str:
    """Lower case without accents or double spaces, for comparing what people type."""
    if text.isascii():  # most of what is compared, by the hundred thousand
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


def french_number(value: float, decimals: int = 0) -> str:
    """1234.5 -> « 1 234,5 » with a narrow no-break space between thousands."""
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def french_date(iso: str) -> str:
    """« 2023-03-06 » -> « 06/03/2023 »."""
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def french_moment(seconds: float) -> str:
    """Seconds since 1970 -> « 06/03/2023 à 14:32 », in the server's time zone."""
    return f"{datetime.fromtimestamp(seconds):%d/%m/%Y à %H:%M}"


def french_instant(at: str) -> str:
    """An ISO moment in UTC -> « 06/03/2023 à 14:32 », in the server's time zone."""
    return french_moment(datetime.fromisoformat(at).timestamp())


def capitalised(text: str) -> str:
    """The text with its first letter in upper case; the rest stays as it is, unlike ``str.capitalize``."""
    return text[:1].upper() + text[1:]
