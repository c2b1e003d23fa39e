"""The foot of the sidebar: under which name one works, and the way out."""

import streamlit as st

from db.accounts.sessions import Session
from db.model.roles import Role
from pages.shared.shell.markdown import escape_markdown


def show(session: Session) -> None:
    """Name, roles, sign out. Signing out is a page of the door, not of Streamlit: it takes the cookie away."""
    account = session.account
    held = ", ".join(role.label for role in Role if role in account.roles)
    with st.sidebar.container(gap=None, key="account"):
        st.markdown(f"**{escape_markdown(account.name)}**", help=f"Rôles : {held}")
        st.html('<a href="/deconnexion">Se déconnecter</a>')  # in this very tab, which a link of Streamlit's would not
