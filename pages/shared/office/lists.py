"""« Réglages », the lists: values added, named otherwise, put in order, retired. Each change is saved at once."""

from collections.abc import Callable

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_number
from db.customise import edit
from db.customise.edit import Value
from db.model.office import Office
from db.model.roles import Role
from db.model.types import ValueList
from pages.shared.office import limits
from pages.shared.shell.session import unrestricted_office, user_name

_TOLD = "lists:told"


def show(db: Office) -> None:
    """One list at a time, with where it serves."""
    lists = {one.name: one for one in db.lists if edit.is_offered(db, one)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Liste", sorted(lists, key=lambda one: lists[one].label), format_func=lambda one: _named(db, lists[one]),
            key="lists:which", width=420,
        )  # fmt: skip
        limits.show_last("lists:last")
    values = lists[name]
    places = ", ".join(f"{table.plural} › {field.label}" for table, field in edit.where_used(db, values))
    st.caption(f"Sert à : {places}. Renommée ou retirée, une valeur reste sur les lignes qui l’ont.")
    if values.fixed:
        st.info("Une règle de Palette compte sur cette liste : ses valeurs se renomment et s’ordonnent, rien d’autre.")
    _show_told()
    _show_values(db, values)
    if not values.fixed:
        _add(values)


def _named(db: Office, values: ValueList) -> str:
    """The list by its label, and its table where two are called alike."""
    alike = [one for one in db.lists if one.label == values.label and edit.where_used(db, one)]
    return f"{values.label} ({edit.where_used(db, values)[0][0].plural.lower()})" if len(alike) > 1 else values.label


def _show_told() -> None:
    told = st.session_state.pop(_TOLD, "")
    if told:
        st.error(told)


def _do(work: Callable[[Office], object]) -> None:
    """Save one change; what forbids it is said above the list."""
    try:
        work(unrestricted_office(Role.ADMIN))
    except PaletteError as error:
        st.session_state[_TOLD] = str(error)


def _show_values(db: Office, values: ValueList) -> None:
    found = edit.values_of(db, values)
    codes = [one.code for one in found]
    with st.container(gap="xsmall", width=760):
        for place, one in enumerate(found):
            _show_value(values, one, codes, place)


def _show_value(values: ValueList, one: Value, codes: list[str], place: int) -> None:
    key = f"lists:{values.name}:{one.code}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for way, icon, words in ((-1, "arrow_upward", "Monter"), (1, "arrow_downward", "Descendre")):
            st.button(
                " ", key=f"{key}:{way}", icon=f":material/{icon}:", help=f"{words} « {one.label} »", type="tertiary",
                disabled=not 0 <= place + way < len(codes), on_click=_move, args=(values, codes, place, way),
            )  # fmt: skip
        st.text_input(
            f"Valeur {place + 1}", one.label, key=f"{key}:label:{one.label}", label_visibility="collapsed",
            width="stretch", on_change=_rename, args=(values, one, f"{key}:label:{one.label}"),
        )  # fmt: skip
        many = f"{french_number(one.used)} ligne{'s' if one.used > 1 else ''}"
        st.caption(many + " · retirée" * one.retired, width="content")
        if not values.fixed:
            st.button(
                "Reprendre" if one.retired else "Retirer", key=f"{key}:retired", type="tertiary",
                on_click=_retire, args=(values, one),
            )  # fmt: skip


def _move(values: ValueList, codes: list[str], place: int, way: int) -> None:
    moved = list(codes)
    moved[place], moved[place + way] = moved[place + way], moved[place]
    _do(lambda db: edit.order_values(db, values, moved, user_name()))


def _rename(values: ValueList, one: Value, key: str) -> None:
    label = str(st.session_state[key])
    if label.strip() != one.label:
        _do(lambda db: edit.change_value(db, values, one.code, user_name(), label=label))


def _retire(values: ValueList, one: Value) -> None:
    _do(lambda db: edit.change_value(db, values, one.code, user_name(), retired=int(not one.retired)))


def _add(values: ValueList) -> None:
    def add() -> None:
        label = str(st.session_state["lists:new"])
        _do(lambda db: edit.add_value(db, values, label, user_name()))
        if _TOLD not in st.session_state:
            st.session_state["lists:new"] = ""

    with st.container(horizontal=True, vertical_alignment="bottom", width=760):
        st.text_input("Nouvelle valeur", key="lists:new", width=420)
        st.button("Ajouter", key="lists:add", icon=":material/add:", type="primary", on_click=add)
