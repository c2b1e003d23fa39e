"""From a person's file to « Qui peut aider ? »: one button for each obstacle of the open actions and the diagnosis."""

import streamlit as st

from db.model.lists import OBSTACLES
from db.model.office import Office
from db.model.types import Context
from db.rows import partners
from db.rows.records import Row
from pages.shared.shell.markdown import escape_markdown


def show(db: Office, person: Row, context: Context) -> None:
    """Show the buttons; nothing for a person without any obstacle."""
    codes = partners.obstacles_of(db, person.id)
    if not codes:
        return
    labels = context.labels[OBSTACLES.name]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":gray[Qui peut aider ?]", width="content")
        for code in codes:
            if st.button(escape_markdown(labels.get(code, code)), key=f"dossier:helps:{code}"):
                st.switch_page("network.py", query_params={"frein": code, "personne": str(person.id)})
