"""« Imprimer » of the selected rows: one letter for each of them, as one PDF or a ZIP of Word files, made by a job."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from db.attachments.sent_letters import CopyName
from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import access_log, records
from pages.shared.form import letters
from pages.shared.grid.bulk_print import MOST
from pages.shared.shell import jobs
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from reports.documents import copies, making
from reports.documents import letters as letter_rules
from reports.documents.blocks import DocumentKind
from reports.documents.letter_fields import Asked
from reports.documents.letters import About
from reports.documents.making import Printed
from reports.documents.texts import letters_of

_LISTED = 10
_Known = Mapping[CopyName, int]


def button(table: OfficeTable, key: str, ids: list[int]) -> None:
    """Show the button that opens the letters for these rows. ``key``: of the grid, which shows the job."""
    if st.button(f"Imprimer ({len(ids)})", key=f"{key}:letters", icon=":material/print:"):
        _dialog(table.name, key, ids)


@st.dialog("Imprimer des lettres")
def _dialog(table_name: str, key: str, ids: list[int]) -> None:
    if len(ids) > MOST:
        st.caption(f"{MOST} lettres au plus à la fois.")
        return
    db, key = open_office(), f"{key}:letters"
    kind = st.selectbox("Lettre", letters_of(table_name), format_func=lambda kind: kind.title, key=f"{key}:which")
    about, refused = _sorted(db, kind, letter_rules.rows_about(db, table_name, ids))
    _say_refused(db, refused)
    if not about:
        st.info("Aucune des lignes choisies ne donne cette lettre.")
        return
    asked = letters.ask(kind, key, about)
    letters.show_missing(db, kind, about, asked)
    names = [copies.copy_name(_printed(kind, one), one, records.today()) for one in about]
    known = letters.choose_copies(db, key, names)
    with st.container(horizontal=True):
        if st.button("Un seul PDF", type="primary", icon=":material/picture_as_pdf:", key=f"{key}:pdf"):
            _start(key.removesuffix(":letters"), kind, about, asked, "pdf", known)
            st.rerun()
        if st.button("Fichiers Word (ZIP)", icon=":material/folder_zip:", key=f"{key}:zip"):
            _start(key.removesuffix(":letters"), kind, about, asked, "zip", None)
            st.rerun()


def _sorted(db: Office, kind: DocumentKind, about: Sequence[About]) -> tuple[list[About], dict[str, list[About]]]:
    """Return the rows that give the letter, and the others by the reason."""
    fit: list[About] = []
    refused: dict[str, list[About]] = {}
    for one in about:
        reason = letter_rules.why_not(db, kind, one, records.today())
        (refused.setdefault(reason, []) if reason else fit).append(one)
    return fit, refused


def _say_refused(db: Office, refused: Mapping[str, Sequence[About]]) -> None:
    context = records.context(db)
    for reason, rows in refused.items():
        names = ", ".join(context.title("person", one.person.id) for one in rows[:_LISTED])
        more = f" et {len(rows) - _LISTED} de plus" if len(rows) > _LISTED else ""
        st.caption(f"Pas de lettre ({reason}) : {escape_markdown(names)}{more}.")


def _printed(kind: DocumentKind, about: About) -> Printed:
    return Printed(kind.name, about.table, about.row.id)


def _start(
    key: str, kind: DocumentKind, about: Sequence[About], asked: Asked, ending: str, known: _Known | None
) -> None:
    """Start the job; the access log has a line for each person."""
    db, today, who = open_office(), records.today(), user_name()
    for one in about:
        detail = f"{kind.title} ({one.table} n° {one.row.id}), {ending.upper()}"
        access_log.note(db, who, "document", one.person.id, detail)
    make = making.zip_bytes if ending == "zip" else making.pdf_bytes if known is None else copies.make
    job = partial(make, printed=[_printed(kind, one) for one in about], today=today, asked=asked)
    label = f"{len(about)} lettre{'s' * (len(about) > 1)}"
    media = making.ZIP if ending == "zip" else making.PDF
    keep = None if known is None else partial(_keep, who=who, known=known)
    jobs.start_file(f"{key}:file", label, job, f"{kind.name}-{today}.{ending}", media, reads_office=True, then=keep)


def _keep(db: Office, content: bytes, who: str, known: _Known) -> bytes:
    """Keep the copies, and return the PDF."""
    return copies.take(db, content, who, known)[0]
