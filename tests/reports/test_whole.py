"""« Tout emporter » : every value of the file is in the workbook, and reads back as that very value."""

import pytest

from db import connection
from reports import whole
from tests.reports.reading_back import assert_same

BOOKS = pytest.mark.parametrize("make", [whole.xlsx, whole.open_document], ids=["xlsx", "ods"])
DAY = "2023-03-06"


@BOOKS
def test_every_cell_of_the_demonstration_reads_back(demo_path, make):
    db = connection.open_file(demo_path)

    assert assert_same(make(db, DAY), db) > 75_000
    db.close()
