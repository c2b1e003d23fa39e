"""Change a field of many rows of a grid at once: choose the rows, preview, confirm. « Défaire » undoes the whole."""

from dataclasses import replace

import streamlit as st

from db.base.errors import ConflictError, FieldError, PaletteError
from db.base.french import french_number
from db.model.dictionary import CER, PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import bulk_edits, records
from db.rows.bulk_edits import BulkChange
from pages.shared.form import form
from pages.shared.grid import bulk_create
from pages.shared.grid.bulk_create import PREVIEW_NUMBERS
from pages.shared.grid.view import GridView, view_of
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name

_LISTED = 8
CHOSEN, FOUND = "chosen", "found"
_CHANGE, _CREATE = "Modifier un champ", "Créer pour plusieurs"


def open_for_all(table: OfficeTable, key: str) -> None:
    """Open the dialog for all rows that match."""
    form.forget("bulk")
    _dialog(table.name, key, [], _CHANGE)


def buttons(table: OfficeTable, key: str, chosen: list[int]) -> None:
    """Show the buttons that open the dialog for the selected rows."""
    count = len(chosen)
    if st.button(f"Modifier ({count})", key=f"{key}:bulk", icon=":material/edit:", help="Changer un champ"):
        form.forget("bulk")
        _dialog(table.name, key, chosen, _CHANGE)
    help_text = "Le même entretien ou la même démarche, la même action ou un renouvellement, pour chacune"
    label, icon = f"Créer pour ({count})", ":material/library_add:"
    if _creates(table) and st.button(label, key=f"{key}:create", icon=icon, help=help_text):
        form.forget("bulk")
        _dialog(table.name, key, chosen, _CREATE)


def _creates(table: OfficeTable) -> bool:
    return table.name in (PERSON.name, CER.name)


@st.dialog("Plusieurs lignes", width="large")
def _dialog(table_name: str, key: str, chosen: list[int], work: str) -> None:
    db, view = open_office(), view_of(key)
    table = db.tables[table_name]
    if _creates(table):
        options = [_CHANGE, _CREATE]
        picked = st.segmented_control(
            "Que faire", options, default=work, required=True, key="bulk:work", label_visibility="collapsed"
        )
        work = picked or work
    ids = _rows(db, table, view, chosen)
    if not ids:
        st.info("Aucune ligne.")
    elif len(ids) > bulk_edits.MOST:
        st.warning(f"Au plus {french_number(bulk_edits.MOST)} lignes à la fois : resserrez les filtres.")
    elif work == _CREATE:
        result = bulk_create.show(db, table, ids)
        if result:
            _finish(key, result)
    else:
        _change(db, table, key, ids)


def _rows(db: Office, table: OfficeTable, view: GridView, chosen: list[int]) -> list[int]:
    """Return the rows to change. Asks which ones when some are selected and more match."""
    matching = view.counts(db)[0]
    if chosen and matching <= len(chosen):
        return chosen
    if chosen:
        labels = {
            CHOSEN: f"Les {len(chosen)} choisies" if len(chosen) > 1 else "La ligne choisie",
            FOUND: f"Les {french_number(matching)} trouvées",
        }
        scope = st.segmented_control(
            "Lignes", list(labels), default=CHOSEN, required=True, format_func=labels.__getitem__, key="bulk:scope"
        )
        if scope != FOUND:
            return chosen
    else:
        st.caption(f"{_lines(matching)} : tout ce que trouvent la recherche et les filtres, sur toutes les pages.")
    return records.page_ids(db, table, replace(view.query, page=1, size=bulk_edits.MOST + 1))


def _lines(number: int, word: str = "") -> str:
    s = "s" if number > 1 else ""
    return f"{french_number(number)} ligne{s}" + (f" {word}{s}" if word else "")


def _finish(key: str, result: str) -> None:
    """Close the dialog. ``result``: what was done, shown as the status of the grid."""
    view = view_of(key)
    view.sheet.status, view.selected = result, []
    st.rerun()


# ---- one field


def _change(db: Office, table: OfficeTable, key: str, ids: list[int]) -> None:
    context = records.context(db)
    labels = {field.name: field.label for field in table.fields}
    name = st.selectbox(
        "Champ", list(labels), None, format_func=labels.__getitem__, key="bulk:field", placeholder="Quel champ ?"
    )
    if name is None:
        return
    value = form.field_widget(db, table.field(name), f"bulk:{name}", None, context)
    if value in (None, "", ()):
        if table.field(name).required or not st.checkbox("Vider ce champ", key=f"bulk:{name}:empty"):
            return
        value = None
    try:
        with st.spinner("Essai à blanc…"):
            preview, number = _previewed(db, table, ids, name, value)
    except FieldError as error:
        st.error(escape_markdown(f"{labels[name]} : {error}."))
        return
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    _show_change(table, preview, context)
    count = len(preview.versions)
    if st.button(f"Modifier {_lines(count)}", type="primary", key=f"bulk:go:{number}", disabled=not count):
        _write(db, table, key, preview, context)


def _previewed(db: Office, table: OfficeTable, ids: list[int], name: str, value: object) -> tuple[BulkChange, int]:
    """Return the preview and its number. Computed once per question, so that what is written is what was shown."""
    question = (table.name, name, value, tuple(ids))
    last: tuple[object, BulkChange, int] | None = st.session_state.get("bulk:preview")
    if last is None or last[0] != question:
        last = (question, bulk_edits.preview(db, table, ids, name, value, user_name()), next(PREVIEW_NUMBERS))
        st.session_state["bulk:preview"] = last
    return last[1], last[2]


def _show_change(table: OfficeTable, preview: BulkChange, context: Context) -> None:
    """Show old value, new value and number of rows; then the rows that stay as they are, and why."""
    new = escape_markdown(preview.new_text) if preview.new_text else ":gray[vide]"
    if preview.groups:
        lines = [
            f"| {_cell(old)} | {new.replace(chr(10), ' ')} | {french_number(count)} |"
            for old, count in preview.groups[:_LISTED]
        ]
        st.markdown("\n".join(["| aujourd’hui | ensuite | lignes |", "|---|---|---:|", *lines]))
        rest = preview.groups[_LISTED:]
        if rest:
            values = f"{len(rest)} autres valeurs" if len(rest) > 1 else "une autre valeur"
            st.caption(f"… et {values} ({_lines(sum(count for _, count in rest))}).")
    if preview.same:
        st.caption(f"{_lines(preview.same)} : cette valeur y est déjà.")
    if not preview.groups and not preview.refused:
        st.caption("Rien à changer.")
    if preview.refused:
        first = [
            f"- {escape_markdown(context.title(table.name, row))} : {escape_markdown(why)}"
            for row, why in list(preview.refused.items())[:_LISTED]
        ]
        left = len(preview.refused) - _LISTED
        more = f"\n- … et {left} autre{'s' * (left > 1)}" * (left > 0)
        verb = "seraient refusées et resteront" if len(preview.refused) > 1 else "serait refusée et restera"
        st.warning(f"{_lines(len(preview.refused))} {verb} comme maintenant :\n\n" + "\n".join(first) + more)


def _cell(text: str) -> str:
    short = text.replace("\n", " ")
    return escape_markdown(short if len(short) < 60 else f"{short[:59]}…") if text else ":gray[vide]"


def _write(db: Office, table: OfficeTable, key: str, preview: BulkChange, context: Context) -> None:
    try:
        with st.spinner("Enregistrement…"):
            count = bulk_edits.change(db, table, preview, user_name())
    except PaletteError as error:
        st.session_state.pop("bulk:preview", None)
        where = f"{context.title(table.name, error.row_id)} : " if isinstance(error, ConflictError) else ""
        st.error(f"Rien n’a été modifié.\n\n{where}{escape_markdown(str(error))}")
    else:
        _finish(key, _lines(count, "modifiée"))
