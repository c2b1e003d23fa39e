"""How numbers, conditions and errors are said in French on the public site."""

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
"""Datasette's filters. The few that suit no column of ours (dates, lists) are not offered."""
ALONE = ("isnull", "notnull", "isblank", "notblank")
"""The filters that take no value."""

_SQL_ERRORS = (
    (r"no such table: (.+)", "la table « {} » n’existe pas"),
    (r"no such column: (.+)", "la colonne « {} » n’existe pas"),
    (r"no such function: (.+)", "la fonction « {} » n’existe pas"),
    (r'near "(.*)": syntax error', "la syntaxe est incorrecte près de « {} »"),
    (r"incomplete input", "la requête n’est pas terminée"),
    (r"ambiguous column name: (.+)", "plusieurs tables ont une colonne « {} » : dites laquelle"),
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
    """« 1 234 », « 14,3 »."""
    return f"{value:,.{decimals}f}".replace(",", NARROW).replace(".", ",")


def percent(value: float) -> str:
    """« 14,3 % »."""
    return f"{number(value, 1)}{NARROW}%"


def euros(value: float) -> str:
    """« 4 500 € »."""
    return f"{number(value)}{NARROW}€"


def counted(value: int, one: str, more: str) -> str:
    """« 1 ligne », « 16 lignes »; French has the singular below two."""
    return f"{number(value)} {one if value < 2 else more}"


def cell(column: str, value: Any) -> str | None:
    """A number of a table as it is read, by the name of its column; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    name = column.lower()
    if name.startswith(("annee", "année")):
        return str(value)
    for start, said in _BY_NAME:
        if name.startswith(start):
            return said(value)
    return number(value) if value == int(value) else number(value, 1)


_BY_NAME: tuple[tuple[str, Callable[[float], str]], ...] = (("part", percent), ("montant", euros))


def conditions(selections: Iterable[tuple[str, str, str]], label: Callable[[str], str]) -> str:
    """« Année est 2022 et Genre est Femmes »."""
    told = [_condition(label(column), lookup, value) for column, lookup, value in selections if lookup in LOOKUPS]
    return " et ".join(told)


def _condition(label: str, lookup: str, value: str) -> str:
    return f"{label} {LOOKUPS[lookup]}" + ("" if lookup in ALONE else f" «{NARROW}{value}{NARROW}»")


def sql_error(message: str) -> str:
    """SQLite's message, said in French where it is known; as SQLite says it otherwise."""
    for pattern, french in _SQL_ERRORS:
        found = re.fullmatch(pattern, message.strip(), re.IGNORECASE)
        if found:
            told = french.format(*found.groups())
            return f"{told[0].upper()}{told[1:]}."
    return f"SQLite a refusé cette requête : « {message} »."
