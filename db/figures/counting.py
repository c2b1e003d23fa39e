"""Count figures for a year, a day or a period, and list the persons behind them.

Figures requested together are one SQL statement, so that all come from the same state of the file. A day is a period of
one day. The same SQL serves the persons behind a figure and the figures as of a past moment (db/figures/as_of.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.base.errors import InvalidError, Problem
from db.figures.definitions import FIGURES, Figure
from db.figures.periods import Period, period_of
from db.figures.populations import DIMENSIONS, UNKNOWN, WITH
from db.model.office import Office
from db.storage import connection

PROFILE = ("gender", "origin", "household", "education", "domain", "age", "seniority")
"""The figures of a photo that divide the population: label -> count."""
_PROFILE = (*PROFILE, "fifty_or_over", "bac2_or_over", "under_two_years")
_LENGTHS = ("mean_length_years", "mean_length_years_ongoing")
YEAR = ("followed", "accompanied", "cer_signed", "diagnostics_completed", "exits", "by_reason", *_PROFILE, *_LENGTHS)
"""The figures of the photo of a year, or of a period of several days."""
_SUMMARY = ("portfolio", "accompanied", "light", "in_diagnosis", "prime_only", "exits_since_january")
DAY = (*_SUMMARY, *_PROFILE)
"""The figures of the photo of a day."""

Chosen = Mapping[str, tuple[str, ...]]
"""Divided figure -> the codes selected of it; only their persons are counted."""


@dataclass(frozen=True)
class Share:
    """One part of a divided figure. ``other``: the second code of a figure divided twice, or ''."""

    code: str
    label: str
    value: float
    other: str = ""


FigureValues = Mapping[str, Any]
"""Figure name -> its number (None: a mean over no rows), or its parts in the order of their list."""


# --- SQL ---


def _coded(code: str) -> str:
    return f"coalesce({code}, 'unknown')"


def _narrowed(name: str, chosen: Chosen) -> str:
    """SQL: what a figure counts, of the selected persons only. A selection of the figure itself or of its ``leaves``
    does not narrow it."""
    figure = FIGURES[name]
    own = {name, *figure.leaves}
    among = [f"{figure.person} IN (SELECT id FROM chosen_{other})" for other in chosen if other not in own]
    return f"{figure.source} WHERE {' AND '.join([f'({figure.where})', *among])}"


def _rows(name: str, chosen: Chosen) -> str:
    """SQL: the rows that a figure counts, of the selected persons only."""
    each = FIGURES[name].each
    return f"{each}, {_narrowed(name, chosen)}" if each else _narrowed(name, chosen)


def _chosen(chosen: Chosen) -> str:
    """SQL for the WITH clause: the persons of the codes selected of each figure. Dimensions are read for everybody, not
    only for persons followed: events may belong to others."""
    parts = []
    for name in chosen:
        figure = FIGURES[name]
        source, code, person = _rows(name, {}), figure.by, figure.person
        if name in DIMENSIONS:
            code, person = DIMENSIONS[name].code, "p.id"
            source = "person p LEFT JOIN followed f ON f.id = p.id WHERE p.deleted_at IS NULL"
        condition = f"{_coded(code)} IN (SELECT value FROM json_each(:chosen_{name}))"
        parts.append(f", chosen_{name} AS MATERIALIZED (SELECT {person} AS id FROM {source} AND {condition})")
    return "".join(parts)


def _counted(name: str, chosen: Chosen) -> str:
    """SQL: a figure as rows: position, code, label, second code, value. A single number has no label."""
    figure, rows = FIGURES[name], _rows(name, chosen)
    if not figure.by:
        return f"SELECT 0 AS position, NULL AS code, NULL AS label, '' AS other, {figure.value} AS value FROM {rows}"
    other, keys = (_coded(figure.other), "1, 2") if figure.other else ("''", "1")
    grouped = f"{figure.value} AS value FROM {rows} GROUP BY {keys}"
    each = f"(SELECT {figure.value} FROM {_narrowed(name, chosen)}) AS value FROM {figure.each}"
    used = f"SELECT {_coded(figure.by)} AS code, {other} AS other, {each if figure.each else grouped}"
    offered = f"UNION ALL SELECT position, code, label, '', 0 FROM {figure.values} WHERE NOT retired"
    return f"""SELECT min(position) AS position, code, label, other, sum(value) AS value FROM (
      SELECT coalesce(l.position, 1e9) AS position, u.code, coalesce(l.label, '{UNKNOWN}') AS label, u.other, u.value
      FROM ({used}) u LEFT JOIN {figure.values} l ON l.code = u.code {"" if figure.other else offered})
      GROUP BY code, label, other"""


def _parameters(period: Period, chosen: Chosen) -> dict[str, str]:
    return period.parameters | {f"chosen_{name}": json.dumps(codes) for name, codes in chosen.items()}


# --- what may be asked ---


def count_figures(db: Office, period: Period, names: Iterable[str], chosen: Chosen | None = None) -> FigureValues:
    """Count these figures of a period, of the selected persons if any. Sums of money are in euro cents."""
    some = {name: codes for name, codes in (chosen or {}).items() if codes}
    requested = tuple(dict.fromkeys(names))
    parts = " UNION ALL ".join(f"SELECT '{name}', * FROM ({_counted(name, some)})" for name in requested)
    sql = f"{WITH}{_chosen(some)} SELECT * FROM ({parts}) ORDER BY 2, 4"
    counted: dict[str, Any] = dict.fromkeys(requested, ())
    for name, _, code, label, other, value in db.execute(sql, _parameters(period, some)):
        counted[name] = value if label is None else (*counted[name], Share(code, label, value, other))
    return counted


def photo(db: Office, when: str, today: date | None = None) -> dict[str, Any]:
    """Return every figure of a year (« 2022 »), a day (« 2023-03-06 ») or a period, ready for JSON. Raises InvalidError
    for anything else. A mean over no rows is None. ``today``: the day up to which a period that is not over is
    counted."""
    period = period_of(when, today)
    counted = plain(count_figures(db, period, DAY if period.is_day else YEAR))
    if not period.is_day:
        counted["exits"] = {"total": counted["exits"], "by_reason": counted.pop("by_reason")}
    return counted


def plain(counted: FigureValues) -> dict[str, Any]:
    """Return counted figures for JSON: a divided figure is label -> value."""
    numbers: dict[str, Any] = {}
    for name, value in counted.items():
        numbers[name] = value
        if isinstance(value, tuple):
            numbers[name] = {}
            for share in value:  # two values of a list may bear the same label
                numbers[name][share.label] = numbers[name].get(share.label, 0) + share.value
    return numbers


def summary(db: Office, day: str) -> dict[str, int]:
    """Return the headline counts of a day. Raises InvalidError for anything but a day."""
    period = period_of(day)
    if not period.is_day:
        raise InvalidError([Problem(f"« {day} » n’est pas une date (2023-03-06).")])
    return connection.remembered(db, ("summary", day), lambda: dict(count_figures(db, period, _SUMMARY)))


def first_year(db: Office) -> int | None:
    """Return the year in which the first stage of the file began, or None."""
    day = db.execute("SELECT min(starts_on) FROM stage WHERE deleted_at IS NULL").fetchone()[0]
    return int(day[:4]) if day else None


def persons(
    db: Office, period: Period, name: str, codes: tuple[str, str] | None = None, chosen: Chosen | None = None
) -> list[int]:
    """Return the ids of the persons behind a figure, or behind one part of it (its code, and its second code or '')."""
    some = {other: selected for other, selected in (chosen or {}).items() if selected}
    rows, part = _rows(name, some), ""
    values = _parameters(period, some)
    if codes:
        part = f" AND {_part(FIGURES[name], *codes)}"
        values |= {"code": codes[0], "other": codes[1]}
    sql = f"{WITH}{_chosen(some)} SELECT DISTINCT {FIGURES[name].person} FROM {rows}{part} ORDER BY 1"
    return [row[0] for row in db.execute(sql, values)]


def among(db: Office, period: Period, chosen: Chosen) -> list[int]:
    """Return the ids of the persons who match the whole selection: followed in the period, or in one of its events."""
    some = {name: codes for name, codes in chosen.items() if codes}
    followed = ["followed"] if DIMENSIONS.keys() >= some.keys() else []
    parts = [f"SELECT id FROM {name}" for name in (*followed, *(f"chosen_{name}" for name in some))]
    sql = f"{WITH}{_chosen(some)} SELECT DISTINCT id FROM ({' INTERSECT '.join(parts)}) ORDER BY 1"
    return [row[0] for row in db.execute(sql, _parameters(period, some))]


def _part(figure: Figure, code: str, other: str) -> str:
    second = f" AND {_coded(figure.other)} = :other" if other else " AND :other = ''"
    return f"{_coded(figure.by)} = :code{second}"


def behind(db: Office, period: Period, names: Iterable[str]) -> set[tuple[str, str, int]]:
    """Return (figure, code or '', person) for each of these figures."""
    parts = []
    for name in names:
        figure = FIGURES[name]
        code = _coded(figure.by) if figure.by else "''"
        parts.append(f"SELECT '{name}', {code}, {figure.person} FROM {_rows(name, {})}")
    return set(db.execute(f"{WITH} {' UNION '.join(parts)}", period.parameters).fetchall())


def profiles(db: Office, period: Period) -> list[tuple[Any, ...]]:
    """Return every person followed in the period: the id, then the code of each of PROFILE (None where unknown)."""
    sql = f"{WITH} SELECT id, {', '.join(PROFILE)} FROM profile ORDER BY id"
    return db.execute(sql, period.parameters).fetchall()


def own_codes(db: Office, period: Period, column: str) -> list[tuple[int, str | None]]:
    """Return every person followed in the period with the value of a field of the office's own (None where empty).
    Raises KeyError for a column that is no field of a person."""
    name = db.tables["person"].field(column).name
    sql = f"{WITH} SELECT f.id, p.{name} FROM followed f JOIN person p ON p.id = f.id ORDER BY 1"
    return db.execute(sql, period.parameters).fetchall()


def by_person(db: Office, period: Period, name: str) -> list[tuple[int, str, float]]:
    """Return a figure person by person: (id, code or '', value), zeros left out. Sums of money are in euro cents."""
    figure = FIGURES[name]
    code = _coded(figure.by) if figure.by else "''"
    rows = f"{figure.source} WHERE ({figure.where})"
    sql = f"{WITH} SELECT {figure.person}, {code}, {figure.value} FROM {rows} GROUP BY 1, 2 ORDER BY 1, 2"
    return db.execute(sql, period.parameters).fetchall()
