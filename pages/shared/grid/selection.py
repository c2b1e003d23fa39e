"""Around a grid: buttons for the selected rows, and below it the refused texts, conflicts and other notices."""

import streamlit as st

from db.base.errors import PaletteError
from db.model.dictionary import CER, TABLES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import bulk_edits, history, records
from pages.shared.grid import bulk_edit, bulk_letters, bulk_print
from pages.shared.grid.view import GridView, view_of
from pages.shared.history import changes
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from reports.documents.texts import letters_of

_LISTED = 20


def show_bar(table: OfficeTable, key: str, view: GridView) -> None:
    """Show the buttons for the selected rows."""
    chosen = view.selected
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key=f"{key}:chosen"):
        bulk_edit.buttons(table, key, chosen)
        if table.name == CER.name:
            bulk_print.buttons(key, chosen)
        elif letters_of(table.name):
            bulk_letters.button(table, key, chosen)
        if st.button(f"Supprimer ({len(chosen)})", key=f"{key}:delete", icon=":material/delete:"):
            delete_dialog(table.name, key, chosen)


def show_dialogs(table: OfficeTable, key: str, view: GridView) -> None:
    """Open what the menu of a cell asked for: to delete rows, or the history of the cell."""
    removing, view.removing = view.removing, []
    cell, view.history_of = view.history_of, None
    if removing:
        delete_dialog(table.name, key, removing)
    elif cell:
        _history_dialog(table.name, *cell)


@st.dialog("Historique de la case", width="large")
def _history_dialog(table_name: str, row_id: int, field: str) -> None:
    db = open_office()
    table, context = db.tables[table_name], records.context(db)
    label = table.field(field).label
    found = [
        one for one in history.of_row(db, table_name, row_id, context) if label in [name for name, _, _ in one.fields]
    ]
    st.markdown(f"**{escape_markdown(context.title(table_name, row_id))}** · {escape_markdown(label)}")
    if not found:
        st.info("Cette case n’a pas changé depuis que la ligne existe.")
    changes.show_list(db, found, context, "cell:history")


def _lines(count: int, word: str) -> str:
    s = "s" if count > 1 else ""
    return f"{count} ligne{s} {word}{s}"


@st.dialog("Supprimer ?")
def delete_dialog(table_name: str, key: str, chosen: list[int]) -> None:
    db, table = open_office(), TABLES[table_name]
    context = records.context(db)
    st.write("\n".join(f"- {escape_markdown(context.title(table.name, row_id))}" for row_id in chosen[:10]))
    if len(chosen) > 10:
        st.caption(f"… et {len(chosen) - 10} autres")
    if table.name == "person":
        st.caption("Les étapes, contrats, aides, entretiens et démarches de la personne sont rangés avec elle.")
    st.caption("Rien n’est perdu : la suppression peut être défaite et reste dans l’historique.")
    if st.button("Supprimer", type="primary", key=f"{key}:confirm"):
        rows = records.rows(db, db.tables[table.name], chosen)
        try:
            bulk_edits.delete(db, db.tables[table.name], {row.id: row.version for row in rows}, user_name())
        except PaletteError as error:
            st.error(escape_markdown(str(error)))
        else:
            view = view_of(key)
            view.deleted, view.selected = chosen, []
            st.rerun()


def show_notices(db: Office, table: OfficeTable, key: str, view: GridView, context: Context) -> None:
    """Show the notices below the grid: conflicts, refused texts, deletions to undo, unsaved lines, and so on."""
    drafts = sorted(view.sheet.drafts, reverse=True)
    with view.lock:
        rows = {row for row, _ in [*view.sheet.refused, *view.sheet.clashes] if row > 0}
        found = {row: view.rows.line_of(db, row) for row in rows}
        lines = {row: line + 1 for row, line in found.items() if line is not None}
        lines |= {draft: len(view.rows) + number for number, draft in enumerate(drafts, start=1)}
    _show_clashes(db, table, key, view, context, lines)
    _show_refused(table, key, view, context, lines)
    for text in view.sheet.lost:
        st.warning(escape_markdown(text), icon=":material/warning:")
    _show_deleted(db, table, key, view)
    for draft in drafts:
        _show_draft(key, view, draft, lines[draft])
    _show_stale(key, view)


def _show_draft(key: str, view: GridView, draft: int, line: int) -> None:
    missing = escape_markdown(", ".join(view.sheet.missing(draft)))
    if not missing:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Ligne {line}, pas encore enregistrée. Il manque : {missing}.", width="content")
        if st.button("Abandonner cette ligne", key=f"{key}:forget:{draft}", type="tertiary"):
            view.sheet.forget_draft(draft)
            st.rerun(scope="fragment")


def _show_deleted(db: Office, table: OfficeTable, key: str, view: GridView) -> None:
    if not view.deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/delete: {_lines(len(view.deleted), 'supprimée')}.", width="content")
        if st.button("Défaire la suppression", key=f"{key}:undo", icon=":material/undo:"):
            try:
                records.restore(db, table, view.deleted, user_name())
            except PaletteError as error:
                st.error(escape_markdown(str(error)))
            else:
                view.deleted, view.must_reload = [], True
                st.rerun(scope="fragment")


def _show_clashes(
    db: Office, table: OfficeTable, key: str, view: GridView, context: Context, lines: dict[int, int]
) -> None:
    for cell, clash in list(view.sheet.clashes.items()):
        difference = clash.difference
        theirs_text, mine_text = difference.theirs_text or "vide", difference.mine_text or "vide"
        with st.container(border=True):
            title = context.title(table.name, clash.row)
            st.warning(
                escape_markdown(f"Ligne {lines.get(clash.row, '?')} · {title} · ")
                + f"**{escape_markdown(difference.label)}** : "
                + escape_markdown(f"{clash.who} a écrit « {theirs_text} » pendant que vous tapiez « {mine_text} ».")
                + " Que garder ?",
                icon=":material/call_split:",
            )
            with st.container(horizontal=True):
                theirs = st.button(f"Garder « {_short(theirs_text)} »", key=f"{key}:theirs:{cell}")
                mine = st.button(f"Écrire « {_short(mine_text)} »", key=f"{key}:mine:{cell}")
            if theirs or mine:
                with view.lock:
                    view.sheet.settle(db, cell, mine, user_name())
                st.rerun(scope="fragment")


def _short(text: str) -> str:
    return escape_markdown(text if len(text) <= 40 else f"{text[:39]}…")


def _show_refused(table: OfficeTable, key: str, view: GridView, context: Context, lines: dict[int, int]) -> None:
    problems = view.sheet.problems(lines)
    if not problems:
        return
    outside = {row: f"{context.title(table.name, row)} · " for (row, _), _ in problems if row > 0 and row not in lines}
    texts = [f"{outside.get(row, '')}{problem}" for (row, _), problem in problems[:_LISTED]]
    shown = "\n".join(f"- {escape_markdown(text)}" for text in texts)
    more = f"\n\n… et {len(problems) - _LISTED} autres" if len(problems) > _LISTED else ""
    st.error(f"Pas enregistré, à corriger dans la grille (le reste l’est) :\n\n{shown}{more}", icon=":material/error:")
    if st.button("Abandonner ces saisies", key=f"{key}:forget"):
        for cell, _ in problems:
            view.sheet.forget(cell)
        st.rerun(scope="fragment")


def _show_stale(key: str, view: GridView) -> None:
    stale = view.stale_count
    if not stale:
        return
    words = (
        f"{stale} lignes ne correspondent plus à la recherche ou aux filtres ; elles restent en vue, « hors filtre »."
        if stale > 1
        else "1 ligne ne correspond plus à la recherche ou aux filtres ; elle reste en vue, « hors filtre »."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words, width="content")
        if st.button("Appliquer de nouveau", key=f"{key}:again", icon=":material/refresh:"):
            view.must_reload = True
            st.rerun(scope="fragment")
