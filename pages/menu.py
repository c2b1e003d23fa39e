"""The menu: one line per screen, grouped. Streamlit runs this script for every page."""

from functools import partial

import streamlit as st

from db.model.roles import Role
from pages.shared.form.form import show_pending
from pages.shared.shell import account_menu, assets, backup_status, toasts
from pages.shared.shell.screens import SCREENS, Screen
from pages.shared.shell.session import begin_run

# Before the navigation, whose own icons would be fetched from outside to stand in the browser's tab.
st.set_page_config(page_title="Palette", page_icon="🎨", layout="wide")
session = begin_run()
held = session.account.roles


def _page(screen: Screen, first: bool) -> st.Page:
    """A screen of the menu; one that the role does not open is out of it, and says so at its address."""
    icon = f":material/{screen.icon}:"
    if first:
        return st.Page(screen.file, icon=icon, default=True, title=screen.title)
    if held & screen.roles:
        return st.Page(screen.file, icon=icon, title=screen.title, url_path=screen.path)
    return st.Page(partial(forbidden, screen), icon=icon, visibility="hidden", title=screen.title, url_path=screen.path)


def forbidden(screen: Screen) -> None:
    """What stands at the address of a screen that the role does not open."""
    st.title(screen.title)
    st.warning(
        f"Votre rôle n’ouvre pas cet écran ; il faut être : {', '.join(r.label for r in Role if r in screen.roles)}."
    )


opened = [screen for screens in SCREENS.values() for screen in screens if held & screen.roles]
pages = {group: [_page(screen, screen is opened[0]) for screen in screens] for group, screens in SCREENS.items()}
# The first screen stands at the root only; which one that is depends on the role, and an address is passed on.
first = opened[0]
pages["Réglages"].append(st.Page(first.file, title=first.title, url_path=first.path, visibility="hidden"))
page = st.navigation(pages, expanded=True)
st.set_page_config(page_title=f"{page.title} · Palette")
assets.add_to_page()
account_menu.show(session)
toasts.show_queued()
if page.title == first.title:
    backup_status.warn()
page.run()
if Role.AGENT in held:
    show_pending()
