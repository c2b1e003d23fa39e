"""Times of the figures and their files: « photo » compared with raw SQL, dashboard, charts, deck, PDF, XLSX."""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.office import SIZES, Row, folder, median
from db.figures import counting
from db.figures.periods import period_of
from db.model.office import Office
from db.storage import connection
from reports.charts import drawing, rendering
from reports.content import plots, report
from reports.content.chart_data import ChartData
from reports.deck import deck
from reports.pdf import report_pdf
from reports.sheets import figure_sheets

YEAR = "2022"
_TIMES_RAW, _PHOTO, _PNG, _DECK, _DASHBOARD = 3.0, 1000.0, 300.0, 5000.0, 500.0

Measured = tuple[str, float]


def measure(repeats: int) -> list[Row]:
    """Measure every task at both sizes, with or without a target."""
    columns = [_at(persons, repeats) for persons in SIZES]
    medians: dict[str, list[float]] = {}
    for column in columns:
        for task, value in column:
            medians.setdefault(task, []).append(value)
    return [(task, values, _TARGETS[task][0], _TARGETS[task][1](values)) for task, values in medians.items()]


def _at(persons: int, repeats: int) -> list[Measured]:
    db = connection.open_file(folder(persons) / "palette.db")
    year = period_of(YEAR)
    made = report.make(db, year)
    turn = iter(range(10_000))
    measured = [
        ("raw SQL of a year's counts", lambda: _raw(db, YEAR)),
        ("photo of a year", lambda: counting.photo(db, YEAR)),
        ("photo of a day", lambda: counting.photo(db, "2023-03-06")),
        ("figures of the dashboard", lambda: counting.count_figures(db, year, plots.NEEDS)),
        (
            "… narrowed to two domains",
            lambda: counting.count_figures(db, year, plots.NEEDS, {"domain": ("crafts", "film")}),
        ),
        (
            "a chart for the screen",
            lambda: drawing.specification(made.charts[next(turn) % 20], ((str(next(turn)), ()),)),
        ),
        ("a chart as PNG", lambda: rendering.png_bytes(made.charts[next(turn) % 20], made.title)),
        ("the deck (PPTX)", lambda: deck.pptx_bytes(made)),
        ("the report as PDF", lambda: report_pdf.pdf_bytes(made)),
        ("the report as XLSX", lambda: figure_sheets.report_bytes(made)),
    ]
    results = [(task, median(run, repeats)) for task, run in measured]
    times = dict(results)
    db.close()
    return [*results, ("photo of a year / raw SQL", times["photo of a year"] / times["raw SQL of a year's counts"])]


def _new(chart: ChartData, turn: int) -> ChartData:
    """Return the chart with another sentence: it is not drawn yet."""
    return replace(chart, reading=str(turn))


def _raw(db: Office, when: str) -> None:
    """Run each count of the photo of a year as a plain query of its own."""
    first, last = f"{when}-01-01", f"{when}-12-31"
    for sql in _RAW:
        db.execute(sql, {"first": first, "last": last}).fetchall()


_FOLLOWED = (
    "SELECT s.person_id FROM stage s JOIN person q ON q.id = s.person_id AND q.deleted_at IS NULL"
    " WHERE s.deleted_at IS NULL AND s.kind IN ('diagnostic', 'accompaniment')"
    " AND s.starts_on <= :last AND (s.ends_on IS NULL OR s.ends_on >= :first)"
)
_AGE = "CAST(strftime('%Y', :last) AS INTEGER) - CAST(strftime('%Y', birth_date) AS INTEGER)"
_SINCE = "(julianday(:last) - julianday(rsa_entry_on)) / 365.25"
_KEPT = "deleted_at IS NULL AND person_id IN (SELECT id FROM person WHERE deleted_at IS NULL)"
_LENGTH = (
    "SELECT avg(julianday(min(last, :last)) - julianday(first)) FROM (SELECT min(starts_on) AS first,"
    f" max(coalesce(ends_on, '9999')) AS last FROM stage WHERE kind = 'accompaniment' AND {_KEPT} GROUP BY person_id)"
)
_RAW = (
    f"SELECT count(DISTINCT person_id) FROM ({_FOLLOWED})",
    f"SELECT count(DISTINCT person_id) FROM ({_FOLLOWED} AND s.kind = 'accompaniment')",
    f"SELECT count(*) FROM cer WHERE {_KEPT} AND signed_on BETWEEN :first AND :last",
    f"SELECT count(*) FROM diagnostic WHERE {_KEPT} AND completed_on BETWEEN :first AND :last",
    f"SELECT count(*) FROM exit WHERE {_KEPT} AND scope = 'rsa' AND left_on BETWEEN :first AND :last",
    f"SELECT reason, count(*) FROM exit WHERE {_KEPT} AND scope = 'rsa' AND left_on BETWEEN :first AND :last GROUP BY 1",  # noqa: E501
    *(
        f"SELECT {code}, count(*) FROM person WHERE id IN ({_FOLLOWED}) GROUP BY 1"
        for code in (
            "gender",
            "origin",
            "household",
            "education",
            "domain",
            f"({_AGE}) / 10",
            f"CAST({_SINCE} AS INTEGER)",
        )
    ),
    f"SELECT count(*) FROM person WHERE id IN ({_FOLLOWED}) AND {_AGE} >= 50",
    f"SELECT count(*) FROM person WHERE id IN ({_FOLLOWED}) AND education IN ('bac2', 'licence', 'master', 'doctorate')",  # noqa: E501
    f"SELECT count(*) FROM person WHERE id IN ({_FOLLOWED}) AND {_SINCE} < 2",
    f"{_LENGTH} WHERE last BETWEEN :first AND :last",
    f"{_LENGTH} WHERE last > :last AND first <= :last",
)
if len(_RAW) != len(counting.YEAR):
    raise RuntimeError(f"the photo of a year has {len(counting.YEAR)} figures, {len(_RAW)} are written by hand here")


def _below(limit: float) -> tuple[str, Callable[[list[float]], bool]]:
    return f"< {limit:.0f}", lambda medians: max(medians) < limit


_NONE: tuple[str, Callable[[list[float]], bool]] = ("", lambda medians: True)
_TARGETS: dict[str, tuple[str, Callable[[list[float]], bool]]] = {
    "raw SQL of a year's counts": _NONE,
    "photo of a year": _below(_PHOTO),
    "photo of a day": _below(_PHOTO),
    "figures of the dashboard": _below(_DASHBOARD),
    "… narrowed to two domains": _NONE,
    "a chart for the screen": _NONE,
    "a chart as PNG": _below(_PNG),
    "the deck (PPTX)": _below(_DECK),
    "the report as PDF": _NONE,
    "the report as XLSX": _NONE,
    "photo of a year / raw SQL": (f"≤ {_TIMES_RAW:.0f} at {SIZES[0]:,}", lambda medians: medians[0] <= _TIMES_RAW),
}
