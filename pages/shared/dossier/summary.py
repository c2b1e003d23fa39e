"""A person at a glance: the line of years, how to reach her, contract, open actions, meetings before and after."""

import streamlit as st

from db.base.french import french_date, french_day
from db.model.dictionary import ACTION, APPOINTMENT, INTERVENTION
from db.model.office import Office
from db.model.types import Context
from db.rows import access_log, overview, records
from db.rows.overview import Overview
from db.rows.records import Row
from pages.shared.form import dialog
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name
from reports.charts import life_line

_ACTIONS = 6
_FIRST_LINE = 160


def show_years(db: Office, person: Row) -> None:
    """Show the line of years, and the same in words."""
    today = records.today()
    spans = life_line.spans(db, person.id, today)
    if not spans:
        return
    st.vega_lite_chart(
        life_line.specification(spans, today), key=f"dossier:years:{person.id}", alt=life_line.alt_text(spans)
    )
    with st.expander("La ligne des années en mots"):
        st.markdown("\n".join(f"- {escape_markdown(span.words)}" for span in spans))


def show(db: Office, person: Row, context: Context) -> None:
    """Show the summary."""
    found = overview.of_person(db, person.id, records.today())
    with st.container(border=True, gap="small", key="dossier-summary"):
        _buttons(db, person)
        for title, lines in overview.facts(db, found, context):
            st.markdown(f"**{title}**  \n" + "  \n".join(map(escape_markdown, lines)))
        _actions(found)
        _last_meeting(db, found, context)


def _buttons(db: Office, person: Row) -> None:
    """Show what is done most: an appointment, a note, the page to read before a meeting."""
    who, today = user_name(), records.today()

    def sheet(office: Office) -> bytes:
        from reports.pdf import meeting_sheet  # Typst is imported where it is needed

        content = meeting_sheet.pdf_bytes(office, person.id, today)
        access_log.note(office, who, "document", person.id, "Avant l’entretien")
        return content

    with st.container(horizontal=True, gap="small"):
        if st.button("Rendez-vous", icon=":material/event:", key="dossier:appointment", help=APPOINTMENT.new):
            dialog.edit_dialog(APPOINTMENT.name, None, {"person_id": person.id, "agent": person.values["agent"]})
        if st.button("Note", icon=":material/edit_note:", key="dossier:note", help=INTERVENTION.new):
            dialog.edit_dialog(INTERVENTION.name, None, {"person_id": person.id})
        file = f"avant-entretien-{person.id}-{today}.pdf"
        download_button("Avant l’entretien", sheet, file, "application/pdf", "dossier:sheet", icon=":material/print:")


def _actions(found: Overview) -> None:
    """Show the actions that are open; each opens in its form."""
    if not found.actions:
        return
    st.markdown("**Actions ouvertes**")
    with st.container(gap=None, key="dossier-actions"):
        for row in found.actions[:_ACTIONS]:
            day = f"{french_date(row.values['due_on'])} · " if row.values["due_on"] else ""
            late = ":material/warning: " if row.values["late"] else ""
            label = f"{late}{day}{escape_markdown(row.values['objective'])}"
            if st.button(label, key=f"dossier:action:{row.id}", type="tertiary", wrap=True):
                dialog.edit_dialog(ACTION.name, row.id)
    if len(found.actions) > _ACTIONS:
        st.caption(f"et {len(found.actions) - _ACTIONS} de plus dans « Plans d’action »")


def _last_meeting(db: Office, found: Overview, context: Context) -> None:
    if not found.meetings:
        return
    row = found.meetings[0]
    kind = db.tables[INTERVENTION.name].field("kind").type.show(row.values["kind"], context)
    when = f"{french_day(row.values['happened_on'])} {row.values['happened_on'][:4]}"
    st.markdown(f"**Dernier contact**  \n{escape_markdown(' · '.join(filter(None, (when, kind))))}")
    st.caption(escape_markdown(first_line(row)))


def first_line(row: Row) -> str:
    """Return the first line of what somebody wrote about a row, short enough for a list; \'\' without any."""
    text = next((row.values[name] for name in ("note", "conclusion", "objectives") if row.values.get(name)), "")
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line if len(line) <= _FIRST_LINE else f"{line[: _FIRST_LINE - 1]}…"
