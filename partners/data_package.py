"""The published file as a Data Package, with which a data portal can harvest the tables as they are."""

from typing import Any

from partners.prose import Prose
from partners.release_reader import DATABASE, Published, ReleaseTable

_TYPES = {"INTEGER": "integer", "REAL": "number", "TEXT": "string"}


def descriptor(published: Published, prose: Prose) -> dict[str, Any]:
    """Return the descriptor (Data Package v1, Table Schema). Its paths are relative to its own address."""
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


def _resource(table: ReleaseTable, prose: Prose, published: Published) -> dict[str, Any]:
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


def _schema(table: ReleaseTable, prose: Prose, published: Published) -> dict[str, Any]:
    fields = [_field(table, index, prose, published) for index in range(len(table.columns))]
    keys = prose.keys(table.name)
    return {"fields": fields, "missingValues": [""], **({"primaryKey": keys} if keys else {})}


def _field(table: ReleaseTable, index: int, prose: Prose, published: Published) -> dict[str, Any]:
    name = table.columns[index]
    kind = "year" if name == "annee" else _TYPES[table.types[index]]
    constraints: dict[str, Any] = {"required": True} if table.required[index] else {}
    if kind in ("integer", "number"):
        constraints["minimum"] = 0
    categories = prose.categories(table.name, name)
    if categories:  # those of the dictionary, and those that only an earlier year has
        published_values = published.values(table.name, name) if table.rows else []
        constraints["enum"] = list(dict.fromkeys([*categories, *published_values]))
    texts = {"title": prose.label(name, table.name), "description": prose.columns(table.name)[name]}
    return {"name": name, "type": kind, **texts, "constraints": constraints}
