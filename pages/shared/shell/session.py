"""Who is signed in, in this browser tab; what pages read and write goes through their rights."""

from collections.abc import Callable

import streamlit as st

from db.accounts import sessions
from db.accounts.sessions import COOKIE, Session
from db.base.errors import AccessError
from db.model.office import Office
from db.model.roles import Role, Roles
from db.storage import connection, permissions

_KEY = "session:id"
_KEPT = "session:cookie"


def current_session() -> Session:
    """The session of this tab. Raises AccessError once it has ended: nothing is shown or saved without one."""
    # A tab that is closed while it still saves has no cookies any more, only what it began with.
    cookie = st.context.cookies.get(COOKIE) or st.session_state.get(_KEPT, "")
    if not cookie:
        st.stop()  # closed before it began: nobody is there to be told
    session = sessions.current(cookie)
    if session is None:
        raise AccessError("Vous n’êtes plus connecté : rechargez la page pour vous connecter de nouveau.")
    return session


def user_name() -> str:
    """The name that the history writes for what this tab saves."""
    return current_session().account.name


def roles() -> Roles:
    """What whoever is signed in is here to do."""
    return current_session().account.roles


def open_office() -> Office:
    """The office file, held to the rights of whoever is signed in."""
    return connection.thread_office(roles())


def office_opener() -> Callable[[], Office]:
    """``office`` for work that goes on elsewhere (a download, a long job), where no tab says who is signed in."""
    held = roles()
    return lambda: connection.thread_office(held)


def unrestricted_office(role: Role) -> Office:
    """The office file without limits, for the deeds of one role that no table's rights describe (its accounts, say).

    Raises AccessError for anybody else.
    """
    permissions.require(roles(), role)
    return connection.thread_office()


def begin_run() -> Session:
    """What every run starts with: a tab that another person comes back to begins anew."""
    session = current_session()
    if st.session_state.get(_KEY, session.id) != session.id:
        st.session_state.clear()
    st.session_state[_KEY] = session.id
    st.session_state[_KEPT] = st.context.cookies.get(COOKIE, "")
    return session
