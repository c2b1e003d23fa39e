"""The public file: written new from releases alone, the same bytes for the same releases; and read back from it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from db.base.errors import PaletteError
from db.model.office_groups import NAME as OWN
from publication.release import artificial_persons
from publication.release.release import Fact, Release, Sheet
from publication.release.tables import ATTRIBUTES, PLANS, TABLES_OF_ALL

PROFILE, ARTIFICIAL, LANDMARKS, ATTESTATION = TABLES_OF_ALL
NAME = "artistes.db"
"""How the public file is called wherever it is served."""
NOBODY = "personne fictive"
"""What every row of a made-up person says of herself."""
WARNING = "Avertissement"
"""The measure of the attestation that the partners' site shows on every page."""
TOTAL = "total"
TOTAL_LABEL = "Personnes suivies dans l’année"
OURS = "Palette"
"""The source of a landmark that no one had published before."""
Row = tuple[object, ...]


class PublicFileError(PaletteError):
    """A file that is no public file of Palette; the message says what is foreign to it."""


def write(path: Path, releases: Sequence[Release]) -> None:
    """Write a new public file. Raises FileExistsError: a public file is never edited."""
    if path.exists():
        raise FileExistsError(17, "File exists", str(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "auto_vacuum = NONE"):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        for name, columns, rows in contents(sorted(releases, key=lambda release: release.year)):
            db.execute(f"CREATE TABLE {name} ({', '.join(columns)}) STRICT")
            db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
        db.execute("COMMIT")
        db.execute("VACUUM")


def contents(releases: Sequence[Release]) -> Iterator[tuple[str, list[str], list[Row]]]:
    """Each table: name, columns as SQL, rows in order."""
    counted = ["personnes INTEGER NOT NULL", "part REAL"]
    yield (
        PROFILE,
        ["annee INTEGER NOT NULL", *_texts("critere", "categorie"), *counted],
        [
            row
            for release in releases
            for name, sheet in release.margins.items()
            for row in _alone(release, _criterion(name), sheet)
        ],
    )
    for name in dict.fromkeys(name for release in releases for name in release.tables):
        sheets = [(release, release.tables[name]) for release in releases if name in release.tables]
        if sheets[0][1].title:  # says itself what it is called: whoever reads the file knows nothing of the office
            rows = [row for release, sheet in sheets for row in _alone(release, sheet.title, sheet)]
            yield name, ["annee INTEGER NOT NULL", *_texts("critere", "categorie"), *counted], rows
            continue
        money = ["montant_moyen INTEGER", "montant INTEGER"] if sheets[0][1].means else []
        rows = [row for release, sheet in sheets for row in _rows(name, release, sheet)]
        yield name, ["annee INTEGER NOT NULL", *_texts(*sheets[0][1].columns), *counted, *money], rows
    yield (
        ARTIFICIAL,
        ["annee INTEGER NOT NULL", *_texts("nature", *(grouping.name for grouping in ATTRIBUTES))],
        [row for release in releases for row in _made_up(release)],
    )
    yield (
        LANDMARKS,
        ["annee INTEGER NOT NULL", *_texts("tableau", "categorie"), "nombre INTEGER NOT NULL", *_texts("source")],
        [row for release in releases for row in _landmarks(release)],
    )  # fmt: skip
    yield (
        ATTESTATION,
        ["annee INTEGER NOT NULL", *_texts("mesure", "valeur")],
        [(release.year, name, value) for release in releases for name, value in release.measures.items()],
    )


def _texts(*names: str) -> list[str]:
    return [f"{name} TEXT NOT NULL" for name in names]


def _criterion(name: str) -> str:
    return next(grouping.label for grouping in ATTRIBUTES if grouping.name == name)


def _alone(release: Release, criterion: str, sheet: Sheet) -> Iterator[Row]:
    for label, number in zip(sheet.labels[0], sheet.persons.tolist(), strict=True):
        yield release.year, criterion, label, number, _part(number, release.rounded)


def _part(number: int, whole: int) -> float | None:
    """Percent, to one decimal, of rounded numbers only."""
    return round(100 * number / whole, 1) if whole else None


def _rows(name: str, release: Release, sheet: Sheet) -> Iterator[Row]:
    whole = int(sheet.persons.sum()) if PLANS[name].parts else release.rounded
    for place in np.ndindex(*sheet.persons.shape):
        keys = [labels[at] for labels, at in zip(sheet.labels, place, strict=True)]
        number = int(sheet.persons[place])
        money: tuple[int | None, ...] = ()
        if sheet.means:
            mean = sheet.means[place[0]]
            money = (mean, None if mean is None else mean * number)
        yield release.year, *keys, number, _part(number, whole), *money


def _made_up(release: Release) -> Iterator[Row]:
    labels = [sheet.labels[0] for sheet in release.margins.values()]
    for person in artificial_persons.persons(release).tolist():
        yield release.year, NOBODY, *(own[at] for own, at in zip(labels, person, strict=True))


def _landmarks(release: Release) -> Iterator[Row]:
    yield release.year, TOTAL, TOTAL_LABEL, release.total, OURS
    for fact in release.facts:
        if fact.sheet != TOTAL:
            yield fact.year, fact.sheet, fact.label, fact.number, fact.source


# --- read back


def read(path: Path) -> list[Release]:
    """The releases that a public file holds, oldest first. Raises PublicFileError for anything that is not one."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master ORDER BY rowid")]
            own = [name for name in names if OWN.fullmatch(name)]
            foreign = set(names) - {*PLANS, *TABLES_OF_ALL, *own}
            missing = {*PLANS, *TABLES_OF_ALL} - set(names)
            if foreign or missing:
                raise PublicFileError(f"Table étrangère ou absente : {', '.join(sorted(foreign | missing))}.")
            years = [row[0] for row in db.execute(f"SELECT DISTINCT annee FROM {PROFILE} ORDER BY 1")]
            return [_read(db, year, own) for year in years]
    except (sqlite3.Error, ValueError, TypeError, KeyError, IndexError) as error:
        raise PublicFileError(f"Ce fichier n’est pas une publication de Palette ({type(error).__name__}).") from error


def _read(db: sqlite3.Connection, year: int, own: Sequence[str]) -> Release:
    landmarks = db.execute(f"SELECT tableau, categorie, nombre, source FROM {LANDMARKS} WHERE annee = ?", (year,)).fetchall()  # fmt: skip  # noqa: E501
    total = next(row[2] for row in landmarks if row[0] == TOTAL)
    facts = tuple(Fact(year, *row) for row in landmarks if row[0] != TOTAL)
    margins = {grouping.name: _margin(db, year, grouping.label, grouping.name) for grouping in ATTRIBUTES}
    tables = {name: _sheet(db, year, name) for name in PLANS}
    tables |= {name: sheet for name in own if (sheet := _own(db, year, name))}
    measures = dict(db.execute(f"SELECT mesure, valeur FROM {ATTESTATION} WHERE annee = ?", (year,)).fetchall())
    return Release(year, total, int(next(iter(margins.values())).persons.sum()), margins, tables, facts, measures)


def _margin(db: sqlite3.Connection, year: int, label: str, name: str) -> Sheet:
    sql = f"SELECT categorie, personnes FROM {PROFILE} WHERE annee = ? AND critere = ?"
    rows = db.execute(sql, (year, label)).fetchall()
    return Sheet((name,), (tuple(row[0] for row in rows),), np.array([row[1] for row in rows], dtype=np.int64))


def _own(db: sqlite3.Connection, year: int, name: str) -> Sheet | None:
    """A table of the office's own fields, which not every year has."""
    rows = db.execute(f"SELECT critere, categorie, personnes FROM {name} WHERE annee = ?", (year,)).fetchall()
    persons = np.array([row[2] for row in rows], dtype=np.int64)
    return Sheet((name,), (tuple(row[1] for row in rows),), persons, title=rows[0][0]) if rows else None


def _sheet(db: sqlite3.Connection, year: int, name: str) -> Sheet:
    plan = PLANS[name]
    money = ", montant_moyen" if plan.money else ""
    sql = f"SELECT {', '.join(plan.columns)}, personnes{money} FROM {name} WHERE annee = ?"
    rows = db.execute(sql, (year,)).fetchall()
    width = len(plan.columns)
    labels = tuple(tuple(dict.fromkeys(row[at] for row in rows)) for at in range(width))
    persons = np.array([row[width] for row in rows], dtype=np.int64).reshape([len(one) for one in labels])
    return Sheet(plan.columns, labels, persons, tuple(row[width + 1] for row in rows) if plan.money else ())
