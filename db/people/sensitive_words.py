"""Sensitive words: what a note should not hold (RGPD, art. 9 and 10; a social security number), and what to write
instead.

It warns and never blocks, and prefers silence to a false alarm: a word that artists and their office use every day («
église », « enceinte », « syndicat ») is reported only when it is said of a person. Nothing of a text is stored or
logged.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from db.base.french import fold


@dataclass(frozen=True)
class Concern:
    """One thing found in a text: its kind, the words as typed, why they should not stand there."""

    kind: str
    words: str
    why: str


def found(text: str) -> list[Concern]:
    """Return what a text should not hold, in the order of the text, each words once. The time is linear in the text."""
    plain, indexes = _plain(text)
    plain = _HARMLESS.sub(lambda match: "·" * len(match[0]), plain)
    seen: dict[tuple[str, str], tuple[int, Concern]] = {}
    for kind, first, last in _spots(plain):
        words = " ".join(text[indexes[first] : indexes[last]].split())
        seen.setdefault((kind, plain[first:last]), (first, Concern(kind, words, _WHY[kind])))
    return [concern for _, concern in sorted(seen.values(), key=lambda item: item[0])]


def holds_social_security_number(text: str) -> bool:
    """Return whether a text holds a social security number."""
    return (
        len(text) > 12
        and sum(c.isdigit() for c in text) > 10
        and any(map(_is_number, _NUMBER.finditer(_plain(text)[0])))
    )


def _spots(plain: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(plain):
            yield kind, *match.span()
    for match in _NUMBER.finditer(plain):
        if _is_number(match):
            yield NUMBER, *match.span()


# ---- a text as it is searched


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the folded text (hyphens as spaces), and the index in the text of each of its characters."""
    letters: list[str] = []
    indexes: list[int] = []
    for index, char in enumerate(text):
        for letter in _letters(char):
            if letter != " " or letters[-1:] != [" "]:
                letters.append(letter)
                indexes.append(index)
    return "".join(letters), [*indexes, len(text)]


@lru_cache(4096)
def _letters(char: str) -> str:
    if char.isspace() or unicodedata.category(char) == "Pd":
        return " "
    return fold(char)


# ---- the social security number (NIR): sex, year, month, department, commune, order, key

NUMBER = "numéro de sécurité sociale"
_SEP = "[ ./]?"
_NUMBER = re.compile(
    rf"(?<!\w)([123478]){_SEP}([0-9]{{2}}){_SEP}([0-9]{{2}}){_SEP}([0-9]{{2}}|2[ab]){_SEP}([0-9]{{3}}){_SEP}([0-9]{{3}})"
    rf"(?:{_SEP}([0-9]{{2}}))?(?!\w|[ ./][0-9])"
)
_CORSICA = {"2a": "19", "2b": "18"}


def _is_number(match: re.Match[str]) -> bool:
    """Return whether digits are a social security number: 15 by their key, 13 by a valid sex and month."""
    sex, year, month, department, commune, order, key = match.groups()
    if department == "00":
        return False
    if key is None:
        return sex in "12" and 1 <= int(month) <= 12
    digits = int(sex + year + month + _CORSICA.get(department, department) + commune + order)
    return int(month) >= 1 and int(key) == 97 - digits % 97


# ---- the words: db/people/sensitive_words.toml says how they are written

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SAID: dict[str, str] = {name: f"({'|'.join(either)})" for name, either in _WORDS["say"].items()}


def _expression(entry: str) -> str:
    """Return one entry as a regular expression on folded text."""
    while "{" in entry:
        entry = re.sub(r"\{(\w+)\}", lambda match: _SAID[match[1]], entry)
    plain = "".join(fold(char) or char for char in entry)  # letter by letter: a space at an end counts
    plain = re.sub(r"\((?!\?)", "(?:", plain.replace("*", r"\w*"))
    return plain if plain.endswith("*") else f"{plain}e?s?"


def _pattern(entries: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of the entries as whole words; the longest first."""
    either = "|".join(sorted(map(_expression, entries), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)")


_PATTERNS = {kind["name"]: _pattern(kind["words"]) for kind in _WORDS["kind"]}
_HARMLESS = _pattern(_WORDS["harmless"]["words"])
_WHY = {
    kind["name"]: f"C’est {kind['what']} ({kind['law']}). Écrivez plutôt {kind['instead']}." for kind in _WORDS["kind"]
}
_WHY[NUMBER] = (
    "Ce numéro ne s’écrit que là où un décret le permet (loi Informatique et Libertés, art. 30). Effacez-le : "
    "« nom et date de naissance » suffisent à retrouver un dossier."
)
