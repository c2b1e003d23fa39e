"""The screens, one file each; Streamlit runs them. What they share stands in the rooms of pages/shared.
May import: db, reports, publication, pages.shared."""
