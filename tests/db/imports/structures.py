"""The structures file of data·inclusion, version 1 of its schema, as data.gouv.fr publishes it: made up here."""

from collections.abc import Iterable
from typing import Any

from tests.db.examples import siret
from tests.db.imports.files import text

HEAD = (
    "source", "id", "nom", "date_maj", "description", "lien_source", "siret", "commune", "code_postal", "code_insee",
    "adresse", "complement_adresse", "longitude", "latitude", "telephone", "courriel", "site_web", "horaires_accueil",
    "accessibilite_lieu", "reseaux_porteurs",
)  # fmt: skip


def structure(number: int = 1, **values: Any) -> dict[str, Any]:
    """Return one structure of Cahors, with these values instead."""
    return {
        "source": "dora", "id": f"dora--{number:04d}", "nom": f"Structure {number}", "date_maj": "2026-03-02",
        "description": "Accueil, sur rendez-vous.\nOuvert à tous ; « permanences » le mardi.",
        "lien_source": f"https://dora.example.org/structures/{number}", "siret": siret(number), "commune": "Cahors",
        "code_postal": "46000", "code_insee": "46042", "adresse": f"{number} rue du Pont", "complement_adresse": None,
        "longitude": "1.441234", "latitude": "44.4475", "telephone": "+33565200000",
        "courriel": f"contact{number}@example.org", "site_web": "https://example.org",
        "horaires_accueil": "Mo-Fr 09:00-12:00; PH off", "accessibilite_lieu": None,
        "reseaux_porteurs": "['france-travail', 'ccas-cias']", **values,
    }  # fmt: skip


def csv(structures: Iterable[dict[str, Any]]) -> bytes:
    """The file: commas, UTF-8, quotes where needed."""
    return text([HEAD, *([one.get(name) for name in HEAD] for one in structures)], ",", "utf-8")
