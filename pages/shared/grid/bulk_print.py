"""« Imprimer » of the selected contracts: one PDF, or a ZIP of Word files, made by a job."""

from functools import partial

import streamlit as st

from db.rows import access_log, records
from pages.shared.shell import jobs
from pages.shared.shell.session import open_office, user_name
from reports.documents import making

MOST = 500
"""Most contracts in one file."""


def buttons(key: str, ids: list[int]) -> None:
    """Show the menu for these contracts. ``key``: of the grid, which shows the job (downloads.py)."""
    with st.popover(f"Imprimer ({len(ids)})", icon=":material/print:"):
        if len(ids) > MOST:
            st.caption(f"{MOST} contrats au plus à la fois.")
            return
        st.button("Un seul PDF", key=f"{key}:print:pdf", on_click=_start, args=(key, "pdf", ids), width="stretch")
        st.button(
            "Fichiers Word (ZIP)", key=f"{key}:print:zip", on_click=_start, args=(key, "zip", ids), width="stretch"
        )


def _start(key: str, ending: str, ids: list[int]) -> None:
    """Start the job; the access log has a line for each person."""
    db, today = open_office(), records.today()
    rows = records.rows(db, db.tables["cer"], ids)
    for row in rows:
        access_log.note(db, user_name(), "document", row.values["person_id"], f"Contrat n° {row.id}, {ending.upper()}")
    make, kind = (making.pdf_bytes, making.PDF) if ending == "pdf" else (making.zip_bytes, making.ZIP)
    printed = [making.of_contract(row.id, row.values) for row in rows]
    job, label = partial(make, printed=printed, today=today), f"{len(rows)} contrat{'s' * (len(rows) > 1)}"
    jobs.start_file(f"{key}:file", label, job, f"contrats-{today}.{ending}", kind, reads_office=True)
