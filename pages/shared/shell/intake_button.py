"""The button that opens « Nouvel accompagnement », for somebody new or for a person of the file."""

import streamlit as st


def show(person_id: int | None = None) -> None:
    """Show the button. With ``person_id``, it takes up the steps of that person."""
    label = "Nouvel accompagnement" if person_id is None else "Étape par étape"
    if st.button(label, icon=":material/conversion_path:", key=f"intake:open:{person_id}"):
        st.switch_page("intake.py", query_params={"dossier": str(person_id)} if person_id else None)
