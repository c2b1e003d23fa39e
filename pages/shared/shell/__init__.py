"""What every screen needs: who is signed in, the menu, errors, long jobs, toasts; and all CSS and JavaScript that
reaches into Streamlit's own page.
May import: db, reports."""
