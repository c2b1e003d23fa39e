"""« Figer »: freeze a report's numbers, and later compare them with today's."""

from datetime import date

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_date
from db.figures import as_of, counting, snapshots
from db.figures.definitions import FIGURES, VERSION
from db.figures.snapshots import Frozen
from db.model.office import Office
from pages.shared.figures import changes_since
from pages.shared.figures.period import set_period
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from reports.content import quantities, report
from reports.content.report import Report


def show(db: Office, current: Report) -> None:
    """Show the button that freezes this report, and the frozen reports, latest first."""
    st.subheader("Bilans figés")
    st.caption("Figer garde ces chiffres tels qu’ils sont, avec la date et votre nom ; rien ne peut plus les changer.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Pour mémoire",
            key="frozen:note",
            placeholder="Rapport au conseil de mars",
            max_chars=snapshots.LONGEST_NOTE,
        )
        st.button("Figer ce bilan", icon=":material/ac_unit:", on_click=_freeze, args=(current,), key="frozen:freeze")
    all_frozen = snapshots.of_file(db)
    if not all_frozen:
        st.caption("Aucun bilan figé.")
    for frozen in all_frozen:
        _show_frozen(db, frozen)


def _freeze(current: Report) -> None:
    """Freeze the report, unless the same numbers are frozen already."""
    db, numbers = open_office(), counting.plain(current.figures)
    same = [frozen for frozen in snapshots.of_file(db) if _is_same(frozen, current, numbers)]
    if same:
        st.toast(f"Déjà figé le {same[0].moment} : rien n’a changé depuis.")
        return
    note = st.session_state.get("frozen:note", "")
    try:
        snapshots.freeze(db, current.period.counted, numbers, user_name(), current.known_on, note)
    except PaletteError as error:
        st.toast(escape_markdown(str(error)), icon=":material/error:")
        return
    st.session_state["frozen:note"] = ""
    st.toast(f"{current.title} : figé.")


def _is_same(frozen: Frozen, current: Report, numbers: dict[str, object]) -> bool:
    return (frozen.period, frozen.known_on, frozen.version) == (
        current.period.counted,
        current.known_on,
        VERSION,
    ) and frozen.numbers == numbers


def _show_frozen(db: Office, frozen: Frozen) -> None:
    truth = f" · ce que l’on savait au {french_date(frozen.known_on)}" if frozen.known_on else ""
    note = f" · {frozen.note}" if frozen.note else ""
    label = f"{frozen.period.title}{truth} · figé le {frozen.moment} par {frozen.who}{note}"
    expander = st.expander(escape_markdown(label), key=f"frozen:{frozen.id}", on_change="rerun")
    if not expander.open:
        return
    with expander:
        st.button("Ouvrir cette période", key=f"frozen:{frozen.id}:go", on_click=set_period, args=(frozen.period.code,))
        if frozen.version != VERSION:
            st.warning(f"Les définitions ont changé depuis : version {frozen.version} alors, {VERSION} aujourd’hui.")
        _compare(db, frozen)


def _compare(db: Office, frozen: Frozen) -> None:
    """Show the frozen numbers beside today's: those that differ first, then the persons who count differently."""
    now = counting.plain(report.make(db, frozen.period).figures)
    lines = {name: _lines(name, value, now.get(name)) for name, value in frozen.numbers.items()}
    names = report.photo_figures(frozen.period)
    differing = [line for name in names for line in lines.get(name, ()) if line[1] != line[2]]
    if differing:
        st.markdown("**Ce qui diffère aujourd’hui**")
        st.table(_table(differing), hide_index=True)
        _show_moved(db, frozen)
    else:
        st.markdown("Les mêmes chiffres qu’aujourd’hui.")
    with st.expander("Tous les chiffres figés, et ceux d’aujourd’hui"):
        st.table(_table([line for part in lines.values() for line in part]), hide_index=True)


def _show_moved(db: Office, frozen: Frozen) -> None:
    """Show who counts differently since the report was frozen or, for a report as of a day, since that day."""
    moment, since = frozen.at, frozen.moment
    if frozen.known_on:
        moment, since = as_of.end_of(date.fromisoformat(frozen.known_on)), french_date(frozen.known_on)
    changes_since.show(db, frozen.period, moment, f"depuis le {since}", f"frozen:{frozen.id}")


def _table(lines: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["Chiffre", "Figé", "Aujourd’hui"])


def _lines(name: str, then: object, now: object) -> list[tuple[str, str, str]]:
    figure = FIGURES.get(name)
    label, unit = (figure.label, figure.unit) if figure else (name, "person")
    if not isinstance(then, dict):
        return [(label, _number(then, unit), _number(now, unit))]
    today = now if isinstance(now, dict) else {}
    parts = dict.fromkeys([*then, *today])
    months = figure is not None and figure.values == "months"
    return [
        (
            f"{label} : {quantities.month(part, True) if months else part}",
            _number(then.get(part, 0), unit),
            _number(today.get(part, 0), unit),
        )
        for part in parts
    ]


def _number(value: object, unit: str) -> str:
    return quantities.number(value, unit) if isinstance(value, int | float) else "–"
