"""The parts of « Photo-bilan »: the numbers, the downloads, and what changed since the day of an as-of report.

A report has two readings (« vérités »): what was true in the period according to today's file, or what was known on a
given day, reconstructed from the history (db/figures/as_of.py).
"""

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from db.base.errors import FieldError
from db.base.french import french_date
from db.base.progress import Progress
from db.figures import as_of
from db.figures.periods import Period
from db.model.office import Office
from db.model.types import Context, Date
from db.storage import connection
from pages.shared.figures import changes_since, figure_dialog
from pages.shared.shell import jobs
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import office_file, roles
from reports import bundle
from reports.content import report
from reports.content.chart_data import ChartData
from reports.content.report import Number, Report
from reports.deck import deck
from reports.pdf import report_pdf
from reports.sheets import figure_sheets

_TRUE, _KNOWN = "Ce qui était vrai", "Ce que l’on savait"
_OPENED = "report:opened"


# --- which truth ---


def choose_truth(db: Office, period: Period) -> str:
    """Show the choice. Returns the ISO day for « Ce que l’on savait », '' for « Ce qui était vrai »."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state.setdefault("report:truth", _TRUE)
        which = st.segmented_control(
            "À cette date", (_TRUE, _KNOWN), key="report:truth", required=True,
            help="Ce qui était vrai, d’après ce qui est enregistré aujourd’hui ; ou ce que l’on savait un jour donné,"
            " reconstruit d’après l’historique : le chiffre que l’on aurait donné ce jour-là.",
        )  # fmt: skip
        return _known_on(db, period) if which == _KNOWN else ""


def _known_on(db: Office, period: Period) -> str:
    """Return the day typed; by default the last day of the period. Stops the page while it cannot be parsed, so that
    numbers of the other reading are not taken for the requested ones."""
    key = f"report:known:{period.code}"
    st.session_state.setdefault(key, french_date(min(period.last, date.today()).isoformat()))
    text = st.text_input("Su le", key=key, placeholder="jj/mm/aaaa", width=150)
    try:
        day = str(Date().read(text, Context({})) or "")
    except FieldError as error:
        st.error(f"Su le : {escape_markdown(str(error))}")
        st.stop()
    if not day:
        st.error("Su le : donnez une date (jj/mm/aaaa).")
        st.stop()
    begins = as_of.begins(db)
    if begins is None or as_of.end_of(date.fromisoformat(day)) <= begins:
        first = french_date(begins) if begins else "jamais"
        st.warning(f"L’historique de ce fichier commence le {first} : on ne savait encore rien à cette date.")
    return day


def report_of(db: Office, period: Period, known_on: str) -> Report:
    """Return the report, cached until the file changes or the day ends."""

    def make() -> Report:
        if not known_on:
            return report.make(db, period)
        with as_of.as_known(office_file(), as_of.end_of(date.fromisoformat(known_on)), roles()) as past:
            return report.make(past, period, known_on)

    return connection.remembered(db, ("report", period.code, known_on, date.today()), make)


# --- the headline ---


def show_numbers(shown: Report) -> None:
    """Show the numbers and the shares, each with its change since a year before and a button that opens it."""
    st.caption(f"{shown.basis}. Sous chaque chiffre, ce qui a changé {shown.compared}.")
    with st.grid(len(shown.numbers), min_column_width=130, gap="small"):
        for number in shown.numbers:
            _show_number(shown, number)
    with st.grid(len(shown.shares), min_column_width=130, gap="small"):
        for number in shown.shares:
            _show_number(shown, number)


def _show_number(shown: Report, number: Number) -> None:
    with st.container(border=True, height="stretch", key=f"number-{number.name}"):
        st.metric(
            number.short, number.text, number.change or None, delta_color="off", delta_arrow="off", help=number.means
        )
        if st.button("Ouvrir", key=f"report:open:{number.name}", type="tertiary", icon=":material/search:"):
            st.session_state[_OPENED] = figure_dialog.OpenedFigure(number.name)


def open_bar(chart: ChartData, code: str, series: str) -> None:
    """Open the persons of the clicked bar in this run's dialog."""
    st.session_state[_OPENED] = figure_dialog.of_bar(chart, code, series)


def show_opened(db: Office, shown: Report) -> None:
    """Open the dialog of the number or bar clicked last, once."""
    opened = st.session_state.pop(_OPENED, None)
    if opened:
        figure_dialog.show(db, shown, opened)


# --- the files ---

_FILES: dict[str, tuple[str, str, str, Callable[[Report, Progress], bytes]]] = {
    "pptx": (
        "Présentation (PPTX)", ":material/slideshow:",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", deck.pptx_bytes,
    ),
    "pdf": ("Document (PDF)", ":material/picture_as_pdf:", "application/pdf", report_pdf.pdf_bytes),
    "xlsx": (
        "Classeur (XLSX)", ":material/table:",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", figure_sheets.report_bytes,
    ),
    "zip": ("Tous les graphiques (ZIP)", ":material/folder_zip:", "application/zip", bundle.report_bytes),
}  # fmt: skip


def show_exports(shown: Report) -> None:
    """Show a button for each file, and the running job."""
    with st.container(horizontal=True, gap="small"):
        for suffix, (label, icon, kind, make) in _FILES.items():
            file = f"{figure_sheets.file_name('photo-bilan', shown.period)}.{suffix}"
            begin = partial(jobs.start_file, "report", label, partial(make, shown), file, kind)
            st.button(label, key=f"report:{suffix}", icon=icon, on_click=begin)
    jobs.show("report")


# --- changes since ---


def show_changes_since(db: Office, shown: Report) -> None:
    """Show who counts differently now than on the day of an as-of report."""
    if not shown.known_on:
        return
    st.subheader("Ce qui a bougé depuis")
    moment = as_of.end_of(date.fromisoformat(shown.known_on))
    changes_since.show(db, shown.period, moment, f"depuis le {french_date(shown.known_on)} au soir", "report")
