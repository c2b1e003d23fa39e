"""What happens around a grid: the selected rows (change, delete), and what it has to say (refused, clashes, undo)."""

from typing import TYPE_CHECKING

import streamlit as st

from db import records
from db.connection import Database, office
from db.dictionary import TABLES
from db.errors import PaletteError
from db.fields import Table
from db.records import Edit
from db.types import Context
from pages.shared import form
from pages.shared.session import who

if TYPE_CHECKING:
    from pages.shared.grid import View


def show_bar(db: Database, table: Table, key: str, view: "View", known: Context) -> None:
    """« 3 lignes choisies », and what can be done with them."""
    chosen = [row_id for row_id in view.selected if row_id in view.ids]
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        many = len(chosen) > 1
        st.markdown(f"**{len(chosen)} ligne{'s' if many else ''} choisie{'s' if many else ''}**")
        if st.button("Modifier un champ", key=f"{key}:bulk", icon=":material/edit:"):
            form.forget("bulk")
            _change_dialog(table.name, key, chosen)
        if st.button("Supprimer", key=f"{key}:delete", icon=":material/delete:"):
            _delete_dialog(table.name, key, chosen)


@st.dialog("Modifier un champ")
def _change_dialog(table_name: str, key: str, chosen: list[int]) -> None:
    db, table = office(), TABLES[table_name]
    labels = {item.name: item.label for item in table.fields}
    name = st.selectbox("Champ", list(labels), format_func=labels.get, key="bulk:field")
    value = form.field_widget(db, table.field(name), f"bulk:{name}", None, records.context(db))
    st.caption(f"La valeur remplacera celle de {len(chosen)} ligne(s) ; un champ vide l’efface.")
    if st.button("Modifier", type="primary", key="bulk:go"):
        rows = records.rows(db, table, chosen)
        try:
            records.save_all(
                db, table, [Edit({name: value or None if value != 0 else 0}, r.id, r.version) for r in rows], who()
            )
        except PaletteError as error:
            st.error(f"Rien n’a été modifié.\n\n{error}")
        else:
            st.session_state[f"{key}:view"].sheet.status = f"{len(rows)} ligne(s) modifiée(s)"
            st.rerun()


@st.dialog("Supprimer ?")
def _delete_dialog(table_name: str, key: str, chosen: list[int]) -> None:
    db, table = office(), TABLES[table_name]
    known = records.context(db)
    st.write("\n".join(f"- {known.title(table.name, row_id)}" for row_id in chosen[:10]))
    if len(chosen) > 10:
        st.caption(f"… et {len(chosen) - 10} autres")
    if table.name == "person":
        st.caption("Les étapes, contrats, aides et interventions de la personne sont rangés avec elle.")
    st.caption("Rien n’est perdu : la suppression peut être annulée et reste dans l’historique.")
    if st.button("Supprimer", type="primary", key=f"{key}:confirm"):
        view: View = st.session_state[f"{key}:view"]
        rows = records.rows(db, table, chosen)
        try:
            records.delete(db, table, {row.id: row.version for row in rows}, who())
        except PaletteError as error:
            st.error(str(error))
        else:
            view.deleted, view.selected = chosen, []
            st.rerun()


def show_notices(db: Database, table: Table, key: str, view: "View") -> None:
    """Under the grid: what could not be saved and why, what a colleague changed meanwhile, what can be undone."""
    lines = {row_id: place for place, row_id in enumerate(view.ids, start=1)}
    drafts = {
        draft: len(view.ids) + place for place, draft in enumerate(sorted(view.sheet.drafts, reverse=True), start=1)
    }
    _show_deleted(db, table, key, view)
    _show_clashes(db, table, key, view, lines)
    _show_refused(key, view, lines | drafts)
    for draft, line in drafts.items():
        missing = view.sheet.missing(draft)
        if missing:
            st.caption(f"Ligne {line}, pas encore enregistrée. Il manque : {', '.join(missing)}.")
    if view.pasted:
        st.caption(view.pasted)
        view.pasted = ""
    _show_stale(db, table, key, view)


def _show_deleted(db: Database, table: Table, key: str, view: "View") -> None:
    if not view.deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"{len(view.deleted)} ligne(s) supprimée(s).", icon=":material/delete:")
        if st.button("Annuler la suppression", key=f"{key}:undo"):
            try:
                records.restore(db, table, view.deleted, who())
            except PaletteError as error:
                st.error(str(error))
            else:
                view.deleted = []
                st.rerun(scope="fragment")


def _show_clashes(db: Database, table: Table, key: str, view: "View", lines: dict[int, int]) -> None:
    known = records.context(db)
    for place, clash in list(view.sheet.clashes.items()):
        told = clash.difference
        with st.container(border=True):
            st.warning(
                f"Ligne {lines.get(clash.row, '?')} ({known.title(table.name, clash.row)}) · {told.label} : "
                f"{clash.who} a écrit « {told.theirs_text or 'vide'} » ; vous, « {told.mine_text or 'vide'} »."
            )
            with st.container(horizontal=True):
                theirs = st.button(f"Garder « {told.theirs_text or 'vide'} »", key=f"{key}:theirs:{place}")
                mine = st.button(f"Écrire « {told.mine_text or 'vide'} »", key=f"{key}:mine:{place}")
            if theirs or mine:
                view.sheet.settle(db, place, mine, who())
                st.rerun(scope="fragment")


def _show_refused(key: str, view: "View", lines: dict[int, int]) -> None:
    problems = view.sheet.problems(lines)
    if not problems:
        return
    with st.container(border=True):
        shown = "\n".join(f"- {problem}" for _, problem in problems[:20])
        more = f"\n\n… et {len(problems) - 20} autres" if len(problems) > 20 else ""
        st.error(f"Pas enregistré, à corriger dans la grille (le reste l’est) :\n\n{shown}{more}")
        if st.button("Abandonner ces saisies", key=f"{key}:forget"):
            for place, _ in problems:
                view.sheet.forget(place)
            st.rerun(scope="fragment")


def _show_stale(db: Database, table: Table, key: str, view: "View") -> None:
    stale = len(view.ids) - len(records.still_matching(db, table, view.query, view.ids)) if view.ids else 0
    if stale:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{stale} ligne(s) ne correspondent plus à la recherche ou aux filtres, et restent en vue (barrées)."
            )
            if st.button("Appliquer de nouveau", key=f"{key}:again"):
                view.applied += 1
                st.rerun(scope="fragment")
