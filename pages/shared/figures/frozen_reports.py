"""« Figer » : keep a report's numbers as they are, open them again later, and see what differs today and why."""

from datetime import date

import pandas as pd
import streamlit as st

from db.base.french import french_date
from db.figures import as_of, counting, snapshots
from db.figures.definitions import FIGURES, VERSION
from db.figures.snapshots import Frozen
from db.model.office import Office
from pages.shared.figures import changes_since
from pages.shared.figures.period import hold_period
from pages.shared.shell.session import office, who
from reports.content import quantities, report
from reports.content.report import Report


def show(db: Office, made: Report) -> None:
    """Freeze the report at hand; the frozen ones, latest first."""
    st.subheader("Bilans figés")
    st.caption("Figer garde ces chiffres tels qu’ils sont, avec la date et votre nom ; rien ne peut plus les changer.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Pour mémoire",
            key="frozen:note",
            placeholder="Rapport au conseil de mars",
            max_chars=snapshots.LONGEST_NOTE,
        )
        st.button("Figer ce bilan", icon=":material/ac_unit:", on_click=_freeze, args=(made,), key="frozen:freeze")
    kept = snapshots.of_file(db)
    if not kept:
        st.caption("Aucun bilan figé.")
    for one in kept:
        _show_one(db, one)


def _freeze(made: Report) -> None:
    """A second click keeps nothing twice: the same numbers of the same truth are already there."""
    db, numbers = office(), counting.plain(made.figures)
    same = [one for one in snapshots.of_file(db) if _is_same(one, made, numbers)]
    if same:
        st.toast(f"Déjà figé le {same[0].moment} : rien n’a changé depuis.")
        return
    snapshots.freeze(db, made.period, numbers, who(), made.known_on, st.session_state.get("frozen:note", ""))
    st.session_state["frozen:note"] = ""
    st.toast(f"{made.title} : figé.")


def _is_same(one: Frozen, made: Report, numbers: dict[str, object]) -> bool:
    return (one.period, one.known_on, one.version) == (made.period, made.known_on, VERSION) and one.numbers == numbers


def _show_one(db: Office, one: Frozen) -> None:
    truth = f" · ce que l’on savait au {french_date(one.known_on)}" if one.known_on else ""
    note = f" · {one.note}" if one.note else ""
    label = f"{one.period.title}{truth} · figé le {one.moment} par {one.who}{note}"
    expander = st.expander(label, key=f"frozen:{one.id}", on_change="rerun")
    if not expander.open:
        return
    with expander:
        st.button("Ouvrir cette période", key=f"frozen:{one.id}:go", on_click=hold_period, args=(one.period.code,))
        if one.version != VERSION:
            st.warning(f"Les définitions ont changé depuis : version {one.version} alors, {VERSION} aujourd’hui.")
        _compare(db, one)


def _compare(db: Office, one: Frozen) -> None:
    """The frozen numbers beside today's, those that differ first, then who moved."""
    now = counting.plain(report.make(db, one.period).figures)
    lines = {name: _lines(name, value, now.get(name)) for name, value in one.numbers.items()}
    names = report.photo_figures(one.period)
    differing = [line for name in names for line in lines.get(name, ()) if line[1] != line[2]]
    if differing:
        st.markdown("**Ce qui diffère aujourd’hui**")
        st.table(_table(differing), hide_index=True)
        _show_moved(db, one)
    else:
        st.markdown("Les mêmes chiffres qu’aujourd’hui.")
    with st.expander("Tous les chiffres figés, et ceux d’aujourd’hui"):
        st.table(_table([line for found in lines.values() for line in found]), hide_index=True)


def _show_moved(db: Office, one: Frozen) -> None:
    """Who moved since what was known when it was frozen, or on the day whose knowledge it shows."""
    moment, since = one.at, one.moment
    if one.known_on:
        moment, since = as_of.end_of(date.fromisoformat(one.known_on)), french_date(one.known_on)
    changes_since.show(db, one.period, moment, f"depuis le {since}", f"frozen:{one.id}")


def _table(lines: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["Chiffre", "Figé", "Aujourd’hui"])


def _lines(name: str, then: object, now: object) -> list[tuple[str, str, str]]:
    figure = FIGURES.get(name)
    label, unit = (figure.label, figure.unit) if figure else (name, "person")
    if not isinstance(then, dict):
        return [(label, _said(then, unit), _said(now, unit))]
    today = now if isinstance(now, dict) else {}
    parts = dict.fromkeys([*then, *today])
    months = figure is not None and figure.values == "months"
    return [
        (
            f"{label} : {quantities.month(part, True) if months else part}",
            _said(then.get(part, 0), unit),
            _said(today.get(part, 0), unit),
        )
        for part in parts
    ]


def _said(value: object, unit: str) -> str:
    return quantities.number(value, unit) if isinstance(value, int | float) else "–"
