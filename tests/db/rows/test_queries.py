"""Filters, search, sort and pages of every table, compared with the same query over the rows in Python."""

from typing import Any

import pytest

from db.base.french import fold
from db.model.coded_texts import Degrees
from db.model.dictionary import DIAGNOSTIC, INTERVENTION, PERSON, PROJECT, TABLES
from db.model.office import Office
from db.model.types import Choice, Choices, Date, Euros, Integer, Reference, References, Text, Time, YesNo
from db.rows import queries, records
from db.rows.queries import Filter, Query
from tests.db.examples import columns_of, every_table, full_row, list_offenders, minimal_row, save_row
from tests.db.factories import insert, insert_diagnostic, insert_person

DAY = "2026-01-01"


@pytest.fixture(scope="module")
def filled_files():
    """Return the read-only files of this module, by table."""
    made: dict[str, Office] = {}
    yield made
    for db in made.values():
        db.close()


@pytest.fixture
def filled(filled_files, table, tmp_path_factory, new_office):
    """Return eight rows of the table: six with every field, two with hardly any."""
    if table.name not in filled_files:
        db = filled_files[table.name] = new_office(tmp_path_factory.mktemp(table.name) / "palette.db")
        for number in range(6):
            save_row(db, table, full_row(db, table, number))
        for number in (6, 7):
            save_row(db, table, minimal_row(db, table, number))
        db.execute("UPDATE person SET archived_on = NULL")  # what archives hide: test_retention.py
    return filled_files[table.name]


def all_rows(db, table):
    ids = [row["id"] for row in db.dicts(f'SELECT id FROM "{table.name}" ORDER BY id')]
    return records.rows(db, table, ids, DAY)


def found_ids(db, table, *filters, **query):
    return [row.id for row in records.read(db, table, Query(filters, size=1000, today=DAY, **query)).rows]


def begins(text, word):
    plain = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return any(one.startswith(fold(word).lstrip("+")) for one in plain)


def filters_of(column, values, known):
    """Return every filter of the column, with the predicate that a row must satisfy."""
    name, sample = column.name, next(value for value in values if value is not None)
    yield Filter(name, "filled"), lambda v: v is not None
    yield Filter(name, "empty"), lambda v: v is None
    match column.type:
        case Choices():
            yield Filter(name, "in", (sample[0],)), lambda v: sample[0] in (v or ())
            yield Filter(name, "in", [sample[0], None]), lambda v: v is None or sample[0] in v
        case Choice() | YesNo():
            yield Filter(name, "in", (sample,)), lambda v: v == sample
            yield Filter(name, "in", [sample, None]), lambda v: v in (sample, None)
            yield Filter(name, "in", ()), lambda v: False
            yield Filter(name, "is", sample), lambda v: v == sample
        case Date() | Time() | Integer() | Euros():
            yield Filter(name, "between", (sample, None)), lambda v: v is not None and v >= sample
            yield Filter(name, "between", (None, sample)), lambda v: v is not None and v <= sample
            yield Filter(name, "between", (sample, sample)), lambda v: v == sample
        case References(table=target):
            word = known.title(target, sample[0]).split()[0]
            yield Filter(name, "words", word), lambda v: any(begins(known.title(target, i), word) for i in v or ())
        case Reference(table=target):
            yield Filter(name, "is", sample), lambda v: v == sample
            if any(field.searched for field in queries.title_fields(TABLES[target])):
                word = known.title(target, sample).split()[0][:3]
                yield Filter(name, "words", word), lambda v: v is not None and begins(known.title(target, v), word)
        case Degrees():
            yield Filter(name, "words", sample[:4]), lambda v: v is not None and sample[:4] in v
            yield Filter(name, "words", " "), lambda v: True
        case _:
            word = sample.split()[0].split("@")[0].split("-")[0]
            yield Filter(name, "words", word[:4]), lambda v: v is not None and begins(v, word[:4])
            yield Filter(name, "words", " "), lambda v: True


SOMETHING: dict[type, Any] = {Date: DAY, Integer: 1, Euros: 1, YesNo: 1}


@every_table
def test_every_filter_of_every_column_finds_the_rows_it_says(filled, table):
    rows, known = all_rows(filled, table), records.context(filled)

    def check_field(_, column):
        values = [row.values[column.name] for row in rows]
        if all(value is None for value in values):
            values = [SOMETHING.get(type(column.type), "outside")]

        for condition, passes in filters_of(column, values, known):
            expected = [row.id for row in rows if passes(row.values[column.name])]
            assert sorted(found_ids(filled, table, condition)) == expected, condition
            assert records.count(filled, table, Query((condition,), today=DAY)) == len(expected)

    assert list_offenders(columns_of(table), check_field) == []


def sort_key(column, value, known):
    """Return the sort key of the value in French order."""
    match column.type:
        case Choice(list=values):
            return list(known.labels[values.name]).index(value)
        case Reference(table=target):
            row = [TABLES[target].column(name) for name in TABLES[target].title]
            return fold(known.title(target, value)) if all(isinstance(item.type, Text) for item in row) else 0
        case Text():
            return fold(value) if column.sorted_as_text else value
        case Choices() | References():
            return 0
    return value


@pytest.mark.parametrize("way", ["", "-"])
@every_table
def test_every_column_sorts_both_ways_with_empty_values_last(filled, table, way):
    rows, known = all_rows(filled, table), records.context(filled)

    def check_field(_, column):
        values = {row.id: row.values[column.name] for row in rows}

        ids = found_ids(filled, table, sort=(f"{way}{column.name}",))

        assert sorted(ids) == sorted(values)
        keys = [sort_key(column, values[row_id], known) for row_id in ids if values[row_id] is not None]
        assert keys == sorted(keys, reverse=way == "-")
        assert [values[row_id] for row_id in ids[len(keys) :]] == [None] * (len(ids) - len(keys))

    assert list_offenders(columns_of(table), check_field) == []


@every_table
def test_pages_cover_each_row_once_in_any_sort(filled, table):
    def check_field(_, column):
        whole = found_ids(filled, table, sort=(column.name,))

        pages = [
            records.page_ids(filled, table, Query(sort=(column.name,), page=n, size=3, today=DAY)) for n in range(1, 8)
        ]

        assert [row_id for page in pages for row_id in page] == whole
        assert sorted(set(whole)) == sorted(whole)

    assert list_offenders(columns_of(table), check_field) == []


@every_table
def test_an_unknown_filter_is_refused(db, table):
    with pytest.raises(ValueError, match="unknown filter"):
        found_ids(db, table, Filter(table.fields[0].name, "resembles", "x"))
    with pytest.raises(KeyError):
        found_ids(db, table, Filter("nothing; DROP TABLE person", "is", 1))


# ---- search


def test_a_search_ignores_accents_case_and_word_endings(db):
    insert_person(db, last_name="Éluard", first_name="Zoé")
    wanted = insert_person(db, last_name="Lebœuf", first_name="Anaïs", note="Sculptures en céramique, à l’Œuvre")

    for text in ("leboeuf", "LEBŒUF", "ana leb", "ceram", "oeuvre", "l'oeuvre", "  Lebœuf   anaïs "):
        assert found_ids(db, PERSON, search=text) == [wanted], text
    assert found_ids(db, PERSON, search="boeuf") == []
    assert len(found_ids(db, PERSON, search="  ")) == 2


TYPED = ["05 65 53 40", "05.65.53.40.00", "0565534000", "05 65", "+33 5 65 53", "+33 (0)5 65 53 40 00", "0033565534000",
         "565534000", "33565534000"]  # fmt: skip


@pytest.mark.parametrize("text", [*TYPED, "marchand 05 65 53 40 00"])
def test_a_phone_number_is_found_however_it_is_typed(db, text):
    wanted = insert_person(db, phone="+33565534000")
    insert_person(db, phone="+33612345678")

    assert found_ids(db, PERSON, search=text) == [wanted]
    if text in TYPED:
        assert found_ids(db, PERSON, Filter("phone", "words", text)) == [wanted]


def test_an_overseas_number_is_found_by_its_digits_at_home(db):
    wanted = insert_person(db, phone="+590690301234")
    insert_person(db, phone="+33690301234")  # as another program may have written it

    assert found_ids(db, PERSON, search="0690 30 12 34") == [wanted, wanted + 1]
    assert found_ids(db, PERSON, search="+590 690 30") == [wanted]


def test_two_numbers_beside_a_word_are_still_two_numbers(db):
    wanted = insert_person(db, address="12 rue Basse", postcode="46000")
    insert_person(db, address="3 rue Basse", postcode="46000")

    assert found_ids(db, PERSON, search="basse 12 46000") == [wanted]


@pytest.mark.parametrize("text", ['"', "*", "a*b", "NEAR(", "AND", "nom:x", "'; --", "-", "(", "^a", "{x}", "\x00"])
def test_no_search_text_causes_a_syntax_error(db, text):
    insert_person(db, last_name="Andrieu")

    assert isinstance(found_ids(db, PERSON, search=text), list)
    assert isinstance(found_ids(db, PERSON, Filter("last_name", "words", text)), list)


def test_a_word_is_looked_for_in_its_own_column(db):
    wanted = insert_person(db, last_name="Figeac")
    insert_person(db, town="Figeac")

    assert found_ids(db, PERSON, Filter("last_name", "words", "figeac")) == [wanted]
    assert len(found_ids(db, PERSON, search="figeac")) == 2


def test_dated_rows_are_found_by_the_person_s_name(db):
    zoe, ada = insert_person(db, first_name="Zoé"), insert_person(db, first_name="Ada")
    wanted = insert_diagnostic(db, zoe, "2024-01-01", None)
    insert_diagnostic(db, ada, "2024-01-01", None)

    assert found_ids(db, DIAGNOSTIC, search="zoe marchand") == [wanted]
    assert found_ids(db, DIAGNOSTIC, Filter("person_id", "words", "zoe")) == [wanted]


def test_a_project_is_found_by_the_name_of_who_takes_part(db):
    zoe = insert_person(db, first_name="Zoé")
    wanted = insert(db, "project", name="Exposition", participants=f"[{zoe}]")
    insert(db, "project", name="Concert")

    assert found_ids(db, PROJECT, search="zoe") == [wanted]


def test_a_row_is_found_by_its_partner(db):
    partner = insert(db, "partner", name="L’Archipel")
    days = {"person_id": insert_person(db), "happened_on": "2024-01-01", "domain": "coaching"}
    wanted = insert(db, "intervention", partner_id=partner, **days)
    insert(db, "intervention", **days)

    assert found_ids(db, INTERVENTION, search="archipel") == [wanted]


# ---- sort, pages, counts


def test_people_sort_by_name_without_accents(db):
    names = [("Zola", "Émile"), ("Éluard", "Zoé"), ("eluard", "Ada"), ("Eluard", "Éric"), ("Abbé", "Lou")]
    for last_name, first_name in names:
        insert_person(db, last_name=last_name, first_name=first_name)

    rows = records.read(db, db.tables["person"]).rows

    assert [row.values["first_name"] for row in rows] == ["Lou", "Ada", "Éric", "Zoé", "Émile"]


def test_dated_rows_sorted_by_person_stay_in_the_order_of_their_days(db):
    zoe, ada = insert_person(db, last_name="Zola"), insert_person(db, last_name="Éluard")
    rows = [(person, day) for person in (zoe, ada) for day in ("2024-01-01", "2024-03-01", "2024-02-01")]
    for person, day in rows:
        insert(db, "intervention", person_id=person, happened_on=day, domain="coaching")

    def days(way):
        ids = found_ids(db, INTERVENTION, sort=(f"{way}person_id",))
        return [
            (row.values["person_id"], row.values["happened_on"][5:7])
            for row in records.rows(db, db.tables["intervention"], ids)
        ]

    assert days("") == [(ada, "03"), (ada, "02"), (ada, "01"), (zoe, "03"), (zoe, "02"), (zoe, "01")]
    assert days("-") == [(zoe, "03"), (zoe, "02"), (zoe, "01"), (ada, "03"), (ada, "02"), (ada, "01")]


@pytest.mark.parametrize("sort", [(), ("name",), ("-name",), ("kind", "-town")])
def test_many_pages_cover_each_row_once(db, sort):
    for number in range(57):
        insert(db, "partner", name=f"Galerie {number % 5}", kind="culture" if number % 2 else None)

    pages = [records.page_ids(db, db.tables["partner"], Query(sort=sort, page=n, size=10)) for n in range(1, 8)]

    assert [len(page) for page in pages] == [10, 10, 10, 10, 10, 7, 0]
    assert sorted(row_id for page in pages for row_id in page) == list(range(1, 58))


def test_a_count_is_cached_until_the_file_changes(db):
    asked = []
    db.set_trace_callback(lambda sql: asked.append(sql) if "count(*)" in sql and "partner" in sql else None)

    def count():
        return records.count(db, db.tables["partner"], Query())

    assert (count(), count(), len(asked)) == (0, 0, 1)
    row = insert(db, "partner", name="Un")  # by plain SQL
    assert (count(), len(asked)) == (1, 2)
    records.delete(db, db.tables["partner"], {row: 1}, "Ada")
    assert (count(), count(), len(asked)) == (0, 0, 3)


def test_a_row_that_no_longer_matches_its_filter_is_reported(db):
    film, craft = insert_person(db, domain="film"), insert_person(db, domain="crafts")
    query = Query((Filter("domain", "in", ("film",)),))

    assert records.still_matching(db, db.tables["person"], query, [film, craft]) == {film}


def test_the_state_of_a_person_follows_from_the_stages(db):
    from tests.db.factories import insert_followed_person, insert_stage

    person, followed = insert_person(db), insert_followed_person(db)
    insert_stage(db, person, "diagnostic", "2026-01-01", "2026-01-31")

    def state(day):
        return records.rows(db, db.tables["person"], [person], day)[0].values["state"]

    assert [state(day) for day in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01")] == [
        "new",
        "in_diagnosis",
        "in_diagnosis",
        "outside",
    ]
    assert found_ids(db, PERSON, Filter("state", "in", ("accompanied",))) == [followed]


def test_an_almost_empty_ceiling_is_marked(db):
    from tests.db.factories import insert_aid

    person = insert_person(db)
    near, far = insert_aid(db, person, 750_00), insert_aid(db, insert_person(db), 749_99)

    marks = {row.id: row.marks for row in records.rows(db, db.tables["aid"], [near, far])}

    assert marks == {near: {"left": ("warning", "Plafond presque atteint")}, far: {}}
