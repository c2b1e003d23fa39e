"""Exact numbers already public elsewhere, entered here so that the auditor gives them to every attacker."""

from pathlib import Path

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.folders import office_path
from publication.release import public_facts
from publication.release.release import Fact
from reports.content import quantities


def show() -> None:
    """Show the facts, and the form that adds one."""
    path = public_facts.beside(office_path())
    st.subheader("Déjà rendu public ailleurs")
    st.caption(
        "Un nombre exact donné dans une présentation est connu de tous : notez-le, l’auditeur en tiendra compte, "
        "et il sera montré parmi les repères exacts."
    )
    try:
        facts = public_facts.read(path)
    except PaletteError as error:
        st.error(str(error))
        return
    if facts:
        _show(facts)
    with st.form("publish:fact", clear_on_submit=True, border=False):
        _form(path)


def _show(facts: list[Fact]) -> None:
    lines = [
        (str(one.year), public_facts.title(one.sheet), one.label, quantities.number(one.number), one.source)
        for one in facts
    ]
    columns = ["Année", "Tableau", "Catégorie", "Nombre", "Où"]
    st.table(pd.DataFrame(lines, columns=columns), hide_index=True)


def _form(path: Path) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        year = st.text_input("Année du nombre", max_chars=4, width=110)
        choices = list(public_facts.choices())
        choice = st.selectbox(
            "Ce qu’il compte", choices, format_func=public_facts.said, index=None, placeholder="Choisir"
        )
        number = st.text_input("Nombre", max_chars=7, width=110)
        source = st.text_input(
            "Où il a été donné", max_chars=public_facts.LONGEST, placeholder="Présentation au conseil de mars"
        )
        sent = st.form_submit_button("Noter")
    if not sent:
        return
    try:
        sheet, label = choice or ("", "")
        public_facts.add(path, public_facts.fact(year.strip(), sheet, label, number.replace(" ", ""), source))
    except PaletteError as error:
        st.error(str(error))
        return
    st.rerun()
