"""What offices write around a name: a civility, marks, a remark in brackets; and names that are an organisation's."""

import re
from dataclasses import dataclass
from functools import lru_cache

from db.base.french import fold
from db.imports import resemblance

_CIVILITIES = {
    "m": "man", "m.": "man", "mr": "man", "mr.": "man", "monsieur": "man", "mme": "woman", "mme.": "woman",
    "madame": "woman", "mlle": "woman", "mlle.": "woman", "melle": "woman", "mademoiselle": "woman",
}  # fmt: skip
"""Folded word before a name -> code of the gender."""
_MARKS = "*#•°†+!?~_=<>|"
_BRACKETS = re.compile(r"\s*(\([^)]*\)?|\[[^\]]*\]?)\s*")
_OTHER_NAME = re.compile(
    r"\s+(?i:n[ée]e?|ép(?:ouse|\.)|epouse|veuve|vve|dite?|alias)\s+(?:[A-ZÀ-ÖØ-Þ'’-]{2,}(?:\s+[A-ZÀ-ÖØ-Þ'’-]{2,})*|\S+)(?=\s|$)"
)
"""Another name of the person, as far as it is in capitals, else one word."""
_SURROUNDED = re.compile(
    r"[][()*#•°†+!?~_=<>|]|^\s*(?:m|mr|mme|mlle|melle|monsieur|madame|mademoiselle)\b"
    r"|\s(?:n[ée]e?|ép(?:ouse)?|epouse|veuve|vve|dite?|alias)\b",
    re.IGNORECASE,
)
"""What any of the patterns above needs; most names have nothing of it."""
_ORGANISATIONS = frozenset({
    "association", "asso", "sarl", "sas", "sasu", "eurl", "scop", "scic", "scm", "mairie", "commune", "communaute",
    "conseil", "departement", "region", "prefecture", "syndicat", "fondation", "federation", "ligue", "chambre",
    "cci", "cma", "caf", "cpam", "msa", "urssaf", "ccas", "cias", "mjc", "drac", "theatre", "compagnie", "cie",
    "collectif", "festival", "musee", "mediatheque", "bibliotheque", "ecole", "lycee", "universite", "office",
    "agence", "societe", "entreprise", "ets", "etablissement", "etablissements", "orchestre", "harmonie",
    "librairie", "galerie", "cinema", "ehpad", "hopital", "gie", "petr", "smac", "atelier", "ateliers", "studio",
    "productions", "editions", "cooperative", "mutuelle", "banque",
})  # fmt: skip


@dataclass(frozen=True)
class CleanName:
    """A name without what stood around it. ``gender``: the code that its civility says, or ''. ``removed``: marks,
    remarks or another name that were removed, so that the rest is a guess."""

    text: str
    gender: str = ""
    removed: bool = False


@lru_cache(20_000)
def clean(text: str) -> CleanName:
    """Return a name without its civility, marks and remarks."""
    if not _SURROUNDED.search(text):
        return CleanName(" ".join(text.split()))
    rest, gender = _without_civility(text.strip())
    kept = _OTHER_NAME.sub("", _BRACKETS.sub(" ", rest)).strip(_MARKS + " \t,;")
    kept = " ".join(kept.split())
    if not kept or kept == " ".join(rest.split()):
        return CleanName(" ".join(rest.split()), gender)
    again, more = _without_civility(kept)
    return CleanName(again, gender or more, True)


def _without_civility(text: str) -> tuple[str, str]:
    first, _, rest = text.partition(" ")
    gender = _CIVILITIES.get(fold(first), "")
    if gender and rest.strip() and any(c.isalpha() for c in rest):
        return rest.strip(), gender
    return text, ""


@lru_cache(20_000)
def is_organisation(name: str) -> bool:
    """Return whether a word of a name is one that organisations have in theirs."""
    return any(word in _ORGANISATIONS for word in resemblance.words(name))
