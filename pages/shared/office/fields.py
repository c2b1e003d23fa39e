"""« Réglages », fields: add fields of the office's own; rename, reorder or hide any field."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from db.base.errors import InvalidError, PaletteError
from db.customise import edit
from db.customise.edit import NewField
from db.model import effective_dictionary
from db.model.dictionary import FILES
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.office_groups import MOST, REST
from db.model.roles import Role
from db.model.types import Choice, ValueList
from db.rows import records
from pages.shared.office import limits
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name
from pages.shared.shell.toasts import queue_toast

_ERROR = "fields:error"
_DIALOG_NUMBER = "fields:new"
_NO_SECTION = "(sans rubrique)"
Column = Field | Computed


def show(db: Office) -> None:
    """Show the fields of one table in order, and the button that adds one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Table", list(FILES), format_func=lambda one: FILES[one].plural, key="fields:table", width=300
        )
        if st.button("Nouveau champ", icon=":material/add:", type="primary", key="fields:add"):
            _renew_dialog()
            _add_dialog(name)
        limits.show_last("fields:last")
    st.caption(
        "Un champ ajouté, renommé ou masqué l’est aussitôt pour toute l’équipe : grille, formulaire, recherche, import,"
        " téléchargements, historique. Masqué, il garde tout ce qu’il contient."
    )
    error = st.session_state.pop(_ERROR, "")
    if error:
        st.error(escape_markdown(error))
    _show_fields(db, db.tables[name])


def _show_fields(db: Office, table: OfficeTable) -> None:
    columns = edit.columns(db, table)
    stored = [column.name for column in columns if isinstance(column, Field)]
    with st.container(gap="xsmall", width=860):
        for column in columns:
            _show_field(table, column, stored)


def _show_field(table: OfficeTable, column: Column, stored: list[str]) -> None:
    key = f"fields:{table.name}:{column.name}"
    index = stored.index(column.name) if column.name in stored else None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for step, icon, words in ((-1, "arrow_upward", "Monter"), (1, "arrow_downward", "Descendre")):
            cannot_move = index is None or not 0 <= index + step < len(stored)
            st.button(
                " ", key=f"{key}:{step}", icon=f":material/{icon}:", type="tertiary",
                help=escape_markdown(f"{words} « {column.label} »"),
                disabled=cannot_move, on_click=_move, args=(table, stored, index, step),
            )  # fmt: skip
        st.markdown(_line(column), width="stretch")
        if st.button("Modifier", key=f"{key}:change", type="tertiary"):
            _renew_dialog()
            _change_dialog(table.name, column.name)


def _line(column: Column) -> str:
    section = getattr(column, "section", "")
    parts = [f"**{escape_markdown(column.label)}**", _kind(column), escape_markdown(section)]
    published = column.own and isinstance(column, Field) and column.published is not None and not column.hidden
    badges = [":blue-badge[du bureau]"] * column.own + [":gray-badge[masqué]"] * column.hidden
    badges += [":green-badge[publié par groupes]"] * published
    return " · ".join(filter(None, parts)) + " " + " ".join(badges)


def _kind(column: Column) -> str:
    """Return the kind of a column in French: its type, or its list."""
    if isinstance(column, Computed):
        return "calculé"
    if column.list:
        return f"liste « {escape_markdown(column.list.label)} »"
    return _KINDS.get(type(column.type).__name__, "")


_KINDS = {
    "Text": "texte court", "LongText": "texte long", "Integer": "nombre", "Euros": "somme", "Date": "date",
    "Time": "heure", "YesNo": "oui ou non", "Phone": "téléphone", "Email": "courriel", "Reference": "renvoi",
    "References": "renvois",
}  # fmt: skip


def _move(table: OfficeTable, stored: list[str], index: int, step: int) -> None:
    moved = list(stored)
    moved[index], moved[index + step] = moved[index + step], moved[index]
    try:
        edit.order_fields(unrestricted_office(Role.ADMIN), table, moved, user_name())
    except PaletteError as error:
        st.session_state[_ERROR] = str(error)


def _renew_dialog() -> None:
    """Give the widgets of the next dialog new keys, so that it does not show what was typed in the last one."""
    st.session_state[_DIALOG_NUMBER] = st.session_state.get(_DIALOG_NUMBER, 0) + 1


def _key(name: str) -> str:
    return f"{_DIALOG_NUMBER}:{st.session_state[_DIALOG_NUMBER]}:{name}"


# ---- the dialogs


@st.dialog("Nouveau champ", width="large")
def _add_dialog(table_name: str) -> None:
    db = unrestricted_office(Role.ADMIN)
    table = db.tables[table_name]
    st.caption(f"Dans : {table.plural}")
    kinds = records.context(db).labels["field_kind"]
    offered = [
        kind for kind in kinds if kind not in effective_dictionary.COMPUTED or effective_dictionary.sources(table, kind)
    ]
    values: dict[str, Any] = {"table": table_name}
    grid = st.grid(2, min_column_width=260, gap="small")
    with grid.cell():
        values["label"] = st.text_input("Intitulé *", key=_key("label"), help="Comme on le lira dans la grille.")
    with grid.cell():
        values["kind"] = st.selectbox("Genre *", offered, format_func=kinds.__getitem__, key=_key("kind"))
    if values["kind"] in effective_dictionary.CHOICES:
        values |= _ask_choices(db)
    if values["kind"] in effective_dictionary.COMPUTED:
        sources = effective_dictionary.sources(table, values["kind"])
        values["source"] = st.selectbox(
            "Calculé d’après *", list(sources), format_func=sources.__getitem__, key=_key("source")
        )
    else:
        values["section"] = _ask_section(table, "")
    values["help"] = st.text_input("Aide", key=_key("help"), help="Une phrase, montrée à qui remplit.")
    values["shown"] = st.checkbox("Montrer la colonne d’emblée dans la grille", True, key=_key("shown"))
    values["published"] = _ask_published(db, table, values["kind"], _list_labels(db, values))
    st.caption("Jamais de donnée de santé, de religion ou d’opinion.")
    if st.button("Ajouter le champ", type="primary", key=_key("go")):
        _save(lambda: edit.add_field(db, NewField(**values), user_name()), f"Champ ajouté : {values['label'].strip()}")


def _ask_choices(db: Office) -> dict[str, Any]:
    """Ask for an existing list, or the values of a new one. Returns arguments of NewField."""
    lists = {one.name: one.label for one in db.lists if edit.is_offered(db, one)}
    name = st.selectbox(
        "Liste", ["", *lists], format_func=lambda one: lists.get(one, "Une nouvelle liste"), key=_key("list")
    )
    if name:
        return {"list_name": name}
    text = st.text_area("Valeurs, une par ligne *", key=_key("values"), height=120)
    return {"values": tuple(text.split("\n"))}


def _labels(db: Office, values: ValueList | None) -> list[str]:
    """Return the labels of a list, without retired values."""
    return [one.label for one in edit.values_of(db, values) if not one.retired] if values else []


def _list_labels(db: Office, values: dict[str, Any]) -> list[str]:
    """Return the labels of the chosen list, or those typed so far for a new one."""
    if "list_name" in values:
        return _labels(db, next(one for one in db.lists if one.name == values["list_name"]))
    return list(dict.fromkeys(" ".join(text.split()) for text in values.get("values", ()) if text.strip()))


def _published(db: Office, column: Column) -> tuple[str, ...] | None:
    """Return the present labels of the values published on a line of their own; None when the field is not public."""
    if not (isinstance(column, Field) and column.own and column.published and column.list):
        return None
    codes = {code for group in column.published.categories.values() for code in group}
    return tuple(one.label for one in edit.values_of(db, column.list) if one.code in codes)


def _ask_published(
    db: Office, table: OfficeTable, kind: str, labels: list[str], now: tuple[str, ...] | None = None
) -> tuple[str, ...] | None:
    """Ask whether a field is published, and which values on a line of their own. ``now``: the present answer. Returns
    None for a field that is not published, which is the default."""
    if not edit.may_be_published(table.name, kind):
        st.caption(f"Jamais publié : {edit.ONLY_CHOICES}.")
        return None
    words = records.context(db).labels["privacy"]
    privacy = st.radio(
        "Publication", list(words), int(now is not None), format_func=words.__getitem__, key=_key("privacy"),
        captions=[
            "Rien n’en sort, sous aucune forme. Ce qui est déjà publié reste tel quel.",
            "Un tableau à lui, arrondi et attaqué comme les autres, à partir de la prochaine année publiée.",
        ],
    )  # fmt: skip
    if privacy == "secret":
        return None
    offered = list(dict.fromkeys([*labels, *(now or ())]))
    if not offered:
        st.caption("Écrivez d’abord les valeurs de la liste.")
        return ()
    chosen = st.multiselect(
        "Valeurs qui ont leur ligne *", offered, now or None,
        key=_key("published"), select_all=False, placeholder=f"De une à {MOST}",
        help=f"Les autres, et ce qui n’est pas rempli, vont à « {REST} ».",
    )  # fmt: skip
    st.caption("L’intitulé et ces valeurs sont figés tels qu’ils se lisent maintenant : ils seront lus de tous.")
    return now if now and set(chosen) == set(now) else tuple(chosen)


def _ask_section(table: OfficeTable, current: str) -> str:
    sections = list(dict.fromkeys([*table.sections, current, ""]))
    section = st.selectbox(
        "Rubrique", sections, sections.index(current), format_func=lambda one: one or _NO_SECTION,
        key=_key("section"), accept_new_options=True, help="Le titre sous lequel il se range ; on peut en écrire un.",
    )  # fmt: skip
    return str(section or "")


@st.dialog("Modifier un champ", width="large")
def _change_dialog(table_name: str, name: str) -> None:
    db = unrestricted_office(Role.ADMIN)
    table = db.tables[table_name]
    column = table.column(name)
    values: dict[str, Any] = {"label": st.text_input("Intitulé *", column.label, key=_key("label"))}
    values["help"] = st.text_input("Aide", column.help, key=_key("help")) or None
    if isinstance(column, Field):
        values["section"] = _ask_section(table, column.section) or None
    if isinstance(column, Field) and column.own:
        kind = "choice" if isinstance(column.type, Choice) else ""
        values["published"] = _ask_published(db, table, kind, _labels(db, column.list), _published(db, column))
    values["shown"] = int(st.checkbox("Montrer la colonne d’emblée dans la grille", column.shown, key=_key("shown")))
    is_needed = name in table.title or (isinstance(column, Field) and column.required)
    help_text = "Obligatoire, ou nom de la ligne : il reste en vue." if is_needed else None
    hidden = st.checkbox("Masquer partout", column.hidden, disabled=is_needed, key=_key("hidden"), help=help_text)
    values["hidden"] = int(hidden)
    if st.button("Enregistrer", type="primary", key=_key("go")):
        before: dict[str, Any] = {
            "label": column.label,
            "help": column.help or None,
            "shown": int(column.shown),
            "hidden": int(column.hidden),
        }
        before |= {"section": getattr(column, "section", "") or None, "published": _published(db, column)}
        changed = {key: value for key, value in values.items() if value != before[key]}
        _save(lambda: edit.change_field(db, table, name, changed, user_name()), "Enregistré")


def _save(work: Callable[[], object], done: str) -> None:
    try:
        work()
    except InvalidError as error:
        for problem in error.problems:
            st.error(escape_markdown(str(problem)))
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast(done)
        st.rerun()
