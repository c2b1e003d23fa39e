"""Screen « Publication » : what partners may see, beside the truth; publish a year, look back, withdraw.

Not called publication.py: Streamlit looks for modules beside its pages first, and would take it for the package.
"""

import streamlit as st

from db.model.roles import Role
from pages.shared.publication import past_releases, public_facts, publish
from pages.shared.shell.session import unrestricted_office

st.title("Publication")
db = unrestricted_office(Role.PILOTE)
publish.explain()
publish.show_online(db)
publish.prepare(db)
past_releases.show(db)
public_facts.show()
