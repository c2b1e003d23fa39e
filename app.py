"""The server: Streamlit's pages on one office file. Start it with `make run`, or `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from pages.shared import errors
from server import changes, logs

logs.keep_values_out()
app = st.App(Path(__file__).parent / "pages" / "menu.py", routes=[changes.ROUTE], on_script_error=errors.show)
