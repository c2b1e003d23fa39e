"""The addresses of « Réseau »: « ?partenaire=12 » is a partner's page; « ?frein=mobility&personne=12 » asks who could
help, near where that person lives. Codes and numbers alone: never a name, never a commune."""

import streamlit as st

from db.model.lists import OBSTACLES
from pages.shared.shell.addresses import row_number

PARTNER, OBSTACLE, PERSON, ANY = "partenaire", "frein", "personne", "tous"
"""The parameters, and the obstacle of a search that asks for one."""


def open_partner(row_id: int) -> None:
    """Show the page of a partner."""
    st.query_params[PARTNER] = str(row_id)


def close_partner() -> None:
    """Go back to the search that the partner was opened from, or to the grid."""
    st.query_params.pop("partenaire", None)


def open_search() -> None:
    """Show the search for who could help."""
    st.query_params[OBSTACLE] = ANY


def close_search() -> None:
    """Go back to the grid."""
    st.query_params.clear()


def is_search() -> bool:
    """Return whether the address asks who could help."""
    return OBSTACLE in st.query_params or PERSON in st.query_params


def obstacle() -> str | None:
    """Return the obstacle in the address, None for an unknown one."""
    code = next(iter(st.query_params.get_all(OBSTACLE)), "")
    return code if code in OBSTACLES.values else None


def person() -> int | None:
    """Return the number of the person in the address, 0 for an odd one, None without one."""
    number = st.query_params.get("personne")
    return None if number is None else row_number(number)
