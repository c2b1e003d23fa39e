"""Screen « Publication »: publish a year for partners after comparing it with the true numbers; withdraw a year. Not
named publication.py: Streamlit puts the folder of the pages first on sys.path, so it would hide the package."""

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
public_facts.show(db)
