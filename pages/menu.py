"""The menu: one entry per screen, in groups. Streamlit runs this script before every page."""

from functools import partial
from typing import Any

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_number
from db.model.roles import Role
from db.people import waiting
from db.rows import records
from pages.shared.form.dialog import show_drafts, show_pending
from pages.shared.shell import account_menu, assets, backup_status, demonstration, toasts
from pages.shared.shell.screens import SCREENS, Screen
from pages.shared.shell.session import begin_run, in_demonstration, open_office

# Set the tab's icon before st.navigation does: it would use the page's icon, fetched from another server.
st.set_page_config(page_title="Palette", page_icon="🎨", layout="wide")
session = begin_run()
held = session.account.roles


def _page(screen: Screen, first: bool) -> st.Page:
    """Return the page of a screen. A screen that the roles do not open is hidden and shows ``forbidden``."""
    icon = f":material/{screen.icon}:"
    if first:
        return st.Page(screen.file, icon=icon, default=True, title=screen.title)
    if _opens(screen):
        shown: Any = "visible" if screen.in_menu and not screen.at_foot else "hidden"
        return st.Page(screen.file, icon=icon, visibility=shown, title=_title(screen), url_path=screen.path)
    return st.Page(partial(forbidden, screen), icon=icon, visibility="hidden", title=screen.title, url_path=screen.path)


def _title(screen: Screen) -> str:
    """Return the title in the menu: « Aujourd’hui · 12 » says how much waits."""
    if screen.file != "today.py" or Role.AGENT not in held:
        return screen.title
    try:
        count = waiting.number(open_office(), records.today())
    except PaletteError:
        return screen.title
    return f"{screen.title} · {french_number(count)}" if count else screen.title


def _opens(screen: Screen) -> bool:
    return bool(held & screen.roles) and (screen.in_demonstration or not in_demonstration())


def forbidden(screen: Screen) -> None:
    """Show which roles open a screen that the person's roles do not, or that the demonstration does without it."""
    st.title(screen.title)
    if held & screen.roles:
        st.info("Cet écran n’est pas dans la démonstration.")
        return
    st.warning(
        f"Votre rôle n’ouvre pas cet écran ; il faut être : {', '.join(r.label for r in Role if r in screen.roles)}."
    )


opened = [screen for screens in SCREENS.values() for screen in screens if _opens(screen)]
pages = {group: [_page(screen, screen is opened[0]) for screen in screens] for group, screens in SCREENS.items()}
# Streamlit serves the default page at "/" only. Serve it at its own path as well: which screen is the default depends
# on the roles, so a link to it from a colleague must work.
first = opened[0]
pages["Bureau"].append(st.Page(first.file, title=first.title, url_path=first.path, visibility="hidden"))
at_foot = [
    page for screen, page in zip(SCREENS["Bureau"], pages["Bureau"], strict=False) if screen.at_foot and _opens(screen)
]
page = st.navigation(pages, expanded=True)
st.set_page_config(page_title=f"{page.title.partition(' · ')[0]} · Palette")
assets.add_to_page(in_demonstration())
account_menu.show(session, at_foot)
demonstration.show_banner()
toasts.show_queued()
backup_status.show_lost_file()
if page.title == first.title:
    backup_status.warn()
if Role.AGENT in held and page.title != "Nouvel accompagnement":  # which offers its own, and must not move meanwhile
    show_drafts()
page.run()
if Role.AGENT in held:
    show_pending()
