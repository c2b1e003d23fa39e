"""Numbers, filter conditions and SQL errors in French."""

import re
from collections.abc import Callable, Iterable
from typing import Any

NARROW = "\u202f"
"""The narrow no-break space that French puts between thousands and before « % » and « € »."""

LOOKUPS = {
    "exact": "est",
    "not": "n’est pas",
    "contains": "contient",
    "startswith": "commence par",
    "endswith": "finit par",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "in": "est l’un de",
    "notin": "n’est aucun de",
    "like": "ressemble à",
    "notlike": "ne ressemble pas à",
    "glob": "suit le motif",
    "isnull": "est vide",
    "notnull": "n’est pas vide",
    "isblank": "est vide ou blanc",
    "notblank": "n’est ni vide ni blanc",
}
"""The filters offered, of those that Datasette has; no column contains dates or lists."""
LOOKUPS_WITHOUT_VALUE = ("isnull", "notnull", "isblank", "notblank")

_SQL_ERRORS = (
    (r"no such table: (.+)", "la table « {} » n’existe pas"),
    (r"no such column: (.+)", "la colonne « {} » n’existe pas"),
    (r"no such function: (.+)", "la fonction « {} » n’existe pas"),
    (r'near "(.*)": syntax error', "la syntaxe est incorrecte près de « {} »"),
    (r"incomplete input", "la requête n’est pas terminée"),
    (r"ambiguous column name: (.+)", "plusieurs tables ont une colonne « {} » : dites laquelle"),
    (r"not authorized to use function: (.+)", "la fonction « {} » n’est pas permise ici"),
    (
        r"not authorized|prohibited|access to .+ is prohibited",
        "cette opération n’est pas permise : on ne peut que lire",
    ),
    (r"Statement must be a SELECT", "seules les requêtes SELECT sont permises"),
    (r"Statement contained a disallowed PRAGMA.*", "les instructions PRAGMA ne sont pas permises"),
    (r"You can only execute one statement at a time\.?", "une seule requête à la fois"),
    (r"unrecognized token: (.+)", "le signe {} n’est pas reconnu"),
    (r"string or blob too big|too many columns in result set", "le résultat est trop grand"),
    (r"LIKE or GLOB pattern too complex", "le motif de recherche est trop long"),
    (r"(?:.*query|query string|SQL).* too (?:long|large|big).*", "la requête est trop longue"),
    (r"interrupted", "la requête a pris trop de temps"),
    (r"wrong number of arguments to function (.+)\(\)", "la fonction « {} » n’a pas reçu les bons arguments"),
    (r"attempt to write a readonly database", "on ne peut que lire"),
)


def number(value: float, decimals: int = 0) -> str:
    """Return « 1 234 », « 14,3 »."""
    return f"{value:,.{decimals}f}".replace(",", NARROW).replace(".", ",")


def percent(value: float) -> str:
    """Return « 14,3 % »."""
    return f"{number(value, 1)}{NARROW}%"


def euros(value: float) -> str:
    """Return « 4 500 € »."""
    return f"{number(value)}{NARROW}€"


def counted(value: int, singular: str, plural: str) -> str:
    """Return « 1 ligne », « 16 lignes »; French has the singular below two."""
    return f"{number(value)} {singular if value < 2 else plural}"


def cell(column: str, value: Any) -> str | None:
    """Format a number of a table by the name of its column, or return None for a value that is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    name = column.lower()
    if name.startswith(("annee", "année")):
        return str(value)
    for prefix, format_number in _FORMATS:
        if name.startswith(prefix):
            return format_number(value)
    return number(value) if value == int(value) else number(value, 1)


_FORMATS: tuple[tuple[str, Callable[[float], str]], ...] = (("part", percent), ("montant", euros))


def conditions(selections: Iterable[tuple[str, str, str]], label: Callable[[str], str]) -> str:
    """Return « Année est « 2022 » et Genre est « Femmes » ». ``selections``: column, lookup, value."""
    return " et ".join(
        _condition(label(column), lookup, value) for column, lookup, value in selections if lookup in LOOKUPS
    )


def _condition(label: str, lookup: str, value: str) -> str:
    return f"{label} {LOOKUPS[lookup]}" + ("" if lookup in LOOKUPS_WITHOUT_VALUE else f" «{NARROW}{value}{NARROW}»")


def sql_error(message: str) -> str:
    """Translate a message of SQLite, or quote it if no translation is known."""
    for pattern, french in _SQL_ERRORS:
        match = re.fullmatch(pattern, message.strip(), re.IGNORECASE)
        if match:
            sentence = french.format(*match.groups())
            return f"{sentence[0].upper()}{sentence[1:]}."
    return f"SQLite a refusé cette requête : « {message} »."
