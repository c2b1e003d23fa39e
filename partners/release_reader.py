"""What a public file holds, read once from its bytes. A file that holds anything else is refused, never served."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from partners.prose import Prose

FILE = "artistes.db"
DATABASE = "artistes"
FICTIONAL = "personnes_fictives"
"""Its rows look like persons and are none; versions of its categories may follow its name."""
COUNT, SHARE, MEAN = "personnes", "part", "montant_moyen"
_MONEY = "montant"
_OWN = re.compile(r"champ[0-9]*_[a-z0-9_]+")
"""The tables of an office's own fields: no prose knows them, they say themselves what they are called."""
_OWN_COLUMNS = ("annee", "critere", "categorie", COUNT, SHARE)
Row = tuple[Any, ...]


class ForeignFileError(Exception):
    """A file that is no public file of Palette. The message says why."""


@dataclass(frozen=True)
class Table:
    """One table as it stands in the file: ``types`` are SQLite's. Rows of fictional persons are not kept here."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    required: tuple[bool, ...]
    count: int
    rows: tuple[Row, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        """The columns that say who is counted."""
        beside = ("annee", COUNT, SHARE)
        return tuple(name for name in self.columns if name not in beside and not name.startswith(_MONEY))

    @property
    def counts(self) -> bool:
        """Whether it tells numbers of persons, which a chart can show."""
        return COUNT in self.columns

    def of(self, year: int) -> list[dict[str, Any]]:
        """The rows of a year, by name of column."""
        return [row for row in map(self._named, self.rows) if row["annee"] == year]

    def _named(self, row: Row) -> dict[str, Any]:
        return dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True)
class Headline:
    """A number of the home page."""

    label: str
    value: float
    unit: str


@dataclass(frozen=True)
class Published:
    """A whole public file. ``data``: its bytes; ``choices``: what a column may hold, wherever it stands."""

    data: bytes = field(repr=False)
    tables: Mapping[str, Table]
    years: tuple[int, ...]
    headlines: tuple[Headline, ...]
    warnings: tuple[str, ...]
    digest: str

    @property
    def latest(self) -> int:
        """The last year published."""
        return self.years[-1]

    @property
    def period(self) -> str:
        """« 2025 », « 2022-2025 »."""
        return "-".join(map(str, dict.fromkeys((self.years[0], self.latest))))

    def values(self, table: str, column: str) -> list[Any]:
        """What a column holds, in the order of the file."""
        place = self.tables[table].columns.index(column)
        return list(dict.fromkeys(row[place] for row in self.tables[table].rows))

    def choices(self, column: str) -> list[Any]:
        """What a column of that name may hold, latest year first; empty when no table knows it."""
        named = [name for name in self.tables if not _OWN.fullmatch(name)]  # which are asked for nothing by name
        found = [name for name in named if column in self.tables[name].columns and self.tables[name].rows]
        values = list(dict.fromkeys(value for name in found for value in self.values(name, column)))
        return sorted(values, reverse=True) if column == "annee" else values


def is_fictional(text: str | None) -> bool:
    """Whether a table, or some SQL, is about persons who do not exist."""
    return re.search(rf"\b{FICTIONAL}", (text or "").lower()) is not None


def own_tables(data: bytes) -> dict[str, tuple[str, list[str]]]:
    """The tables of an office's own fields in a public file: name -> what it is called, and its categories."""
    found = {}
    try:
        with closing(memory(data)) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
            for name in filter(_OWN.fullmatch, names):
                if tuple(row[1] for row in db.execute(f"PRAGMA table_info({name})")) == _OWN_COLUMNS:
                    rows = db.execute(f"SELECT critere, categorie FROM {name} ORDER BY rowid").fetchall()
                    found[name] = (str(rows[0][0]), list(dict.fromkeys(str(row[1]) for row in rows))) if rows else None
    except sqlite3.Error as error:
        raise ForeignFileError(f"Ce fichier n’est pas lisible ({error}).") from error
    return {name: told for name, told in found.items() if told}


def load(data: bytes, prose: Prose) -> Published:
    """Read a public file. Raises ForeignFileError for a table or a column that the prose does not describe."""
    try:
        with closing(memory(data)) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
            others = db.execute("SELECT name FROM sqlite_master WHERE type <> 'table'").fetchall()
            _refuse_foreign(names, [row[0] for row in others], prose)
            tables = {name: _table(db, name, prose) for name in names}
            years = tuple(row[0] for row in db.execute(f"SELECT DISTINCT annee FROM {names[0]} ORDER BY 1"))
            _refuse_empty(years)
            told = tuple(_headline(db, one, years[-1]) for one in prose.headlines)
    except sqlite3.Error as error:
        raise ForeignFileError(f"Ce fichier n’est pas lisible ({error}).") from error
    warnings = tuple(row["valeur"] for row in tables["attestation"].of(years[-1]) if row["mesure"] == "Avertissement")
    return Published(data, tables, years, told, warnings, sha256(data).hexdigest())


def memory(data: bytes, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A private copy in memory: no path, no lock, nothing to be taken away while somebody reads."""
    db = sqlite3.connect(":memory:", check_same_thread=False, factory=kind)
    db.deserialize(data)
    return db


def _refuse_foreign(names: list[str], others: list[str], prose: Prose) -> None:
    foreign = [*(name for name in names if name not in prose.tables), *others]
    if foreign or not names:
        raise ForeignFileError(f"Table étrangère à une publication : {', '.join(foreign) or 'aucune table'}.")


def _refuse_empty(years: tuple[int, ...]) -> None:
    if not years:
        raise ForeignFileError("Aucune année n’est publiée dans ce fichier.")


def _table(db: sqlite3.Connection, name: str, prose: Prose) -> Table:
    found = db.execute(f"PRAGMA table_info({name})").fetchall()
    columns = tuple(row[1] for row in found)
    foreign = set(columns) - set(prose.columns(name))
    if foreign:
        raise ForeignFileError(f"Colonne étrangère à « {name} » : {', '.join(sorted(foreign))}.")
    kept = () if is_fictional(name) else tuple(db.execute(f"SELECT * FROM {name}"))
    count = int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
    return Table(name, columns, tuple(row[2] for row in found), tuple(bool(row[3]) for row in found), count, kept)


def _headline(db: sqlite3.Connection, told: Mapping[str, str], year: int) -> Headline:
    value = db.execute(told["sql"], {"annee": year}).fetchone()[0]
    return Headline(told["titre"], value or 0, told.get("unite", ""))
