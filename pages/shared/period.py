"""« Sur quelle période » : a year, a day or days between two; dashboard and report look at the same one."""

from datetime import date

import streamlit as st

from db import figures, records
from db.connection import Database
from db.errors import FieldError, PaletteError
from db.periods import Period, period_of
from db.types import Context, Date, french_date

_KEY = "period"
_KINDS = ("Une année", "Un jour", "Une période")


def choose_period(db: Database) -> Period:
    """The period this tab looks at, after letting the person choose another. What cannot be read changes nothing."""
    held = held_period()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = _kind(held)
        try:
            chosen = _CHOOSES[kind](db, held)
        except PaletteError as error:
            st.error(str(error))
            return held
    st.session_state[_KEY] = chosen.code
    return chosen


def held_period() -> Period:
    """The period this tab looks at: the current year at first."""
    return period_of(st.session_state.get(_KEY) or records.today()[:4])


def hold_period(code: str) -> None:
    """Let this tab look at that period, whatever its widgets showed."""
    st.session_state[_KEY] = code
    for name in list(st.session_state):
        if str(name).startswith(f"{_KEY}:"):
            del st.session_state[name]


def _kind(held: Period) -> str:
    name = f"{_KEY}:kind"
    st.session_state.setdefault(name, _KINDS[0] if held.is_year else _KINDS[1] if held.is_day else _KINDS[2])
    return st.segmented_control("Sur", _KINDS, key=name, required=True) or _KINDS[0]


def _year(db: Database, held: Period) -> Period:
    last = max(int(records.today()[:4]), held.last.year)
    years = list(range(last, min(figures.first_year(db) or last, held.last.year) - 1, -1))
    name = f"{_KEY}:year"
    st.session_state.setdefault(name, held.last.year)
    return period_of(str(st.selectbox("Année", years, key=name, width=130)))


def _day(db: Database, held: Period) -> Period:
    return period_of(_date("Jour", "day", held.last if held.is_day else date.fromisoformat(records.today())))


def _days(db: Database, held: Period) -> Period:
    first, last = _date("Du", "first", held.first), _date("Au", "last", held.last)
    return period_of(f"{first}/{last}") if first != last else period_of(first)


_CHOOSES = dict(zip(_KINDS, (_year, _day, _days), strict=True))


def _date(label: str, place: str, at_first: date) -> str:
    """An ISO day typed in as jj/mm/aaaa. Raises FieldError, whose sentence names the field."""
    name = f"{_KEY}:{place}"
    st.session_state.setdefault(name, french_date(at_first.isoformat()))
    text = st.text_input(label, key=name, placeholder="jj/mm/aaaa", width=150)
    try:
        day = Date().read(text, Context({}))
    except FieldError as error:
        raise FieldError(f"{label} : {error}") from error
    if not day:
        raise FieldError(f"{label} : donnez une date (jj/mm/aaaa).")
    return str(day)
