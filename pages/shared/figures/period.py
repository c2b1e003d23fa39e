"""« Sur quelle période » : a year, a day or days between two; dashboard and report look at the same one."""

from datetime import date

import streamlit as st

from db.base.errors import FieldError, PaletteError
from db.base.french import french_date
from db.figures import counting
from db.figures.periods import Period, period_of
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import records

_KEY = "period"
_KINDS = ("Une année", "Un jour", "Une période")


def choose_period(db: Office, page: str) -> Period:
    """The period this tab looks at, after letting the person choose another. What cannot be read changes nothing.

    ``page``: each page has widgets of its own, which begin anew with what the tab holds when one comes back to it.
    """
    held, key = held_period(), f"{_KEY}:{page}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = _kind(key, held)
        try:
            chosen = _CHOOSES[kind](db, key, held)
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


def _kind(key: str, held: Period) -> str:
    name = f"{key}:kind"
    st.session_state.setdefault(name, _KINDS[0] if held.is_year else _KINDS[1] if held.is_day else _KINDS[2])
    return st.segmented_control("Sur", _KINDS, key=name, required=True) or _KINDS[0]


def _year(db: Office, key: str, held: Period) -> Period:
    last = max(int(records.today()[:4]), held.last.year)
    years = list(range(last, min(counting.first_year(db) or last, held.last.year) - 1, -1))
    name = f"{key}:year"
    st.session_state.setdefault(name, held.last.year)
    return period_of(str(st.selectbox("Année", years, key=name, width=130)))


def _day(db: Office, key: str, held: Period) -> Period:
    return period_of(_date("Jour", f"{key}:day", held.last if held.is_day else date.fromisoformat(records.today())))


def _days(db: Office, key: str, held: Period) -> Period:
    first, last = _date("Du", f"{key}:first", held.first), _date("Au", f"{key}:last", held.last)
    if first > last:
        raise FieldError("Au : la fin de la période vient avant son début.")
    return period_of(f"{first}/{last}")


_CHOOSES = dict(zip(_KINDS, (_year, _day, _days), strict=True))


def _date(label: str, name: str, at_first: date) -> str:
    """An ISO day typed in as jj/mm/aaaa. Raises FieldError, whose sentence names the field."""
    st.session_state.setdefault(name, french_date(at_first.isoformat()))
    text = st.text_input(label, key=name, placeholder="jj/mm/aaaa", width=150)
    try:
        day = Date().read(text, Context({}))
    except FieldError as error:
        raise FieldError(f"{label} : {error}") from error
    if not day:
        raise FieldError(f"{label} : donnez une date (jj/mm/aaaa).")
    return str(day)
