"""The parts of « Tableau de bord »: the filters, the charts of the persons they leave, and the way to these persons.

A filter is a set of codes of a figure (the domains music and theatre, say), chosen in a list or by a click on a bar.
Each chart is filtered by the codes of all figures but its own, whose other bars are faded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from db.figures import counting
from db.figures.counting import Chosen, FigureValues
from db.figures.definitions import FIGURES
from db.figures.periods import Period
from db.model.office import Office
from db.model.roles import Role
from db.storage import connection
from pages.shared.grid.view import show_among
from pages.shared.shell import jobs
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import roles
from reports import bundle
from reports.content import plots, quantities
from reports.content.chart_data import ChartData
from reports.sheets import figure_sheets

_KEY = "dashboard:chosen"
_OPEN = "dashboard:filters-open"
_OFFERED = ("domain", "territory", "gender", "mode")
"""The figures with a list above the charts; the others are filtered by a click on a bar only."""
_SECTIONS: Mapping[str, str] = {
    "Les personnes": "genre reperes age pyramide foyer anciennete origine territoire etudes mode",
    "Les activités": "domaine domaine-genre",
    "L’accompagnement": "portefeuille mouvements contrats durees engagement signature freins interventions actions"
    " rendez-vous",
    "Les sorties et les aides": "sorties nouvelles plafond aides",
}
"""The names of the charts by heading, ordered so that charts of equal height are side by side."""


@dataclass(frozen=True)
class DashboardState:
    """The filters of a run, and the figures and charts counted with them."""

    chosen: Chosen
    counted: FigureValues
    charts: Mapping[str, ChartData]


def _chosen() -> dict[str, tuple[str, ...]]:
    codes: dict[str, tuple[str, ...]] = st.session_state.setdefault(_KEY, {})
    return codes


def count(db: Office, period: Period) -> DashboardState:
    """Count all figures of the dashboard under the filters. The result is cached until the file changes."""
    chosen = {name: codes for name, chosen in _chosen().items() if (codes := _within(name, chosen, period))}
    key = ("board", period, tuple(sorted(chosen.items())))
    names = ("followed", "accompanied", *plots.NEEDS)
    counted = connection.remembered(db, key, lambda: counting.count_figures(db, period, names, chosen))
    return DashboardState(chosen, counted, plots.make_charts(counted, chosen))


def _within(name: str, codes: tuple[str, ...], period: Period) -> tuple[str, ...]:
    """Return the chosen codes, without months outside the period."""
    if FIGURES[name].values != "months":
        return codes
    first, last = f"{period.first_month:%Y-%m}", f"{period.last:%Y-%m}"
    return tuple(code for code in codes if first <= code <= last)


def sections(state: DashboardState) -> list[tuple[str, list[ChartData]]]:
    """Return the headings, each with its charts."""
    return [(title, [state.charts[name] for name in names.split()]) for title, names in _SECTIONS.items()]


def choose(chart: ChartData, code: str, series: str) -> None:
    """Filter by the clicked bar, or remove the filter when it was chosen already."""
    codes, chosen = chart.picks(code, series), _chosen()
    is_chosen = all(chosen.get(name) == (value,) for name, value in codes.items())
    for name, value in codes.items():
        chosen[name] = () if is_chosen else (value,)


# --- filters ---


def show_filters(state: DashboardState) -> None:
    """Show the lists above the charts. On a telephone, page.css shows them only while the button « Filtres » of
    ``show_chosen`` is on."""
    name = "dashboard-filters" if st.session_state.get(_OPEN) else "dashboard-filters-behind"
    with st.container(key=name), st.grid(len(_OFFERED), min_column_width=200, gap="small"):
        for name in _OFFERED:
            _show_filter(name, _labels(state, name))


def _labels(state: DashboardState, name: str) -> dict[str, str]:
    return {part.code: part.label for part in state.counted.get(name, ())}


def _show_filter(name: str, labels: dict[str, str]) -> None:
    key = f"dashboard:{name}"
    chosen = _chosen()
    st.session_state[key] = [code for code in chosen.get(name, ()) if code in labels]

    def take() -> None:
        chosen[name] = tuple(st.session_state[key])

    st.multiselect(
        FIGURES[name].label, list(labels), key=key, format_func=labels.__getitem__, on_change=take,
        placeholder="toutes les valeurs", select_all=False, wrap=True,
    )  # fmt: skip


# --- the persons chosen ---


def show_chosen(db: Office, period: Period, state: DashboardState) -> None:
    """Show the number of persons, the buttons to see them and download the charts, and the filters set by clicks."""
    persons, followed = counting.among(db, period, state.chosen), state.counted["followed"]
    others = f", dont {quantities.number(followed)} suivie{'s' * (followed >= 2)}" if followed < len(persons) else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="dashboard-strip"):
        _filter_button(state)
        st.markdown(f"**{quantities.with_unit(len(persons), 'person')}** {period.words}{others}", width="content")
        if (
            persons
            and Role.AGENT in roles()
            and st.button("Voir ces personnes", key="dashboard:open", icon=":material/groups:")
        ):
            show_among(db.tables["person"], "caseload", _title(period, state), persons)
            st.switch_page("caseload.py")
        if st.button("Tous les graphiques (ZIP)", key="dashboard:zip", icon=":material/folder_zip:"):
            _make_zip(period, state)
        for name, codes in state.chosen.items():
            if name not in _OFFERED:
                label = f"{FIGURES[name].label} : {plots.selected(state.counted, name, codes)}"
                st.button(
                    escape_markdown(label), key=f"dashboard:drop:{name}",
                    icon=":material/close:", on_click=_drop, args=(name,), help="Retirer ce filtre",
                )  # fmt: skip
        if state.chosen:
            st.button("Tout effacer", key="dashboard:clear", type="tertiary", on_click=_chosen().clear)

    jobs.show("dashboard")


def _filter_button(state: DashboardState) -> None:
    """Show the button that shows and hides the lists; page.css shows it on a telephone only."""
    count = sum(bool(state.chosen.get(name)) for name in _OFFERED)
    label = f"Filtres ({count})" if count else "Filtres"
    with st.container(key="dashboard-filter-button", width="content"):
        st.button(label, key="dashboard:filters", icon=":material/filter_alt:", on_click=_turn_filters)


def _turn_filters() -> None:
    st.session_state[_OPEN] = not st.session_state.get(_OPEN, False)


def _make_zip(period: Period, state: DashboardState) -> None:
    """Start the job that puts all charts into a ZIP file."""
    file, title = f"{figure_sheets.file_name('graphiques', period)}.zip", period.title
    charts = tuple(state.charts.values())
    make = partial(bundle.zip_bytes, charts, period, title)
    jobs.start_file("dashboard", "Tous les graphiques", make, file, "application/zip")


def _drop(name: str) -> None:
    _chosen().pop(name, None)


def _title(period: Period, state: DashboardState) -> str:
    words = [plots.selected(state.counted, name, codes) for name, codes in state.chosen.items()]
    return ", ".join([f"suivies {period.words}", *words])
