"""The second step of « Importer »: the table of each sheet and the field of each column; what is left out, and why."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

import streamlit as st

from db.base.french import capitalised
from db.imports import column_matching
from db.imports.known_headers import headers_of
from db.imports.plan_types import LINE, SHEET, ImportProblem, PlannedColumn, SheetPlan
from db.model.fields import OfficeTable
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import HOWS, Lists
from pages.shared.shell.markdown import code_span, escape_markdown
from pages.shared.shell.session import open_office

_LINES = 12
"""How many numbers of ignored lines are listed."""


def show(work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Show an expander for each sheet; those with something to decide are open."""
    plan = lists.plan
    widgets.step(
        2, "Feuilles et colonnes",
        "Ce que Palette a reconnu. Corrigez ce qui ne va pas : votre choix sera retenu pour le prochain fichier.",
    )  # fmt: skip
    read = sum(bool(sheet.table) for sheet in plan.sheets)
    for index, sheet in enumerate(plan.sheets):
        questions = lists.questions.get(sheet.name, [])
        is_only_one = (read == 1 and bool(sheet.table)) or (read == 0 and not sheet.hidden)
        is_open = is_only_one or bool(questions) or needs_decision(sheet)
        icon = ":material/visibility_off:" if not sheet.table else ":material/table:"
        part = st.expander(_summary(sheet), is_open, key=work.key("sheet", index), icon=icon, on_change="rerun")
        if part.open:
            with part:
                _show_sheet(work, index, sheet, tables, questions)


def needs_decision(sheet: SheetPlan) -> bool:
    """Whether the person has to decide something about a sheet."""
    return bool(sheet.problems) or bool(sheet.missing) or any(map(_is_unknown, sheet.columns))


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


def _show_sheet(
    work: Work, index: int, sheet: SheetPlan, tables: Mapping[str, OfficeTable], questions: list[ImportProblem]
) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _ask_table(work, index, sheet, tables)
        _ask_header(work, index, sheet)
    if sheet.table and sheet.how in HOWS:
        st.caption(f"Table trouvée {_how(sheet.how)}.")
    for note in sheet.notes:
        st.caption(f":material/info: {escape_markdown(note)}")
    _ask(work, index, questions)
    if sheet.table:
        _ask_missing(work, index, sheet, tables[sheet.table])
        _show_columns(work, index, sheet, tables[sheet.table])
        _show_ignored(work, index, sheet)


_ANSWERS = {LINE: ("Laisser de côté", "La lire comme une ligne"), SHEET: ("Oui", "Non")}
"""Question -> the buttons for « yes » and « no »."""


def _ask(work: Work, index: int, questions: list[ImportProblem]) -> None:
    """Show the questions about a sheet and its lines, those with the same answers together when they are many."""
    by_reason: dict[tuple[str, str], list[ImportProblem]] = {}
    for one in questions:
        if one.field != "table":  # asked by the list above
            by_reason.setdefault((one.question, one.reason), []).append(one)
        else:
            st.warning(f"{widgets.sentence(capitalised(one.reason))}.", icon=":material/help:")
    for number, ((question, reason), ones) in enumerate(by_reason.items()):
        where = ", ".join(f"{one.row} « {one.value[:40]} »" for one in ones[:_LINES]) + "…" * (len(ones) > _LINES)
        lines = f"Ligne{'s' * (len(ones) > 1)} {where} : " if question == LINE else ""
        yes, no = _ANSWERS[question]
        keys = [one.key for one in ones]
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            text = f"{escape_markdown(lines)}{widgets.sentence(reason if lines else capitalised(reason))}"
            st.markdown(f":orange[:material/help:] {text}", width="stretch")
            for label, answer in ((yes, True), (no, False)):
                st.button(
                    label, key=work.key("answer", index, number, answer), on_click=draft.answer,
                    args=(work, keys, answer), type="tertiary" if not answer else "secondary",
                )  # fmt: skip


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
    if column.how == column_matching.REFUSED:  # no choice can keep it
        right.markdown(_how_found(column))
        return
    key = work.key("field", index, column.letter)
    st.session_state[key] = fields.get(column.letter, column.field)
    middle.selectbox(
        f"Champ de la colonne {column.letter}", list(labels), key=key, format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: draft.choose_field(work, sheet, column.letter, st.session_state[key]),
    )  # fmt: skip
    right.markdown(_how_found(column))
    if column.proposal:
        with right.container(horizontal=True, gap="small"):
            for label, name in (("Oui", column.proposal), ("Non", "")):
                st.button(
                    label, key=work.key("propose", index, column.letter, label), on_click=draft.choose_field,
                    args=(work, sheet, column.letter, name), type="secondary" if name else "tertiary",
                    help=f"Lire cette colonne comme « {labels[column.proposal]} »" if name else "La laisser de côté",
                )  # fmt: skip


def _how_found(column: PlannedColumn) -> str:
    """Return how a column was recognised, or why it is left out, as Markdown."""
    if column.field:
        more = f" ({escape_markdown(column.why)})" if column.why and column.how != "contenu" else ""
        return f":green[:material/check:] {HOWS.get(column.how, '')}{more}"
    if column.proposal:
        return f":orange[:material/help:] {escape_markdown(capitalised(column.why))}"
    colour = "orange" if _is_unknown(column) else "gray"
    return f":{colour}[:material/do_not_disturb_on:] {escape_markdown(column.why)}"


def _show_ignored(work: Work, index: int, sheet: SheetPlan) -> None:
    if not sheet.ignored:
        return
    reasons = Counter(line.reason for line in sheet.ignored)
    st.markdown(f"**Lignes laissées de côté** ({len(sheet.ignored)})")
    for number, (reason, count) in enumerate(reasons.most_common(40)):
        lines = [line for line in sheet.ignored if line.reason == reason]
        listed = ", ".join(str(line.row) for line in lines[:_LINES]) + "…" * (count > _LINES)
        keys = [line.key for line in lines if line.key and line.key in work.choices.answers]
        text = f"- {escape_markdown(reason)} : {widgets.counted(count, 'ligne')} (n° {listed})"
        if not keys:
            st.markdown(text)
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text, width="stretch")
            st.button(
                "Reprendre", key=work.key("take-back", index, number), type="tertiary", icon=":material/undo:",
                help="Les lire comme des lignes.", on_click=draft.answer, args=(work, keys, False),
            )  # fmt: skip
