"""The third step of « Importer »: the texts that were guessed or not understood, each of which can be corrected."""

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
from pages.shared.imports.plan_lists import Lists, TextReading, Values
from pages.shared.shell.markdown import code_span, escape_markdown

_SIZE = 10


def show(db: Office, work: Work, lists: Lists, tables: Mapping[str, OfficeTable]) -> None:
    """Show an expander for each field; those with a text that was not understood come first and are open."""
    if not lists.values:
        widgets.step(3, "Valeurs", "Toutes les valeurs se lisent telles quelles : rien n’a été deviné.")
        return
    widgets.step(
        3, "Valeurs",
        "Ce qui n’était pas écrit comme dans Palette, et ce qu’elle en a compris. Corrigez au besoin : pour une liste,"
        " votre choix sera retenu.",
    )  # fmt: skip
    context = records.context(db)
    for index, values in enumerate(lists.values.values()):
        table = tables[values.table]
        part = st.expander(
            _summary(values, table), bool(values.missed), key=work.key("values", index), on_change="rerun"
        )
        if part.open:
            with part:
                _show_values(work, index, values, table, context)


def _summary(values: Values, table: OfficeTable) -> str:
    label = values.label if values.label.startswith(table.label) else f"{table.label} : {values.label}"
    guessed = len(values.readings) - values.missed
    counts = [widgets.counted(values.missed, "valeur non comprise", "valeurs non comprises")] * bool(values.missed)
    counts += [widgets.counted(guessed, "valeur comprise autrement", "valeurs comprises autrement")] * bool(guessed)
    return f"**{escape_markdown(label)}** · {' · '.join(counts)}"


def _show_values(work: Work, index: int, values: Values, table: OfficeTable, context: Context) -> None:
    proposals = values.proposals
    if len(proposals) > 1:
        st.button(
            f"Oui à ces {len(proposals)} ressemblances", key=work.key("all-proposals", index),
            icon=":material/done_all:",
            on_click=draft.choose_values, args=(work, values.path, proposals),
        )  # fmt: skip
    ordered = sorted(values.readings.values(), key=lambda reading: (not reading.reason, -reading.count))
    with st.container(gap="xsmall"):
        for reading in widgets.paged(ordered, _SIZE, work.key("values-page", index), "valeur"):
            _show_reading(work, values, reading, table, context)


def _show_reading(work: Work, values: Values, reading: TextReading, table: OfficeTable, context: Context) -> None:
    field = row_reader.field_of(table, values.name)
    current = _current(work, values, reading, table)
    left, middle, right = st.columns([3, 3, 4], vertical_alignment="center", gap="small")
    left.markdown(f"{code_span(reading.text)} →")
    with middle:
        widgets.ask_value(
            field, context, widgets.name_of(work, "value", values.path, reading.text),
            current,
            partial(draft.choose_value, work, values.path, reading.text), f"Ce que veut dire « {reading.text} »",
        )  # fmt: skip
    where = escape_markdown(reading.where[0]) + "…" * (len(reading.where) > 1)
    if reading.reason and not reading.proposal and current is None and not isinstance(field.type, Choice):
        right, beside = right.columns([2, 1], vertical_alignment="center")
        beside.button(
            "Laisser vide", key=widgets.name_of(work, "empty", values.path, reading.text), type="tertiary",
            on_click=draft.choose_value, args=(work, values.path, reading.text, ""),
        )  # fmt: skip
    if reading.proposal:
        right, beside = right.columns([2, 1], vertical_alignment="center")
        beside.button(
            "Oui", key=widgets.name_of(work, "yes", values.path, reading.text), on_click=draft.choose_value,
            args=(work, values.path, reading.text, reading.proposal), help="Lire ce texte ainsi.",
        )  # fmt: skip
    mark = ":orange[:material/help:]" if reading.proposal else ":red[:material/error:]"
    why = f"{mark} {widgets.sentence(reading.reason)}" if reading.reason else escape_markdown(reading.how)
    right.markdown(f"{why}  \n:small[:gray[{widgets.counted(reading.count, 'case')} · {where}]]")


def _current(work: Work, values: Values, reading: TextReading, table: OfficeTable) -> str | None:
    """Return the present value of a text, in the form that its widget uses; None when it has none."""
    chosen = work.choices.values.get(values.path, {}).get(reading.text)
    if chosen is not None or reading.reason:
        return chosen
    if reading.value is None:
        return ""
    kind = row_reader.field_of(table, values.name).type
    if isinstance(kind, Choice):
        return str(reading.value)
    if isinstance(kind, Several) and isinstance(reading.value, tuple):
        return "; ".join(reading.value)
    return reading.shown
