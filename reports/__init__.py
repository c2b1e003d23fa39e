"""What is drawn, printed or downloaded. No Streamlit. May import: db."""
