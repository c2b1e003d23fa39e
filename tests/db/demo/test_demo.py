"""The demonstration: the figures of the presentation (counted here in plain SQL), reproducible, sound on any day."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from db.base import instants
from db.demo.create import NOTES, plan_entries, write
from db.demo.data_entry import DataEntry
from db.demo.paths import PHOTO_DAY
from db.demo.places import TOWNS
from db.demo.rows import SIGNATURE, to_columns
from db.figures import as_of, counting
from db.model import domain_rules
from db.model.dictionary import FILES, TABLES
from db.model.lists import AID_TYPES, DECISIONS, EXIT_REASONS, INTERVENTION_DOMAINS, LISTS, NOT_ORIENTED
from db.model.office import Office
from db.model.types import Context, Date, LongText, Text
from db.storage import connection
from db.storage.integrity import check

NOW = date(2026, 1, 15)
"""A working day. The tests of other packages use the files of this day and of PHOTO_DAY too."""
FAR = date(2033, 12, 31)
"""The end of a year, on a Saturday, when every contract is of a later law."""
DAYS = (PHOTO_DAY, NOW, FAR)
EARLIER = (date(2025, 6, 14), date(2025, 12, 31), date(2026, 11, 23), date(2027, 2, 28))
"""Days as of which the file of FAR is read: a file written on one of them has the same rows, except that what waits for
a later entry is entered on the last day."""
EVERY_DAY = sorted((*DAYS, *EARLIER))
RECENT = [day for day in EVERY_DAY if day.year >= 2025]
FOLLOWED = "kind IN ('diagnostic', 'accompaniment')"

Written = Callable[[date], Office]


@pytest.fixture(scope="module")
def written(prepared) -> Written:
    """The demonstration as known on a day; each is written once."""
    made: dict[date, Office] = {}

    def as_on(day: date) -> Office:
        if day not in made:
            made[day] = connection.open_file(prepared.demonstration(day))
        return made[day]

    return as_on


@pytest.fixture(scope="module")
def known(prepared, written) -> Iterator[Written]:
    """The demonstration of a day: the file written on it, or for EARLIER the file of FAR as it was known on it."""
    with ExitStack() as opened:
        made: dict[date, Office] = {}

        def as_on(day: date) -> Office:
            if day in EARLIER and day not in made:
                path = prepared.demonstration(FAR)
                made[day] = opened.enter_context(as_of.as_known(path, as_of.end_of(day)))
            return made.get(day) or written(day)

        yield as_on


def one(db: Office, sql: str) -> Any:
    return db.execute(sql).fetchone()[0]


def counts(db: Office, sql: str) -> dict[Any, int]:
    return dict(db.execute(sql).fetchall())


def there(first: str, last: str, which: str = FOLLOWED) -> str:
    """SQL: the persons with such a stage on at least one day."""
    return (
        f"SELECT DISTINCT person_id FROM stage WHERE {which}"
        f" AND starts_on <= '{last}' AND coalesce(ends_on, '9999') >= '{first}'"
    )


def how_many(db: Office, first: str, last: str, which: str = FOLLOWED) -> int:
    return int(one(db, f"SELECT count(*) FROM ({there(first, last, which)})"))


def shares(db: Office, column: str) -> dict[Any, int]:
    """Value -> how many of those followed in 2022."""
    ids = there("2022-01-01", "2022-12-31")
    return counts(db, f"SELECT {column}, count(*) FROM person WHERE id IN ({ids}) GROUP BY 1")


def rows(db: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the office would read, table by table."""
    return {name: db.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall() for name in TABLES}


# ---- the source's figures, whatever day the file was made on


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_figures_of_2022_are_those_of_the_presentation(known, day):
    db = known(day)
    year = ("2022-01-01", "2022-12-31")

    assert how_many(db, *year) == 139
    assert how_many(db, *year, "kind = 'accompaniment'") == 116
    assert one(db, "SELECT count(*) FROM cer WHERE signed_on LIKE '2022-%'") == 112
    assert one(db, "SELECT count(*) FROM diagnostic WHERE completed_on LIKE '2022-%'") == 40
    assert counts(db, "SELECT reason, count(*) FROM exit WHERE scope = 'rsa' AND left_on LIKE '2022-%' GROUP BY 1") == {
        "income": 17,
        "job": 14,
        "intermittent": 12,
    }


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_persons_followed_in_2022_have_the_shares_of_the_presentation(known, day):
    db = known(day)

    assert shares(db, "gender") == {"woman": 64, "man": 75}
    assert shares(db, "origin") == {"lot": 19, "foreign": 16, "chosen": 104}
    households = shares(db, "household")
    assert (households["alone"], households["single_parent"]) == (90, 25)
    domains = shares(db, "domain")
    assert [domains.pop(name) for name in ("visual_arts", "crafts", "performing_arts")] == [45, 30, 42]
    assert set(domains) == {"literature", "film", "other"}
    assert sum(domains.values()) == 22
    assert shares(db, "birth_date <= '1972-12-31'")[1] == 43
    assert shares(db, "rsa_entry_on > '2020-12-31'")[1] == 64
    studied = shares(db, "education IN ('bac2', 'licence', 'master', 'doctorate')")[1]
    assert int(100 * studied / 139) == 58


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_accompaniments_that_ended_in_2022_lasted_two_and_a_half_years(known, day):
    spans = (
        "SELECT min(starts_on) AS first, max(coalesce(ends_on, '9999')) AS last"
        " FROM stage WHERE kind = 'accompaniment' GROUP BY person_id"
    )

    mean = one(
        known(day), f"SELECT avg(julianday(last) - julianday(first)) / 365.25 FROM ({spans}) WHERE last LIKE '2022-%'"
    )

    assert mean == pytest.approx(2.5, abs=0.005)


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_the_figures_of_6_march_2023_are_those_of_the_presentation(known, day):
    db, on = known(day), ("2023-03-06", "2023-03-06")
    prime = (
        "SELECT person_id FROM benefit WHERE kind = 'prime'"
        " AND starts_on <= '2023-01-01' AND coalesce(ends_on, '9999') >= '2023-03-06'"
    )

    assert how_many(db, *on) == 95
    assert how_many(db, *on, "kind = 'accompaniment'") == 80
    assert how_many(db, *on, "kind = 'accompaniment' AND mode = 'light'") == 27
    assert how_many(db, *on, f"{FOLLOWED} AND person_id IN ({prime})") == 6
    assert (
        one(db, "SELECT count(*) FROM exit WHERE scope = 'rsa' AND left_on BETWEEN '2023-01-01' AND '2023-03-06'") == 11
    )


@pytest.mark.parametrize("day", [PHOTO_DAY, NOW], ids=str)
def test_palette_s_own_figures_agree(written, day):
    year, today = counting.photo(written(day), "2022"), counting.photo(written(day), "2023-03-06")

    assert {name: year[name] for name in ("followed", "accompanied", "cer_signed", "diagnostics_completed")} == {
        "followed": 139,
        "accompanied": 116,
        "cer_signed": 112,
        "diagnostics_completed": 40,
    }
    assert year["exits"]["total"] == 43
    assert (year["fifty_or_over"], year["bac2_or_over"], year["under_two_years"]) == (43, 81, 64)
    assert year["mean_length_years"] == pytest.approx(2.5, abs=0.005)
    names = ("portfolio", "accompanied", "in_diagnosis", "light", "prime_only", "exits_since_january")
    assert [today[name] for name in names] == [95, 80, 15, 27, 6, 11]


# ---- the same every time


def replayed(entries: list[DataEntry]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return the rows to which the entries lead, by table and id, each with its version."""
    context, tables = Context({values.name: dict(values.values) for values in LISTS}), {}
    for entry in entries:
        row = tables.setdefault(entry.row.table, {}).setdefault(entry.row.id, {"version": 0})
        row |= {"version": row["version"] + 1, **to_columns(entry.row.table, entry.values, context)}
    return tables


def test_two_files_of_one_day_are_the_same(written, prepared):
    """The file equals a second plan of that day: what is planned is drawn, and writing it draws nothing."""
    again = replayed(plan_entries(NOW))

    with closing(connection.open_file(prepared.empty())) as empty:
        for name, table in TABLES.items():
            columns = ["id", "version", *(field.name for field in table.fields)]
            planned = [{**dict.fromkeys(columns), "id": row_id, **row} for row_id, row in again.get(name, {}).items()]
            found = list(written(NOW).dicts(f'SELECT {", ".join(columns)} FROM "{name}" ORDER BY id'))
            if name in again:
                assert found == sorted(planned, key=lambda row: row["id"]), name
                signed = f"changed_by = '{SIGNATURE}' AND deleted_at IS NULL"
                assert one(written(NOW), f'SELECT count(*) FROM "{name}" WHERE {signed}') == len(found)
            else:
                assert rows(written(NOW))[name] == rows(empty)[name]


def test_rows_before_the_photograph_do_not_depend_on_the_day(written):
    happened = {
        "intervention": "happened_on",
        "stage": "starts_on",
        "cer": "signed_on",
        "exit": "left_on",
        "aid": "requested_on",
        "orientation": "requested_on",
        "diagnostic": "started_on",
        "benefit": "starts_on",
    }
    for table, column in happened.items():
        for earlier, later in pairwise(written(day) for day in DAYS):
            known = f"SELECT person_id FROM orientation WHERE requested_on <= '{PHOTO_DAY}'"
            sql = (
                f"SELECT id, person_id, {column} FROM {table}"
                f" WHERE {column} <= '{PHOTO_DAY}' AND person_id IN ({known}) ORDER BY id"
            )
            before = earlier.execute(sql).fetchall()

            assert before
            assert before == later.execute(sql).fetchall(), table


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "palette.db").write_text("à garder")

    with pytest.raises(FileExistsError):
        write(tmp_path / "palette.db", PHOTO_DAY)

    assert (tmp_path / "palette.db").read_text() == "à garder"


# ---- the history: dated as it was lived


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_history_has_the_dates_of_the_entries(written, day):
    moments = [at for (at,) in written(day).execute("SELECT at FROM history ORDER BY id")]

    assert moments == sorted(moments)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT(0[7-9]|1[0-5]):\d\d:\d\d\.000Z", at) for at in moments)
    assert (moments[0][:10], moments[-1][:10] <= day.isoformat()) == ("2018-01-02", True)
    for year in range(2018, day.year):
        assert sum(at.startswith(str(year)) for at in moments) > 1000, year


def test_entries_of_today_are_not_dated_in_the_future(written):
    assert one(written(date.today()), "SELECT max(at) FROM history") <= instants.now()


def lags(db: Office, table: str, column: str) -> list[int]:
    """Row by row since the file began, how many days passed before it was entered."""
    sql = f"""SELECT julianday(substr(h.at, 1, 10)) - julianday(t.{column}) FROM "{table}" t
        JOIN history h ON h.table_name = '{table}' AND h.row_id = t.id AND h.action = 'insert'
        WHERE t.{column} >= '2018-01-02'"""
    return [int(lag) for (lag,) in db.execute(sql)]


@pytest.mark.parametrize(
    ("table", "column"), [("exit", "left_on"), ("cer", "signed_on"), ("intervention", "happened_on")]
)
def test_most_rows_are_entered_within_days_and_some_weeks_late(written, table, column):
    found = lags(written(NOW), table, column)

    assert min(found) >= 0
    assert sum(lag <= 3 for lag in found) > len(found) * 0.6
    assert 0.01 < sum(lag > 20 for lag in found) / len(found) < 0.2
    assert max(found) < 70


def unknown(db: Office, table: str, column: str, first: str, last: str) -> int:
    """How many rows dated from first to last were entered only after the last day."""
    sql = f"""SELECT count(*) FROM {table} t JOIN history h ON h.table_name = '{table}' AND h.row_id = t.id
        WHERE t.{column} BETWEEN '{first}' AND '{last}' AND h.action = 'insert' AND substr(h.at, 1, 10) > '{last}'"""
    return int(one(db, sql))


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_the_figures_known_in_time_differ_a_little_from_the_final_ones(written, day):
    db, year = written(day), ("2022-01-01", "2022-12-31")

    assert 1 <= unknown(db, "exit", "left_on", "2023-01-01", "2023-03-06") <= 4
    assert 1 <= unknown(db, "exit", "left_on", *year) <= 6
    assert 1 <= unknown(db, "cer", "signed_on", *year) <= 6


def test_later_changes_are_versions_of_the_row(written):
    decided = """SELECT t.requested_on, t.decided_on, h.version, h.at, h.before ->> 'decision', h.after ->> 'decision'
        FROM aid t JOIN history h ON h.table_name = 'aid' AND h.row_id = t.id
        WHERE t.decision = 'granted' AND t.decided_on >= '2018-01-02' AND h.after ->> 'decision' = 'granted'"""
    found = written(NOW).execute(decided).fetchall()
    later = [row for row in found if row[4:] == ("pending", "granted")]

    assert len(later) > len(found) * 0.9
    assert all(version >= 2 and decided_on <= at[:10] for _, decided_on, version, at, _, _ in later)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_history_adds_up_to_the_rows(written, day):
    """Version after version, nothing missing: what was typed last is what the file says."""
    db = written(day)
    for name, table in TABLES.items():
        known: dict[int, dict[str, Any]] = {}
        for row_id, version, who, action, after in db.execute(
            "SELECT row_id, version, who, action, after FROM history WHERE table_name = ? ORDER BY id", (name,)
        ):
            values = known.setdefault(row_id, {"version": 0})
            assert (version, action) == (values["version"] + 1, "update" if values["version"] else "insert")
            assert name == "setting" or (who == SIGNATURE and after != "{}")
            values |= {"version": version, **json.loads(after)}
        columns = ["version", *(field.name for field in table.fields)]
        for row_id, *values in db.execute(f'SELECT id, {", ".join(columns)} FROM "{name}"'):
            assert [known[row_id].get(column) for column in columns] == values, (name, row_id)


def test_three_values_were_entered_wrongly_and_corrected(written):
    sql = """SELECT table_name, before ->> :name, after ->> :name FROM history
        WHERE action = 'update' AND table_name = :table AND after ->> :name IS NOT NULL"""
    slips = [
        row
        for table, name in (("exit", "reason"), ("person", "household"), ("person", "education"))
        for row in written(NOW).execute(sql, {"table": table, "name": name})
    ]

    assert slips == [("exit", "other", "job"), ("person", "alone", "single_parent"), ("person", "bac", "bac2")]


# ---- on any day: sound, alive, and something on every screen


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_file_is_sound(written, day):
    assert check(written(day)) == []


@pytest.mark.parametrize("day", EVERY_DAY, ids=str)
def test_only_ends_and_deadlines_are_in_the_future(known, day):
    ahead = {("cer", "starts_on"), ("cer", "ends_on"), ("action", "due_on"), ("project", "starts_on")}
    ahead |= {("project", "ends_on")}
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
            assert re.fullmatch(r"(053649|063998)\d{4}", phone)
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
