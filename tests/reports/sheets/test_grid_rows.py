"""What a grid downloads, imported again unchanged, changes nothing: every table, every type, any text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.imports import workbook_reader
from db.imports.plan import plan
from db.imports.plan_types import SAME
from db.model.dictionary import FILES
from db.model.types import LongText, Phone, Text
from db.rows import records, titles
from db.rows.records import Edit
from reports.sheets import grid_rows
from tests.db.examples import FILLED_IN, full_row

TEXTS = st.sampled_from(
    ["=1+1", "'=1", "''+1", "'a", "-tiret", "@nom", "+33", "0012", "?", "NC", "Total", "Total : 3", "Somme", "*Roux",
     "Roux (voir fiche)", "M. Dupont", "ZoÃ©", "Association", "01/02/2020", "12,50 €", "a;b", 'dit "oui"', "n° 3",
     "Lou n° 2", "1e5", "TRUE", "néant", "x  y", "fin ;\n;", "non", "Nom", "N°"]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)  # fmt: skip


def rows_of(db, table):
    ids = [row[0] for row in db.execute(f'SELECT id FROM "{table.name}" WHERE deleted_at IS NULL ORDER BY id')]
    return records.rows(db, table, ids)


def changes(db, table, names, kind):
    """Return (action, problems) of each row, and the problems of the sheet, when the download is imported."""
    make = grid_rows.csv_bytes if kind == "csv" else grid_rows.xlsx_bytes
    rows = rows_of(db, table)
    made = plan(db, workbook_reader.read(make(db, table, names, rows), f"{table.plural}.{kind}"))
    assert len(list(made.rows())) == len(rows)
    return {row.action for _, row in made.rows()}, [str(one) for one in made.problems]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("table", FILES)
def test_every_column_of_every_table_comes_back(full_office, table, kind):
    columns = full_office.files[table]

    assert changes(full_office, columns, [one.name for one in columns.columns], kind) == ({SAME}, [])


@pytest.mark.parametrize("table", FILES)
def test_one_column_alone_comes_back(full_office, table):
    for column in full_office.files[table].fields:
        assert changes(full_office, full_office.files[table], [column.name], "csv") == ({SAME}, []), column.name


@pytest.fixture(scope="module")
def full_office(new_office, tmp_path_factory):
    """Two rows in every table, with all fields."""
    db = new_office(tmp_path_factory.mktemp("full") / "palette.db")
    for table in FILLED_IN:
        for number in (1, 2):
            records.save(db, db.tables[table.name], Edit(full_row(db, db.tables[table.name], number)), "Ada")
    yield db
    db.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_text_comes_back_from_any_table(full_office, data):
    db = full_office
    known = titles.context(db)
    table = db.files[data.draw(st.sampled_from(sorted(FILES)))]
    texts = [one for one in table.fields if isinstance(one.type, Text) and not isinstance(one.type, Phone)]
    row = rows_of(db, table)[0]
    values = {}
    for field in texts:
        text = data.draw(TEXTS)
        if type(field.type) in (Text, LongText) and field.type.read(text[: field.type.max], known):
            values[field.name] = text[: field.type.max]
    records.save(db, table, Edit(values, row.id, row.version), "Ada")

    for kind in ("csv", "xlsx"):
        assert changes(db, table, [one.name for one in table.columns], kind) == ({SAME}, [])
