"""The second step of « Importer »: the table of each sheet and the field of each column; what is left out, and why."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

import streamlit as st

from db.imports import column_matching
from db.imports.known_headers import headers_of
from db.imports.plan_types import ImportPlan, PlannedColumn, SheetPlan
from db.model.fields import OfficeTable
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import HOWS
from pages.shared.shell.markdown import code_span, escape_markdown
from pages.shared.shell.session import open_office

_LINES = 12
"""How many numbers of ignored lines are listed."""


def show(work: Work, plan: ImportPlan, tables: Mapping[str, OfficeTable]) -> None:
    """Show an expander for each sheet; those with something to decide are open."""
    widgets.step(
        2, "Feuilles et colonnes",
        "Ce que Palette a reconnu. Corrigez ce qui ne va pas : votre choix sera retenu pour le prochain fichier.",
    )  # fmt: skip
    read = sum(bool(sheet.table) for sheet in plan.sheets)
    for index, sheet in enumerate(plan.sheets):
        is_open = needs_decision(sheet) or (read == 1 and bool(sheet.table)) or (read == 0 and not sheet.hidden)
        icon = ":material/visibility_off:" if not sheet.table else ":material/table:"
        part = st.expander(_summary(sheet), is_open, key=work.key("sheet", index), icon=icon, on_change="rerun")
        if part.open:
            with part:
                _show_sheet(work, index, sheet, tables)


def needs_decision(sheet: SheetPlan) -> bool:
    """Whether the person has to decide something about a sheet."""
    is_ambiguous = not sheet.table and sheet.why.startswith("cette feuille peut être")
    return is_ambiguous or bool(sheet.missing) or any(map(_is_unknown, sheet.columns))


def _is_unknown(column: PlannedColumn) -> bool:
    return (
        not column.field
        and bool(column.header)
        and bool(column.examples)
        and not column.how
        and "calculé" not in column.why
    )


def _summary(sheet: SheetPlan) -> str:
    name = f"**{escape_markdown(sheet.name)}**" + " (masquée)" * sheet.hidden
    if not sheet.table:
        return f"{name} : laissée de côté · {escape_markdown(sheet.why)}"
    recognised = sum(bool(column.field) for column in sheet.columns)
    aside = sum(not column.field and bool(column.examples) for column in sheet.columns)
    parts = [
        widgets.counted(len(sheet.rows), "ligne"),
        widgets.counted(recognised, "colonne reconnue", "colonnes reconnues"),
    ]
    if aside:
        parts.append(f"{aside} laissée{'s' * (aside > 1)} de côté")
    return f"{name} → **{sheet.label}** · {' · '.join(parts)}"


# ---- one sheet


def _show_sheet(work: Work, index: int, sheet: SheetPlan, tables: Mapping[str, OfficeTable]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _ask_table(work, index, sheet, tables)
        _ask_header(work, index, sheet)
    if sheet.table and sheet.how in HOWS:
        st.caption(f"Table trouvée {_how(sheet.how)}.")
    for note in sheet.notes:
        st.caption(f":material/info: {escape_markdown(note)}")
    if sheet.table:
        _ask_missing(work, index, sheet, tables[sheet.table])
        _show_columns(work, index, sheet, tables[sheet.table])
        _show_ignored(sheet)


def _how(how: str) -> str:
    return "selon votre choix" if how == column_matching.CHOSEN else HOWS[how]


def _ask_table(work: Work, index: int, sheet: SheetPlan, tables: Mapping[str, OfficeTable]) -> None:
    key = work.key("table", index)
    st.session_state[key] = work.choices.tables.get(sheet.name, sheet.table)
    labels = {"": "(laisser de côté)", **{name: table.plural for name, table in tables.items()}}
    st.selectbox(
        "Ce que contient la feuille", list(labels), key=key, format_func=labels.__getitem__, width=280,
        on_change=lambda: draft.choose_table(work, sheet.name, st.session_state[key]),
    )  # fmt: skip


def _ask_header(work: Work, index: int, sheet: SheetPlan) -> None:
    key = work.key("header", index)
    st.session_state[key] = work.choices.headers.get(sheet.name, sheet.header_row) or 1
    st.number_input(
        "Ligne des titres", 1, 1_000, key=key, width=150,
        on_change=lambda: draft.choose_header(work, sheet.name, int(st.session_state[key])),
    )  # fmt: skip


def _ask_missing(work: Work, index: int, sheet: SheetPlan, table: OfficeTable) -> None:
    """Ask for a value of each required field without a column, for all new rows of the sheet."""
    constants = work.choices.constants.get(sheet.name, {})
    for name in dict.fromkeys([*sheet.missing, *constants]):
        field = table.field(name)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/priority_high: **{field.label}** est obligatoire et "
                + ("n’a pas de colonne" if name in sheet.missing else "manque à certaines lignes")
                + ". Pour toutes les nouvelles lignes de la feuille :",
                width="content",
            )
            with st.container(width=280):
                widgets.ask_value(
                    field, records.context(open_office()), work.key("constant", index, name), constants.get(name),
                    partial(draft.choose_constant, work, sheet.name, name), field.label,
                )  # fmt: skip


# ---- columns


def _show_columns(work: Work, index: int, sheet: SheetPlan, table: OfficeTable) -> None:
    labels = {"": "(laisser de côté)", **headers_of(table).labels}
    with st.container(gap="xsmall"):
        for column in sheet.columns:
            if column.header or column.examples:
                _show_column(work, index, sheet, column, labels)


def _show_column(work: Work, index: int, sheet: SheetPlan, column: PlannedColumn, labels: Mapping[str, str]) -> None:
    fields = work.choices.fields.get(sheet.name, {})
    left, middle, right = st.columns([4, 3, 3], vertical_alignment="center", gap="small")
    examples = " ".join(code_span(text) for text in column.examples if text.strip()) or "aucune valeur"
    header = escape_markdown(column.header) or ":gray[sans titre]"
    left.markdown(f"**{column.letter}** · {header}  \n:small[{examples}]")
    key = work.key("field", index, column.letter)
    st.session_state[key] = fields.get(column.letter, column.field)
    middle.selectbox(
        f"Champ de la colonne {column.letter}", list(labels), key=key, format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: draft.choose_field(work, sheet, column.letter, st.session_state[key]),
    )  # fmt: skip
    right.markdown(_how_found(column))


def _how_found(column: PlannedColumn) -> str:
    """Return how a column was recognised, or why it is left out, as Markdown."""
    if column.field:
        more = f" ({escape_markdown(column.why)})" if column.why and column.how != "contenu" else ""
        return f":green[:material/check:] {HOWS.get(column.how, '')}{more}"
    colour = "orange" if _is_unknown(column) else "gray"
    return f":{colour}[:material/do_not_disturb_on:] {escape_markdown(column.why)}"


def _show_ignored(sheet: SheetPlan) -> None:
    if not sheet.ignored:
        return
    reasons = Counter(line.reason for line in sheet.ignored)
    lines = []
    for reason, count in reasons.most_common():
        rows = [str(line.row) for line in sheet.ignored if line.reason == reason]
        listed = ", ".join(rows[:_LINES]) + "…" * (count > _LINES)
        lines.append(f"- {escape_markdown(reason)} : {widgets.counted(count, 'ligne')} (n° {listed})")
    st.markdown(f"**Lignes laissées de côté** ({len(sheet.ignored)})\n" + "\n".join(lines[:40]))
