"""« Vue : … »: the menu of a grid's saved views: open, save, share, set as default, rename, delete, copy the link. A
saved view is a look of a grid: filters, search, columns, sort and groups, but no rows. Its address is « ?vue=12 »."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import streamlit as st

from db.accounts.sessions import ADDRESS
from db.base.errors import NotFoundError, PaletteError
from db.model.office import Office
from db.model.types import Context
from db.rows import ready_views, records, saved_views
from db.rows.saved_views import Look
from pages.shared.grid import filters
from pages.shared.grid.view import GridView, grid_of, view_of
from pages.shared.shell.addresses import row_number
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

PARAMETER = "vue"
"""The query parameter of a saved view, whose value is its id."""
_SHORT = 28
_AS_USUAL = "Voici la grille comme d’habitude."


# ---- opening by address, or by default


def requested_table(tables: list[str]) -> str:
    """Return the table of the saved view in the address, once; '' when it is none of these tables."""
    number = st.query_params.get(PARAMETER, "")
    if not number or number == st.session_state.get("view:asked"):
        return ""
    st.session_state["view:asked"] = number
    try:
        table = saved_views.get(open_office(), row_number(number), user_name()).grid.table
    except NotFoundError:
        return ""
    return table if table in tables else ""


def open_requested(db: Office, key: str, context: Context, is_new: bool) -> None:
    """Open the saved view in the address; else, when the grid's state is new, the person's default view."""
    view, number = view_of(key), st.query_params.get(PARAMETER, "")
    if number and number not in (view.address_view, str(view.saved)):
        view.address_view = number
        view.messages = _open_number(db, key, number, context)
    elif is_new and not number:
        saved = saved_views.default(db, user_name(), grid_of(key))
        if saved:
            _open(key, saved, context)
    _write_address(view)


def _open_number(db: Office, key: str, number: str, context: Context) -> list[str]:
    """Open a saved view. Returns the messages to show."""
    try:
        saved = saved_views.get(db, row_number(number), user_name())
    except NotFoundError as error:
        return [str(error), _AS_USUAL]
    if saved.grid != grid_of(key):
        return ["La vue de cette adresse est celle d’un autre écran.", _AS_USUAL]
    return _open(key, saved, context)


def _open(key: str, saved: saved_views.View, context: Context) -> list[str]:
    """Open a saved view. Returns messages about what could not be applied."""
    view = view_of(key)
    look, view.messages = saved_views.fit(view.sheet.table, saved.look, context, saved.labels)
    view.apply_look(look, saved.id)
    return view.messages


def _write_address(view: GridView) -> None:
    """Put the id of the open view into the address, so that the page can be reloaded or sent to a colleague."""
    number = "" if view.saved is None else str(view.saved)
    if st.query_params.get(PARAMETER, "") == number:
        return
    if number:
        st.query_params[PARAMETER] = view.address_view = number
    else:
        del st.query_params[PARAMETER]


# ---- the menu


def show_menu(db: Office, key: str, context: Context) -> None:
    """Show the menu under a button that names the open view."""
    view = view_of(key)
    views = saved_views.every(db, user_name(), grid_of(key))
    saved = next((one for one in views if one.id == view.saved), None)
    if view.saved is not None and saved is None:
        view.saved, view.messages = (
            None,
            ["Cette vue n’existe plus, ou n’est plus partagée ; la grille reste telle quelle."],
        )
    _write_address(view)
    ready = ready_views.of_grid(grid_of(key), view.default_look, user_name(), context)
    named = next((name for name, look in ready.items() if view.saved is None and look == view.look), view.default_name)
    label = f"Vue : {escape_markdown(_short(saved.name if saved else named))}"
    if saved and _is_changed(view, saved, context):
        label += " · modifiée"
    with st.popover(label, icon=":material/bookmarks:", key=f"{key}:views", on_change="rerun") as popover:
        if popover.open:
            default = saved_views.default(db, user_name(), grid_of(key))
            with st.container(gap="small", width=320):
                _list(key, view, views, default, ready)
                _show_look_actions(key, view, saved, _is_changed(view, saved, context))
                if saved:
                    _show_view_actions(key, saved, default)
    _open_dialog(key, saved)


def show_messages(view: GridView, key: str) -> None:
    """Show the messages about the view that was opened."""
    if not view.messages:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info("  \n".join(map(escape_markdown, view.messages)), icon=":material/bookmarks:", width="stretch")
        st.button("Fermer", key=f"{key}:view-messages", type="tertiary", on_click=view.messages.clear)


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[: _SHORT - 1]}…"


def _is_changed(view: GridView, saved: saved_views.View | None, context: Context) -> bool:
    """Whether the grid differs from its saved view, or from its default look."""
    look = saved_views.fit(view.sheet.table, saved.look, context)[0] if saved else view.default_look
    return view.look != look or filters.AMONG in view.filters


def _list(
    key: str, view: GridView, views: list[saved_views.View], default: saved_views.View | None, ready: Mapping[str, Look]
) -> None:
    """List the views to choose from: the default look, the ready ones, the person's own views, the shared ones."""
    with st.container(gap=None):
        is_ready = view.saved is None and view.look in ready.values()
        _choice(key, 0, escape_markdown(view.default_name), view.saved is None and not is_ready)
        for name, look in ready.items():
            icon = ":material/check:" if is_ready and look == view.look else ":material/filter_list:"
            st.button(
                name, icon=icon, type="tertiary", key=f"{key}:ready:{name}", on_click=_choose_ready, args=(key, look)
            )
        for one in views:
            notes = [] if one.owner == user_name() else [f"de {escape_markdown(one.owner)}"]
            notes += ["partagée"] * (one.owner == user_name() and one.shared) + ["par défaut"] * (one == default)
            name = " ".join([escape_markdown(one.name), *(f":gray[· {word}]" for word in notes)])
            _choice(key, one.id, name, view.saved == one.id)


def _choice(key: str, view_id: int, name: str, is_open: bool) -> None:
    icon = ":material/check:" if is_open else ":material/bookmark:"
    widget = f"{key}:view:{view_id}"
    st.button(name, icon=icon, type="tertiary", key=widget, on_click=_choose, args=(key, view_id or None), wrap=True)


def _choose_ready(key: str, look: Look) -> None:
    """Open a ready view."""
    view = view_of(key)
    _close(key)
    view.messages = []
    view.apply_look(look, None)


def _choose(key: str, view_id: int | None) -> None:
    """Open a view of the list, or the default look."""
    view = view_of(key)
    _close(key)
    view.messages = []
    if view_id is None:
        view.apply_look(view.default_look, None)
        return
    db = open_office()
    _try(key, lambda: _open(key, saved_views.get(db, view_id, user_name()), records.context(db)))


def _show_look_actions(key: str, view: GridView, saved: saved_views.View | None, changed: bool) -> None:
    """Show the buttons that save or reset what the grid shows now."""
    st.caption("Ce que montre la grille")
    with st.container(horizontal=True, gap="small"):
        if saved and saved.owner == user_name() and changed:
            st.button(
                "Enregistrer", key=f"{key}:view-save", icon=":material/save:", type="primary",
                on_click=_overwrite, args=(key, saved.id),
            )  # fmt: skip
        _dialog_button(key, "Enregistrer sous…", "save_as", "bookmark_add")
        if changed:
            st.button(
                "Rétablir", key=f"{key}:view-back", icon=":material/undo:", help="Remontrer la vue telle quelle",
                on_click=_choose, args=(key, view.saved),
            )  # fmt: skip


def _show_view_actions(key: str, saved: saved_views.View, default: saved_views.View | None) -> None:
    """Show what can be done with the open view. Only its owner may share, rename or delete it."""
    is_own = saved.owner == user_name()
    if is_own:
        _toggle(key, "Partager avec l’équipe", f"share:{saved.id}", saved.shared, _share, saved.id)
    _toggle(key, "En faire ma vue par défaut", f"default:{saved.id}", default == saved, _set_default, saved.id)
    st.caption("Copier l’adresse" if saved.shared else "Copier l’adresse (la vue n’est pas partagée : pour vous seul)")
    st.code(_address(saved), language=None, wrap_lines=True)
    if is_own:
        with st.container(horizontal=True, gap="small"):
            _dialog_button(key, "Renommer", "rename", "edit")
            _dialog_button(key, "Supprimer", "delete", "delete")


def _dialog_button(key: str, label: str, what: str, icon: str) -> None:
    """Show a button that closes the menu and opens a dialog."""

    def ask() -> None:
        _close(key)
        st.session_state[f"{key}:view-asks"] = what

    st.button(label, key=f"{key}:view-{what}", icon=f":material/{icon}:", on_click=ask)


def _toggle(key: str, label: str, name: str, on: bool, take: Callable[[str, int, bool], None], view_id: int) -> None:
    widget = f"{key}:view-{name}"
    st.session_state[widget] = on
    st.toggle(label, key=widget, on_change=lambda: take(key, view_id, bool(st.session_state[widget])))


def _close(key: str) -> None:
    st.session_state[f"{key}:views"] = False


def _address(saved: saved_views.View) -> str:
    """Return the link to a view. It keeps the id of the person's file, on which plans are shown, but no name."""
    here = urlsplit(str(st.context.url))
    base = ADDRESS or f"{here.scheme}://{here.netloc}"
    person = st.query_params.get("dossier", "")
    return f"{base}{here.path or '/'}?{f'dossier={person}&' if person.isdecimal() else ''}{PARAMETER}={saved.id}"


# ---- actions


def _try(key: str, action: Callable[[], object]) -> bool:
    """Do something; show the error as a message of the view. Returns whether it was done."""
    try:
        action()
    except PaletteError as error:
        view_of(key).messages = [str(error)]
        return False
    return True


def _overwrite(key: str, view_id: int) -> None:
    view = view_of(key)
    if _try(key, lambda: saved_views.overwrite(open_office(), view.sheet.table, view_id, view.look, user_name())):
        _close(key)
        view.messages = _left_out(view)
        st.toast("Vue enregistrée.", icon=":material/bookmarks:")


def _share(key: str, view_id: int, shared: bool) -> None:
    _try(key, lambda: saved_views.share(open_office(), view_id, shared, user_name()))


def _set_default(key: str, view_id: int, on: bool) -> None:
    _try(key, lambda: saved_views.set_default(open_office(), grid_of(key), view_id if on else None, user_name()))


def _left_out(view: GridView) -> list[str]:
    """Return the message about what a view does not store: a choice of rows, which would soon be out of date."""
    if filters.AMONG not in view.filters:
        return []
    return [
        f"Le choix « {view.filters[filters.AMONG][0]} » n’est pas gardé : une vue retient des règles, pas des lignes."
    ]


# ---- dialogs


def _open_dialog(key: str, saved: saved_views.View | None) -> None:
    match st.session_state.pop(f"{key}:view-asks", None):
        case "save_as":
            _save_as_dialog(key)
        case "rename" if saved:
            _rename_dialog(key, saved)
        case "delete" if saved:
            _delete_dialog(key, saved)


@st.dialog("Enregistrer la vue")
def _save_as_dialog(key: str) -> None:
    view = view_of(key)
    with st.form(f"{key}:view-form", border=False):
        name = st.text_input(
            "Nom de la vue", max_chars=saved_views.LONGEST_NAME, placeholder="Par domaine, à relancer…"
        )
        shared = st.toggle("Partager avec l’équipe")
        default = st.toggle("En faire ma vue par défaut")
        st.caption("La vue retient les filtres, la recherche, les colonnes, leur ordre, le tri et les groupes.")
        for text in _left_out(view):
            st.caption(text)
        sent = st.form_submit_button("Enregistrer", type="primary")
    if sent:
        _do_and_close(lambda: _save_as(key, view, name, shared, default), "Vue enregistrée.")


def _save_as(key: str, view: GridView, name: str, shared: bool, default: bool) -> None:
    db, grid = open_office(), grid_of(key)
    view.saved = saved_views.create(db, view.sheet.table, grid, name, view.look, user_name(), shared)
    view.messages = _left_out(view)
    if default:
        saved_views.set_default(db, grid, view.saved, user_name())


@st.dialog("Renommer la vue")
def _rename_dialog(key: str, saved: saved_views.View) -> None:
    with st.form(f"{key}:rename-form", border=False):
        name = st.text_input("Nom de la vue", saved.name, max_chars=saved_views.LONGEST_NAME)
        sent = st.form_submit_button("Renommer", type="primary")
    if sent:
        _do_and_close(lambda: saved_views.rename(open_office(), saved.id, name, user_name()), "Vue renommée.")


@st.dialog("Supprimer la vue ?")
def _delete_dialog(key: str, saved: saved_views.View) -> None:
    st.markdown(
        f"**{escape_markdown(saved.name)}** ne pourra plus être ouverte. Les lignes de la grille ne changent pas."
    )
    if saved.others:
        text = "1 collègue l’a" if saved.others == 1 else f"{saved.others} collègues l’ont"
        st.warning(f"{text} pour vue par défaut.")
    elif saved.shared:
        st.caption("Elle est partagée : vos collègues ne pourront plus l’ouvrir non plus.")
    if st.button("Supprimer", type="primary", key=f"{key}:view-delete-go"):
        _do_and_close(lambda: _delete(key, saved), "Vue supprimée.")


def _delete(key: str, saved: saved_views.View) -> None:
    saved_views.delete(open_office(), saved.id, user_name())
    view_of(key).saved = None


def _do_and_close(action: Callable[[], object], done: str) -> None:
    """Do something and close the dialog with a toast; show the error in the dialog instead."""
    try:
        action()
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        queue_toast(done, ":material/bookmarks:")
        st.rerun()
