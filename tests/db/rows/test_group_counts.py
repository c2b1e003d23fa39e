"""Rows by groups: every row once, groups in the order of the list, counted over all pages; folded ones hidden."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.model.dictionary import PERSON
from db.model.effective_dictionary import DECLARED
from db.model.lists import DOMAINS
from db.rows import column_values, group_counts, queries, records
from db.rows.queries import Filter, Query, groupable
from tests.db.factories import insert as row
from tests.db.factories import insert_aid, insert_contract, insert_person

CODES = [*DOMAINS.values, None]


@pytest.fixture
def people(db):
    """Nine persons of three domains and none, named against the order of the groups."""
    domains = ["film", None, "crafts", "crafts", "visual_arts", None, "crafts", "film", "film"]
    return {insert_person(db, last_name=f"N{9 - i}", domain=domain): domain for i, domain in enumerate(domains)}


def pages(db, table, query):
    many = sum(size for code, size in group_counts.counts(db, table, query) if code not in query.folded)
    return [records.page_ids(db, table, replace(query, page=n + 1)) for n in range(-(-many // query.size))]


def test_counts_are_those_of_the_whole_query_in_the_order_of_the_list(db, people):
    assert group_counts.counts(db, db.tables["person"], Query(group="domain", size=2)) == [
        ("visual_arts", 1), ("crafts", 3), ("film", 3), (None, 2),
    ]  # fmt: skip
    some = Query((Filter("last_name", "words", "n1"),), group="domain")
    assert group_counts.counts(db, db.tables["person"], some) == [("film", 1)]


def test_groups_follow_the_order_that_the_office_gave_its_list(db, people):
    db.execute("UPDATE list_domain SET position = -1 WHERE code = 'film'")
    row(db, "person", last_name="Z", first_name="Z", gender="man")  # a count is remembered until the file changes

    assert [code for code, _ in group_counts.counts(db, db.tables["person"], Query(group="domain"))][0] == "film"


def test_two_values_of_equal_position_stay_separate_groups(db, people):
    db.execute("UPDATE list_domain SET position = 1")
    ids = records.page_ids(db, db.tables["person"], Query(group="domain"))

    codes = [people[row_id] for row_id in ids]
    assert codes == sorted(codes, key=lambda code: (code is None, code))


def test_rows_are_sorted_within_their_group(db, people):
    ids = records.page_ids(db, db.tables["person"], Query(group="domain", sort=("-last_name",)))
    names = [records.get(db, db.tables["person"], row_id).values["last_name"] for row_id in ids]

    assert [people[row_id] for row_id in ids] == ["visual_arts", *["crafts"] * 3, *["film"] * 3, None, None]
    assert names == ["N5", "N7", "N6", "N3", "N9", "N2", "N1", "N8", "N4"]


def test_sorting_by_the_grouped_field_reverses_the_groups(db, people):
    query = Query(group="domain", sort=("-domain",))

    assert [code for code, _ in group_counts.counts(db, db.tables["person"], query)] == [
        "film",
        "crafts",
        "visual_arts",
        None,
    ]
    assert [people[row_id] for row_id in records.page_ids(db, db.tables["person"], query)][:4] == ["film"] * 3 + [
        "crafts"
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 10), folded=st.sets(st.sampled_from(CODES)), sort=st.sampled_from(["", "town", "-last_name"])
)
def test_the_pages_hold_every_row_that_is_not_folded_once(db, people, size, folded, sort):
    query = Query(group="domain", folded=tuple(folded), size=size, sort=(sort,) if sort else ())

    found = pages(db, PERSON, query)

    ids = [row_id for page in found for row_id in page]
    assert ids == [
        i
        for i in records.page_ids(db, db.tables["person"], replace(query, size=99, folded=()))
        if people[i] not in folded
    ]
    assert sorted(ids) == sorted(row_id for row_id, code in people.items() if code not in folded)
    assert all(len(page) == size for page in found[:-1])


def test_sums_of_groups_are_those_of_their_rows(db, people):
    person, other = list(people)[:2]
    for cents, kind in ((10_50, "training"), (20_00, "training"), (5_00, "mobility")):
        insert_aid(db, person, cents, type=kind)
    row(db, "aid", person_id=other, type="venue", requested_on="2026-01-05", decision="pending")
    query = Query(group="type")

    assert column_values.sums(db, db.tables["aid"], query, ["granted"]) == {
        "training": [30_50], "mobility": [5_00], "venue": [None],
    }  # fmt: skip


def test_groups_of_yes_no_and_empty_are_in_that_order(db):
    for licence in (None, 0, 1):
        insert_person(db, licence=licence)

    assert group_counts.counts(db, db.tables["person"], Query(group="licence")) == [(1, 1), (0, 1), (None, 1)]


@pytest.mark.parametrize("item", groupable(DECLARED.tables["person"]), ids=lambda item: item.name)
def test_every_choice_of_a_person_groups(db, people, item):
    query = Query(group=item.name)
    ids = records.page_ids(db, db.tables["person"], query)

    assert sorted(ids) == sorted(people)
    assert sum(many for _, many in group_counts.counts(db, db.tables["person"], query)) == len(people)
    values = {one.id: one.values[item.name] for one in records.rows(db, db.tables["person"], ids)}
    assert group_counts.of_rows(db, db.tables["person"], item.name, ids) == values


def test_computed_fields_group_rows_sorted_by_person(db):
    one, other = (insert_person(db, last_name=name) for name in ("Zola", "Abel"))
    running = insert_contract(db, one, "2020-01-01", "2020-01-01", "2099-01-01")
    over = [insert_contract(db, who, "2019-01-01", "2019-01-01", "2019-06-01") for who in (one, other)]
    query = Query(group="validity", sort=("person_id",))

    assert group_counts.counts(db, db.tables["cer"], query) == [("running", 1), ("over", 2)]
    assert records.page_ids(db, db.tables["cer"], query) == [running, over[1], over[0]]


def test_counts_are_cached_until_the_file_changes(db, people, monkeypatch):
    asked = []

    def noting(*of):
        asked.append(of)
        return real(*of)

    real = queries.groups_sql
    monkeypatch.setattr(queries, "groups_sql", noting)
    query = Query(group="type")
    insert_aid(db, next(iter(people)), 10_00)

    assert [group_counts.counts(db, db.tables["aid"], query) for _ in range(3)] == [[("equipment", 1)]] * 3
    assert len(asked) == 1
    insert_aid(db, next(iter(people)), 10_00, type="training")
    assert group_counts.counts(db, db.tables["aid"], query) == [("equipment", 1), ("training", 1)]
