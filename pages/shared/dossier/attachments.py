"""« Pièces » of one person's file: dropped here, listed with the picture of their first page, taken away, deleted."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from db.attachments import files, reader
from db.attachments.reader import megabytes
from db.base.errors import PaletteError, RuleError
from db.base.french import french_date
from db.model import attachment_rules
from db.model.dictionary import ATTACHMENT
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import operations, records, undo
from db.rows.records import Row
from pages.shared.form import dialog
from pages.shared.shell import uploads
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

_TURN, _BROUGHT, _SAID, _DELETED = "pieces:turn", "pieces:brought", "pieces:said", "pieces:deleted"
_SHOWN_AT_FIRST = 30
_MOST = megabytes(attachment_rules.MOST_OF_PERSON)
_LIMITS = "PDF, JPEG, PNG, DOCX, ODT ou XLSX · 10\u00a0Mo par fichier, 50\u00a0Mo à la fois"
_LOST = "Un fichier n’est pas arrivé jusqu’à Palette : déposez-le de nouveau."
_ICONS = {"docx": "description", "odt": "description", "xlsx": "table", "pdf": "picture_as_pdf"}
_LINKS = ("cer_id", "aid_id")
"""The fields of an attachment that say which row it is about."""


@dataclass(frozen=True)
class _Brought:
    """Files that wait to be read, for one person, with the values of their rows."""

    person_id: int
    values: Mapping[str, Any]
    files: list[tuple[str, bytes]]


def show(db: Office, person: Row, context: Context) -> None:
    """Show where to drop files, what became of the last ones, and the files that are kept."""
    _keep(db, person.id)
    table = db.tables[ATTACHMENT.name]
    with st.container(border=True):
        _show_uploader(db, table, person, context)
    for said in st.session_state.pop(_SAID, []):
        st.error(escape_markdown(said), icon=":material/error:")
    _offer_undo(person.id)
    rows = records.of_person(db, table, person.id)
    if not rows:
        st.info(
            "Aucune pièce encore : contrat signé, devis, K-bis, portfolio… Glissez un fichier dans le cadre ci-dessus.",
            icon=":material/attach_file:",
        )
        return
    show_all = len(rows) > _SHOWN_AT_FIRST and st.toggle(f"Tout montrer ({len(rows)})", key="pieces:all")
    pictures = files.pictures(db, person.id)
    with st.container(gap="small"):
        for row in rows if show_all else rows[:_SHOWN_AT_FIRST]:
            _show_file(table, row, pictures.get(row.id), context)


# ---- bringing files


def _show_uploader(db: Office, table: OfficeTable, person: Row, context: Context) -> None:
    """Show what the files are and what they are about, then the place to drop them."""
    kinds = table.field("kind").type
    with st.container(horizontal=True, vertical_alignment="bottom"):
        codes = [code for code in context.labels["attachment_kind"] if code not in context.retired["attachment_kind"]]
        kind = st.selectbox(
            "Nature", codes, None, lambda code: kinds.show(code, context), key=f"pieces:kind:{person.id}",
            placeholder="à préciser", width=260,
        )  # fmt: skip
        about = st.selectbox(
            "Concerne", _rows_about(db, table, person), None, lambda link: _link_title(table, link, context),
            key=f"pieces:about:{person.id}", placeholder="tout le dossier", width=340,
        )  # fmt: skip
    values = {"kind": kind, **({about[0]: about[1]} if about else {})}
    key = f"pieces:file:{person.id}:{st.session_state.setdefault(_TURN, 0)}"
    st.file_uploader(
        "Ajouter des fichiers", accept_multiple_files=True, key=key, max_upload_size=10,
        on_change=_take, args=(key, person.id, values),
    )  # fmt: skip
    used = megabytes(files.size_of_person(db, person.id)) if files.size_of_person(db, person.id) else "0\u00a0Mo"
    st.caption(f"{_LIMITS} · {used} sur {_MOST} pour cette personne")


def _rows_about(db: Office, table: OfficeTable, person: Row) -> list[tuple[str, int]]:
    """Return (field, id) of the rows of the person that a file may be about, latest first."""
    targets = [(name, db.tables[table.field(name).target or ""]) for name in _LINKS]
    return [(name, row.id) for name, target in targets for row in records.of_person(db, target, person.id)]


def _link_title(table: OfficeTable, link: tuple[str, int], context: Context) -> str:
    field = table.field(link[0])
    return f"{field.label} : {context.title(field.target or '', link[1])}"


def _take(key: str, person_id: int, values: Mapping[str, Any]) -> None:
    """Note the files that have arrived; called by Streamlit before the page runs."""
    found, lost = uploads.take(key)
    st.session_state[_TURN] += 1
    st.session_state[_BROUGHT] = _Brought(person_id, values, found)
    st.session_state[_SAID] = [_LOST] * bool(lost)


def _keep(db: Office, person_id: int) -> None:
    """Read and keep the files that have arrived. One is taken from the list before it is saved, and nothing is drawn in
    between: a run that Streamlit stops neither loses a file nor keeps it twice."""
    brought: _Brought | None = st.session_state.get(_BROUGHT)
    if brought is None or brought.person_id != person_id or not brought.files:
        return
    who, said, kept = user_name(), st.session_state.setdefault(_SAID, []), 0
    with st.spinner(f"Lecture de {len(brought.files)} fichier{'s' * (len(brought.files) > 1)}…"):
        while brought.files:
            name, content = brought.files.pop(0)
            try:
                files.add(db, person_id, reader.read(content, name), brought.values, who)
                kept += 1
            except RuleError as error:
                said.append(f"« {name} » n’est pas gardé : {' ; '.join(one.reason for one in error.problems)}.")
            except PaletteError as error:
                said.append(str(error))
    if kept:
        queue_toast(f"{kept} pièces ajoutées" if kept > 1 else "Pièce ajoutée")
        st.rerun()


# ---- one file


def _show_file(table: OfficeTable, row: Row, picture: bytes | None, context: Context) -> None:
    values = row.values
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"piece:{row.id}"):
        st.html(_picture(values, picture), width=92)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{escape_markdown(values['name'])}**")
            st.caption(escape_markdown(_facts(table, row, context)))
        with st.container(horizontal=True, width="content", gap="small"):
            _offer_download(row)
            if st.button("Modifier", key=f"piece:{row.id}:edit", icon=":material/edit:", type="tertiary"):
                dialog.edit_dialog(table.name, row.id)
            st.button(
                "Supprimer", key=f"piece:{row.id}:delete", icon=":material/delete:", type="tertiary",
                on_click=_delete, args=(row,),
            )  # fmt: skip


def _picture(values: Mapping[str, Any], picture: bytes | None) -> str:
    """Return the picture of the first page, or the format in letters, as HTML."""
    if picture is None:
        return f'<div class="piece" aria-hidden="true">{escape(values["format"].upper())}</div>'
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    return f'<div class="piece"><img src="{source}" alt="Première page de {escape(values["name"])}"></div>'


def _facts(table: OfficeTable, row: Row, context: Context) -> str:
    """Return « Devis · 28/11/2026 · PDF · 1,4 Mo · Contrat : … »."""
    values = row.values
    kind = table.field("kind").type.show(values["kind"], context)
    about = [_link_title(table, (name, values[name]), context) for name in _LINKS if values[name]]
    facts = [kind, french_date(values["added_on"]), values["format"].upper(), megabytes(values["size"]), *about]
    return " · ".join(filter(None, [*facts, " ".join((values["note"] or "").split())]))


def _offer_download(row: Row) -> None:
    who = user_name()

    def make(db: Office, number: int) -> bytes:
        """Log that the file is taken away, and return it."""
        return files.take(db, number, who).content

    kind = row.values["format"]
    download_button(
        "Télécharger", partial(make, number=row.id), files.file_name(row.values["name"], kind), files.MEDIA_TYPES[kind],
        f"piece:{row.id}:download", type="tertiary",
    )  # fmt: skip


def _delete(row: Row) -> None:
    """Delete one file; called by Streamlit before the page runs."""
    try:
        db, who = open_office(), user_name()
        records.delete(db, db.tables[ATTACHMENT.name], {row.id: row.version}, who)
        operation = operations.last_of(db, who, ATTACHMENT.name)
        st.session_state[_DELETED] = (row.values["person_id"], row.values["name"], operation.id if operation else 0)
    except PaletteError as error:
        st.session_state[_SAID] = [str(error)]


def _offer_undo(person_id: int) -> None:
    """Show the file that was just deleted, and the button that brings it back."""
    person, name, operation = st.session_state.get(_DELETED, (None, "", 0))
    if person != person_id:
        return
    days = attachment_rules.KEPT_DAYS
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f":material/delete: **{escape_markdown(name)}** est supprimée. Elle peut revenir pendant {days} jours"
            " (« Historique »), puis son fichier est effacé pour de bon.",
            width="stretch",
        )
        if st.button("Défaire", icon=":material/undo:", key="pieces:undo"):
            _undo(operation)


def _undo(operation: int) -> None:
    try:
        undo.undo(open_office(), operation, user_name())
    except PaletteError as error:
        st.session_state[_SAID] = [str(error)]
    else:
        queue_toast("Pièce rétablie")
    st.session_state.pop(_DELETED, None)
    st.rerun()
