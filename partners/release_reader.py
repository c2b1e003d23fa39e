"""Read a public file from its bytes. A file with any other table or column is refused, never served."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from partners.prose import Prose

FILE = "artistes.db"
DATABASE = "artistes"
FICTIONAL = "personnes_fictives"
"""Prefix of the tables of artificial persons; a version of their categories may follow."""
COUNT, SHARE, MEAN = "personnes", "part", "montant_moyen"
_MONEY = "montant"
_OWN_NAME = re.compile(r"champ[0-9]*_[a-z0-9_]+")
"""Names of the tables of own fields; their titles are in their rows, not in the prose."""
_OWN_COLUMNS = ("annee", "critere", "categorie", COUNT, SHARE)
Row = tuple[Any, ...]


class ForeignFileError(Exception):
    """A file that is not a public file of Palette. The message says why."""


@dataclass(frozen=True)
class ReleaseTable:
    """One table of the file; ``types`` are SQLite's. The rows of artificial persons are left out."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    required: tuple[bool, ...]
    count: int
    rows: tuple[Row, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        """The columns that contain categories."""
        others = ("annee", COUNT, SHARE)
        return tuple(name for name in self.columns if name not in others and not name.startswith(_MONEY))

    @property
    def has_counts(self) -> bool:
        """Whether it contains numbers of persons, which a chart can show."""
        return COUNT in self.columns

    def of(self, year: int) -> list[dict[str, Any]]:
        """Return the rows of a year as dicts by column."""
        rows = (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        return [row for row in rows if row["annee"] == year]


@dataclass(frozen=True)
class Headline:
    """A number of the home page."""

    label: str
    value: float
    unit: str


@dataclass(frozen=True)
class Published:
    """The content of a public file. ``data``: its bytes; ``digest``: their SHA-256."""

    data: bytes = field(repr=False)
    tables: Mapping[str, ReleaseTable]
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
        """Return « 2025 » or « 2022-2025 »."""
        return "-".join(map(str, dict.fromkeys((self.years[0], self.latest))))

    def values(self, table: str, column: str) -> list[Any]:
        """Return the distinct values of a column, in the order of the file."""
        index = self.tables[table].columns.index(column)
        return list(dict.fromkeys(row[index] for row in self.tables[table].rows))

    def choices(self, column: str) -> list[Any]:
        """Return the values of all columns of this name, latest year first; empty if no table has the column. Tables of
        own fields are left out: the ready-made queries do not use them."""
        names = [name for name, table in self.tables.items() if column in table.columns and table.rows]
        names = [name for name in names if not _OWN_NAME.fullmatch(name)]
        values = list(dict.fromkeys(value for name in names for value in self.values(name, column)))
        return sorted(values, reverse=True) if column == "annee" else values


def is_fictional(text: str | None) -> bool:
    """Whether a table name or some SQL is about artificial persons."""
    return re.search(rf"\b{FICTIONAL}", (text or "").lower()) is not None


def read_own_tables(data: bytes) -> dict[str, tuple[str, list[str]]]:
    """Return, by table of an own field in a public file, its title and categories. Raises ForeignFileError."""
    own_tables = {}
    with _opened(data) as db:
        for name in filter(_OWN_NAME.fullmatch, _table_names(db)):
            if tuple(row[1] for row in db.execute(f"PRAGMA table_info({name})")) != _OWN_COLUMNS:
                continue
            rows = db.execute(f"SELECT critere, categorie FROM {name} ORDER BY rowid").fetchall()
            if rows:
                own_tables[name] = (str(rows[0][0]), list(dict.fromkeys(str(row[1]) for row in rows)))
    return own_tables


def load(data: bytes, prose: Prose) -> Published:
    """Read a public file. Raises ForeignFileError for a table or a column that the prose does not describe."""
    with _opened(data) as db:
        names = _table_names(db)
        others = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type <> 'table'")]
        foreign = [*(name for name in names if name not in prose.tables), *others]
        if foreign or not names:
            raise ForeignFileError(f"Table étrangère à une publication : {', '.join(foreign) or 'aucune table'}.")
        tables = {name: _read_table(db, name, prose) for name in names}
        years = tuple(row[0] for row in db.execute(f"SELECT DISTINCT annee FROM {names[0]} ORDER BY 1"))
        if not years:
            raise ForeignFileError("Aucune année n’est publiée dans ce fichier.")
        headlines = tuple(_read_headline(db, headline, years[-1]) for headline in prose.headlines)
    warnings = tuple(row["valeur"] for row in tables["attestation"].of(years[-1]) if row["mesure"] == "Avertissement")
    return Published(data, tables, years, headlines, warnings, sha256(data).hexdigest())


def open_in_memory(data: bytes, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection to a private copy in memory, so that the file may be replaced while it is read."""
    db = sqlite3.connect(":memory:", check_same_thread=False, factory=kind)
    db.deserialize(data)
    return db


@contextmanager
def _opened(data: bytes) -> Iterator[sqlite3.Connection]:
    try:
        with closing(open_in_memory(data)) as db:
            yield db
    except sqlite3.Error as error:
        raise ForeignFileError(f"Ce fichier n’est pas lisible ({error}).") from error


def _table_names(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]


def _read_table(db: sqlite3.Connection, name: str, prose: Prose) -> ReleaseTable:
    info = db.execute(f"PRAGMA table_info({name})").fetchall()
    columns, types = tuple(row[1] for row in info), tuple(row[2] for row in info)
    foreign = set(columns) - set(prose.columns(name))
    if foreign:
        raise ForeignFileError(f"Colonne étrangère à « {name} » : {', '.join(sorted(foreign))}.")
    rows = () if is_fictional(name) else tuple(db.execute(f"SELECT * FROM {name}"))
    count = int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
    return ReleaseTable(name, columns, types, tuple(bool(row[3]) for row in info), count, rows)


def _read_headline(db: sqlite3.Connection, headline: Mapping[str, str], year: int) -> Headline:
    value = db.execute(headline["sql"], {"annee": year}).fetchone()[0]
    return Headline(headline["titre"], value or 0, headline.get("unite", ""))
