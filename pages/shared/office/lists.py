"""« Réglages », lists of values: add, rename, reorder or retire values. Each change is saved at once."""

from collections.abc import Callable

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_number
from db.customise import edit
from db.customise.edit import ListValue
from db.model.office import Office
from db.model.roles import Role
from db.model.types import ValueList
from pages.shared.office import limits
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name

_ERROR = "lists:error"


def show(db: Office) -> None:
    """Show one list at a time, with the fields that use it."""
    lists = {one.name: one for one in db.lists if edit.is_offered(db, one)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Liste", sorted(lists, key=lambda one: lists[one].label), format_func=lambda one: _named(db, lists[one]),
            key="lists:which", width=420,
        )  # fmt: skip
        limits.show_last("lists:last")
    values = lists[name]
    uses = ", ".join(f"{table.plural} › {field.label}" for table, field in edit.where_used(db, values))
    st.caption(f"Sert à : {escape_markdown(uses)}. Renommée ou retirée, une valeur reste sur les lignes qui l’ont.")
    if values.fixed:
        st.info("Une règle de Palette compte sur cette liste : ses valeurs se renomment et s’ordonnent, rien d’autre.")
    _show_error()
    _show_values(db, values)
    if not values.fixed:
        _add(values)


def _named(db: Office, values: ValueList) -> str:
    """Return the label of a list, with its table when another list has the same label."""
    alike = [one for one in db.lists if one.label == values.label and edit.where_used(db, one)]
    return f"{values.label} ({edit.where_used(db, values)[0][0].plural.lower()})" if len(alike) > 1 else values.label


def _show_error() -> None:
    error = st.session_state.pop(_ERROR, "")
    if error:
        st.error(escape_markdown(error))


def _do(work: Callable[[Office], object]) -> None:
    """Save one change. An error is shown above the list in the next run."""
    try:
        work(unrestricted_office(Role.ADMIN))
    except PaletteError as error:
        st.session_state[_ERROR] = str(error)


def _show_values(db: Office, values: ValueList) -> None:
    rows = edit.values_of(db, values)
    codes = [value.code for value in rows]
    with st.container(gap="xsmall", width=760):
        for index, value in enumerate(rows):
            _show_value(values, value, codes, index)


def _show_value(values: ValueList, value: ListValue, codes: list[str], index: int) -> None:
    key = f"lists:{values.name}:{value.code}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for step, icon, words in ((-1, "arrow_upward", "Monter"), (1, "arrow_downward", "Descendre")):
            st.button(
                " ", key=f"{key}:{step}", icon=f":material/{icon}:", type="tertiary",
                help=escape_markdown(f"{words} « {value.label} »"),
                disabled=not 0 <= index + step < len(codes), on_click=_move, args=(values, codes, index, step),
            )  # fmt: skip
        st.text_input(
            f"Valeur {index + 1}", value.label, key=f"{key}:label:{value.label}", label_visibility="collapsed",
            width="stretch", on_change=_rename, args=(values, value, f"{key}:label:{value.label}"),
        )  # fmt: skip
        uses = f"{french_number(value.used)} ligne{'s' if value.used > 1 else ''}"
        st.caption(uses + " · retirée" * value.retired, width="content")
        if not values.fixed:
            st.button(
                "Reprendre" if value.retired else "Retirer", key=f"{key}:retired", type="tertiary",
                on_click=_retire, args=(values, value),
            )  # fmt: skip


def _move(values: ValueList, codes: list[str], index: int, step: int) -> None:
    moved = list(codes)
    moved[index], moved[index + step] = moved[index + step], moved[index]
    _do(lambda db: edit.order_values(db, values, moved, user_name()))


def _rename(values: ValueList, value: ListValue, key: str) -> None:
    label = str(st.session_state[key])
    if label.strip() != value.label:
        _do(lambda db: edit.change_value(db, values, value.code, user_name(), label=label))


def _retire(values: ValueList, value: ListValue) -> None:
    _do(lambda db: edit.change_value(db, values, value.code, user_name(), retired=int(not value.retired)))


def _add(values: ValueList) -> None:
    def add() -> None:
        label = str(st.session_state["lists:new"])
        _do(lambda db: edit.add_value(db, values, label, user_name()))
        if _ERROR not in st.session_state:
            st.session_state["lists:new"] = ""

    with st.container(horizontal=True, vertical_alignment="bottom", width=760):
        st.text_input("Nouvelle valeur", key="lists:new", width=420)
        st.button("Ajouter", key="lists:add", icon=":material/add:", type="primary", on_click=add)
