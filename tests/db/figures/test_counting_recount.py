"""Figures against a second count in plain Python, day by day, on small made-up files.

Nothing is shared with db/figures/counting.py, so that an error of its definitions is not repeated here.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from db.figures import counting
from db.model.office import Office
from db.storage import connection
from tests.db.factories import drop_rules, insert

START, END = date(2021, 9, 1), date(2023, 4, 30)
"""The days on which made-up rows begin; two ends of a year and several quarters lie between them."""
DELETED = "2023-05-01T00:00:00Z"
CODES: dict[str, dict[str | None, str]] = {
    "gender": {"woman": "Femme", "man": "Homme", "other": "Autre ou non précisé"},
    "origin": {"lot": "Originaire du Lot", "chosen": "Installé par choix de vie", None: "Non renseigné"},
    "household": {"alone": "Personne seule", "unknown": "Non renseigné", None: "Non renseigné"},
    "education": {"bac": "Bac", "bac2": "Bac + 2", "doctorate": "Doctorat", None: "Non renseigné"},
    "domain": {"crafts": "Artisanat d’art", "other": "Autres", None: "Non renseigné"},
}
REASONS = {"income": "Revenus supérieurs", "job": "Emploi salarié", "other": "Autre"}


@dataclass
class Spell:
    """A dated row: its days and its value."""

    kind: str
    first: date
    last: date | None
    deleted: bool
    light: bool = False

    def holds(self, day: date) -> bool:
        return not self.deleted and self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Someone:
    """A made-up person with all rows."""

    values: dict[str, Any]
    deleted: bool
    stages: list[Spell]
    benefits: list[Spell]
    events: list[tuple[str, date, str, bool]]
    """Table, day, value (« left »: one that does not count), whether deleted."""


# --- made-up files ---

moments = st.dates(START, END)
deleted = st.integers(0, 9).map(lambda n: n == 0)


@st.composite
def spells(draw: st.DrawFn, kinds: list[str], light: bool = False) -> list[Spell]:
    """Draw rows that share no day, as the file demands; many are adjacent. The last may be open."""
    found: list[Spell] = []
    day = draw(moments)
    for _ in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 2, 30, 100, 300])))
        length = draw(st.one_of(st.integers(0, 5), st.integers(20, 400), st.none()))
        last = None if length is None else day + timedelta(days=length)
        found.append(Spell(draw(st.sampled_from(kinds)), day, last, draw(deleted), light and draw(st.booleans())))
        if last is None:
            break
        day = last + timedelta(days=1)
    return found


people = st.builds(
    Someone,
    values=st.fixed_dictionaries(
        {name: st.sampled_from(list(codes)) for name, codes in CODES.items()}
        | {
            "birth_date": st.one_of(st.none(), st.dates(date(1955, 1, 1), date(2005, 12, 31))),
            "rsa_entry_on": st.one_of(st.none(), st.dates(date(2016, 1, 1), END)),
        }
    ),
    deleted=deleted,
    stages=st.builds(
        lambda *groups: sum(groups, []),
        spells(["diagnostic"]),
        spells(["accompaniment"], light=True),
        spells(["one_off"]),
    ),
    benefits=spells(["prime", "prime", "prime", "rsa"]),
    events=st.lists(
        st.tuples(
            st.sampled_from(["exit", "cer", "diagnostic"]), moments, st.sampled_from([*REASONS, "left"]), deleted
        ),
        max_size=4,
    ),
)
offices = st.lists(people, max_size=5)


def edges(office: list[Someone]) -> list[date]:
    """Return the days at which a count may change, where errors are likely."""
    rows = [spell for one in office for spell in (*one.stages, *one.benefits)]
    days = [day for spell in rows for day in (spell.first, spell.last) if day]
    return [day + timedelta(days=n) for day in days for n in (-1, 0, 1)] or [date(2022, 12, 31)]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    db = connection.create(tmp_path_factory.mktemp("recount") / "palette.db")
    drop_rules(db)  # not every made-up accompaniment has the rights it needs; no figure depends on that
    yield db
    db.close()


def count_in_file(db: Office, office: list[Someone], ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the product counts for that office; the file is empty again afterwards."""
    db.execute("BEGIN")
    try:
        for someone in office:
            write(db, someone)
        return ask()
    finally:
        db.execute("ROLLBACK")


def write(db: Office, someone: Someone) -> None:
    values = {name: iso(value) for name, value in someone.values.items()}
    # Deleted from the start: the rows stay behind undeleted, as a second program might leave them.
    person = insert(db, "person", last_name="N", first_name="P", deleted_at=deletion_mark(someone.deleted), **values)
    for spell in someone.stages:
        mode = ("light" if spell.light else "standard") if spell.kind == "accompaniment" else None
        insert(db, "stage", person_id=person, mode=mode, **columns(spell))
    for spell in someone.benefits:
        insert(db, "benefit", person_id=person, subject_to_duties=1, **columns(spell))
    for number, event in enumerate(someone.events):
        write_event(db, person, number, event)


def write_event(db: Office, person: int, number: int, event: tuple[str, date, str, bool]) -> None:
    table, day, what, gone = event
    common = {"person_id": person, "deleted_at": deletion_mark(gone)}
    if table == "exit":
        scope, reason = ("accompaniment", "job") if what == "left" else ("rsa", what)
        insert(db, "exit", left_on=iso(day), scope=scope, reason=reason, **common)
    elif table == "diagnostic":
        completed = None if what == "left" else iso(day)
        insert(db, "diagnostic", started_on="2020-01-01", completed_on=completed, **common)
    else:  # a contract a year from 2031 on, so that no two overlap, signed on the day
        dates = {"signed_on": iso(day), "starts_on": f"{2031 + number}-01-01", "ends_on": f"{2031 + number}-06-30"}
        insert(db, "cer", kind="engagement", rank="first", **dates, **common)


def columns(spell: Spell) -> dict[str, Any]:
    return {
        "kind": spell.kind,
        "starts_on": iso(spell.first),
        "ends_on": iso(spell.last),
        "deleted_at": deletion_mark(spell.deleted),
    }


def iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def deletion_mark(gone: bool) -> str | None:
    return DELETED if gone else None


# --- the second count ---


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def spells_on(someone: Someone, kind: str, day: date) -> list[Spell]:
    return [spell for spell in someone.stages if spell.kind == kind and spell.holds(day)]


def has_spell_within(someone: Someone, kind: str, first: date, last: date) -> bool:
    return any(spells_on(someone, kind, day) for day in days_between(first, last))


def whole_years(since: date, day: date) -> int:
    """Return the number of birthdays passed; that of 29 February falls on 1 March."""
    return sum((year, since.month, since.day) <= (day.year, day.month, day.day) for year in range(since.year + 1, 2030))


def whole_months(since: date, day: date) -> int:
    """Return the number of whole months; in a short month the 31st falls on the next 1st."""
    later = [
        (since.year + (since.month - 1 + n) // 12, (since.month - 1 + n) % 12 + 1, since.day) for n in range(1, 300)
    ]
    return sum(moment <= (day.year, day.month, day.day) for moment in later)


def age_band(someone: Someone, day: date) -> str:
    born = someone.values["birth_date"]
    if born is None:
        return "Non renseigné"
    age = whole_years(born, day)
    if age >= 60:
        return "60 ans et plus"
    if age >= 30:
        return f"{age // 10}0–{age // 10}9 ans"
    return "25–29 ans" if age >= 25 else "Moins de 25 ans"


def seniority_band(someone: Someone, day: date) -> str:
    since = someone.values["rsa_entry_on"]
    if since is None or since > day:
        return "Non renseigné"
    months = whole_months(since, day)
    if months < 12:
        return "Moins de 6 mois" if months < 6 else "6 à 12 mois"
    if months < 60:
        return "1 à 2 ans" if months < 24 else "2 à 5 ans"
    return "5 ans et plus"


def profile(population: list[Someone], day: date) -> dict[str, Any]:
    ages, entries = [age_band(one, day) for one in population], [seniority_band(one, day) for one in population]
    shares = {name: Counter(codes[one.values[name]] for one in population) for name, codes in CODES.items()}
    return shares | {
        "age": Counter(ages),
        "seniority": Counter(entries),
        "fifty_or_over": sum(band in ("50–59 ans", "60 ans et plus") for band in ages),
        "bac2_or_over": sum(one.values["education"] in ("bac2", "doctorate") for one in population),
        "under_two_years": sum(band in ("Moins de 6 mois", "6 à 12 mois", "1 à 2 ans") for band in entries),
    }


def events(office: list[Someone], table: str, first: date, last: date) -> list[str]:
    """Return the values of the events of one table between two days, without « left » and deleted ones."""
    return [
        what
        for someone in office
        for name, day, what, gone in someone.events
        if name == table and first <= day <= last and not gone and (what != "left" or table == "cer")
    ]


def length(someone: Someone, year: int) -> tuple[str, float] | None:
    """Return « ended » or « ongoing » at the end of the year, and the years, of a person accompanied during it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [day for day in days_between(date(2020, 1, 1), last) if spells_on(someone, "accompaniment", day)]
    if not days or days[-1] < first:
        return None
    goes_on = days[-1] == last and spells_on(someone, "accompaniment", last + timedelta(days=1))
    return "ongoing" if goes_on else "ended", ((days[-1] - days[0]).days + 1) / 365.25


def mean(values: list[float]) -> Any:
    return pytest.approx(sum(values) / len(values)) if values else None


def recount_year(office: list[Someone], year: int) -> dict[str, Any]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    accompanied = [one for one in office if has_spell_within(one, "accompaniment", first, last)]
    followed = [one for one in office if one in accompanied or has_spell_within(one, "diagnostic", first, last)]
    exits = [REASONS[what] for what in events(office, "exit", first, last)]
    lengths = [found for one in office if (found := length(one, year))]
    return {
        "followed": len(followed),
        "accompanied": len(accompanied),
        "cer_signed": len(events(office, "cer", first, last)),
        "diagnostics_completed": len(events(office, "diagnostic", first, last)),
        "exits": {"total": len(exits), "by_reason": Counter(exits)},
        **profile(followed, last),
        "mean_length_years": mean([years for state, years in lengths if state == "ended"]),
        "mean_length_years_ongoing": mean([years for state, years in lengths if state == "ongoing"]),
    }


def recount_day(office: list[Someone], day: date) -> dict[str, Any]:
    accompanied = [one for one in office if spells_on(one, "accompaniment", day)]
    portfolio = [one for one in office if one in accompanied or spells_on(one, "diagnostic", day)]
    quarter = days_between(date(day.year, {1: 1, 2: 4, 3: 7, 4: 10}[(day.month + 2) // 3], 1), day)
    return {
        "portfolio": len(portfolio),
        "accompanied": len(accompanied),
        "in_diagnosis": len(portfolio) - len(accompanied),
        "light": sum(any(spell.light for spell in spells_on(one, "accompaniment", day)) for one in accompanied),
        "prime_only": sum(
            all(any(row.kind == "prime" and row.holds(each) for row in one.benefits) for each in quarter)
            for one in portfolio
        ),
        "exits_since_january": len(events(office, "exit", date(day.year, 1, 1), day)),
        **profile(portfolio, day),
    }


def without_zeros(value: Any) -> Any:
    """Leave out the zeros: which labels count nobody depends on the list alone."""
    return (
        {name: without_zeros(item) for name, item in value.items() if item != 0} if isinstance(value, dict) else value
    )


@settings(max_examples=150, deadline=None)
@examples(office=offices, year=st.integers(2020, 2024))
def test_a_year_is_what_a_count_by_hand_finds(db, office, year):
    photo = count_in_file(db, office, lambda: counting.photo(db, str(year)))

    assert without_zeros(photo) == without_zeros(recount_year([one for one in office if not one.deleted], year))


@settings(max_examples=250, deadline=None)
@examples(office=offices, data=st.data())
def test_a_day_is_what_a_count_by_hand_finds(db, office, data):
    day = data.draw(st.one_of(st.sampled_from(edges(office)), moments))

    photo = count_in_file(db, office, lambda: counting.photo(db, day.isoformat()))

    assert without_zeros(photo) == without_zeros(recount_day([one for one in office if not one.deleted], day))


@settings(max_examples=50, deadline=None)
@examples(office=offices, day=moments)
def test_shares_add_up_to_the_population(db, office, day):
    photo = count_in_file(db, office, lambda: counting.photo(db, day.isoformat()))

    assert {sum(photo[name].values()) for name in counting.PROFILE} == {photo["portfolio"]}
    assert photo["portfolio"] == photo["accompanied"] + photo["in_diagnosis"]
    assert photo["light"] <= photo["accompanied"]
