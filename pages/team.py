"""Screen « Comptes »: the accounts and their roles. An invitation lets a person choose the password of an account."""

import streamlit as st

from db.model.roles import Role
from pages.shared.office import accounts
from pages.shared.shell.session import unrestricted_office

st.title("Comptes")
db = unrestricted_office(Role.ADMIN)
accounts.explain()
accounts.show_invitation()
accounts.show_accounts(db)
accounts.add(db)
