"""Everything about the private SQLite file. No Streamlit, no Altair. May import: nothing."""
