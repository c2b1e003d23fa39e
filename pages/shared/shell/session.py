"""The session of this browser tab, and the office file opened with the permissions of the person signed in."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from db.accounts import sessions
from db.accounts.sessions import COOKIE, Session
from db.base import folders
from db.base.errors import AccessError
from db.demo import visits
from db.model.office import Office
from db.model.roles import Role, Roles
from db.rows.drafts import FormDrafts
from db.storage import connection, permissions
from pages.shared.shell import assets, stale_widgets

_KEY = "session:id"
_COOKIE = "session:cookie"
_ROLES = "session:roles"
"""The key of the roles for which the tab was drawn."""
_DEMONSTRATION = "session:demonstration"
"""The key of the copy of the demonstration that this tab shows, or None."""


def cookie() -> str:
    """Return the session cookie of this tab, or ''."""
    # While a closed tab finishes its last run, st.context.cookies is empty; use the cookie of its first run.
    return st.context.cookies.get(COOKIE) or st.session_state.get(_COOKIE, "")


def current_session() -> Session:
    """Return the session of this tab as it is in the file at this moment: whatever is done asks here first. Raises
    AccessError once it has ended, or has lost a role since the tab was drawn."""
    own = cookie()
    if not own:
        st.stop()  # the tab was closed before its first run
    return _checked(sessions.read(own), st.session_state.get(_ROLES, frozenset()))


def _checked(session: Session | None, drawn_for: Roles) -> Session:
    """Return the session, if it lasts and still has the roles for which a button was drawn. Raises AccessError."""
    if session is None:
        raise AccessError("Vous n’êtes plus connecté : rechargez la page pour vous connecter de nouveau.")
    if drawn_for - session.account.roles:
        raise AccessError("Vos rôles ont changé : rechargez la page.")
    return session


def user_name() -> str:
    """Return the name written to the history for what this tab saves."""
    return current_session().account.name


def roles() -> Roles:
    """Return the roles of the person signed in."""
    return current_session().account.roles


def office_file() -> Path:
    """Return the file of this tab: the office file, or a copy of the demonstration. A tab keeps its file until its page
    is loaded anew, so that nothing typed in one is ever saved in the other. Raises AccessError for a copy that was
    left in another tab."""
    demonstration: Path | None = st.session_state.get(_DEMONSTRATION)
    if demonstration is None:
        return folders.office_path()
    if not demonstration.exists():
        raise AccessError("La démonstration est finie : rechargez la page.")
    return demonstration


def in_demonstration() -> bool:
    """Return whether this tab shows the demonstration."""
    return st.session_state.get(_DEMONSTRATION) is not None


def open_office() -> Office:
    """Open the file of this tab with the permissions of the person signed in."""
    return connection.thread_office(roles(), office_file())


def office_opener() -> Callable[[], Office]:
    """Return a function that does as ``open_office`` in another thread (a download, a job), with the session and the
    roles as they are at that moment. It raises AccessError when the session has ended or lost a role since, and when
    another session asks: whoever knows the address of a download could ask for it."""
    own, drawn_for, path = cookie(), roles(), office_file()

    def open_now() -> Office:
        asks = sessions.asking.get(own)
        session = _checked(sessions.read(own) if asks == own else None, drawn_for)
        return connection.thread_office(session.account.roles, path)

    return open_now


def form_drafts() -> FormDrafts:
    """Return the drafts of the person signed in, and of nobody else."""
    return FormDrafts(connection.thread_office(None, office_file()), current_session().account.id)


def unrestricted_office(role: Role) -> Office:
    """Open the file of this tab without limits, for actions of one role that table permissions do not cover (accounts).
    Raises AccessError for a person without that role."""
    permissions.require(roles(), role)
    return connection.thread_office(None, office_file())


def begin_run() -> Session:
    """Return the session at the start of a run. Clears the state of the tab when another session signed in since or
    this one lost a role; loads the page anew when the session has begun or left a visit of the demonstration since."""
    stale_widgets.forget()
    drawn_for = st.session_state.pop(_ROLES, frozenset())
    session = current_session()
    if st.session_state.get(_KEY, session.id) != session.id or drawn_for - session.account.roles:
        st.session_state.clear()
    demonstration = visits.file_of(session)
    if st.session_state.setdefault(_DEMONSTRATION, demonstration) != demonstration:
        assets.reload_page()
        st.stop()
    st.session_state[_KEY] = session.id
    st.session_state[_COOKIE], st.session_state[_ROLES] = st.context.cookies.get(COOKIE, ""), session.account.roles
    return session
