"""The choice of a period: a year, a day, or first and last day. Dashboard and report share it."""

from datetime import date

import streamlit as st

from db.base.errors import FieldError, PaletteError
from db.base.french import french_date
from db.figures import counting
from db.figures.periods import Period, period_of
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import records
from pages.shared.shell.markdown import escape_markdown

_KEY = "period"
_KINDS = ("Une année", "Un jour", "Une période")


def choose_period(db: Office, page: str) -> Period:
    """Show the widgets and return the period of this tab, as it stands today. A date that cannot be parsed does not
    change it. ``page``: part of the widgets' keys; each page has its own, which start with the tab's period."""
    current, key = current_period(), f"{_KEY}:{page}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{page}-period-strip"):
        kind = _kind(key, current)
        try:
            chosen = _CHOOSERS[kind](db, key, current)
        except PaletteError as error:
            st.error(escape_markdown(str(error)))
            return current.until(date.today())
    st.session_state[_KEY] = chosen.code
    return chosen.until(date.today())


def current_period() -> Period:
    """Return the period of this tab: the current year at first."""
    return period_of(st.session_state.get(_KEY) or records.today()[:4])


def set_period(code: str) -> None:
    """Set the period of this tab and reset the widgets."""
    st.session_state[_KEY] = code
    for name in list(st.session_state):
        if str(name).startswith(f"{_KEY}:"):
            del st.session_state[name]


def _kind(key: str, current: Period) -> str:
    name = f"{key}:kind"
    st.session_state.setdefault(name, _KINDS[0] if current.is_year else _KINDS[1] if current.is_day else _KINDS[2])
    return st.segmented_control("Sur", _KINDS, key=name, required=True) or _KINDS[0]


def _year(db: Office, key: str, current: Period) -> Period:
    last = max(int(records.today()[:4]), current.last.year)
    years = list(range(last, min(counting.first_year(db) or last, current.last.year) - 1, -1))
    name = f"{key}:year"
    st.session_state.setdefault(name, current.last.year)
    return period_of(str(st.selectbox("Année", years, key=name, width=130)))


def _day(db: Office, key: str, current: Period) -> Period:
    return period_of(
        _date("Jour", f"{key}:day", current.last if current.is_day else date.fromisoformat(records.today()))
    )


def _days(db: Office, key: str, current: Period) -> Period:
    first, last = _date("Du", f"{key}:first", current.first), _date("Au", f"{key}:last", current.last)
    if first > last:
        raise FieldError("Au : la fin de la période vient avant son début.")
    return period_of(f"{first}/{last}")


_CHOOSERS = dict(zip(_KINDS, (_year, _day, _days), strict=True))


def _date(label: str, name: str, default: date) -> str:
    """Return the ISO day typed as jj/mm/aaaa. Raises FieldError with a message that names the field."""
    st.session_state.setdefault(name, french_date(default.isoformat()))
    text = st.text_input(label, key=name, placeholder="jj/mm/aaaa", width=150)
    try:
        day = Date().read(text, Context({}))
    except FieldError as error:
        raise FieldError(f"{label} : {error}") from error
    if not day:
        raise FieldError(f"{label} : donnez une date (jj/mm/aaaa).")
    return str(day)
