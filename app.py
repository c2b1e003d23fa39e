"""The ASGI application: Streamlit's pages behind the sign-in gate. Start it by `make run` or `streamlit run app.py`."""

from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.shared.agenda import feed
from pages.shared.grid import channel
from pages.shared.shell import errors
from pages.shared.shell.own_files import OwnFiles
from publication import at_start
from server import changes, door, drafts, lifespan, logs, quick_search, sensitive_words
from server.gate import Gate

logs.keep_values_out()
app = st.App(
    Path(__file__).parent / "pages" / "menu.py",
    routes=[
        *door.ROUTES,
        changes.ROUTE,
        changes.SOCKET,
        sensitive_words.ROUTE,
        drafts.ROUTE,
        channel.ROUTE,
        feed.ROUTE,
        quick_search.ROUTE,
    ],
    middleware=[Middleware(Gate), Middleware(OwnFiles)],
    lifespan=partial(lifespan.span, finish=[at_start.finish]),
    on_script_error=errors.show,
)
