"""What a number opens: its definition, and the persons behind it, one click from the grid."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from db.base.folders import office_path
from db.figures import as_of, counting
from db.figures.definitions import FIGURES
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.roles import Role
from db.rows import records
from pages.shared.grid.view import show_among
from pages.shared.shell.session import office, roles
from reports.content import quantities
from reports.content.chart_data import ChartData
from reports.content.report import Report

_SHOWN = 200
_COLUMNS = ("domain", "territory", "state")


@dataclass(frozen=True)
class Opened:
    """A number, or one part of a figure: its code and second code, and what people call them."""

    name: str
    codes: tuple[str, str] | None = None
    part: str = ""

    @property
    def title(self) -> str:
        """« Motif de sortie : Emploi salarié »."""
        label = FIGURES[self.name].label
        return f"{label} : {self.part}" if self.part else label


def of_bar(picture: ChartData, code: str, series: str) -> Opened:
    """What a click on a bar opens."""
    name = series if series in picture.picks(code, series) else picture.figure
    crossed = series if FIGURES[name].other else ""
    rows = {row.code: row.label for row in picture.rows}
    labels = (rows.get(code), dict(picture.series).get(crossed))
    return Opened(name, (code, crossed), ", ".join(filter(None, labels)))


def show(db: Office, made: Report, opened: Opened) -> None:
    """Open the dialog."""
    persons = _persons(db, made, opened)
    st.dialog(opened.title, width="large")(_content)(made, opened, persons)


def _persons(db: Office, made: Report, opened: Opened) -> list[int]:
    """Who is behind, as true or as known, like the number itself."""
    if not made.known_on:
        return counting.persons(db, made.period, opened.name, opened.codes)
    with as_of.as_known(office_path(), as_of.end_of(date.fromisoformat(made.known_on)), roles()) as known:
        return counting.persons(known, made.period, opened.name, opened.codes)


def _content(made: Report, opened: Opened, persons: list[int]) -> None:
    st.markdown(FIGURES[opened.name].means)
    st.caption(f"{made.title}. {made.truth}.")
    if not persons:
        st.info("Personne derrière ce chiffre.")
        return
    count = quantities.with_unit(len(persons), "person")
    if Role.AGENT not in roles():
        st.info(f"{count} derrière ce chiffre ; leurs noms ne sont montrés qu’aux agents.")
        return
    db = office()
    if st.button(f"Voir dans le portefeuille : {count}", icon=":material/groups:"):
        show_among(db.tables["person"], "caseload", f"{opened.title}, {made.period.words}", persons)
        st.switch_page("caseload.py")
    known = records.context(db)
    rows = records.rows(db, db.tables["person"], persons[:_SHOWN])
    lines = sorted(
        [known.title("person", row.id), *(PERSON.column(c).type.show(row.values[c], known) for c in _COLUMNS)]
        for row in rows
    )
    header = ["Personne", *(PERSON.column(c).label for c in _COLUMNS)]
    st.dataframe(pd.DataFrame(lines, columns=header), hide_index=True, alt=opened.title)
    if len(persons) > len(rows):
        st.caption(f"{quantities.number(len(persons) - len(rows))} de plus dans le portefeuille, ou supprimées depuis.")
