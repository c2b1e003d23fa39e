"""The first steps of an empty office: bring a spreadsheet, enter a person, invite a colleague, look at an example."""

import streamlit as st

from db.model.dictionary import PERSON
from db.model.office import Office
from db.model.roles import Role
from db.rows import records
from db.rows.queries import ARCHIVED, Filter, Query
from pages.shared.form import dialog, form
from pages.shared.shell import demonstration
from pages.shared.shell.session import in_demonstration, roles


def show(db: Office) -> None:
    """Show the first steps as long as the office file has no person."""
    table = db.tables[PERSON.name]
    if records.count(db, table, Query()) or records.count(db, table, Query((Filter(ARCHIVED, "filled"),))):
        return
    st.markdown("Ce bureau est encore vide. Par où commencer ?")
    with st.grid(3, min_column_width=260):
        with _card(
            "Apportez votre tableur",
            "Palette le lit tel qu’il est, montre ce qu’il en comprend, et n’écrit rien avant votre accord.",
        ):
            if st.button("Importer un fichier", icon=":material/upload_file:", key="first:import"):
                st.switch_page("imports.py")
        with _card(
            "Entrez une première personne",
            "Un nom, un prénom et un genre suffisent ; le reste se complète au fil du suivi.",
        ):
            if st.button("Entrer une personne", icon=":material/person_add:", key="first:person"):
                form.forget("form:person:None")
                dialog.edit_dialog(PERSON.name)
        _show_invitation()
    if not in_demonstration():
        demonstration.offer()


def _card(title: str, text: str) -> st.delta_generator.DeltaGenerator:
    card = st.container(border=True, height="stretch", vertical_alignment="distribute")
    with card:
        st.markdown(f"**{title}**  \n{text}")
    return card


def _show_invitation() -> None:
    """Show the card of the accounts: with a button for administrators, else with whom to ask."""
    if Role.ADMIN in roles():
        with _card("Invitez un collègue", "Chacun entre avec son propre compte : l’historique dit qui a écrit quoi."):
            if st.button("Inviter un collègue", icon=":material/group_add:", key="first:invite"):
                st.switch_page("team.py")
    else:
        _card("Invitez un collègue", "Un administrateur crée son compte : demandez-le à qui a ouvert le vôtre.")
