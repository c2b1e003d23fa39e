"""« Dans mon agenda »: the secret address of each colleague, to which the calendar of a telephone subscribes."""

import streamlit as st

from db.accounts import calendar_addresses
from db.accounts.sessions import ADDRESS
from db.model.lists import AGENTS, CALENDAR_NAMES
from db.model.office import Office
from db.rows import records
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import in_demonstration, user_name

_SHOWN = "agenda:address"
"""The address that was just made: (colleague, secret part)."""


def show(db: Office) -> None:
    """Show the menu of the addresses; there are none in the demonstration."""
    if in_demonstration():
        return
    with st.popover("Dans mon agenda", icon=":material/rss_feed:"):
        named = CALENDAR_NAMES.values[records.get(db, db.tables["setting"], 1).values["calendar_name"]]
        st.markdown(
            "L’agenda d’un téléphone, d’Outlook ou de Thunderbird peut suivre ces rendez-vous, en lecture seule, par"
            f" une adresse secrète. Les personnes y sont désignées par : {named.lower()} (Réglages). Qui a l’adresse"
            " voit l’agenda : ne la donnez à personne, et remplacez-la si elle s’est perdue."
        )
        made = calendar_addresses.every(db)
        labels = records.context(db).labels[AGENTS.name]
        for agent in dict.fromkeys((*labels, *made)):
            _show_one(db, agent, labels.get(agent, agent), made.get(agent))


def _show_one(db: Office, agent: str, label: str, made: calendar_addresses.CalendarAddress | None) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{escape_markdown(label)}**")
        shown_agent, secret = st.session_state.get(_SHOWN, ("", ""))
        if shown_agent == agent:
            base = ADDRESS or str(st.context.url).rstrip("/").rpartition("/agenda")[0]
            st.caption("Copiez cette adresse maintenant : elle ne sera plus montrée.")
            st.code(f"{base}{calendar_addresses.PATH}{secret}.ics", language=None, wrap_lines=True)
        elif made:
            st.caption(f"Créée le {made.moment} par {escape_markdown(made.who)}.")
        else:
            st.caption("Pas d’adresse.")
        with st.container(horizontal=True):
            verb = "Remplacer l’adresse" if made else "Créer l’adresse"
            st.button(verb, key=f"agenda:address:{agent}", on_click=_create, args=(db, agent))
            if made:
                st.button("Supprimer", key=f"agenda:revoke:{agent}", on_click=_revoke, args=(db, agent))


def _create(db: Office, agent: str) -> None:
    st.session_state[_SHOWN] = (agent, calendar_addresses.create(db, agent, user_name()))


def _revoke(db: Office, agent: str) -> None:
    calendar_addresses.revoke(db, agent, user_name())
    st.session_state.pop(_SHOWN, None)
