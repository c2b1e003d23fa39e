"""Days, sums and durations as people type them: one reading in the grid, the form, a filter and an import."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.base.errors import FieldError
from db.imports.cell_values import CellReader
from db.model import typed_text
from db.model.effective_dictionary import DECLARED
from db.model.lists import LISTS
from db.model.types import Context, Date, Euros, Integer
from pages.shared.grid import filters

CONTEXT = Context({values.name: values.values for values in LISTS})
TODAY = date(2026, 11, 27)
BIRTH = {"least": "1900-01-01", "most": "2020-12-31"}
ANY = {"least": "1900-01-01", "most": "2100-12-31"}
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def reason(read, *args, **kwargs):
    with pytest.raises(FieldError) as error:
        read(*args, **kwargs)
    return str(error.value)


# ---- days


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("6/3/26", "2026-03-06"), ("06032026", "2026-03-06"), ("20260306", "2026-03-06"), ("06.03.2026", "2026-03-06"),
        ("6 mars 2026", "2026-03-06"), ("6 MARS 26", "2026-03-06"), ("vendredi 6 mars 2026", "2026-03-06"),
        ("1er févr. 2026", "2026-02-01"), ("2026-3-6", "2026-03-06"), ("2026-03-06 00:00:00", "2026-03-06"),
        ("26/10", "2026-10-26"), ("6 mars", "2026-03-06"), ("aujourd'hui", "2026-11-27"), ("Aujourd’hui", "2026-11-27"),
        ("hier", "2026-11-26"), ("demain", "2026-11-28"), ("avant-hier", "2026-11-25"), ("6/3/95", "1995-03-06"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_typed(text, iso):
    assert typed_text.day(text, **ANY, today=TODAY)[0] == iso


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/2026", "n’est pas une date"), ("29/02", "n’est pas une date"), ("31022026", "n’est pas une date"),
        ("10/2026", "ne dit pas le jour"), ("octobre 2026", "ne dit pas le jour"), ("2026", "ne dit pas le jour"),
        ("45 ans", "un âge"), ("6/3/26 15:00", "une heure"), ("bientôt", "n’est pas une date"), ("12", "pas une date"),
        ("060326", "n’est pas une date"), ("3/26", "n’est pas une date"), ("٦/٣/٢٠٢٦", "n’est pas une date"),
        ("12.5", "n’est pas une date"),
    ],
)  # fmt: skip
def test_what_names_no_day_is_refused_with_its_reason(text, why):
    assert why in reason(typed_text.day, text, **ANY, today=TODAY)


@pytest.mark.parametrize(("text", "iso"), [("6/3/80", "1980-03-06"), ("6 mars 05", "2005-03-06")])
def test_a_birth_year_in_two_digits_takes_the_only_plausible_century(text, iso):
    assert typed_text.day(text, **BIRTH, today=TODAY)[0] == iso


@pytest.mark.parametrize(
    ("text", "why"), [("6/3/15", "le siècle ne se devine pas"), ("26/10", "ne dit pas l’année"), ("6 mars", "l’année")]
)
def test_a_birth_date_never_gets_a_guessed_year(text, why):
    assert why in reason(typed_text.day, text, **BIRTH, today=TODAY)


@pytest.mark.parametrize("text", ["26/10", "6 mars", "hier", "aujourd'hui"])
def test_a_file_has_no_today(text):
    reading = CellReader(DECLARED.tables["aid"].field("requested_on"), CONTEXT, {}, {}).read(text)

    assert reading.value is None
    assert reading.reason
    assert Date().read(text, CONTEXT), "the control: the grid reads it"


# ---- sums and durations


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1200", 1200_00), ("1 200,50 €", 1200_50), ("1.200,50", 1200_50), ("1,200.50", 1200_50), ("1 200", 1200_00),
        ("12,5", 12_50), ("12€50", 12_50), ("€ 12", 12_00), ("12 euros", 12_00), ("1.200.000", 1_200_000_00),
        ("-3", -3_00), ("0", 0),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_it_is_typed(text, cents):
    assert typed_text.cents(text) == (cents, "")


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [("1.200", "1\u202f200", "1,20"), ("1,200", "1\u202f200", "1,20"), ("12.345 €", "12\u202f345", "12,345")],
)
def test_a_sum_with_two_meanings_is_refused_with_both(text, first, second):
    told = f"« {text} » : {first}\u00a0€ ou {second}\u00a0€ ?"
    assert reason(typed_text.cents, text) == told
    assert CellReader(DECLARED.tables["aid"].field("granted"), CONTEXT, {}, {}).read(text).reason == told


@pytest.mark.parametrize("text", ["12 50", "0.500", "1.20.30", "1 2 3", "1,200,5", "12,345.678", "douze", "€"])
def test_what_is_no_sum_is_refused(text):
    assert "n’est pas une somme" in reason(typed_text.cents, text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45), ("45 min", 45), ("45 mn", 45), ("45 minutes", 45), ("45'", 45), ("1h30", 90), ("1 h 30", 90),
        ("1H05", 65), ("1h30min", 90), ("1 h", 60), ("2 heures", 120), ("1:30", 90), ("01:30:00", 90), ("0,75 h", 45),
        ("1.5h", 90), ("1\u202f440 min", 1440),
    ],
)  # fmt: skip
def test_a_duration_is_read_in_minutes(text, minutes):
    assert Integer(0, 1440, "min").read(text, CONTEXT) == minutes


@pytest.mark.parametrize("text", ["1,5", "1h75", "1h5", "une heure", "1 jour", "min", "1.200"])
def test_what_is_no_duration_is_refused(text):
    assert "n’est pas une durée" in reason(typed_text.minutes, text)


def test_hours_that_make_no_whole_minute_are_refused():
    assert "nombre entier de minutes" in reason(typed_text.minutes, "0,33 h")


# ---- one reading everywhere


def everywhere(table, name, text):
    """Return the values that the grid and the form, an import and a filter read in a text."""
    declared = DECLARED.tables[table]
    field = declared.field(name)
    imported = CellReader(field, CONTEXT, {}, {}).read(text)
    [bound] = filters.conditions(declared, {f"{name}:low": text}, CONTEXT)
    return {field.type.read(text, CONTEXT), field.type.check(text, CONTEXT), imported.value, bound.value[0]}


def ways_to_write_a_day(day: date) -> list[str]:
    number = "1er" if day.day == 1 else str(day.day)
    in_words = f"{number} {MONTHS[day.month - 1]} {day.year}"
    near = [f"{day.day}/{day.month}/{day:%y}"] if 1950 <= day.year <= 2010 else []
    return [
        f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}", f"{day:%d%m%Y}",
        day.isoformat(), in_words, in_words.upper(), f"{WEEKDAYS[day.weekday()]} {in_words}", *near,
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1925, 1, 1), date(2020, 12, 31)))
def test_every_way_of_writing_a_day_reads_the_same_everywhere(day):
    for text in [*ways_to_write_a_day(day), Date().show(day.isoformat(), CONTEXT)]:
        assert everywhere("person", "birth_date", text) == {day.isoformat()}, text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000_00))
def test_every_way_of_writing_a_sum_reads_the_same_everywhere(cents):
    euros, rest = divmod(cents, 100)
    grouped = f"{euros:,}"
    texts = [f"{euros},{rest:02}", f"{euros}.{rest:02} €", f"{grouped.replace(',', ' ')},{rest:02}€"]
    texts += [f"{grouped}.{rest:02}", f"{grouped.replace(',', '.')},{rest:02} euros", f"{euros}€{rest:02}"]
    for text in [*texts, Euros().show(cents, CONTEXT)]:
        assert everywhere("aid", "granted", text) == {cents}, text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1440))
def test_every_way_of_writing_a_duration_reads_the_same_everywhere(minutes):
    hours, rest = divmod(minutes, 60)
    texts = [f"{hours}h{rest:02}", f"{hours} h {rest:02}", f"{hours}:{rest:02}", f"{minutes}", f"{minutes} mn"]
    texts += [f"{minutes / 60:g} h".replace(".", ",")] if minutes % 15 == 0 else []
    for text in [*texts, Integer(0, 1440, "min").show(minutes, CONTEXT)]:
        assert everywhere("intervention", "minutes", text) == {minutes}, text


def test_the_day_before_is_counted_from_today():
    assert Date().read("hier", CONTEXT) == (date.today() - timedelta(days=1)).isoformat()
