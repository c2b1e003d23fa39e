"""Screen « Importer »: read an office's own file, correct how it was understood, then write all of it or nothing."""

import streamlit as st

from db.model.roles import Role
from db.storage import permissions
from pages.shared.imports import columns, differences, draft, file_step, persons, problems, values, write_step
from pages.shared.shell.session import open_office, roles

permissions.require(roles(), Role.AGENT)
st.title("Importer")
db, work = open_office(), draft.current()
if work is None or work.failed:
    file_step.show(work)
elif work.done:
    write_step.show_done(work)
else:
    file_step.show_file(work)
    if work.lists:
        tables = db.files
        columns.show(work, work.lists, tables)
        values.show(db, work, work.lists, tables)
        persons.show(db, work, work.lists, tables)
        differences.show_counts(work, work.lists)
        problems.show(db, work, work.lists, tables)
        differences.show_rows(db, work, work.lists, tables)
        write_step.show(work, work.lists)
