"""All rows that a grid finds, as CSV or XLSX."""

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import access_log, records
from db.rows.queries import Query
from pages.shared.shell.session import office_opener, user_name
from reports.sheets import grid_rows

_ALL = 1_000_000
_CHUNK = 500


def download_buttons(table: OfficeTable, key: str, query: Query, names: list[str]) -> None:
    """Show one button for each format. A file is made only when its button is clicked."""
    file = f"{table.plural.lower().replace(' ', '-')}-{records.today()}"
    open_, name = office_opener(), user_name()

    def make(kind: str) -> bytes:
        """Write the download to the access log, then make the file."""
        db = open_()
        access_log.note(
            db, name, "export", detail=f"{table.plural} · {kind} · {records.count(db, table, query)} lignes"
        )
        make_ = grid_rows.xlsx_bytes if kind == "XLSX" else grid_rows.csv_bytes
        return make_(db, table, names, _rows(db, table, query))

    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Excel (XLSX)", lambda: make("XLSX"), f"{file}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"{key}:xlsx", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            "CSV", lambda: make("CSV"), f"{file}.csv", "text/csv", key=f"{key}:csv", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    st.caption("Avec le numéro des lignes et les colonnes affichées. Un téléchargement laisse une trace.")


def _rows(db: Office, table: OfficeTable, query: Query) -> Iterator[records.Row]:
    ids = records.page_ids(db, table, replace(query, page=1, size=_ALL))
    for start in range(0, len(ids), _CHUNK):
        yield from records.rows(db, table, ids[start : start + _CHUNK])
