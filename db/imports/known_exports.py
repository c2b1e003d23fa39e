"""The exports of other tools: which one a sheet is, titles that have another meaning there, and identifiers that are
never kept. They are declared in db/model/import_synonyms.toml."""

from collections.abc import Iterable, Mapping
from typing import Any

from db.imports.text_keys import header_key, header_keys
from db.model import import_synonyms

NEVER = "numéro d’allocataire ou de sécurité sociale : jamais conservé"
_NEVER_KEYS = frozenset(map(header_key, import_synonyms.NEVER))
_NEVER_WORDS = ("allocataire", "securitesociale", "nir", "matriculecaf")
Export = Mapping[str, Any]


def _of(titles: Iterable[str]) -> list[Export]:
    """Return the exports whose telling titles are all among these."""
    keys = {key for title in titles for key in header_keys(title)}
    return [one for one in import_synonyms.EXPORTS if {header_key(title) for title in one["titles"]} <= keys]


def is_one(titles: Iterable[str]) -> bool:
    """Return whether these are the titles of a known export."""
    return bool(_of(titles))


def left_out(titles: Iterable[str]) -> dict[str, str]:
    """Return the titles that mean something else in the export that a sheet is: header key -> why, in French."""
    return {
        header_key(title): f"export de {export['name']} : Palette n’a pas de champ pour cela"
        for export in _of(titles)
        for title in export.get("leave", ())
    }


def columns(titles: Iterable[str]) -> dict[str, str]:
    """Return the titles that only the export that a sheet is gives to a field: header key -> field."""
    return {header_key(title): name for one in _of(titles) for title, name in one.get("columns", {}).items()}


def of_one_table(titles: Iterable[str]) -> Export | None:
    """Return the export of these titles that says what it holds (« table »), or why it is not read (« refuse »)."""
    found = [export for export in _of(titles) if "table" in export or "refuse" in export]
    return next((export for export in found if "refuse" in export), found[0] if found else None)


def is_never_kept(title: str) -> bool:
    """Return whether a title is that of a number by which the CAF or the social security knows a person."""
    return any(map(_is_identifier, header_keys(title)))


def _is_identifier(key: str) -> bool:
    if key in _NEVER_KEYS:
        return True
    is_number = key.startswith(("n°", "num", "no", "matricule", "id"))
    return is_number and any(word in key for word in _NEVER_WORDS)
