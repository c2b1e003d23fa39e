"""The parts of « Photo-bilan » : which truth, the headline, the exports, and what moved since it was known."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from db.base.errors import FieldError
from db.base.folders import office_path
from db.base.french import french_date
from db.base.progress import Progress
from db.figures import as_of
from db.figures.periods import Period
from db.model.office import Office
from db.model.types import Context, Date
from db.storage import connection
from pages.shared.figures import changes_since, figure_dialog
from pages.shared.figures.chart_card import Chooser
from pages.shared.shell import jobs
from pages.shared.shell.session import roles
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
    """The ISO day of « ce que l’on savait », or '' for what was true as far as is known today."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state.setdefault("report:truth", _TRUE)
        which = st.segmented_control(
            "À cette date", (_TRUE, _KNOWN), key="report:truth", required=True,
            help="Ce qui était vrai, d’après ce qui est enregistré aujourd’hui ; ou ce que l’on savait un jour donné,"
            " reconstruit d’après l’historique : le chiffre que l’on aurait donné ce jour-là.",
        )  # fmt: skip
        return _known_on(db, period) if which == _KNOWN else ""


def _known_on(db: Office, period: Period) -> str:
    """The day typed in; the last of the period at first, as for a report made on that evening.

    While it cannot be read nothing else is shown: numbers of the other truth might be taken for those asked for.
    """
    key = f"report:known:{period.code}"
    st.session_state.setdefault(key, french_date(min(period.last, date.today()).isoformat()))
    text = st.text_input("Su le", key=key, placeholder="jj/mm/aaaa", width=150)
    try:
        day = str(Date().read(text, Context({})) or "")
    except FieldError as error:
        st.error(f"Su le : {error}")
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
    """The report, counted again only once the file has changed."""

    def make() -> Report:
        if not known_on:
            return report.make(db, period)
        with as_of.as_known(office_path(), as_of.end_of(date.fromisoformat(known_on)), roles()) as known:
            return report.make(known, period, known_on)

    return connection.remembered(db, ("report", period.code, known_on, date.today()), make)


# --- the headline ---


def show_numbers(made: Report) -> None:
    """The numbers and the shares, each with its change since a year before and a way into it."""
    st.caption(f"{made.truth}. Sous chaque chiffre, ce qui a changé {made.compared}.")
    with st.grid(len(made.numbers), min_column_width=130, gap="small"):
        for number in made.numbers:
            _show_number(made, number)
    with st.grid(len(made.shares), min_column_width=130, gap="small"):
        for number in made.shares:
            _show_number(made, number)


def _show_number(made: Report, number: Number) -> None:
    with st.container(border=True, height="stretch", key=f"number-{number.name}"):
        st.metric(
            number.short, number.text, number.change or None, delta_color="off", delta_arrow="off", help=number.means
        )
        if st.button("Ouvrir", key=f"report:open:{number.name}", type="tertiary", icon=":material/search:"):
            st.session_state[_OPENED] = figure_dialog.Opened(number.name)


def opener(made: Report) -> Chooser:
    """What a click on a bar does: open the persons of that bar."""

    def choose(picture: ChartData, code: str, series: str) -> None:
        st.session_state[_OPENED] = figure_dialog.of_bar(picture, code, series)

    return choose


def show_opened(db: Office, made: Report) -> None:
    """The dialog of the number or bar that was asked for, once."""
    opened = st.session_state.pop(_OPENED, None)
    if opened:
        figure_dialog.show(db, made, opened)


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
    "zip": (
        "Tous les graphiques (ZIP)", ":material/folder_zip:", "application/zip",
        lambda made, tick: bundle.zip_bytes(made.charts, made.period, made.source, tick),
    ),
}  # fmt: skip


def show_exports(made: Report) -> None:
    """A button for each file, and the one being made."""
    with st.container(horizontal=True, gap="small"):
        for suffix, (label, icon, kind, make) in _FILES.items():
            file = f"{figure_sheets.file_name('photo-bilan', made.period)}.{suffix}"

            def begin(
                label: str = label, file: str = file, kind: str = kind, make: Callable[..., bytes] = make
            ) -> None:
                jobs.start("report", label, lambda tick: make(made, tick), file, kind)

            st.button(label, key=f"report:{suffix}", icon=icon, on_click=begin)
    jobs.show("report")


# --- what moved ---


def show_moved(db: Office, made: Report) -> None:
    """Between what was known and what is true: who counts otherwise, and why."""
    if not made.known_on:
        return
    st.subheader("Ce qui a bougé depuis")
    moment = as_of.end_of(date.fromisoformat(made.known_on))
    changes_since.show(db, made.period, moment, f"depuis le {french_date(made.known_on)} au soir", "report")
