"""HTTP code in front of Streamlit's pages: gate, sign-in pages, error pages, logs, launcher. It never imports pages.

May import: db.
"""
