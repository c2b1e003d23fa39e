"""Screen « Dossier »."""

import streamlit as st

st.title("Dossier")
