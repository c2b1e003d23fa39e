"""The exports of other tools: titles that have another meaning there, and identifiers that Palette never keeps."""

from collections.abc import Iterable

from db.imports.text_keys import header_key, header_keys
from db.model import import_synonyms

NEVER = "numéro d’allocataire ou de sécurité sociale : jamais conservé"
_NEVER_KEYS = frozenset(map(header_key, import_synonyms.NEVER))
_NEVER_WORDS = ("allocataire", "securitesociale", "nir", "matriculecaf")


def left_out(titles: Iterable[str]) -> dict[str, str]:
    """Return the titles that mean something else in the export that a sheet is: header key -> why, in French."""
    keys = {key for title in titles for key in header_keys(title)}
    return {
        header_key(title): f"export de {export['name']} : Palette n’a pas de champ pour cela"
        for export in import_synonyms.EXPORTS
        if {header_key(title) for title in export["titles"]} <= keys
        for title in export["leave"]
    }


def is_never_kept(title: str) -> bool:
    """Return whether a title is that of a number by which the CAF or the social security knows a person."""
    return any(map(_is_identifier, header_keys(title)))


def _is_identifier(key: str) -> bool:
    if key in _NEVER_KEYS:
        return True
    is_number = key.startswith(("n°", "num", "no", "matricule", "id"))
    return is_number and any(word in key for word in _NEVER_WORDS)
