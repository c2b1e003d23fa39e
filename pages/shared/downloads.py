"""« Télécharger » : what a grid shows, all pages of it, as CSV or XLSX."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import streamlit as st

from db import records
from db.connection import Database, office
from db.fields import Table
from db.queries import Query
from db.types import Context
from reports import sheets

_ALL = 1_000_000
_CHUNK = 500


def download_menu(db: Database, table: Table, key: str, query: Query, names: list[str], known: Context) -> None:
    """The button and its two formats; the file is made when it is asked for."""
    columns = [table.column(name) for name in names]
    file = f"{table.plural.lower().replace(' ', '-')}-{records.today()}"

    def rows() -> Iterator[dict[str, Any]]:
        here = office()
        ids = records.page_ids(here, table, replace(query, page=1, size=_ALL))
        for start in range(0, len(ids), _CHUNK):
            for row in records.rows(here, table, ids[start : start + _CHUNK]):
                yield row.values

    with st.popover("Télécharger", icon=":material/download:", key=f"{key}:download"):
        st.caption("Les lignes trouvées et les colonnes affichées.")
        st.download_button(
            "XLSX (Excel)", lambda: sheets.xlsx_bytes(table.plural, columns, rows(), records.context(office())),
            f"{file}.xlsx", key=f"{key}:xlsx", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "CSV", lambda: sheets.csv_bytes(columns, rows(), records.context(office())),
            f"{file}.csv", "text/csv", key=f"{key}:csv", on_click="ignore",
        )  # fmt: skip
