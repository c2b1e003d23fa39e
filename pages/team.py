"""Screen « Comptes » : who may enter, with which roles; an invitation opens each account."""

import streamlit as st

from db.access import Role
from pages.shared import team
from pages.shared.session import beyond

st.title("Comptes")
db = beyond(Role.ADMIN)
team.explain()
team.show_invitation()
team.show_accounts(db)
team.add(db)
