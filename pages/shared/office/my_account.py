"""The parts of « Mon compte »: they show and change only the account of the person signed in."""

import time

import streamlit as st

from db.accounts import accounts, login_throttle, sessions
from db.accounts.login_throttle import Attempt
from db.accounts.sessions import Session
from db.base.errors import InvalidError, PaletteError
from db.base.french import capitalised, french_moment
from db.model.roles import Role
from db.rows import access_log
from db.storage import connection
from pages.shared.office.accounts import role_list
from pages.shared.shell.markdown import code_span, escape_markdown


def show_who(session: Session) -> None:
    """Show name, login and roles."""
    account = session.account
    st.markdown(f"**{escape_markdown(account.name)}** · {code_span(account.login)}")
    st.markdown(role_list(role for role in Role if role in account.roles))


def change_password(session: Session) -> None:
    """Show the form that changes the password, which signs out every other browser."""
    st.subheader("Mot de passe")
    if not session.account.has_password:
        st.caption("Ce compte entre sans mot de passe. Un administrateur peut vous inviter à en choisir un.")
        return
    turn = st.session_state.setdefault("password:turn", 0)  # part of the key: the form is empty once it is done
    with st.container(width=420), st.form(f"password:{turn}", border=False):
        old = st.text_input("Mot de passe actuel", type="password", autocomplete="current-password")
        new = st.text_input("Nouveau mot de passe", type="password", autocomplete="new-password")
        st.caption(
            f"{accounts.SHORTEST_PASSWORD} caractères au moins ; quelques mots sans lien font un bon mot de passe."
        )
        repeated = st.text_input("Encore une fois", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Changer")
    if st.session_state.pop("password:done", False):
        st.success("Mot de passe changé. Les autres navigateurs sont déconnectés.")
    if sent:
        problem = _problem(session, old, new, repeated)
        if problem:
            st.error(escape_markdown(problem))
        else:
            st.session_state["password:turn"], st.session_state["password:done"] = turn + 1, True
            st.rerun()


def _problem(session: Session, old: str, new: str, repeated: str) -> str:
    """Change the password. Returns why not, or ''. Wrong passwords are throttled as on the sign-in page."""
    db, account = connection.thread_office(), session.account
    try:
        attempt = Attempt(account.login, f"session {session.id}")
        login_throttle.enter(db, attempt, account.id, time.time())
        if accounts.verify(db, account.login, old) is None:
            return "Le mot de passe actuel n’est pas celui-là."
        login_throttle.forgive(db, attempt, account.id)
        if new != repeated:
            return "Les deux saisies du nouveau mot de passe diffèrent."
        accounts.set_password(db, account, new)
        sessions.end_all(db, account.id, but=session.id)
    except InvalidError as error:
        return "\n".join(f"{capitalised(problem.reason)}." for problem in error.problems)
    except PaletteError as error:
        return str(error)
    return ""


def show_browsers(session: Session) -> None:
    """Show where the account is signed in, and the button that ends all other sessions."""
    st.subheader("Navigateurs connectés")
    db = connection.thread_office()
    opened = sessions.of_account(db, session.account.id, time.time())
    for one in opened:
        here = " · **celui-ci**" if one.id == session.id else ""
        began, seen = french_moment(one.began_at), french_moment(one.seen_at)
        st.markdown(f"{escape_markdown(one.browser)} · depuis le {began} · vu le {seen}{here}")
    if len(opened) > 1 and st.button("Déconnecter tous les autres", icon=":material/logout:"):
        sessions.end_all(db, session.account.id, but=session.id)
        access_log.note(db, session.account.name, "sign_out", detail="tous les autres navigateurs")
        st.rerun()
