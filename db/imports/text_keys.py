"""Comparison keys for the texts of imported files, and the texts that mean « unknown »."""

import re
from functools import lru_cache

from db.base.french import fold
from db.imports import resemblance

_SIGNS = frozenset("?!-–—_./\\*#…")
_UNKNOWN = frozenset({
    "nc", "n/c", "n.c.", "n.c", "nr", "n/r", "ns", "nsp", "n/a", "na", "so", "s/o", "#n/a", "null", "none", "nan",
    "vide",
    "inconnu", "inconnue", "inconnus", "ignore", "ignoree", "neant", "non connu", "non connue", "non communique",
    "non communiquee", "non renseigne", "non renseignee", "a renseigner", "a completer", "sans objet", "pas d'info",
    "pas d'information", "pas connu", "pas connue", "pas de reponse", "ne sait pas",
})  # fmt: skip
_NAMES = frozenset({"na", "ns", "so", "nc", "nr", "ignore", "none", "nan"})


def is_unknown(text: str, of_name: bool = False) -> bool:
    """Return whether a text means « unknown » (« ? », « NC »). ``of_name``: not those that are also names (« Na »)."""
    plain = fold(text)
    if plain and all(c in _SIGNS or c.isspace() for c in plain):
        return True
    return plain in _UNKNOWN and not (of_name and plain in _NAMES)


@lru_cache(50_000)
def name_key(text: str) -> str:
    """Return a name without accents, capitals, hyphens and apostrophes: « jean pierre » for « Jean-Pierre »."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(text)).split())


@lru_cache(20_000)
def tight(text: str) -> str:
    """Return a label without accents, capitals, spaces or punctuation: the same for « Bac + 2 » and « BAC+2 »."""
    return re.sub(r"[^\w+]", "", fold(text))


@lru_cache(5_000)
def header_keys(text: str) -> tuple[str, ...]:
    """Return the comparison keys of a header: « Né(e) le », and without brackets that only hold a format or unit."""
    spellings = [text]
    if all(map(resemblance.is_neutral, re.findall(r"\(([^)]*)\)", text))):
        spellings.append(without_brackets(text))
    return tuple(dict.fromkeys(key for spelling in spellings if (key := header_key(spelling))))


def without_brackets(text: str) -> str:
    """Return a header without the text in brackets."""
    return re.sub(r"\([^)]*\)", " ", text)


def header_key(text: str) -> str:
    """Return a header without accents, capitals, spaces or punctuation, but for « n° » and « + »."""
    plain = re.sub(r"[*:€]", " ", fold(text))
    plain = re.sub(r"^(n[°o]|numero)(?=\s|$)", "n°", plain)
    return "" if not plain.strip() else re.sub(r"[^\w°+]+", "", plain)


def split_name(text: str) -> tuple[str, str] | None:
    """Return (last name, first name) of a whole name, split at a comma or by capitals; None when in doubt."""
    if text.count(",") == 1:
        last, _, first = (part.strip() for part in text.partition(","))
        return (last, first) if last and first else None
    words = text.split()
    capitals = [_is_capital(word) for word in words]
    lasts = [word for word, is_last in zip(words, capitals, strict=True) if is_last]
    firsts = [word for word, is_last in zip(words, capitals, strict=True) if not is_last]
    contiguous = capitals in ([True] * len(lasts) + [False] * len(firsts), [False] * len(firsts) + [True] * len(lasts))
    if not lasts or not firsts or not contiguous or not any(len(re.sub(r"\W", "", word)) > 1 for word in lasts):
        return None
    return " ".join(lasts), " ".join(firsts)


def _is_capital(word: str) -> bool:
    return word.upper() == word and any(c.isalpha() for c in word)
