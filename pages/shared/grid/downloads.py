"""All rows that a grid finds, as CSV or XLSX."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import streamlit as st

from db.model.fields import OfficeTable
from db.model.office import Office
from db.rows import access_log, records
from db.rows.queries import Query
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import user_name
from reports.sheets import grid_rows

_ALL = 1_000_000
_CHUNK = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download_buttons(table: OfficeTable, key: str, query: Query, names: list[str]) -> None:
    """Show one button for each format. A file is made only when its button is clicked."""
    file = f"{table.plural.lower().replace(' ', '-')}-{records.today()}"
    name = user_name()

    def make(kind: str, db: Office) -> bytes:
        """Write the download to the access log, then make the file."""
        access_log.note(
            db, name, "export", detail=f"{table.plural} · {kind} · {records.count(db, table, query)} lignes"
        )
        make_ = grid_rows.xlsx_bytes if kind == "XLSX" else grid_rows.csv_bytes
        return make_(db, table, names, _rows(db, table, query))

    with st.container(horizontal=True, gap="small"):
        download_button("Excel (XLSX)", partial(make, "XLSX"), f"{file}.xlsx", _XLSX, f"{key}:xlsx")
        download_button("CSV", partial(make, "CSV"), f"{file}.csv", "text/csv", f"{key}:csv")
    st.caption("Avec le numéro des lignes et les colonnes affichées. Un téléchargement laisse une trace.")


def _rows(db: Office, table: OfficeTable, query: Query) -> Iterator[records.Row]:
    ids = records.page_ids(db, table, replace(query, page=1, size=_ALL))
    for start in range(0, len(ids), _CHUNK):
        yield from records.rows(db, table, ids[start : start + _CHUNK])
