"""« Imprimer » of one contract: its document as Word, to edit, or as PDF. Each leaves a line in the access log."""

from collections.abc import Callable

import streamlit as st

from db.model.office import Office
from db.rows import access_log, records
from db.rows.records import Row
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import user_name
from reports.documents import making
from reports.documents.texts import DOCUMENTS


def show(row: Row) -> None:
    """Show the menu of a contract's document."""
    contract, values, today = row.id, row.values, records.today()
    printed = making.of_contract(contract, values)
    title, person = DOCUMENTS[printed.name].title, values["person_id"]

    def button(label: str, ending: str, kind: str, make: Callable[[Office], bytes]) -> None:
        who = user_name()

        def made(office: Office) -> bytes:
            content = make(office)
            access_log.note(office, who, "document", person, f"{title} n° {contract}, {ending.upper()}")
            return content

        file = f"contrat-{contract}-{today}.{ending}"
        download_button(label, made, file, kind, f"print:{contract}:{ending}", width="stretch")

    with st.popover("Imprimer", icon=":material/print:"):
        st.caption(
            title if values["signed_on"] else f"{title}. « Projet » est écrit en travers tant qu’il n’est pas signé."
        )
        button("Word, à modifier", "docx", making.WORD, lambda office: making.word_bytes(office, printed, today))
        button("PDF", "pdf", making.PDF, lambda office: making.pdf_bytes(office, [printed], today))
