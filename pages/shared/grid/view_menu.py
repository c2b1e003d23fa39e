"""« Vue : … » : open a kept view of a grid, keep what it shows now, share it, have the grid open on it; its address."""

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from db.accounts.sessions import ADDRESS
from db.base.errors import NotFoundError, PaletteError
from db.model.office import Office
from db.model.types import Context
from db.rows import records, saved_views
from pages.shared.grid import filters
from pages.shared.grid.view import GridView, grid_of, view_of
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

PARAMETER = "vue"
"""What an address calls a view: « ?vue=12 », a number and never a name."""
_SHORT = 28
_AS_USUAL = "Voici la grille comme d’habitude."


# ---- opened by an address, or by default


def asked_table(tables: list[str]) -> str:
    """The table, among those a screen shows, of the view that the address asks for; '' when it says nothing of them."""
    number = st.query_params.get(PARAMETER, "")
    if not number or number == st.session_state.get("view:asked"):
        return ""
    st.session_state["view:asked"] = number
    try:
        table = saved_views.get(open_office(), _number(number), user_name()).grid.table
    except NotFoundError:
        return ""
    return table if table in tables else ""


def open_asked(db: Office, key: str, context: Context, fresh: bool) -> None:
    """Open the view that the address asks for; else, in a grid that was not open yet, one's own default."""
    view, number = view_of(key), st.query_params.get(PARAMETER, "")
    if number and number not in (view.asked, str(view.saved)):
        view.asked = number
        view.told = _open_number(db, key, number, context)
    elif fresh and not number:
        kept = saved_views.default(db, user_name(), grid_of(key))
        if kept:
            _open(key, kept, context)
    _write_address(view)


def _open_number(db: Office, key: str, number: str, context: Context) -> list[str]:
    """Open it. Returns what there is to say."""
    try:
        kept = saved_views.get(db, _number(number), user_name())
    except NotFoundError as error:
        return [str(error), _AS_USUAL]
    if kept.grid != grid_of(key):
        return ["La vue de cette adresse est celle d’un autre écran.", _AS_USUAL]
    return _open(key, kept, context)


def _number(text: str) -> int:
    """The number of a view in an address; 0, which is none, when it is no number."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _open(key: str, kept: saved_views.View, context: Context) -> list[str]:
    """Show what a kept view shows. Returns what is left out of it."""
    view = view_of(key)
    look, view.told = saved_views.fit(view.sheet.table, kept.look, context, kept.labels)
    view.wear(look, kept.id)
    return view.told


def _write_address(view: GridView) -> None:
    """The address says which view is open, so that the page can be loaded again, or sent to a colleague."""
    number = "" if view.saved is None else str(view.saved)
    if st.query_params.get(PARAMETER, "") == number:
        return
    if number:
        st.query_params[PARAMETER] = view.asked = number
    else:
        del st.query_params[PARAMETER]


# ---- the menu


def show_menu(db: Office, key: str, context: Context) -> None:
    """The button that names the view, and all that can be done with it."""
    view = view_of(key)
    found = saved_views.every(db, user_name(), grid_of(key))
    kept = next((one for one in found if one.id == view.saved), None)
    if view.saved is not None and kept is None:
        view.saved, view.told = (
            None,
            ["Cette vue n’existe plus, ou n’est plus partagée ; la grille reste telle quelle."],
        )
    _write_address(view)
    label = f"Vue : {escape_markdown(_short(kept.name if kept else view.home_name))}"
    if kept and _is_changed(view, kept, context):
        label += " · modifiée"
    with st.popover(label, icon=":material/bookmarks:", key=f"{key}:views", on_change="rerun") as popover:
        if popover.open:
            default = saved_views.default(db, user_name(), grid_of(key))
            with st.container(gap="small", width=320):
                _list(key, view, found, default)
                _deeds(key, view, kept, _is_changed(view, kept, context))
                if kept:
                    _deeds_with_kept(key, kept, default)
    _open_dialog(key, kept)


def show_told(view: GridView, key: str) -> None:
    """What there is to say of the view that was opened."""
    if not view.told:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info("  \n".join(map(escape_markdown, view.told)), icon=":material/bookmarks:", width="stretch")
        st.button("Fermer", key=f"{key}:view-told", type="tertiary", on_click=view.told.clear)


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[: _SHORT - 1]}…"


def _is_changed(view: GridView, kept: saved_views.View | None, context: Context) -> bool:
    """Whether the grid shows something else than the kept view (or the screen at first) does."""
    look = saved_views.fit(view.sheet.table, kept.look, context)[0] if kept else view.home
    return view.look != look or filters.AMONG in view.filters


def _list(key: str, view: GridView, found: list[saved_views.View], default: saved_views.View | None) -> None:
    """Every view to choose from: the screen's own, one's own, the team's."""
    with st.container(gap=None):
        _choice(key, 0, escape_markdown(view.home_name), view.saved is None)
        for one in found:
            told = [] if one.owner == user_name() else [f"de {escape_markdown(one.owner)}"]
            told += ["partagée"] * (one.owner == user_name() and one.shared) + ["par défaut"] * (one == default)
            name = " ".join([escape_markdown(one.name), *(f":gray[· {word}]" for word in told)])
            _choice(key, one.id, name, view.saved == one.id)


def _choice(key: str, view_id: int, name: str, is_open: bool) -> None:
    icon = ":material/check:" if is_open else ":material/bookmark:"
    widget = f"{key}:view:{view_id}"
    st.button(name, icon=icon, type="tertiary", key=widget, on_click=_choose, args=(key, view_id or None), wrap=True)


def _choose(key: str, view_id: int | None) -> None:
    """Open a view of the list, or what the screen shows at first."""
    view = view_of(key)
    _close(key)
    view.told = []
    if view_id is None:
        view.wear(view.home, None)
        return
    _tried(
        key, lambda: _open(key, saved_views.get(open_office(), view_id, user_name()), records.context(open_office()))
    )


def _deeds(key: str, view: GridView, kept: saved_views.View | None, changed: bool) -> None:
    """What can be done with what the grid shows now."""
    st.caption("Ce que montre la grille")
    with st.container(horizontal=True, gap="small"):
        if kept and kept.owner == user_name() and changed:
            st.button(
                "Enregistrer", key=f"{key}:view-save", icon=":material/save:", type="primary",
                on_click=_overwrite, args=(key, kept.id),
            )  # fmt: skip
        _asks(key, "Enregistrer sous…", "save_as", "bookmark_add")
        if changed:
            st.button(
                "Rétablir", key=f"{key}:view-back", icon=":material/undo:", help="Remontrer la vue telle quelle",
                on_click=_choose, args=(key, view.saved),
            )  # fmt: skip


def _deeds_with_kept(key: str, kept: saved_views.View, default: saved_views.View | None) -> None:
    """What can be done with the view that is open: a colleague's is hers to change."""
    mine = kept.owner == user_name()
    if mine:
        _toggle(key, "Partager avec l’équipe", f"share:{kept.id}", kept.shared, _share, kept.id)
    _toggle(key, "En faire ma vue par défaut", f"default:{kept.id}", default == kept, _set_default, kept.id)
    st.caption("Copier l’adresse" if kept.shared else "Copier l’adresse (la vue n’est pas partagée : pour vous seul)")
    st.code(_address(kept), language=None, wrap_lines=True)
    if mine:
        with st.container(horizontal=True, gap="small"):
            _asks(key, "Renommer", "rename", "edit")
            _asks(key, "Supprimer", "delete", "delete")


def _asks(key: str, label: str, what: str, icon: str) -> None:
    """A button that closes the menu and opens a dialog."""

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


def _address(kept: saved_views.View) -> str:
    """What a colleague opens. The number of a file in it stays, a plan is somebody's; no name is ever in it."""
    here = urlsplit(str(st.context.url))
    base = ADDRESS or f"{here.scheme}://{here.netloc}"
    person = st.query_params.get("dossier", "")
    return f"{base}{here.path or '/'}?{f'dossier={person}&' if person.isdecimal() else ''}{PARAMETER}={kept.id}"


# ---- what is done


def _tried(key: str, deed: Callable[[], object]) -> bool:
    """Do it, or say why not."""
    try:
        deed()
    except PaletteError as error:
        view_of(key).told = [str(error)]
        return False
    return True


def _overwrite(key: str, view_id: int) -> None:
    view = view_of(key)
    if _tried(key, lambda: saved_views.overwrite(open_office(), view.sheet.table, view_id, view.look, user_name())):
        _close(key)
        view.told = _left_out(view)
        st.toast("Vue enregistrée.", icon=":material/bookmarks:")


def _share(key: str, view_id: int, shared: bool) -> None:
    _tried(key, lambda: saved_views.share(open_office(), view_id, shared, user_name()))


def _set_default(key: str, view_id: int, on: bool) -> None:
    _tried(key, lambda: saved_views.set_default(open_office(), grid_of(key), view_id if on else None, user_name()))


def _left_out(view: GridView) -> list[str]:
    """What a view does not keep: a rule can be followed again, a list of persons only goes stale."""
    if filters.AMONG not in view.filters:
        return []
    return [
        f"Le choix « {view.filters[filters.AMONG][0]} » n’est pas gardé : une vue retient des règles, pas des lignes."
    ]


# ---- dialogs


def _open_dialog(key: str, kept: saved_views.View | None) -> None:
    match st.session_state.pop(f"{key}:view-asks", None):
        case "save_as":
            _save_as_dialog(key)
        case "rename" if kept:
            _rename_dialog(key, kept)
        case "delete" if kept:
            _delete_dialog(key, kept)


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
        _answer(lambda: _save_as(key, view, name, shared, default), "Vue enregistrée.")


def _save_as(key: str, view: GridView, name: str, shared: bool, default: bool) -> None:
    db, grid = open_office(), grid_of(key)
    view.saved = saved_views.create(db, view.sheet.table, grid, name, view.look, user_name(), shared)
    view.told = _left_out(view)
    if default:
        saved_views.set_default(db, grid, view.saved, user_name())


@st.dialog("Renommer la vue")
def _rename_dialog(key: str, kept: saved_views.View) -> None:
    with st.form(f"{key}:rename-form", border=False):
        name = st.text_input("Nom de la vue", kept.name, max_chars=saved_views.LONGEST_NAME)
        sent = st.form_submit_button("Renommer", type="primary")
    if sent:
        _answer(lambda: saved_views.rename(open_office(), kept.id, name, user_name()), "Vue renommée.")


@st.dialog("Supprimer la vue ?")
def _delete_dialog(key: str, kept: saved_views.View) -> None:
    st.markdown(
        f"**{escape_markdown(kept.name)}** ne pourra plus être ouverte. Les lignes de la grille ne changent pas."
    )
    if kept.others:
        told = "1 collègue l’a" if kept.others == 1 else f"{kept.others} collègues l’ont"
        st.warning(f"{told} pour vue par défaut.")
    elif kept.shared:
        st.caption("Elle est partagée : vos collègues ne pourront plus l’ouvrir non plus.")
    if st.button("Supprimer", type="primary", key=f"{key}:view-delete-go"):
        _answer(lambda: _delete(key, kept), "Vue supprimée.")


def _delete(key: str, kept: saved_views.View) -> None:
    saved_views.delete(open_office(), kept.id, user_name())
    view_of(key).saved = None


def _answer(deed: Callable[[], object], done: str) -> None:
    """Do what a dialog asks, and close it; or say there why not."""
    try:
        deed()
    except PaletteError as error:
        st.error(str(error))
    else:
        queue_toast(done, ":material/bookmarks:")
        st.rerun()
