"""The published file as a Data Package: what a data portal needs to take the tables as they are."""

from typing import Any

from partners.prose import Prose
from partners.release_reader import DATABASE, Published, Table

_TYPES = {"INTEGER": "integer", "REAL": "number", "TEXT": "string"}


def descriptor(published: Published, prose: Prose) -> dict[str, Any]:
    """The descriptor (Data Package v1, Table Schema). Its paths are relative to the place it is served at."""
    return {
        "profile": "tabular-data-package",
        "name": "artistes-rsa-lot",
        "title": prose["title"],
        "description": f"{prose['description']}\n\n{prose['lecture']}",
        "version": published.period,
        "keywords": ["artistes", "artisans d’art", "RSA", "insertion", "Lot"],
        "licenses": [{"name": "etalab-2.0", "title": prose["license"], "path": prose["license_url"]}],
        "sources": [{"title": prose["source"]}],
        "resources": [_resource(table, prose, published) for table in published.tables.values()],
    }


def _resource(table: Table, prose: Prose, published: Published) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": prose.title(table.name),
        "description": f"{prose.tables[table.name]['description']} {prose.reading(table.name)}",
        "path": f"{DATABASE}/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _schema(table, prose, published),
    }


def _schema(table: Table, prose: Prose, published: Published) -> dict[str, Any]:
    fields = [_field(table, place, prose, published) for place in range(len(table.columns))]
    keys = prose.keys(table.name)
    return {"fields": fields, "missingValues": [""], **({"primaryKey": keys} if keys else {})}


def _field(table: Table, place: int, prose: Prose, published: Published) -> dict[str, Any]:
    name = table.columns[place]
    kind = "year" if name == "annee" else _TYPES[table.types[place]]
    constraints: dict[str, Any] = {"required": True} if table.required[place] else {}
    if kind in ("integer", "number"):
        constraints["minimum"] = 0
    known = prose.categories(table.name, name)
    if known:
        constraints["enum"] = list(dict.fromkeys([*known, *_older(published, table, name)]))
    said = {"title": prose.label(name, table.name), "description": prose.columns(table.name)[name]}
    return {"name": name, "type": kind, **said, "constraints": constraints}


def _older(published: Published, table: Table, column: str) -> list[Any]:
    """Categories that an earlier year has and the menu no longer knows."""
    return published.values(table.name, column) if table.rows else []
