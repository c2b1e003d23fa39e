"""What every screen needs: the session, the list of screens, errors, background jobs, toasts; and all CSS and
JavaScript that depends on Streamlit's own HTML.

May import: db, reports.
"""
