"""Screen « Tout emporter » : the whole office file, to open elsewhere or to begin again with."""

import streamlit as st

from db.model.roles import Role
from db.storage import permissions
from pages.shared.export import whole_file
from pages.shared.shell.session import open_office, roles

# An agent reads every file already; whoever keeps the accounts only is not given what the screens do not show.
permissions.require(roles(), Role.AGENT)
st.title("Tout emporter")
whole_file.show(open_office())
