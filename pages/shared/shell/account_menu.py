"""The foot of the menu: the person signed in, the link to sign out, and the screens that are not in the menu itself."""

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from db.accounts.sessions import Session
from db.base.version import PRODUCT
from db.model.roles import Role
from pages.shared.shell.markdown import escape_markdown

_SEARCH = """<button type="button" class="palette-search-button" aria-keyshortcuts="Control+K">
<span>Chercher…</span><kbd>Ctrl + K</kbd></button>"""
"""Opens the quick search (quick_search.js)."""
_LINKS = """<div class="palette-foot"><button type="button" class="palette-keys-button" aria-keyshortcuts="F1">
Touches du clavier</button><a href="/deconnexion">Se déconnecter</a></div>"""
"""The list of keys (keys.js), and a link that Streamlit would open in another tab."""


def show(session: Session, pages: Sequence[StreamlitPage]) -> None:
    """Show name, roles, the links to ``pages``, and the link to sign out, which is a page of server/door.py because it
    deletes the cookie."""
    account = session.account
    held = ", ".join(role.label for role in Role if role in account.roles)
    with st.sidebar.container(gap=None, key="account"):
        st.html(_SEARCH)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape_markdown(account.name)}**", help=f"Rôles : {held}", width="stretch")
            st.caption(PRODUCT, width="content")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for page in pages:
                st.page_link(page, label=page.title, icon=None)
        st.html(_LINKS)
