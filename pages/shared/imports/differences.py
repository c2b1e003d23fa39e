"""The fifth step of « Importer »: the rows that would be created, changed (old → new) or left alone."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from db.base.french import french_number
from db.imports.plan_types import CREATE, SAME, UPDATE, WAITING, PlannedRow, SheetPlan
from db.imports.row_actions import NOTE
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Reference, References
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Lists

_SIZE = 50
_SHORT = 160
_COUNTS = {CREATE: "À créer", UPDATE: "À modifier", SAME: "Inchangées", WAITING: "En attente"}
_MEANS = {
    CREATE: "Lignes que Palette n’a pas encore.",
    UPDATE: "Lignes connues, dont le fichier dit autre chose.",
    SAME: "Lignes connues, dont le fichier ne dit rien de nouveau.",
    WAITING: "Lignes où quelque chose ne va pas : elles ne sont pas écrites.",
}


def show_counts(work: Work, lists: Lists) -> None:
    """Show how many rows would be created, changed or left alone, and how many wait."""
    widgets.step(5, "Ce qui changera")
    with st.grid(4, min_column_width=125, gap="small"):
        for action, label in _COUNTS.items():
            st.metric(label, french_number(lists.counts[action]), help=_MEANS[action], border=True)
    if work.choices.replace_notes or _adds_to_notes(lists):
        key = work.key("replace-notes")
        st.checkbox(
            "Remplacer les notes au lieu d’y ajouter celles du fichier", work.choices.replace_notes, key=key,
            on_change=lambda: draft.replace_notes(work, bool(st.session_state[key])),
        )  # fmt: skip
    kept = sum(bool(row.kept) for _, row in lists.plan.rows())
    if work.choices.replace_typed or kept:
        key = work.key("replace-typed")
        st.checkbox(
            "Remplacer aussi ce que l’équipe a saisi elle-même"
            + f" ({widgets.counted(kept, 'ligne concernée', 'lignes concernées')})" * bool(kept),
            work.choices.replace_typed, key=key,
            help="Sans cela, ce que l’équipe a écrit reste ; chaque ligne dit ce que le fichier écrirait à la place.",
            on_change=lambda: draft.replace_typed(work, bool(st.session_state[key])),
        )  # fmt: skip
    if not lists.plan.checked and (lists.counts[CREATE] or lists.counts[UPDATE]):
        st.caption("Les règles (plafond, contrats qui se chevauchent…) seront vérifiées pendant l’import.")


def _adds_to_notes(lists: Lists) -> bool:
    return any(row.old.get(NOTE) and NOTE in row.values for _, row in lists.plan.rows())


def show_rows(db: Office, work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Show the rows by action and sheet, in pages."""
    if not lists.row_at:
        st.info("Aucune ligne à lire : dites à l’étape 2 ce que contiennent les feuilles.")
        return
    present = [action for action in (WAITING, UPDATE, CREATE, SAME) if lists.counts[action]]
    sheets = [sheet.name for sheet in lists.plan.sheets if sheet.rows]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        action = st.segmented_control(
            "Montrer", ["", *present], key=work.key("action"), default="", required=True,
            format_func=lambda one: f"{_COUNTS[one]} ({french_number(lists.counts[one])})" if one else "Toutes",
        )  # fmt: skip
        sheet = ""
        if len(sheets) > 1:
            sheet = st.selectbox(
                "Feuille", ["", *sheets], key=work.key("of-sheet"), width=260, format_func=lambda one: one or "toutes"
            )
    rows = lists.rows(action or "", sheet)
    shown = widgets.paged(rows, _SIZE, work.key("rows-page", action, sheets.index(sheet) if sheet else ""))
    context = records.context(db)
    widgets.table(
        ["Action", "Où", "Qui ou quoi", "Ce qui change"],
        [_row(plan, row, tables[plan.table], lists, context) for plan, row in shown],
        cards=True,
    )


def _row(sheet: SheetPlan, row: PlannedRow, table: OfficeTable, lists: Lists, context: Context) -> str:
    changes = _changes(row, table, lists, context)
    kept = [
        f"{table.field(name).label} : saisi par l’équipe, gardé ; le fichier dit « {plain} »"
        for name, value in row.kept.items()
        for plain in [_plain(table, name, value, lists, context)]
    ]
    notes = "".join(f'<br><span class="label">{escape(note)}</span>' for note in (*row.notes, *kept))
    return (
        f'<tr class="{row.action}"><td>{widgets.word(row.action)}</td>'
        f'<td class="where">{escape(sheet.name)}, ligne {row.number}</td>'
        f'<td>{escape(row.title) or "–"}<br><span class="label">{escape(table.label)}</span></td>'
        f"<td>{changes}{notes}</td></tr>"
    )


def _changes(row: PlannedRow, table: OfficeTable, lists: Lists, context: Context) -> str:
    """Return the problems and new values of one row as HTML."""
    problems = [f"<strong>{escape(' : '.join(filter(None, (one.label, one.reason))))}</strong>" for one in row.problems]
    if row.action == SAME:
        return '<span class="label">rien à changer</span>'
    values = []
    for name, value in row.values.items():
        field = table.field(name)
        new = f"<ins>{_shown(table, name, value, lists, context)}</ins>"
        if name in row.old and row.old[name] is None:
            new = f'<span class="label">vide</span> → {new}'
        elif name in row.old:
            new = f"<del>{_shown(table, name, row.old[name], lists, context)}</del> → {new}"
        elif name in table.title:
            continue  # already in the title of the row
        values.append(f'<span class="label">{escape(field.label)} :</span> {new}')
    return "<br>".join([*problems, ("<br>" if row.action == UPDATE else " · ").join(values)]).removeprefix("<br>")


def _shown(table: OfficeTable, name: str, value: Any, lists: Lists, context: Context) -> str:
    """Return a value in French as HTML."""
    return escape(_plain(table, name, value, lists, context)) or "vide"


def _plain(table: OfficeTable, name: str, value: Any, lists: Lists, context: Context) -> str:
    """Return a value in French, shortened. References to rows of the imported file are shown by their titles."""
    kind = table.field(name).type
    if isinstance(kind, Reference | References):
        ids = value if isinstance(value, tuple) else [value] if value is not None else []
        text = " ; ".join(lists.titles[one] if one in lists.titles else context.title(kind.table, one) for one in ids)
    else:
        text = kind.show(value, context)
    return text if len(text) < _SHORT else f"{text[:_SHORT]}…"
