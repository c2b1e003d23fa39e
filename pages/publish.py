"""Screen « Publication » : what partners may see, beside the truth; publish a year, look back, withdraw.

Not called publication.py: Streamlit looks for modules beside its pages first, and would take it for the package.
"""

import streamlit as st

from db.access import Role
from pages.shared import publishing, publishing_facts, publishing_past
from pages.shared.session import beyond

st.title("Publication")
db = beyond(Role.PILOTE)
publishing.explain()
publishing.show_online(db)
publishing.prepare(db)
publishing_past.show(db)
publishing_facts.show()
