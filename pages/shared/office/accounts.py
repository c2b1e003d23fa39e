"""The parts of « Comptes »."""

import time
from collections.abc import Iterable
from typing import Any

import streamlit as st

from db.accounts import accounts, sessions
from db.accounts.accounts import Account
from db.accounts.sessions import ADDRESS
from db.base.errors import InvalidError, PaletteError
from db.base.french import french_moment
from db.model.office import Office
from db.model.roles import Role
from db.rows import access_log
from pages.shared.shell.markdown import code_span, escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name

_INVITED = "team:invited"


def explain() -> None:
    """Show what each role opens."""
    st.caption("Une personne peut tenir plusieurs rôles. Ce qu’un rôle n’ouvre pas, la base elle-même le refuse.")
    st.markdown(role_list(Role))


def role_list(roles: Iterable[Role]) -> str:
    """Return a Markdown list of these roles with what each opens."""
    return "\n".join(f"- **{role.label}** : {role.means[0].lower()}{role.means[1:]}" for role in roles)


def show_invitation() -> None:
    """Show the invitation just made, until it is closed or another is made."""
    name, token = st.session_state.get(_INVITED, ("", ""))
    if not token:
        return
    base = ADDRESS or str(st.context.url).rstrip("/").rpartition("/comptes")[0]
    with st.container(border=True):
        st.markdown(f"**Adresse à donner à {escape_markdown(name)}**, de vive voix ou par un canal sûr :")
        st.code(f"{base}/bienvenue?cle={token}", language=None, wrap_lines=True)
        st.caption("Elle sert une fois, pendant sept jours, à choisir un mot de passe. Elle ne sera plus montrée.")
        st.button("Fermer", on_click=st.session_state.pop, args=(_INVITED, None))


def show_accounts(db: Office) -> None:
    """Show every account, with buttons to change it and to invite its person."""
    now = time.time()
    for account in accounts.every(db):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            name, state = escape_markdown(account.name), _state(db, account, now)
            st.markdown(f"**{name}** · {code_span(account.login)}  \n:gray[{state}]", width="stretch")
            if st.button("Modifier", key=f"team:{account.id}:edit", icon=":material/edit:"):
                _edit(account)
            if account.active and st.button("Inviter", key=f"team:{account.id}:invite", icon=":material/key:"):
                _invite(db, account)


def _state(db: Office, account: Account, now: float) -> str:
    roles = ", ".join(role.label for role in Role if role in account.roles)
    if not account.active:
        return f"{roles} · désactivé"
    seen = sessions.of_account(db, account.id, now)
    if seen:
        return f"{roles} · en ligne, vu le {french_moment(seen[0].seen_at)}"
    if account.has_password or account.subject:
        return roles
    until = accounts.invited_until(db, account.id, now)
    return f"{roles} · pas encore entré, " + (f"invité jusqu’au {french_moment(until)}" if until else "à inviter")


def _invite(db: Office, account: Account) -> None:
    token = accounts.invite(db, "password", account.id, time.time())
    access_log.note(db, user_name(), "account", detail=f"compte n° {account.id} : invité")
    st.session_state[_INVITED] = (account.name, token)
    st.rerun()


@st.dialog("Modifier un compte")
def _edit(account: Account) -> None:
    values = _fields(f"team:{account.id}", account.login, account.name, account.roles)
    active = st.toggle("Peut entrer", account.active, key=f"team:{account.id}:active")
    st.caption("Désactivé, un compte est déconnecté aussitôt ; son nom reste dans l’historique.")
    if st.button("Enregistrer", type="primary", key=f"team:{account.id}:save"):
        try:
            accounts.change(unrestricted_office(Role.ADMIN), account.id, **values, active=active, who=user_name())
        except PaletteError as error:
            _show_errors(error)
        else:
            st.rerun()


def add(db: Office) -> None:
    """Show the form that creates an account and its invitation."""
    st.subheader("Nouveau compte")
    turn = st.session_state.setdefault("team:turn", 0)  # part of the keys: the form is empty after each creation
    with st.container(width=520):
        values = _fields(f"team:new:{turn}", "", "", [Role.AGENT])
        if not st.button("Créer et inviter", type="primary", icon=":material/person_add:"):
            return
        try:
            account = accounts.create(db, **values, who=user_name())
        except PaletteError as error:
            _show_errors(error)
            return
    st.session_state["team:turn"] = turn + 1
    _invite(db, account)


def _fields(key: str, login: str, name: str, roles: Iterable[Role]) -> dict[str, Any]:
    return {
        "name": st.text_input("Nom", name, key=f"{key}:name", max_chars=80, help="Ce que l’historique écrit."),
        "login": st.text_input(
            "Identifiant", login, key=f"{key}:login", max_chars=120, help="L’adresse professionnelle, par exemple."
        ),
        "roles": st.pills(
            "Rôles", list(Role), selection_mode="multi", default=[role for role in Role if role in roles],
            format_func=lambda role: role.label, key=f"{key}:roles",
        ),
    }  # fmt: skip


def _show_errors(error: PaletteError) -> None:
    for problem in error.problems if isinstance(error, InvalidError) else [error]:
        st.error(escape_markdown(str(problem)))
