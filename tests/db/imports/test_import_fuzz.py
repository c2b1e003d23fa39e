"""Random files: an import never fails with an unexpected error, never writes a part, and writes what it planned."""

import shutil
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.base.errors import WorkbookError
from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import CREATE, UPDATE, ImportChoices
from db.imports.write import write
from db.model.dictionary import FILES
from db.storage import connection
from tests.db.imports import files

_LABELS = sorted({label for table in FILES.values() for item in table.fields for label in (item.label, *item.synonyms)})
_VALUES = sorted(
    {label for table in FILES.values() for item in table.fields if item.list for label in item.list.values.values()}
)
_NAMES = st.sampled_from(
    ["Hugo", "HUGO", "Léo", "Zoé", "Prévert", "Œillet", "Hugo Léo", "PRÉVERT Zoé", "?", "NC", "Total"]
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_DAYS = st.dates(date(1900, 3, 1), date(2100, 1, 1))
CELLS = st.one_of(
    st.none(), _NAMES, _NAMES, _TEXTS, st.sampled_from(_VALUES), _DAYS, _DAYS.map(lambda day: f"{day:%d/%m/%Y}"),
    st.integers(-5, 10**12), st.floats(-1e6, 1e6), st.booleans(),
    st.sampled_from(["06 12 34 56 78", "a@b.fr", "12,50 €", "n° 1"]),
)  # fmt: skip
_USUAL = st.sampled_from(["Nom", "Prénom", "Genre", "Date de naissance", "Personne", "N°"])
HEADS = st.one_of(_USUAL, st.sampled_from(_LABELS), _TEXTS)
SHEETS = st.dictionaries(
    st.sampled_from(["Personnes", "Aides", "CER", "Feuil1", "Réseau", "Entretiens", "Étapes de parcours"]),
    st.tuples(st.lists(HEADS, min_size=1, max_size=7), st.lists(st.lists(CELLS, max_size=8), max_size=6)),
    min_size=1, max_size=3,
)  # fmt: skip
CHECKED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@CHECKED
@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(max_size=200).map(str.encode),
    )
)
def test_bytes_are_a_workbook_or_a_workbook_error(data):
    with suppress(WorkbookError):
        assert workbook_reader.read(data, "x").sheets


@CHECKED
@given(SHEETS, st.sampled_from(["xlsx", "text"]))
def test_any_cells_are_written_as_planned_and_a_second_import_changes_nothing(
    empty_file, tmp_path_factory, sheets, kind
):
    path = tmp_path_factory.mktemp("fuzz") / "palette.db"
    shutil.copy(empty_file, path)
    db = connection.open_file(path)
    db.execute("PRAGMA synchronous = OFF")
    data = _bytes(sheets, kind)
    try:
        book = workbook_reader.read(data, "fichier")
    except WorkbookError:
        return
    made = plan(
        db, book, ImportChoices(tables={sheet.name: "person" for sheet in book.sheets if sheet.name == "Feuil1"})
    )
    done = write(db, made, "Ada", leave_waiting=True)  # what the file refuses is a problem of the plan or waits
    assert sum(map(len, _everything(db).values())) == done.created
    _reads_back(db, made)
    second = plan(db, book, made.choices)
    assert (second.count(CREATE), second.count(UPDATE)) == (0, 0)
    db.close()


def _bytes(sheets: dict[str, Any], kind: str) -> bytes:
    rows = {name: [list(heads), *lines] for name, (heads, lines) in sheets.items()}
    if kind == "xlsx":
        return files.xlsx(rows)
    first = next(iter(rows.values()))
    return files.text([[_text(cell) for cell in row] for row in first], charset="utf-8")


def _text(cell: Any) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date | datetime) else "" if cell is None else str(cell)


def _everything(db: Any) -> dict[str, list[Any]]:
    return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in FILES}


def _reads_back(db: Any, made: Any) -> None:
    """Every value of every row that was to be created stands in some row of its table."""
    for sheet, row in made.rows():
        if row.action == CREATE:
            table = FILES[sheet.table]
            plain = {
                name: table.field(name).type.to_sql(value)
                for name, value in row.values.items()
                if not table.field(name).target
            }
            where = " AND ".join(f"{name} IS :{name}" for name in plain) or "1"
            assert db.execute(f'SELECT count(*) FROM "{table.name}" WHERE {where}', plain).fetchone()[0] >= 1
