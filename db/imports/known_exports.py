"""The exports of other tools: titles that have another meaning there, and identifiers that Palette never keeps."""

from collections.abc import Iterable

from db.imports.text_keys import header_key, header_keys
from db.model import import_synonyms

NEVER = "numéro d’allocataire ou de sécurité sociale : jamais conservé"
_NEVER_KEYS = frozenset(map(header_key, import_synonyms.NEVER))
_NEVER_WORDS = ("allocataire", "securitesociale", "nir", "matriculecaf")


def left_out(titles: Iterable[str]) -> dict[str, str]:
    """Return the titles of a sheet that are left out whatever is chosen or matched: header key -> why, in French."""
    keys = {key: title for title in titles for key in header_keys(title)}
    why = {key: NEVER for key in keys if _is_identifier(key)}
    for export in import_synonyms.EXPORTS:
        if {header_key(title) for title in export["titles"]} <= keys.keys():
            for title in export["leave"]:
                reason = f"export de {export['name']} : Palette n’a pas de champ pour cela"
                why.setdefault(header_key(title), reason)
    return why


def _is_identifier(key: str) -> bool:
    """Return whether a title is that of a number by which the CAF or the social security knows a person."""
    if key in _NEVER_KEYS:
        return True
    is_number = key.startswith(("n°", "num", "no", "matricule", "id"))
    return is_number and any(word in key for word in _NEVER_WORDS)
