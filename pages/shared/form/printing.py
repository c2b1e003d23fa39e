"""« Imprimer » of one contract: its document as Word, to edit, or as PDF. Each leaves a line in the access log."""

from collections.abc import Callable

import streamlit as st

from db.model.office import Office
from db.rows import access_log, records
from db.rows.records import Row
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import user_name
from reports.documents import contracts
from reports.documents.texts import DOCUMENTS


def show(row: Row) -> None:
    """Show the menu of a contract's document."""
    contract, values, today = row.id, row.values, records.today()
    title, person = DOCUMENTS[contracts.document_of(values)].title, values["person_id"]

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
        button("Word, à modifier", "docx", contracts.WORD, lambda office: contracts.word_bytes(office, contract, today))
        button("PDF", "pdf", contracts.PDF, lambda office: contracts.pdf_bytes(office, [contract], today))
