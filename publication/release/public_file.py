"""The public file: written anew from releases alone, the same bytes for the same releases; and read back."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import numpy as np

from db.base.errors import PaletteError
from db.model.office_groups import NAME as OWN_TABLE_NAME
from publication.release.artificial_persons import make_persons
from publication.release.release import Fact, PublishedTable, Release
from publication.release.tables import ATTRIBUTES, OTHER_TABLES, PLANS

PROFILE, ARTIFICIAL, LANDMARKS, ATTESTATION = OTHER_TABLES
NAME = "artistes.db"
"""The name of the public file wherever it is served."""
ARTIFICIAL_LABEL = "personne fictive"
"""Written on every row of an artificial person."""
LEVEL = "Niveau de bruit"
"""The measure of the attestation that says with how much noise a year was drawn."""
WARNING = "Avertissement"
"""The measure of the attestation that the partners' site shows on every page."""
Row = tuple[object, ...]
TableContents = tuple[str, list[str], list[Row]]
"""A table to write: its name, its columns in SQL, its rows in order."""
_YEAR = "annee INTEGER NOT NULL"
_COUNTS = ("personnes INTEGER NOT NULL", "part REAL")


class PublicFileError(PaletteError):
    """A file that is not a public file of Palette; the message names what is foreign or missing."""


def mark_of(key: bytes) -> int:
    """Return the mark of the files that an office writes, from 1 to 2^31: of its key, which it does not reveal."""
    return 1 + int.from_bytes(blake2b(b"public file", key=key, digest_size=4).digest(), "big") % (2**31 - 1)


def write(path: Path, releases: Sequence[Release], mark: int = 0) -> None:
    """Write a new public file, with the ``mark`` of the office as its application_id. Raises FileExistsError: a public
    file is never edited."""
    if path.exists():
        raise FileExistsError(17, "File exists", str(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in (
            "page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "auto_vacuum = NONE",
            f"application_id = {mark}",
        ):  # fmt: skip
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        for name, columns, rows in contents(sorted(releases, key=lambda release: release.year)):
            db.execute(f"CREATE TABLE {name} ({', '.join(columns)}) STRICT")
            db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
        db.execute("COMMIT")
        db.execute("VACUUM")


def contents(releases: Sequence[Release]) -> Iterator[TableContents]:
    """Yield each table: name, columns in SQL, rows in order."""
    yield (
        PROFILE,
        [_YEAR, *_texts("critere", "categorie"), *_COUNTS],
        [
            row
            for release in releases
            for name, table in release.margins.items()
            for row in _single_criterion_rows(release, _criterion_label(name), table)
        ],
    )
    for name in dict.fromkeys(name for release in releases for name in release.tables):
        yield _table_contents(name, [release for release in releases if name in release.tables])
    yield (
        ARTIFICIAL,
        [_YEAR, *_texts("nature", *(grouping.name for grouping in ATTRIBUTES))],
        [row for release in releases for row in _artificial_rows(release)],
    )
    yield (
        LANDMARKS,
        [_YEAR, *_texts("tableau", "categorie"), "nombre INTEGER NOT NULL", *_texts("source")],
        [row for release in releases for row in _landmark_rows(release)],
    )  # fmt: skip
    yield (
        ATTESTATION,
        [_YEAR, *_texts("mesure", "valeur")],
        [(release.year, name, value) for release in releases for name, value in release.measures.items()],
    )


def _table_contents(name: str, releases: Sequence[Release]) -> TableContents:
    tables = [(release, release.tables[name]) for release in releases]
    first = tables[0][1]
    if first.title:  # an own field: its title is written in the table, since its readers know nothing of the office
        rows = [row for release, table in tables for row in _single_criterion_rows(release, table.title, table)]
        return name, [_YEAR, *_texts("critere", "categorie"), *_COUNTS], rows
    amounts = ["montant_moyen INTEGER", "montant INTEGER"] if first.means else []
    rows = [row for release, table in tables for row in _planned_rows(name, release, table)]
    return name, [_YEAR, *_texts(*first.columns), *_COUNTS, *amounts], rows


def _texts(*names: str) -> list[str]:
    return [f"{name} TEXT NOT NULL" for name in names]


def _criterion_label(name: str) -> str:
    return next(grouping.label for grouping in ATTRIBUTES if grouping.name == name)


def _single_criterion_rows(release: Release, criterion: str, table: PublishedTable) -> Iterator[Row]:
    for label, number in zip(table.labels[0], table.persons.tolist(), strict=True):
        yield release.year, criterion, label, number, _percentage(number, release.rounded)


def _percentage(number: int, whole: int) -> float | None:
    """Return percent to one decimal. Both numbers are rounded ones."""
    return round(100 * number / whole, 1) if whole else None


def _planned_rows(name: str, release: Release, table: PublishedTable) -> Iterator[Row]:
    whole = int(table.persons.sum()) if PLANS[name].is_partition else release.rounded
    for index in np.ndindex(*table.persons.shape):
        categories = [labels[position] for labels, position in zip(table.labels, index, strict=True)]
        number = int(table.persons[index])
        amounts: tuple[int | None, ...] = ()
        if table.means:
            mean = table.means[index[0]]
            amounts = (mean, None if mean is None else mean * number)
        yield release.year, *categories, number, _percentage(number, whole), *amounts


def _artificial_rows(release: Release) -> Iterator[Row]:
    labels = [table.labels[0] for table in release.margins.values()]
    for person in make_persons(release).tolist():
        categories = (names[position] for names, position in zip(labels, person, strict=True))
        yield release.year, ARTIFICIAL_LABEL, *categories


def _landmark_rows(release: Release) -> Iterator[Row]:
    for fact in release.facts:
        yield fact.year, fact.table, fact.label, fact.number, fact.source


# --- reading


def read_mark(path: Path) -> int:
    """Return the mark of a public file; 0 for one of an older Palette."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return int(db.execute("PRAGMA application_id").fetchone()[0])


def read(path: Path) -> list[Release]:
    """Return the releases of a public file, oldest first. Raises PublicFileError for any other file."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master ORDER BY rowid")]
            own_names = [name for name in names if OWN_TABLE_NAME.fullmatch(name)]
            foreign = set(names) - {*PLANS, *OTHER_TABLES, *own_names}
            missing = {*PLANS, *OTHER_TABLES} - set(names)
            if foreign or missing:
                raise PublicFileError(f"Table étrangère ou absente : {', '.join(sorted(foreign | missing))}.")
            years = [row[0] for row in db.execute(f"SELECT DISTINCT annee FROM {PROFILE} ORDER BY 1")]
            return [_read_year(db, year, own_names) for year in years]
    except (sqlite3.Error, ValueError, TypeError, KeyError, IndexError) as error:
        raise PublicFileError(f"Ce fichier n’est pas une publication de Palette ({type(error).__name__}).") from error


def _read_year(db: sqlite3.Connection, year: int, own_names: Sequence[str]) -> Release:
    landmarks = db.execute(f"SELECT tableau, categorie, nombre, source FROM {LANDMARKS} WHERE annee = ?", (year,)).fetchall()  # fmt: skip  # noqa: E501
    facts = tuple(Fact(year, *row) for row in landmarks)
    margins = {grouping.name: _read_margin(db, year, grouping.label, grouping.name) for grouping in ATTRIBUTES}
    tables = {name: _read_planned_table(db, year, name) for name in PLANS}
    tables |= {name: table for name in own_names if (table := _read_own_table(db, year, name))}
    measures = dict(db.execute(f"SELECT mesure, valeur FROM {ATTESTATION} WHERE annee = ?", (year,)).fetchall())
    return Release(
        year,
        int(next(iter(margins.values())).persons.sum()),
        margins,
        tables,
        facts,
        measures,
        int(measures.get(LEVEL, "0").split()[0]),
    )


def _read_margin(db: sqlite3.Connection, year: int, label: str, name: str) -> PublishedTable:
    sql = f"SELECT categorie, personnes FROM {PROFILE} WHERE annee = ? AND critere = ?"
    rows = db.execute(sql, (year, label)).fetchall()
    persons = np.array([row[1] for row in rows], dtype=np.int64)
    return PublishedTable((name,), (tuple(row[0] for row in rows),), persons)


def _read_own_table(db: sqlite3.Connection, year: int, name: str) -> PublishedTable | None:
    """Return a table of an own field, or None if that year has no rows in it."""
    rows = db.execute(f"SELECT critere, categorie, personnes FROM {name} WHERE annee = ?", (year,)).fetchall()
    persons = np.array([row[2] for row in rows], dtype=np.int64)
    return PublishedTable((name,), (tuple(row[1] for row in rows),), persons, title=rows[0][0]) if rows else None


def _read_planned_table(db: sqlite3.Connection, year: int, name: str) -> PublishedTable:
    plan = PLANS[name]
    mean = ", montant_moyen" if plan.has_amounts else ""
    sql = f"SELECT {', '.join(plan.columns)}, personnes{mean} FROM {name} WHERE annee = ?"
    rows = db.execute(sql, (year,)).fetchall()
    width = len(plan.columns)
    labels = tuple(tuple(dict.fromkeys(row[column] for row in rows)) for column in range(width))
    persons = np.array([row[width] for row in rows], dtype=np.int64).reshape([len(names) for names in labels])
    means = tuple(row[width + 1] for row in rows) if plan.has_amounts else ()
    return PublishedTable(plan.columns, labels, persons, means)
