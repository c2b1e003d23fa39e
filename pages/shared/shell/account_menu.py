"""The foot of the sidebar: the name of the person signed in, and the link to sign out."""

import streamlit as st

from db.accounts.sessions import Session
from db.base.version import PRODUCT
from db.model.roles import Role
from pages.shared.shell.markdown import escape_markdown


def show(session: Session) -> None:
    """Show name, roles and the link to sign out, which is a page of server/door.py because it deletes the cookie."""
    account = session.account
    held = ", ".join(role.label for role in Role if role in account.roles)
    with st.sidebar.container(gap=None, key="account"):
        st.markdown(f"**{escape_markdown(account.name)}**", help=f"Rôles : {held}")
        st.caption(PRODUCT)
        st.html('<a href="/deconnexion">Se déconnecter</a>')  # a link made by Streamlit would open another tab
