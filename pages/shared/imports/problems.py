"""« Importer »: the problems by sheet and column, to correct in the file or to set aside here."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from db.imports.plan_types import ImportProblem
from db.model.fields import Field, OfficeTable, Privacy
from db.model.office import Office
from db.model.types import Context, Integer, Text
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Group, Lists
from pages.shared.imports.widgets import XLSX
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import code_span, escape_markdown
from reports.sheets import simple_sheets

_SIZE = 10
_GROUPS = 12
_COLUMNS = [
    Field(name, label, kind, privacy=Privacy.SECRET)
    for name, label, kind in (
        ("sheet", "Feuille", Text()), ("row", "Ligne", Integer()), ("column", "Colonne", Text()),
        ("label", "Champ", Text()), ("value", "Valeur", Text()), ("reason", "Ce qui ne va pas", Text(1_000)),
    )
]  # fmt: skip


def show(db: Office, work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Show the problems by column, each with its actions, and what was set aside."""
    count = sum(map(len, lists.groups.values()))
    if count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### :red[:material/error:] {widgets.counted(count, 'problème')} à régler", width="stretch")
            downloads(work.key("problems"), lists.problems)
        st.caption(
            "Corrigez le fichier et redéposez-le, ou réglez ici : donnez une valeur aux étapes 2 et 3, laissez la case"
            " vide, ou laissez la ligne de côté."
        )
        groups = widgets.paged(list(lists.groups.items()), _GROUPS, work.key("groups-page"), "colonne")
        for group, problems in groups:
            _show_group(db, work, group, problems, lists, tables)
    _show_aside(work)


def downloads(key: str, problems: Sequence[ImportProblem]) -> None:
    """Show the buttons that download the list of problems."""
    rows = [{column.name: getattr(problem, column.name) for column in _COLUMNS} for problem in problems]
    show = simple_sheets.as_on_screen(Context({}))

    def xlsx(_: Office) -> bytes:
        return simple_sheets.xlsx_bytes("À corriger", _COLUMNS, rows, show)

    def csv(_: Office) -> bytes:
        return simple_sheets.csv_bytes(_COLUMNS, rows, show)

    download_button("Liste (XLSX)", xlsx, "a-corriger.xlsx", XLSX, f"{key}:xlsx")
    download_button("Liste (CSV)", csv, "a-corriger.csv", "text/csv", f"{key}:csv")


# ---- by column


def _show_group(
    db: Office, work: Work, group: Group, problems: list[ImportProblem], lists: Lists, tables: Mapping[str, OfficeTable]
) -> None:
    sheet, column, name, label = group
    where = (
        f"**{escape_markdown(sheet)}**"
        + f", colonne {column}" * bool(column)
        + f" · {escape_markdown(label)}" * bool(label)
    )
    part = st.expander(
        f"{where} · {widgets.counted(len(problems), 'problème')}", len(lists.groups) == 1 or not column,
        key=widgets.name_of(work, "group", *group), on_change="rerun",
    )  # fmt: skip
    if not part.open:
        return
    with part:
        if all("obligatoire" in problem.reason for problem in problems):
            _ask_for_all(db, work, group, lists, tables)
        if len(problems) > 1:
            keys = [problem.key for problem in problems]
            st.button(
                f"Laisser vides ces {len(keys)} cases" if column else f"Laisser de côté ces {len(keys)} lignes",
                key=widgets.name_of(work, "aside-all", *group), icon=":material/layers_clear:",
                on_click=draft.set_aside, args=(work, keys),
            )  # fmt: skip
        with st.container(gap=None):
            key = widgets.name_of(work, "group-page", *group)
            for problem in widgets.paged(problems, _SIZE, key, "problème"):
                _show_problem(work, problem, name)


def _ask_for_all(db: Office, work: Work, group: Group, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Ask for a value of an empty required field, for all new rows of the sheet."""
    sheet, column, name, label = group
    table = tables[next(one.table for one in lists.plan.sheets if one.name == sheet)]
    field = next((one for one in table.fields if one.name == name), None)
    if column or field is None or field.target:
        return
    current = work.choices.constants.get(sheet, {}).get(name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Pour toutes ces lignes, **{escape_markdown(label)}** :", width="content")
        with st.container(width=280):
            widgets.ask_value(
                field, records.context(db), widgets.name_of(work, "for-all", sheet, name), current,
                partial(draft.choose_constant, work, sheet, name), label,
            )  # fmt: skip


def _show_problem(work: Work, problem: ImportProblem, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        value = f" {code_span(problem.value)}" if problem.value and problem.value not in problem.reason else ""
        st.markdown(f"Ligne {problem.row}{value} : {widgets.sentence(problem.reason)}", width="stretch")
        st.button(
            "Laisser vide" if problem.column else "Laisser de côté",
            key=widgets.name_of(work, "aside", problem.key, name), type="tertiary", icon=":material/layers_clear:",
            help="Cette case comptera comme vide." if problem.column else "Cette ligne ne sera pas importée.",
            on_click=draft.set_aside, args=(work, [problem.key]),
        )  # fmt: skip


# ---- set aside


def _show_aside(work: Work) -> None:
    aside = sorted(work.choices.aside)
    if not aside:
        return
    part = st.expander(
        f"{widgets.counted(len(aside), 'case ou ligne mise', 'cases ou lignes mises')} de côté",
        key=work.key("aside"), icon=":material/layers_clear:", on_change="rerun",
    )  # fmt: skip
    if not part.open:
        return
    with part:
        st.button("Tout reprendre", key=work.key("aside-none"), on_click=draft.take_back, args=(work, aside))
        for key in widgets.paged(aside, _SIZE, work.key("aside-page"), "case ou ligne"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(code_span(key), width="stretch")
                st.button(
                    "Reprendre", key=widgets.name_of(work, "back", key), type="tertiary", icon=":material/undo:",
                    on_click=draft.take_back, args=(work, [key]),
                )  # fmt: skip
