"""From a chart to its persons: those of every selected part, and the grid limited to these rows."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.figures.populations import DIMENSIONS
from db.rows import records
from db.rows.queries import Filter, Query
from tests.db.factories import (
    delete,
    insert,
    insert_aid,
    insert_contract,
    insert_diagnostic,
    insert_exit,
    insert_followed_person,
    insert_person,
    insert_stage,
)

YEAR = period_of("2022")


@pytest.fixture
def office(db):
    """Return name -> id: persons followed in 2022 or no longer, some with exits and aids of that year."""
    ids = {
        "potter": insert_followed_person(db, last_name="Potier", gender="woman", territory="cahors", domain="crafts"),
        "weaver": insert_followed_person(db, last_name="Tisserand", gender="man", territory="cahors", domain="crafts"),
        "singer": insert_followed_person(
            db, last_name="Chanteur", gender="man", territory="figeac", domain="performing_arts"
        ),
        "nobody": insert_followed_person(db, last_name="Anonyme", gender="woman"),
        "former": insert_person(db, last_name="Ancien", gender="man", territory="cahors"),
        "never": insert_person(db, last_name="Jamais", gender="woman", territory="cahors"),
    }
    insert_stage(db, ids["former"], "accompaniment", "2019-01-01", "2021-12-31")
    insert_exit(db, ids["singer"], "2022-04-01", "job")
    insert_exit(db, ids["former"], "2022-05-01", "job")
    insert_exit(db, ids["potter"], "2021-12-31", "job")  # not of the year
    insert_exit(db, ids["weaver"], "2022-06-01", "income")
    insert_aid(db, ids["former"], 100_00, "2022-03-01", type="training")
    insert_aid(db, ids["potter"], 50_00, "2022-03-01", type="equipment")
    return ids


def names_among(db, office, period=YEAR, **chosen):
    """Return the names of the persons of every selection."""
    names = {row_id: name for name, row_id in office.items()}
    found = counting.among(db, period, chosen)
    assert found == sorted(found)
    return {names[row_id] for row_id in found}


# --- what was chosen of the persons themselves


def test_without_a_selection_it_is_the_persons_followed(db, office):
    assert names_among(db, office) == {"potter", "weaver", "singer", "nobody"}
    assert names_among(db, office, territory=(), gender=()) == {"potter", "weaver", "singer", "nobody"}


def test_a_selected_dimension_is_of_the_persons_followed(db, office):
    assert names_among(db, office, territory=("cahors",)) == {"potter", "weaver"}
    assert names_among(db, office, territory=("cahors", "figeac")) == {"potter", "weaver", "singer"}
    assert names_among(db, office, territory=("gourdon",)) == set()
    assert names_among(db, office, territory=("no such place",)) == set()


def test_all_that_was_chosen_applies(db, office):
    assert names_among(db, office, territory=("cahors",), gender=("man",)) == {"weaver"}
    assert names_among(db, office, territory=("figeac",), gender=("woman",)) == set()


def test_the_unknown_part_can_be_selected(db, office):
    assert names_among(db, office, territory=("unknown",)) == {"nobody"}
    assert names_among(db, office, territory=("unknown", "figeac")) == {"nobody", "singer"}


def test_only_events_of_the_period_count(db, office):
    assert names_among(db, office, period_of("2021"), territory=("cahors",)) == {"potter", "weaver", "former"}
    assert names_among(db, office, period_of("2021-12-31"), gender=("man",)) == {"weaver", "singer", "former"}
    assert names_among(db, office, period_of("1990")) == set()


@pytest.mark.parametrize("name", sorted(DIMENSIONS))
def test_every_part_of_a_dimension_leads_to_as_many_persons_as_it_counts(db, office, name):
    (parts,) = counting.count_figures(db, YEAR, [name]).values()

    assert sum(part.value for part in parts) == 4
    for part in parts:
        assert len(counting.among(db, YEAR, {name: (part.code,)})) == part.value
        assert counting.among(db, YEAR, {name: (part.code,)}) == counting.persons(db, YEAR, name, (part.code, ""))


# --- what was chosen of events


def test_an_event_leads_to_its_persons_followed_or_not(db, office):
    assert names_among(db, office, by_reason=("job",)) == {"singer", "former"}
    assert names_among(db, office, by_reason=("job", "income")) == {"singer", "former", "weaver"}
    assert names_among(db, office, aids=("training",)) == {"former"}
    assert names_among(db, office, period_of("2021"), by_reason=("job",)) == {"potter"}


def test_an_event_and_a_dimension_are_intersected(db, office):
    assert names_among(db, office, by_reason=("job",), territory=("cahors",)) == {"former"}
    assert names_among(db, office, by_reason=("job",), gender=("man",)) == {"singer", "former"}
    assert names_among(db, office, by_reason=("job",), gender=("woman",)) == set()


def test_two_events_are_of_the_same_person(db, office):
    assert names_among(db, office, by_reason=("job",), aids=("training",)) == {"former"}
    assert names_among(db, office, by_reason=("job",), aids=("equipment",)) == set()


def test_several_events_of_a_person_are_one_person(db, office):
    insert_exit(db, office["singer"], "2022-09-01", "job")

    assert counting.among(db, YEAR, {"by_reason": ("job",)}) == sorted([office["singer"], office["former"]])


def test_nothing_deleted_leads_anywhere(db, office):
    delete(db, "person", office["former"])
    delete(db, "person", office["weaver"])

    assert names_among(db, office, by_reason=("job", "income")) == {"singer"}
    assert names_among(db, office, territory=("cahors",)) == {"potter"}


def test_every_figure_that_is_shared_out_leads_to_the_persons_behind_it(db, office):
    insert_diagnostic(db, office["potter"], "2022-01-10", "2022-02-10", obstacles='["housing", "mobility"]')
    insert_contract(db, office["singer"], "2022-03-02", "2022-03-02", "2022-09-01")
    insert(db, "intervention", person_id=office["former"], happened_on="2022-02-02", domain="coaching")
    shared = [name for name, figure in FIGURES.items() if figure.by]

    behind: dict[tuple[str, str], set[int]] = {}
    for name, parts in counting.count_figures(db, YEAR, shared).items():
        for part in parts:
            persons = counting.persons(db, YEAR, name, (part.code, part.other))
            behind.setdefault((name, part.code), set()).update(persons)
    assert {key: set(counting.among(db, YEAR, {key[0]: (key[1],)})) for key in behind} == behind
    assert sum(map(bool, behind.values())) > 20


def test_a_name_that_is_no_figure_is_an_error(db, office):
    with pytest.raises(KeyError):
        counting.among(db, YEAR, {"person; DROP TABLE person": ("x",)})


def test_a_code_is_never_sql(db, office):
    assert names_among(db, office, territory=("cahors') --", '"]', "'")) == set()
    assert names_among(db, office) == {"potter", "weaver", "singer", "nobody"}


# --- the grid of these rows


def shown_ids(db, ids, *filters, **query):
    """Return the ids that the grid shows of these rows, in its order."""
    found = records.read(db, db.tables["person"], Query((Filter("id", "among", ids), *filters), **query))
    return [row.id for row in found.rows]


def test_the_grid_shows_these_rows_in_the_order_of_the_table(db, office):
    ids = tuple(counting.among(db, YEAR, {}))

    assert shown_ids(db, ids) == [office[name] for name in ("nobody", "singer", "potter", "weaver")]
    assert shown_ids(db, ids[::-1]) == shown_ids(db, ids)
    assert shown_ids(db, [*ids, ids[0]]) == shown_ids(db, ids)  # a list does as well, and a row twice is a row once


def test_it_counts_what_it_shows(db, office):
    ids = (office["potter"], office["never"])
    page = records.read(db, db.tables["person"], Query((Filter("id", "among", ids),)))

    assert (page.matching, page.total) == (2, len(office))
    assert records.count(db, db.tables["person"], Query((Filter("id", "among", ids),))) == 2


def test_an_empty_selection_shows_no_row(db, office):
    page = records.read(db, db.tables["person"], Query((Filter("id", "among", ()),)))

    assert (page.rows, page.matching, page.total) == ([], 0, len(office))


def test_a_row_that_is_not_there_is_not_shown(db, office):
    delete(db, "person", office["weaver"])

    assert shown_ids(db, (office["potter"], office["weaver"], 10**9, -1)) == [office["potter"]]
    assert records.count(db, db.tables["person"], Query((Filter("id", "among", (office["weaver"], 10**9)),))) == 0


def test_it_narrows_with_other_filters_and_the_search(db, office):
    ids = tuple(office.values())

    assert shown_ids(db, ids, Filter("gender", "in", ("man",)), Filter("territory", "in", ("cahors",))) == [
        office["former"],
        office["weaver"],
    ]
    assert shown_ids(db, ids, search="tiss") == [office["weaver"]]
    assert shown_ids(db, (office["potter"],), search="tiss") == []


def test_it_is_sorted_as_asked(db, office):
    ids = tuple(office.values())
    names = [name for name in office if name != "nobody"]

    assert shown_ids(db, ids, sort=("-last_name",))[0] == office["weaver"]
    by_place = shown_ids(db, ids, sort=("territory", "-last_name"))
    assert by_place == [office[name] for name in ("weaver", "potter", "never", "former", "singer", "nobody")]
    assert set(by_place) == {office[name] for name in [*names, "nobody"]}


@pytest.mark.parametrize("size", [1, 2, 4, 50])
@pytest.mark.parametrize("sort", [(), ("last_name",), ("-territory",)])
def test_pages_hold_each_row_once_in_order(db, office, size, sort):
    ids = tuple(office.values())[1:]
    whole = shown_ids(db, ids, sort=sort, size=1000)
    pages = [shown_ids(db, ids, sort=sort, size=size, page=page) for page in range(1, 7)]

    assert [row for page in pages for row in page] == whole
    assert len(whole) == 5
    assert all(len(page) <= size for page in pages)


def test_a_row_that_leaves_the_selection_is_reported(db, office):
    query = Query((Filter("id", "among", (office["potter"],)),))

    assert records.still_matching(db, db.tables["person"], query, [office["potter"], office["weaver"]]) == {
        office["potter"]
    }


def test_it_is_remembered_for_each_choice_of_rows(db, office):
    counts = [
        records.count(db, db.tables["person"], Query((Filter("id", "among", ids),))) for ids in ((1,), (1, 2), (1,), ())
    ]

    assert counts == [1, 2, 1, 0]


def test_thousands_of_rows_can_be_chosen(db, office):
    query = Query((Filter("id", "among", tuple(range(50_000))),))

    assert records.count(db, db.tables["person"], query) == len(office)


def test_rows_of_any_table_can_be_chosen(db):
    ids = [insert(db, "partner", name=f"Structure {index}", kind="other") for index in range(3)]
    page = records.read(db, db.tables["partner"], Query((Filter("id", "among", tuple(ids[1:])),)))

    assert [row.id for row in page.rows] == ids[1:]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(st.lists(st.integers(-3, 12), max_size=12), st.integers(1, 4), st.sampled_from(["", "-"]))
def test_whatever_is_chosen_the_pages_are_those_rows(db, office, ids, size, way):
    wanted = {row_id for row_id in ids if row_id in office.values()}
    pages = [shown_ids(db, tuple(ids), sort=(f"{way}last_name",), size=size, page=page) for page in range(1, 8)]
    found = [row_id for page in pages for row_id in page]

    assert set(found) == wanted
    assert len(found) == len(wanted)
