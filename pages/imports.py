"""Screen « Importer » : an office's own file, matched, corrected, compared, then written whole or not at all."""

import streamlit as st

from db import access, shape
from db.access import Role
from pages.shared import (
    import_columns,
    import_diff,
    import_go,
    import_people,
    import_problems,
    import_start,
    import_values,
    import_work,
)
from pages.shared.session import office, roles

access.require(roles(), Role.AGENT)
st.title("Importer")
db, work = office(), import_work.current()
if work is None or work.failed:
    import_start.show(work)
elif work.done:
    import_go.show_done(work)
else:
    import_start.show_file(work)
    if work.lists:
        tables = shape.files(db)
        import_columns.show(work, work.lists.plan, tables)
        import_values.show(db, work, work.lists, tables)
        import_people.show(db, work, work.lists, tables)
        import_diff.show_counts(work.lists)
        import_problems.show(db, work, work.lists, tables)
        import_diff.show_rows(db, work, work.lists, tables)
        import_go.show(work, work.lists)
