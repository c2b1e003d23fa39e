"""The demonstration on any day: sound, alive, something on every screen, and texts in French."""

import re

import pytest

from db.demo.create import NOTES
from db.demo.places import TOWNS
from db.model import domain_rules
from db.model.dictionary import FILES, TABLES
from db.model.lists import AID_TYPES, DECISIONS, EXIT_REASONS, INTERVENTION_DOMAINS, NOT_ORIENTED
from db.model.office import Office
from db.model.types import Date, LongText, Text
from db.storage.integrity import check
from tests.db.demo.demonstrations import DAYS, EARLIER, EVERY_DAY, FAR, FOLLOWED, NOW, RECENT, counts, how_many, one


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_file_is_sound(written, day):
    assert check(written(day)) == []


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_only_ends_and_deadlines_are_in_the_future(known, day):
    ahead = {("cer", "starts_on"), ("cer", "ends_on"), ("action", "due_on"), ("project", "starts_on")}
    ahead |= {("project", "ends_on"), ("cer", "next_update_on"), ("card", "due_on"), ("appointment", "planned_on")}
    for table in TABLES.values():
        for field in table.fields:
            if isinstance(field.type, Date) and (table.name, field.name) not in ahead:
                latest = one(known(day), f'SELECT max({field.name}) FROM "{table.name}"')
                assert latest is None or latest <= day.isoformat(), field.name


def test_the_size_of_the_caseload_is_stable_over_the_years(written):
    db = written(FAR)
    for year in range(2018, 2034):
        followed = how_many(db, f"{year}-01-01", f"{year}-12-31")
        assert (120 if year >= 2021 else 90) <= followed <= 150, year
    for year in range(2023, 2034):
        for month in range(1, 13):
            on = f"{year}-{month:02d}-15"
            if "2023-03-06" <= on <= str(FAR):
                assert 85 <= how_many(db, on, on) <= 110, on


@pytest.mark.parametrize("name", FILES)
def test_every_table_has_rows(written, name):
    assert one(written(NOW), f'SELECT count(*) FROM "{name}"') > 0


@pytest.mark.parametrize("day", RECENT, ids=str)
def test_every_day_has_open_tasks(known, day):
    db, today = known(day), day.isoformat()
    running = f"starts_on <= '{today}' AND ends_on >= '{today}'"

    assert how_many(db, today, today, "kind = 'diagnostic'") >= 5
    assert one(db, f"SELECT count(*) FROM cer WHERE {running}") >= 60
    assert one(db, f"SELECT count(*) FROM cer WHERE {running} AND ends_on <= date('{today}', '+1 month')") >= 1
    assert one(db, "SELECT count(*) FROM action WHERE state IN ('todo', 'doing')") >= 40
    assert one(db, f"SELECT count(*) FROM action WHERE state IN ('todo', 'doing') AND due_on < '{today}'") >= 1
    assert one(db, "SELECT count(*) FROM aid WHERE decision = 'pending'") >= 1
    assert one(db, f"SELECT count(*) FROM intervention WHERE happened_on > date('{today}', '-7 days')") >= 3
    recent_one_off = f"kind = 'one_off' AND coalesce(ends_on, '9999') > date('{today}', '-30 days')"
    assert one(db, f"SELECT count(*) FROM stage WHERE {recent_one_off}") >= 1


@pytest.mark.parametrize("day", [day for day in RECENT if day.year < 2027], ids=str)
def test_old_contracts_are_still_to_be_replaced(known, day):
    running = f"starts_on <= '{day}' AND ends_on >= '{day}'"

    assert counts(known(day), f"SELECT kind, count(*) FROM cer WHERE {running} GROUP BY 1")["cer"] >= 8


def test_the_kind_of_a_contract_is_the_legal_one_on_its_day(written):
    assert one(written(NOW), "SELECT count(*) FROM cer WHERE (kind = 'cer') <> (signed_on < '2025-01-01')") == 0


@pytest.mark.parametrize("day", [*EARLIER, FAR], ids=str)
def test_recent_requests_show_every_reason_and_an_override(written, day):
    recent = f"t.requested_on > date('{day}', '-70 days') AND t.requested_on <= '{day}'"
    sql = f"SELECT DISTINCT r.value FROM orientation t, json_each({domain_rules.VERDICT_REASONS}) r WHERE {recent}"

    assert {code for (code,) in written(FAR).execute(sql)} == set(NOT_ORIENTED.values)
    assert one(written(FAR), f"SELECT count(*) FROM orientation t WHERE {recent} AND override IS NOT NULL") >= 1


def test_no_person_is_followed_against_the_verdict(written):
    verdict = f"SELECT person_id FROM orientation t WHERE {domain_rules.VERDICT} = 'no'"

    assert one(written(NOW), f"SELECT count(*) FROM stage WHERE {FOLLOWED} AND person_id IN ({verdict})") == 0


def test_every_person_has_one_request(written):
    assert one(written(NOW), "SELECT count(*) FROM person WHERE id NOT IN (SELECT person_id FROM orientation)") == 0


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("intervention", "domain", INTERVENTION_DOMAINS),
        ("aid", "type", AID_TYPES),
        ("aid", "decision", DECISIONS),
        ("exit", "reason", EXIT_REASONS),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_every_value_occurs(written, table, column, values):
    assert {code for (code,) in written(NOW).execute(f"SELECT DISTINCT {column} FROM {table}")} == set(values.values)


def test_one_person_is_above_the_ceiling_and_some_are_near_it(written):
    sums = "SELECT person_id, sum(granted) AS cents, max(override_reason) AS why FROM aid GROUP BY 1"

    assert written(NOW).execute(f"SELECT cents, why IS NOT NULL FROM ({sums}) WHERE cents > 90000").fetchall() == [
        (980_00, 1)
    ]
    assert one(written(NOW), f"SELECT count(*) FROM ({sums}) WHERE cents BETWEEN 75000 AND 90000") >= 5


# ---- what people read


def texts(db: Office) -> list[str]:
    """Every word of the file, field by field."""
    found = []
    for table in TABLES.values():
        for field in table.fields:
            if isinstance(field.type, Text):
                sql = f'SELECT DISTINCT {field.name} FROM "{table.name}" WHERE {field.name} IS NOT NULL'
                found += [str(text) for (text,) in db.execute(sql)]
    return found


def test_texts_are_complete_french_sentences(written):
    for text in texts(written(NOW)):
        assert not re.search(r"['{}]|\.\.|  ", text), text


def test_long_texts_have_no_break_spaces_before_punctuation(written):
    for table in TABLES.values():
        for field in table.fields:
            if isinstance(field.type, LongText):
                for (text,) in written(NOW).execute(f'SELECT DISTINCT {field.name} FROM "{table.name}"'):
                    assert not re.search(r" [:;?!»€]|« ", text or ""), text


def test_no_address_or_number_is_real(written):
    for table in ("person", "partner"):
        for phone, email in written(NOW).execute(f"SELECT phone, email FROM {table}"):
            assert re.fullmatch(r"\+33(53649|63998)\d{4}", phone)
            assert email.endswith("@exemple.fr")


def test_names_and_addresses_are_consistent(written):
    db = written(NOW)

    assert one(db, "SELECT count(*) - count(DISTINCT first_name || ' ' || last_name) FROM person") == 0
    assert one(db, "SELECT count(*) - count(DISTINCT email) FROM person") == 0
    assert set(db.execute("SELECT postcode, town, territory FROM person")) <= set(TOWNS)


def test_neighbouring_persons_have_different_texts(written):
    told = written(NOW).execute("SELECT potential FROM diagnostic WHERE potential IS NOT NULL ORDER BY id").fetchall()

    assert len(set(told)) > len(told) * 0.9


def test_the_file_holds_its_assumptions(written):
    answer = one(written(NOW), "SELECT answer FROM need WHERE title LIKE 'Notes de la démonstration%'")

    assert str(answer).replace("\u00a0", " ") == NOTES
