"""Pictures and papers; no Streamlit."""
