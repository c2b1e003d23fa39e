"""The figures of a day in one line, each with its definition."""

from collections.abc import Mapping

import streamlit as st

from db.types import french_number

_FIGURES = {
    "portfolio": ("En portefeuille", "Personnes avec une étape de diagnostic ou d’accompagnement en cours ce jour."),
    "accompanied": ("Accompagnées", "Personnes avec un accompagnement en cours ce jour."),
    "light": ("Dont allégées", "Accompagnées, en mode allégé."),
    "in_diagnosis": ("En diagnostic", "En portefeuille, pas encore accompagnées."),
    "prime_only": ("Prime seule", "En portefeuille, avec ce seul droit depuis le début du trimestre."),
    "exits_since_january": ("Sorties du RSA", "Sorties du RSA depuis le 1er janvier, ce jour compris."),
}


def show_day(day: Mapping[str, int], date: str) -> None:
    """The headline of a day. ``day``: the figures of db.figures.summary; ``date``: the day in French."""
    st.caption(f"Au {date}")
    with st.grid(6, min_column_width=125, gap="small"):
        for name, (label, definition) in _FIGURES.items():
            st.metric(label, french_number(day[name]), help=definition)
