"""Who counts otherwise in a report than was known at a moment, in which figures, and what was typed in since."""

from collections.abc import Iterable

import streamlit as st

from db.base.folders import office_path
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
from pages.shared.shell.session import roles
from reports.content import quantities, report

_FIRST = 50


def show(db: Office, period: Period, moment: str, since: str, key: str) -> None:
    """The list. ``since``: the moment in French, for its sentence."""
    if Role.AGENT not in roles():
        st.caption("Qui a bougé n’est montré qu’aux agents, qui tiennent les dossiers.")
        return
    known = records.context(db)
    names = [name for name in report.photo_figures(period) if FIGURES[name].unit != "years"]
    found = connection.remembered(
        db, ("moved", period.code, moment), lambda: as_of.moved(db, office_path(), period, names, moment, known)
    )
    if not found:
        st.caption(f"Rien n’a bougé {since} : les chiffres sont ceux que l’on connaissait.")
        return
    st.caption(f"{quantities.with_unit(len(found), 'person')} {since}, d’après l’historique.")
    labels = report.part_labels(report.make(db, period))
    for one in found[:_FIRST]:
        _show_one(one, known, labels, key)
    if len(found) > _FIRST:
        st.caption(f"… et {quantities.with_unit(len(found) - _FIRST, 'person')} encore.")


def _show_one(one: Moved, known: Context, labels: dict[tuple[str, str], str], key: str) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{known.title('person', one.person)}**", width="stretch")
            if st.button("Dossier", key=f"{key}:moved:{one.person}", type="tertiary", icon=":material/person:"):
                st.switch_page("person.py", query_params={"dossier": str(one.person)})
        for sign, parts in (("+", one.henceforth), ("−", one.no_longer)):
            if parts:
                word = "Compte désormais dans" if sign == "+" else "Ne compte plus dans"
                st.markdown(f"{word} : {_told(parts, labels)}")
        for change in one.changes:
            st.caption(_sentence(change))


def _told(parts: Iterable[tuple[str, str]], labels: dict[tuple[str, str], str]) -> str:
    return " ; ".join(dict.fromkeys(labels.get(part, FIGURES[part[0]].label) for part in parts))


def _sentence(change: Change) -> str:
    table = TABLES[change.table]
    return f"{change.moment} · {table.label} · {change.sentence}"
