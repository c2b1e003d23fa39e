"""Screen « Mon compte » : who one is here, one's password, and the browsers one is signed in from."""

import streamlit as st

from pages.shared import own_account
from pages.shared.session import current

st.title("Mon compte")
session = current()
own_account.show_who(session)
own_account.change_password(session)
own_account.show_browsers(session)
