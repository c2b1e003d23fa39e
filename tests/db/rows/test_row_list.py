"""The list of rows of a grid: its order stays, all of it can be reached, deleted and added rows find their place."""

from dataclasses import replace

import pytest

from db.rows import records, row_list
from db.rows.queries import Query
from db.rows.row_list import RowList
from tests.db.factories import insert_person

DAY = "2026-11-27"


@pytest.fixture
def people(db, monkeypatch):
    """Nine persons in alphabetical order; the list reads four ids at first."""
    monkeypatch.setattr(row_list, "_FIRST", 4)
    domains = ["film", "crafts", None] * 3
    return [insert_person(db, last_name=f"N{n}", domain=domain) for n, domain in enumerate(domains)]


def listed(db, **query) -> RowList:
    rows = RowList()
    rows.start(db, db.tables["person"], Query(today=DAY, **query))
    return rows


@pytest.mark.parametrize("group", ["", "domain"])
def test_every_line_has_the_row_of_the_query(db, people, group):
    rows = listed(db, group=group)
    expected = records.page_ids(db, db.tables["person"], Query(today=DAY, group=group, size=99))

    assert [rows.ids(db, line, line + 1) for line in range(11)] == [[i] for i in expected] + [[], []]
    assert rows.ids(db, 0, 99) == expected
    assert [rows.line_of(db, row_id) for row_id in expected] == list(range(9))
    assert rows.neighbour(db, expected[0], -1) is None
    assert rows.neighbour(db, expected[3], 1) == expected[4]
    assert rows.neighbour(db, expected[8], 1) is None
    assert rows.line_of(db, 999) is None


def test_lines_stay_where_they_are_after_a_change(db, people):
    rows = listed(db)
    before = rows.ids(db, 0, 9)
    db.execute("UPDATE person SET last_name = 'Z' WHERE id = ?", (people[0],))
    rows.append_new(db, [])

    assert (rows.ids(db, 0, 9), len(rows), rows.number) == (before, 9, 1)


def test_a_list_read_in_two_parts_holds_each_row_once_although_the_file_changed_between(db, people):
    rows = listed(db)
    db.execute("UPDATE person SET last_name = 'A' WHERE id = ?", (people[8],))
    added = insert_person(db, last_name="B")

    assert sorted(rows.ids(db, 0, 99)) == sorted([*people, added])
    assert rows.number == 2, "lines have other rows than before"


def test_rows_of_this_tab_come_last_and_are_listed_once(db, people):
    rows = listed(db)
    added = insert_person(db, last_name="A")
    rows.append_new(db, [added])
    rows.append_new(db, [added])

    assert rows.ids(db, 8, 99) == [people[8], added] or sorted(rows.ids(db, 0, 99)) == sorted([*people, added])
    assert rows.section_of(9) is None


def test_a_short_list_gets_the_rows_of_colleagues_too(db, people):
    rows = listed(db, search="n1")
    insert_person(db, last_name="N1bis")
    rows.append_new(db, [])

    assert len(rows) == 2


def test_deleted_rows_leave_the_list_and_their_group(db, people):
    rows = listed(db, group="domain")
    first = rows.ids(db, 0, 9)
    rows.drop([first[0], first[8]])

    assert rows.ids(db, 0, 99) == first[1:8]
    assert [section.size for section in rows.sections] == [2, 3, 2]
    assert [rows.section_of(line) for line in range(7)] == [0, 0, 1, 1, 1, 2, 2]


def test_folded_groups_have_no_lines(db, people):
    rows = RowList()
    rows.start(db, db.tables["person"], replace(Query(today=DAY, group="domain"), folded=("crafts",)))

    assert len(rows) == 6
    assert [(section.code, section.size, section.folded) for section in rows.sections] == [
        ("crafts", 3, True), ("film", 3, False), (None, 3, False),
    ]  # fmt: skip
    assert rows.section_of(0) == 1
