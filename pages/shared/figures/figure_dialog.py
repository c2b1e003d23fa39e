"""The dialog of a number or a bar: its definition, the persons it counts, and the button that shows them in a grid."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from db.figures import as_of, counting
from db.figures.definitions import FIGURES
from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.roles import Role
from db.rows import records
from pages.shared.grid.view import show_among
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import office_file, open_office, roles
from reports.content import quantities
from reports.content.chart_data import ChartData
from reports.content.report import Report

_SHOWN = 200
_COLUMNS = ("domain", "territory", "state")


@dataclass(frozen=True)
class OpenedFigure:
    """A figure, or one part of it: ``codes`` are its code and its code of the crossed figure, ``part`` its label."""

    name: str
    codes: tuple[str, str] | None = None
    part: str = ""

    @property
    def title(self) -> str:
        """Return « Motif de sortie : Emploi salarié »."""
        label = FIGURES[self.name].label
        return f"{label} : {self.part}" if self.part else label


def of_bar(chart: ChartData, code: str, series: str) -> OpenedFigure:
    """Return the part of a figure that a bar shows."""
    name = series if series in chart.picks(code, series) else chart.figure
    crossed = series if FIGURES[name].other else ""
    rows = {row.code: row.label for row in chart.rows}
    labels = (rows.get(code), dict(chart.series).get(crossed))
    return OpenedFigure(name, (code, crossed), ", ".join(filter(None, labels)))


def show(db: Office, report: Report, opened: OpenedFigure) -> None:
    """Open the dialog."""
    persons = _persons(db, report, opened)
    st.dialog(escape_markdown(opened.title), width="large")(_content)(report, opened, persons)


def _persons(db: Office, report: Report, opened: OpenedFigure) -> list[int]:
    """Return the ids of the persons counted, as of today's file or of the report's day like the number itself."""
    if not report.known_on:
        return counting.persons(db, report.period, opened.name, opened.codes)
    with as_of.as_known(office_file(), as_of.end_of(date.fromisoformat(report.known_on)), roles()) as past:
        return counting.persons(past, report.period, opened.name, opened.codes)


def _content(report: Report, opened: OpenedFigure, persons: list[int]) -> None:
    st.markdown(FIGURES[opened.name].means)
    st.caption(f"{report.title}. {report.basis}.")
    if not persons:
        st.info("Personne derrière ce chiffre.")
        return
    count = quantities.with_unit(len(persons), "person")
    if Role.AGENT not in roles():
        st.info(f"{count} derrière ce chiffre ; leurs noms ne sont montrés qu’aux agents.")
        return
    db = open_office()
    if st.button(f"Voir dans le portefeuille : {count}", icon=":material/groups:"):
        show_among(db.tables["person"], "caseload", f"{opened.title}, {report.period.words}", persons)
        st.switch_page("caseload.py")
    context = records.context(db)
    rows = records.rows(db, db.tables["person"], persons[:_SHOWN])
    lines = sorted(
        [context.title("person", row.id), *(PERSON.column(c).type.show(row.values[c], context) for c in _COLUMNS)]
        for row in rows
    )
    header = ["Personne", *(PERSON.column(c).label for c in _COLUMNS)]
    st.dataframe(pd.DataFrame(lines, columns=header), hide_index=True, alt=opened.title)
    if len(persons) > len(rows):
        st.caption(f"{quantities.number(len(persons) - len(rows))} de plus dans le portefeuille, ou supprimées depuis.")
