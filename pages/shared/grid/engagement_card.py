"""The card of « Aujourd’hui » that counts who still lacks the « contrat d’engagement » due by 1 January 2027."""

import math

import streamlit as st

from db.base.french import french_number
from db.figures import engagement_deadline
from db.figures.engagement_deadline import SIGNED, EngagementDeadline
from db.model.lists import CONTRACT_SITUATIONS
from db.model.office import Office
from db.rows import records
from db.rows.queries import Filter
from pages.shared.grid.view import show_only

_WORDS = {
    "signed": ("a un contrat signé", "ont un contrat signé"),
    "prepared": ("a un projet à signer", "ont un projet à signer"),
    "cer": ("a encore un CER", "ont encore un CER"),
    "lapsed": ("avait un contrat, terminé", "avaient un contrat, terminé"),
    "none": ("n’a aucun contrat", "n’ont aucun contrat"),
}


def show(db: Office) -> None:
    """Show the card, unless the office put it away in its settings or accompanies nobody."""
    if not records.get(db, db.tables["setting"], 1).values["engagement_card"]:
        return
    found = engagement_deadline.on(db, records.today())
    if not found.accompanied:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Contrats d’engagement au 01/01/2027**", width="stretch")
            st.badge(french_number(found.left), color="orange" if found.left else "green")
        st.markdown(_sentence(found))
        st.progress(found.persons[SIGNED] / found.accompanied, _rest(found))
        if found.left:
            label = f"Voir les {french_number(found.left)}" if found.left > 1 else "Voir cette personne"
            if st.button(label, key="engagement:all", icon=":material/arrow_forward:", type="tertiary"):
                without = tuple(code for code in CONTRACT_SITUATIONS.values if code != SIGNED)
                show_only(db.tables["person"], "caseload", (Filter("engagement", "in", without),), ())
                st.session_state["caseload:table"] = "person"
                st.switch_page("caseload.py")


def _sentence(found: EngagementDeadline) -> str:
    persons = f"{french_number(found.accompanied)} personne{'s' * (found.accompanied > 1)}"
    parts = [
        f"**{french_number(number)}** {_WORDS[code][number > 1]}" for code, number in found.persons.items() if number
    ]
    return f"Sur {persons} accompagnée{'s' * (found.accompanied > 1)} : {', '.join(parts)}."


def _rest(found: EngagementDeadline) -> str:
    if not found.left:
        return "Chacun a son contrat."
    if not found.working_days:
        verb = "est en retard" if found.left == 1 else "sont en retard"
        return f"L’échéance est passée : {french_number(found.left)} {verb}."
    a_day = math.ceil(10 * found.left / found.working_days) / 10
    days = f"{found.working_days} jour{'s' * (found.working_days > 1)} ouvré{'s' * (found.working_days > 1)}"
    return f"Reste {french_number(found.left)} à signer en {days}, soit {french_number(a_day, 1)} par jour."
