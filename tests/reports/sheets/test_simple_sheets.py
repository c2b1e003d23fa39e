"""Bytes of CSV and XLSX read back: real dates and sums, French text, no formula."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest

from db.base import spreadsheets
from db.model.dictionary import AID
from db.rows import records
from reports.sheets import simple_sheets


@pytest.fixture
def show(tmp_path, new_office):
    return simple_sheets.as_on_screen(records.context(new_office(tmp_path / "office.db")))


ROW = {"requested_on": "2026-03-06", "type": "training", "requested": 1234_50, "note": "@now", "other_funders": "=1+1"}
NAMES = list(ROW)
COLUMNS = [AID.field(name) for name in NAMES]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_like_a_formula_is_escaped(text):
    assert spreadsheets.harmless(text) == f"'{text}"
    assert spreadsheets.harmless("Cahors = Lot") == "Cahors = Lot"


def test_csv_is_what_a_french_spreadsheet_opens(show):
    data = simple_sheets.csv_bytes(COLUMNS, [ROW], show)

    assert data.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(StringIO(data.decode("utf-8-sig")), delimiter=";")
    assert head == [item.label for item in COLUMNS]
    assert row == ["06/03/2026", "Formation", "1\u202f234,50\u00a0€", "'@now", "'=1+1"]


def test_xlsx_holds_dates_and_numbers_and_no_formula(show):
    sheet = openpyxl.load_workbook(
        BytesIO(simple_sheets.xlsx_bytes("Aides", COLUMNS, [ROW, dict.fromkeys(NAMES)], show))
    )["Aides"]

    day, kind, asked, note, funders = sheet[2]
    assert day.is_date
    assert f"{day.value:%d/%m/%Y}" == "06/03/2026"
    assert (kind.value, asked.value, note.value) == ("Formation", 1234.5, "@now")
    assert (funders.value, funders.data_type) == ("=1+1", "s")
    assert [cell.value for cell in sheet[3]] == [None] * 5
    assert sheet.freeze_panes == "A2"


def test_no_row_at_all_is_still_a_sheet(show):
    sheet = openpyxl.load_workbook(BytesIO(simple_sheets.xlsx_bytes("Aides", COLUMNS, [], show)))["Aides"]

    assert sheet.max_row == 1
