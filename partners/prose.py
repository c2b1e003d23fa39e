"""The French texts of the site, from datasette_metadata.yml: titles, descriptions, queries, colours."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from datasette.utils import parse_metadata

PATH = Path(__file__).parents[1] / "datasette_metadata.yml"
_DATABASE = "artistes"


class Prose:
    """The content of datasette_metadata.yml, with the own fields that a public file contains."""

    def __init__(self, text: str, own_tables: Mapping[str, tuple[str, list[str]]] | None = None) -> None:
        """``own_tables``: by table of an own field in the public file, its title and categories."""
        self._text = text
        self._all: dict[str, Any] = parse_metadata(text)
        for name, (title, labels) in (own_tables or {}).items():
            categories = {"critere": [title], "categorie": labels}
            self._all["databases"][_DATABASE]["tables"][name] = {
                **self._all["champ_du_bureau"], "title": title, "categories": categories,
            }  # fmt: skip

    def with_own_tables(self, own_tables: Mapping[str, tuple[str, list[str]]]) -> "Prose":
        """Return the prose for a public file that also contains these tables."""
        return Prose(self._text, own_tables) if own_tables else self

    @property
    def metadata(self) -> dict[str, Any]:
        """A copy for Datasette, which modifies its metadata."""
        return deepcopy(self._all)

    @property
    def tables(self) -> Mapping[str, Mapping[str, Any]]:
        """Every table that may be published: title, description, facets, columns…"""
        tables: Mapping[str, Mapping[str, Any]] = self._all["databases"][_DATABASE]["tables"]
        return tables

    @property
    def queries(self) -> Mapping[str, Mapping[str, Any]]:
        """The ready-made queries."""
        queries: Mapping[str, Mapping[str, Any]] = self._all["databases"][_DATABASE]["queries"]
        return queries

    @property
    def groups(self) -> list[Mapping[str, str]]:
        """The groups in which the home page lists the tables."""
        return list(self._all["groupes"])

    @property
    def headlines(self) -> list[Mapping[str, str]]:
        """The numbers of the home page: title and SQL."""
        return list(self._all["chiffres"])

    @property
    def colours(self) -> Mapping[str, str]:
        """The colour of a category, on every chart."""
        return dict(self._all["couleurs"])

    def __getitem__(self, key: str) -> str:
        return str(self._all[key])

    def title(self, table: str) -> str:
        """Return the title of a table."""
        return str(self.tables[table]["title"])

    def columns(self, table: str) -> Mapping[str, str]:
        """Return the description of each column."""
        return dict(self.tables[table]["columns"])

    def label(self, column: str, table: str | None = None) -> str:
        """Return the label of a column, that of any table without ``table``, or its name if it has no label."""
        tables = [self.tables[table]] if table and table in self.tables else list(self.tables.values())
        return next((str(about["libelles"][column]) for about in tables if column in about["libelles"]), column)

    def categories(self, table: str, column: str) -> list[str]:
        """Return the categories of a column in order; empty for a column without categories."""
        return list(self.tables[table].get("categories", {}).get(column, []))

    def keys(self, table: str) -> list[str]:
        """Return the columns that identify a row of a table."""
        return list(self.tables[table].get("cles", []))

    def reading(self, table: str) -> str:
        """Return how to read the numbers of a table."""
        return str(self.tables[table].get("lecture") or self._all["lecture"])


def read(path: Path = PATH) -> Prose:
    """Read the prose of this product."""
    return Prose(path.read_text(encoding="utf-8"))
