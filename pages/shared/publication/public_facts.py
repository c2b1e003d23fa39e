"""Exact numbers that are already public elsewhere, recorded so that the auditor assumes every attacker has them."""

from pathlib import Path

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.folders import office_path
from db.model.office import Office
from pages.shared.publication.publish import check_again
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.toasts import queue_toast
from publication.publish import releases_online
from publication.release import ledger, public_facts
from publication.release.release import Fact
from reports.content import quantities


def show(db: Office) -> None:
    """Show the facts, and a form to add one."""
    path = public_facts.path_beside(office_path())
    st.subheader("Déjà rendu public ailleurs")
    st.caption(
        "Un nombre exact donné dans une présentation est connu de tous : notez-le. L’auditeur attaque en le sachant, "
        "aussitôt si l’année est en ligne ; il sera montré parmi les repères exacts."
    )
    try:
        facts = public_facts.read(path)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    if facts:
        _show_facts(facts)
    with st.form("publish:fact", clear_on_submit=True, border=False):
        _show_form(db, path)


def _show_facts(facts: list[Fact]) -> None:
    lines = [
        (str(fact.year), public_facts.table_title(fact.table), fact.label, quantities.number(fact.number), fact.source)
        for fact in facts
    ]
    columns = ["Année", "Tableau", "Catégorie", "Nombre", "Où"]
    st.table(pd.DataFrame(lines, columns=columns), hide_index=True)


def _show_form(db: Office, path: Path) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        year = st.text_input("Année du nombre", max_chars=4, width=110)
        choices = list(public_facts.choices())
        choice = st.selectbox(
            "Ce qu’il compte", choices, format_func=public_facts.choice_label, index=None, placeholder="Choisir"
        )
        number = st.text_input("Nombre", max_chars=7, width=110)
        source = st.text_input(
            "Où il a été donné", max_chars=public_facts.MAX_SOURCE, placeholder="Présentation au conseil de mars"
        )
        submitted = st.form_submit_button("Noter")
    if not submitted:
        return
    try:
        table, label = choice or ("", "")
        fact = public_facts.parse_fact(year.strip(), table, label, number.replace(" ", ""), source)
        public_facts.add(path, fact)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    if fact.year in releases_online(ledger.read_entries(db)):
        check_again()
        queue_toast(f"Noté. {fact.year} est en ligne : l’auditeur l’attaque de nouveau, ce nombre connu.")
    st.rerun()
