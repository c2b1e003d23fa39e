"""The persons who count differently in a report now than at an earlier moment, with the changes made since."""

from collections.abc import Iterable

import streamlit as st

from db.figures import as_of
from db.figures.as_of import Moved
from db.figures.definitions import FIGURES
from db.figures.periods import Period
from db.model.dictionary import TABLES
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.rows import records
from db.rows.history import Change
from db.storage import connection
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import office_file, roles
from reports.content import quantities, report

_LISTED = 50


def show(db: Office, period: Period, moment: str, since: str, key: str) -> None:
    """Show the list. ``moment``: ISO; ``since``: the same in French (« depuis le … »)."""
    if Role.AGENT not in roles():
        st.caption("Qui a bougé n’est montré qu’aux agents, qui tiennent les dossiers.")
        return
    context = records.context(db)
    names = [name for name in report.photo_figures(period) if FIGURES[name].unit != "years"]
    moved = connection.remembered(
        db, ("moved", period, moment), lambda: as_of.moved(db, office_file(), period, names, moment, context)
    )
    if not moved:
        st.caption(f"Rien n’a bougé {since} : les chiffres sont ceux que l’on connaissait.")
        return
    st.caption(f"{quantities.with_unit(len(moved), 'person')} {since}, d’après l’historique.")
    labels = report.part_labels(report.make(db, period))
    for person in moved[:_LISTED]:
        _show_person(person, context, labels, key)
    if len(moved) > _LISTED:
        st.caption(f"… et {quantities.with_unit(len(moved) - _LISTED, 'person')} encore.")


def _show_person(moved: Moved, context: Context, labels: dict[tuple[str, str], str], key: str) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape_markdown(context.title('person', moved.person))}**", width="stretch")
            if st.button("Dossier", key=f"{key}:moved:{moved.person}", type="tertiary", icon=":material/person:"):
                st.switch_page("person.py", query_params={"dossier": str(moved.person)})
        for sign, parts in (("+", moved.henceforth), ("−", moved.no_longer)):
            if parts:
                word = "Compte désormais dans" if sign == "+" else "Ne compte plus dans"
                st.markdown(f"{word} : {escape_markdown(_names_of(parts, labels))}")
        for change in moved.changes:
            st.caption(escape_markdown(_sentence(change)))


def _names_of(parts: Iterable[tuple[str, str]], labels: dict[tuple[str, str], str]) -> str:
    return " ; ".join(dict.fromkeys(labels.get(part, FIGURES[part[0]].label) for part in parts))


def _sentence(change: Change) -> str:
    table = TABLES[change.table]
    return f"{change.moment} · {table.label} · {change.sentence}"
