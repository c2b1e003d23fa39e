"""What the dashboard looks at: the codes chosen of each figure, the charts that follow, and the way to the persons."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from db.figures import counting
from db.figures.counting import Taken
from db.figures.definitions import FIGURES
from db.figures.periods import Period
from db.model.office import Office
from db.model.roles import Role
from db.storage import connection
from pages.shared.grid.view import show_among
from pages.shared.shell import jobs
from pages.shared.shell.session import roles
from reports import bundle
from reports.charts.drawing import Codes
from reports.content import plots, quantities
from reports.content.chart_data import ChartData
from reports.sheets import figure_sheets

_KEY = "dashboard:chosen"
_OFFERED = ("domain", "territory", "gender", "mode")
"""The figures that have a list of their own above the charts; the others are chosen by a click."""
_SECTIONS: Mapping[str, str] = {
    "Les personnes": "genre reperes age pyramide foyer anciennete origine territoire etudes mode",
    "Les activités": "domaine domaine-genre",
    "L’accompagnement": "portefeuille mouvements contrats durees freins interventions",
    "Les sorties et les aides": "sorties plafond aides",
}
"""Heading -> the charts under it, those of a height side by side."""


@dataclass(frozen=True)
class Seen:
    """What is counted now: the codes chosen, the figures of the persons they leave, the charts."""

    chosen: Codes
    taken: Taken
    pictures: Mapping[str, ChartData]


def _chosen() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = st.session_state.setdefault(_KEY, {})
    return found


def look(db: Office, period: Period) -> Seen:
    """Count everything once for what is chosen; what nobody changed since is not counted again."""
    chosen = {name: codes for name, held in _chosen().items() if (codes := _within(name, held, period))}
    key = ("board", period.code, tuple(sorted(chosen.items())))
    names = ("followed", "accompanied", *plots.NEEDS)
    taken = connection.remembered(db, key, lambda: counting.take(db, period, names, chosen))
    return Seen(chosen, taken, plots.make_charts(taken))


def _within(name: str, codes: tuple[str, ...], period: Period) -> tuple[str, ...]:
    """The codes chosen, without months that another period would have to find."""
    if FIGURES[name].values != "months":
        return codes
    first, last = f"{period.first_month:%Y-%m}", f"{period.last:%Y-%m}"
    return tuple(code for code in codes if first <= code <= last)


def sections(seen: Seen) -> list[tuple[str, list[ChartData]]]:
    """The charts under their headings."""
    return [(title, [seen.pictures[name] for name in names.split()]) for title, names in _SECTIONS.items()]


def choose(picture: ChartData, code: str, series: str) -> None:
    """Take up what was clicked; a second click on the same bar lets go of it."""
    codes, held = picture.picks(code, series), _chosen()
    again = all(held.get(name) == (value,) for name, value in codes.items())
    for name, value in codes.items():
        held[name] = () if again else (value,)


# --- filters ---


def show_filters(seen: Seen) -> None:
    """A list for each of the figures that are filtered most."""
    with st.grid(len(_OFFERED), min_column_width=200, gap="small"):
        for name in _OFFERED:
            _show_filter(name, _labels(seen, name))


def _labels(seen: Seen, name: str) -> dict[str, str]:
    return {part.code: part.label for part in seen.taken.get(name, ())}


def _show_filter(name: str, labels: dict[str, str]) -> None:
    key = f"dashboard:{name}"
    held = _chosen()
    st.session_state[key] = [code for code in held.get(name, ()) if code in labels]

    def take() -> None:
        held[name] = tuple(st.session_state[key])

    st.multiselect(
        FIGURES[name].label, list(labels), key=key, format_func=labels.__getitem__, on_change=take,
        placeholder="toutes les valeurs", select_all=False, wrap=True,
    )  # fmt: skip


# --- what is chosen, and who that is ---


def show_chosen(db: Office, period: Period, seen: Seen) -> None:
    """How many persons that makes, the way to them, and what was chosen by a click, each with its way back."""
    persons = counting.among(db, period, seen.chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{quantities.with_unit(len(persons), 'person')}** {period.words}", width="content")
        if (
            persons
            and Role.AGENT in roles()
            and st.button("Voir ces personnes", key="dashboard:open", icon=":material/groups:")
        ):
            show_among(db.tables["person"], "caseload", _told(period, seen), persons)
            st.switch_page("caseload.py")
        if st.button("Tous les graphiques (ZIP)", key="dashboard:zip", icon=":material/folder_zip:"):
            _make_zip(period, seen)
        for name, codes in seen.chosen.items():
            if name not in _OFFERED:
                st.button(
                    f"{FIGURES[name].label} : {_said(seen, name, codes)}", key=f"dashboard:drop:{name}",
                    icon=":material/close:", on_click=_drop, args=(name,), help="Retirer ce filtre",
                )  # fmt: skip
        if seen.chosen:
            st.button("Tout effacer", key="dashboard:clear", type="tertiary", on_click=_chosen().clear)

    jobs.show("dashboard")


def _make_zip(period: Period, seen: Seen) -> None:
    """All charts as they are shown, with what they are narrowed to."""
    file, told = f"{figure_sheets.file_name('graphiques', period)}.zip", source(period, seen)
    drawn = tuple(seen.pictures.values())
    jobs.start(
        "dashboard", "Tous les graphiques", lambda tick: bundle.zip_bytes(drawn, period, told, tick), file,
        "application/zip",
    )  # fmt: skip


def _drop(name: str) -> None:
    _chosen().pop(name, None)


def _said(seen: Seen, name: str, codes: tuple[str, ...]) -> str:
    labels = _labels(seen, name)
    return ", ".join(_month(name, labels.get(code, code)) for code in codes)


def _month(name: str, label: str) -> str:
    return quantities.month(label, with_year=True) if FIGURES[name].values == "months" else label


def _chosen_words(seen: Seen) -> list[str]:
    return [_said(seen, name, codes) for name, codes in seen.chosen.items()]


def _told(period: Period, seen: Seen) -> str:
    return ", ".join([f"suivies {period.words}", *_chosen_words(seen)])


def source(period: Period, seen: Seen) -> str:
    """Whose numbers these are, for a chart that travels alone: « Bilan 2022 · Femme »."""
    return " · ".join([period.title, *_chosen_words(seen)])
