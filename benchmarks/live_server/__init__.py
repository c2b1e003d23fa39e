"""A real server on a scratch folder, and clients that speak to it as browsers do: sign-in and uploads over HTTP, the
screens over Streamlit's websocket, the cells of a grid over its route. Chromium would need 300 MB for each person."""
