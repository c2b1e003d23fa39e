"""All rows that a grid finds, as CSV or XLSX: made at the click, or by a job when they are many."""

from functools import partial

import streamlit as st

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import access_log, records
from db.rows.queries import Query
from pages.shared.shell import jobs
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import open_office, user_name
from reports.sheets import grid_rows

MOST_AT_ONCE = 2_000
"""The rows of the largest file that is made while the browser waits for it, about a second; a larger one is a job."""
_KINDS = {
    grid_rows.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    grid_rows.CSV: ("csv", "text/csv"),
}


def download_buttons(db: Office, table: OfficeTable, key: str, query: Query, names: list[str]) -> None:
    """Show one button for each format. A file is made only when its button is clicked."""
    count = records.count(db, table, query)
    offer = _offer_job if count > MOST_AT_ONCE else _offer_now
    with st.container(horizontal=True, gap="small"):
        for kind in _KINDS:
            offer(table, key, query, names, kind)
    st.caption("Avec le numéro des lignes et les colonnes affichées. Un téléchargement laisse une trace.")


def show_job(key: str) -> None:
    """Show the job that makes a file of this grid, if any."""
    jobs.show(f"{key}:file")


def _offer_now(table: OfficeTable, key: str, query: Query, names: list[str], kind: str) -> None:
    name = user_name()

    def make(db: Office) -> bytes:
        """Write the download to the access log, then make the file."""
        access_log.note(db, name, "export", detail=_detail(db, table, query, kind))
        return grid_rows.file_bytes(db, kind, table.name, query, names)

    suffix, media_type = _KINDS[kind]
    download_button(kind, make, _file(table, suffix), media_type, f"{key}:{suffix}")


def _offer_job(table: OfficeTable, key: str, query: Query, names: list[str], kind: str) -> None:
    suffix, media_type = _KINDS[kind]
    make = partial(grid_rows.file_bytes, kind=kind, table_name=table.name, query=query, names=names)

    def start() -> None:
        """Start the job and close the menu: the job is shown above the grid."""
        st.session_state[f"{key}:more"] = False
        jobs.start_file(
            f"{key}:file", f"{table.plural}, {kind}", make, _file(table, suffix), media_type,
            _detail(open_office(), table, query, kind), reads_office=True,
        )  # fmt: skip

    st.button(kind, key=f"{key}:{suffix}:job", icon=":material/download:", on_click=start)


def _detail(db: Office, table: OfficeTable, query: Query, kind: str) -> str:
    """Return what the access log says."""
    return f"{table.plural} · {kind} · {records.count(db, table, query)} lignes"


def _file(table: OfficeTable, suffix: str) -> str:
    return f"{table.plural.lower().replace(' ', '-')}-{records.today()}.{suffix}"
