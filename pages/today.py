"""Screen « Aujourd’hui »: what waits for the agents; each line opens the person's file."""

import streamlit as st

from db.base.french import french_date
from db.figures import counting
from db.model.lists import CONTRACT_PARTS
from db.rows import records
from db.rows.queries import Filter
from pages.shared.agenda import agenda
from pages.shared.figures.headline import show_day
from pages.shared.grid import engagement_card
from pages.shared.grid.waiting_rows import Waiting, show_waiting
from pages.shared.shell.session import open_office

_WAITING = (
    Waiting(
        "Rendez-vous passés, suite à noter",
        "appointment",
        (Filter("to_settle", "in", (1,)),),
        "planned_on",
        "agenda.py",
    ),
    Waiting(
        "Absences sans suite", "appointment", (Filter("without_follow_up", "in", (1,)),), "planned_on", "agenda.py"
    ),
    Waiting(
        "Rendez-vous sans compte rendu", "appointment", (Filter("without_note", "in", (1,)),), "planned_on", "agenda.py"
    ),
    Waiting("Personnes à situer, sans étape", "person", (Filter("state", "in", ("new",)),), "", "caseload.py"),
    Waiting("Contrats à signer", "orientation", (Filter("to_sign", "in", (1,)),), "sign_before", "orientations.py"),
    Waiting("Contrats bientôt échus", "cer", (Filter("ends_soon", "in", (1,)),), "due_on", "cer.py"),
    Waiting("Actions en retard", "action", (Filter("late", "in", (1,)),), "due_on", "diagnostics.py", "objective"),
    Waiting(
        "Orientations sans avis",
        "orientation",
        (Filter("decided_on", "empty"),),
        "requested_on",
        "orientations.py",
        "verdict",
    ),
    Waiting("Diagnostics à terminer", "diagnostic", (Filter("pending", "in", (1,)),), "started_on", "diagnostics.py"),
    Waiting("Aides en attente de décision", "aid", (Filter("decision", "in", ("pending",)),), "requested_on", "aid.py"),
    Waiting("CER à remplacer avant le 01/01/2027", "cer", (Filter("to_replace", "in", (1,)),), "due_on", "cer.py"),
    Waiting(
        "Contrats d’engagement à compléter",
        "cer",
        (Filter("missing", "in", tuple(CONTRACT_PARTS.values)),),
        "starts_on",
        "cer.py",
        "missing",
    ),
)

st.title("Aujourd’hui")
show_day(counting.summary(open_office(), records.today()), french_date(records.today()))
agenda.show_today(open_office())
engagement_card.show(open_office())
with st.grid(2, min_column_width=340):
    for waiting in _WAITING:
        show_waiting(open_office(), waiting)
