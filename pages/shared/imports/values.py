"""The third step of « Importer » : values that were guessed or not understood, each shown and each to be corrected."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from db.imports import row_reader
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Choice, Context
from db.model.types import Choices as Several
from db.rows import records
from pages.shared.imports import draft, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Lists, Said, Values
from pages.shared.shell.markdown import code_span, escape_markdown

_SIZE = 10


def show(db: Office, work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """A part for each field with something to look at; those not understood are open and first."""
    if not lists.values:
        widgets.step(3, "Valeurs", "Toutes les valeurs se lisent telles quelles : rien n’a été deviné.")
        return
    widgets.step(
        3, "Valeurs",
        "Ce qui n’était pas écrit comme dans Palette, et ce qu’elle en a compris. Corrigez au besoin : pour une liste,"
        " votre choix sera retenu.",
    )  # fmt: skip
    context = records.context(db)
    for place, values in enumerate(lists.values.values()):
        table = tables[values.table]
        part = st.expander(
            _summary(values, table), bool(values.missed), key=work.key("values", place), on_change="rerun"
        )
        if part.open:
            with part:
                _show_values(work, place, values, table, context)


def _summary(values: Values, table: OfficeTable) -> str:
    label = values.label if values.label.startswith(table.label) else f"{table.label} : {values.label}"
    guessed = len(values.said) - values.missed
    told = [widgets.counted(values.missed, "valeur non comprise", "valeurs non comprises")] * bool(values.missed)
    told += [widgets.counted(guessed, "valeur comprise autrement", "valeurs comprises autrement")] * bool(guessed)
    return f"**{escape_markdown(label)}** · {' · '.join(told)}"


def _show_values(work: Work, place: int, values: Values, table: OfficeTable, context: Context) -> None:
    ordered = sorted(values.said.values(), key=lambda one: (not one.reason, -one.many))
    with st.container(gap="xsmall"):
        for said in widgets.paged(ordered, _SIZE, work.key("values-page", place), "valeur"):
            _show_said(work, values, said, table, context)


def _show_said(work: Work, values: Values, said: Said, table: OfficeTable, context: Context) -> None:
    field = row_reader.field_of(table, values.name)
    current = _current(work, values, said, table)
    left, middle, right = st.columns([3, 3, 4], vertical_alignment="center", gap="small")
    left.markdown(f"{code_span(said.text)} →")
    with middle:
        widgets.ask_value(
            field, context, widgets.name_of(work, "value", values.place, said.text),
            current,
            partial(draft.choose_value, work, values.place, said.text), f"Ce que veut dire « {said.text} »",
        )  # fmt: skip
    where = escape_markdown(said.where[0]) + "…" * (len(said.where) > 1)
    if said.reason and current is None and not isinstance(field.type, Choice):
        right, beside = right.columns([2, 1], vertical_alignment="center")
        beside.button(
            "Laisser vide", key=widgets.name_of(work, "empty", values.place, said.text), type="tertiary",
            on_click=draft.choose_value, args=(work, values.place, said.text, ""),
        )  # fmt: skip
    why = f":red[:material/error:] {widgets.sentence(said.reason)}" if said.reason else escape_markdown(said.how)
    right.markdown(f"{why}  \n:small[:gray[{widgets.counted(said.many, 'case')} · {where}]]")


def _current(work: Work, values: Values, said: Said, table: OfficeTable) -> str | None:
    """What a text means at present: as its widget holds it."""
    chosen = work.choices.values.get(values.place, {}).get(said.text)
    if chosen is not None or said.reason:
        return chosen
    if said.value is None:
        return ""
    kind = row_reader.field_of(table, values.name).type
    if isinstance(kind, Choice):
        return str(said.value)
    if isinstance(kind, Several) and isinstance(said.value, tuple):
        return "; ".join(said.value)
    return said.shown
