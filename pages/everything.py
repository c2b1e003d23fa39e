"""Screen « Tout emporter » : the whole office file, to open elsewhere or to begin again with."""

import streamlit as st

from db import access
from db.access import Role
from pages.shared import everything
from pages.shared.session import office, roles

# An agent reads every file already; whoever keeps the accounts only is not given what the screens do not show.
access.require(roles(), Role.AGENT)
st.title("Tout emporter")
everything.show(office())
