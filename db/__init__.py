"""Everything about the private SQLite file; no Streamlit, no Altair."""
