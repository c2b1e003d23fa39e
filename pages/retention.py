"""Screen « Conservation »: inactive persons proposed for archiving, then for erasure."""

import streamlit as st

from db.model.roles import Role
from db.rows import records
from db.storage import permissions
from pages.shared.people import retention
from pages.shared.shell.session import open_office, roles

VIEWS = {
    "À archiver": retention.to_archive,
    "Archives": retention.archives,
    "À effacer": retention.to_erase,
    "À la demande": retention.on_demand,
}

permissions.require(roles(), Role.ADMIN)
st.title("Conservation")
db, today = open_office(), records.today()
retention.explain(db)
view = st.segmented_control(
    "Vue", list(VIEWS), default="À archiver", required=True, key="keeping:view", label_visibility="collapsed"
)
retention.show_done()
VIEWS[view or "À archiver"](db, today)
