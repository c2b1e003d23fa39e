"""From the private file to an audited public one: groups, never persons. No Streamlit. See docs/publication.md.
May import: db, partners."""
