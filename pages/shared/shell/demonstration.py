"""A visit of the demonstration: how it is begun and left, and the banner that says so on every screen."""

import streamlit as st

from db.base.errors import StorageError
from db.demo import visits
from pages.shared.shell.session import current_session, in_demonstration


def offer() -> None:
    """Show the button that begins a visit."""
    with st.container(horizontal=True, vertical_alignment="center"):
        begun = st.button("Regarder une démonstration", icon=":material/visibility:", key="demonstration:begin")
        st.caption("Un bureau inventé, à essayer sans rien craindre ; le vôtre n’est pas touché.", width="content")
    if begun:
        with st.spinner("La démonstration se prépare, une dizaine de secondes…"):
            try:
                visits.begin(current_session())
            except OSError as error:
                raise StorageError("La démonstration n’a pas pu être écrite : le disque la refuse.") from error
        st.rerun()  # begin_run sees the visit, and loads the page anew


def show_banner() -> None:
    """Show that this tab shows the demonstration, with the button that leaves it."""
    if not in_demonstration():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="demonstration-banner"):
        st.markdown("**Démonstration** : rien de ce que vous faites ici n’est gardé.", width="stretch")
        st.button("Quitter la démonstration", key="demonstration:leave", icon=":material/logout:", on_click=_leave)


def _leave() -> None:
    visits.leave(current_session())
