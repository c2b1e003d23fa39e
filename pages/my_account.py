"""Screen « Mon compte »: the account of the person signed in, its password, and its signed-in browsers."""

import streamlit as st

from pages.shared.office import my_account
from pages.shared.shell.session import current_session

st.title("Mon compte")
session = current_session()
my_account.show_who(session)
my_account.change_password(session)
my_account.show_browsers(session)
