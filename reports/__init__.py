"""What is drawn, printed or downloaded. No Streamlit."""
