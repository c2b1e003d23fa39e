"""Simulated people who save to one office file at the same time: no save may be lost or overwritten unseen.

The people are threads of one process, as the sessions of Streamlit are, each on a connection with the rights of an
agent. Beside them, a real server and two Chromium tabs open the screens. What was acknowledged is then compared with
the history, and replayed operation by operation on a copy of the initial file.
"""
