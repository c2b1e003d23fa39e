"""The prose of the public site, as written in datasette_metadata.yml: titles, descriptions, queries, colours."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from datasette.utils import parse_metadata

PATH = Path(__file__).parents[1] / "datasette_metadata.yml"
_DATABASE = "artistes"


class Prose:
    """What is said about the data, by hand; the columns in it are described by
    publication/release/column_descriptions.py.
    """

    def __init__(self, text: str, own: Mapping[str, tuple[str, list[str]]] | None = None) -> None:
        """``own``: tables that a public file brings of an office's own: what each is called, and its categories."""
        self._text = text
        self._all: dict[str, Any] = parse_metadata(text)
        for name, (title, labels) in (own or {}).items():
            categories = {"critere": [title], "categorie": labels}
            self._all["databases"][_DATABASE]["tables"][name] = {
                **self._all["champ_du_bureau"], "title": title, "categories": categories,
            }  # fmt: skip

    def knowing(self, own: Mapping[str, tuple[str, list[str]]]) -> "Prose":
        """The same, of a public file that has these tables as well."""
        return Prose(self._text, own) if own else self

    @property
    def metadata(self) -> dict[str, Any]:
        """A copy for Datasette, which writes in what it is given."""
        return deepcopy(self._all)

    @property
    def tables(self) -> Mapping[str, Mapping[str, Any]]:
        """Every table that may be published: title, description, facets, columns…"""
        found: Mapping[str, Mapping[str, Any]] = self._all["databases"][_DATABASE]["tables"]
        return found

    @property
    def queries(self) -> Mapping[str, Mapping[str, Any]]:
        """The ready-made queries."""
        found: Mapping[str, Mapping[str, Any]] = self._all["databases"][_DATABASE]["queries"]
        return found

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
        """What a table is called."""
        return str(self.tables[table]["title"])

    def columns(self, table: str) -> Mapping[str, str]:
        """The description of each column."""
        return dict(self.tables[table]["columns"])

    def label(self, column: str, table: str | None = None) -> str:
        """What a column is called by whoever reads it; in a query, its own name."""
        tables = [self.tables[table]] if table and table in self.tables else list(self.tables.values())
        return next((str(one["libelles"][column]) for one in tables if column in one["libelles"]), column)

    def categories(self, table: str, column: str) -> list[str]:
        """The categories of a column in their order; empty for a column that has none."""
        return list(self.tables[table].get("categories", {}).get(column, []))

    def keys(self, table: str) -> list[str]:
        """The columns that tell one row of a table from the next."""
        return list(self.tables[table].get("cles", []))

    def reading(self, table: str) -> str:
        """How the numbers of a table are to be read."""
        return str(self.tables[table].get("lecture") or self._all["lecture"])


def read(path: Path = PATH) -> Prose:
    """The prose of this product."""
    return Prose(path.read_text(encoding="utf-8"))
