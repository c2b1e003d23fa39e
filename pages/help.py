"""Screen « Aide »: the user guide."""

import streamlit as st

from pages.shared.help import guide

st.title("Aide")
guide.show()
