"""Screen « Conservation » : files that nobody needs any more, proposed for the archives, then for erasure."""

import streamlit as st

from db import access, records
from db.access import Role
from pages.shared import keeping
from pages.shared.session import office, roles

VIEWS = {
    "À archiver": keeping.to_archive,
    "Archives": keeping.archives,
    "À effacer": keeping.to_erase,
    "À la demande": keeping.on_demand,
}

access.require(roles(), Role.ADMIN)
st.title("Conservation")
db, today = office(), records.today()
keeping.explain(db)
view = st.segmented_control(
    "Vue", list(VIEWS), default="À archiver", required=True, key="keeping:view", label_visibility="collapsed"
)
keeping.show_done()
VIEWS[view or "À archiver"](db, today)
