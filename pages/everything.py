"""Screen « Tout emporter »: download the whole office file, to open elsewhere or to import into an empty Palette."""

import streamlit as st

from db.model.roles import Role
from db.storage import permissions
from pages.shared.export import whole_file
from pages.shared.shell.session import open_office, roles

# Agents can read every person's file already. Other roles must not download what their screens do not show.
permissions.require(roles(), Role.AGENT)
st.title("Tout emporter")
whole_file.show(open_office())
