"""The lists of « Doublons »: pairs to compare, pairs set aside as two persons, merges that can be undone."""

from dataclasses import dataclass, field
from time import monotonic

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import capitalised, french_instant, french_number
from db.model.office import Office
from db.model.types import Context
from db.people import duplicates
from db.people.duplicates import Merged, Pair
from db.rows import records, undo
from db.storage import connection
from pages.shared.history import changes
from pages.shared.people import comparison
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name
from pages.shared.shell.toasts import queue_toast

_PAGE_LENGTH = 20
_SLOW_SECONDS, _KEEP_SECONDS = 1.0, 600.0
"""A search that took longer than ``_SLOW_SECONDS`` is reused for ``_KEEP_SECONDS`` although the file has changed."""
_COLOURS = {"très probable": "red", "probable": "orange", "à vérifier": "gray"}
_DONE = "pairs:done"


@dataclass
class _PairSearch:
    pairs: list[Pair]
    token: int
    cost: float
    at: float = field(default_factory=monotonic)

    def may_be_reused(self, token: int) -> bool:
        return self.token == token or (self.cost > _SLOW_SECONDS and monotonic() - self.at < _KEEP_SECONDS)


def _find(db: Office) -> list[Pair]:
    """Return the pairs, without those merged or set aside since they were found."""
    search: _PairSearch | None = st.session_state.get("pairs:found")
    token = connection.change_token(db)
    if search is None or not search.may_be_reused(token):
        start = monotonic()
        with st.spinner("Comparaison des dossiers…"):
            search = _PairSearch(duplicates.pairs(db), token, monotonic() - start)
        st.session_state["pairs:found"] = search
    aside = {(pair.one, pair.other) for pair in duplicates.set_aside(db)}
    gone = {merged.other for merged in duplicates.merges(db)}
    return [pair for pair in search.pairs if (pair.one, pair.other) not in aside and not {pair.one, pair.other} & gone]


def show(db: Office) -> None:
    """Show the pairs to compare, most likely first; the least likely ones only on request."""
    pairs = _find(db)
    weak = [pair for pair in pairs if pair.level == "à vérifier"]
    st.caption(
        "Des personnes peut-être saisies deux fois : noms qui se prononcent pareil, inversés ou à une lettre près, même"
        " téléphone, même naissance. Rien n’est réuni sans vous."
    )
    if weak and len(weak) < len(pairs):
        show_all = st.toggle(f"Montrer aussi les moins probables ({french_number(len(weak))})", key="pairs:weak")
        pairs = pairs if show_all else pairs[: len(pairs) - len(weak)]
    if not pairs:
        st.info("Aucun doublon en vue.", icon=":material/check_circle:")
        return
    page = 1
    if len(pairs) > _PAGE_LENGTH:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{french_number(len(pairs))} paires", width="content")
            page = st.pagination(-(-len(pairs) // _PAGE_LENGTH), key="pairs:page")
    context = records.context(db)
    for pair in pairs[(page - 1) * _PAGE_LENGTH : page * _PAGE_LENGTH]:
        _show(db, pair, context)


def _show(db: Office, pair: Pair, context: Context) -> None:
    key = f"pairs:{pair.one}:{pair.other}"
    with st.container(border=True, gap="small"):
        st.markdown(f"{_names(pair.one, pair.other, context)} :{_COLOURS[pair.level]}-badge[{pair.level}]")
        reasons = " · ".join(pair.reasons)
        st.caption(escape_markdown(capitalised(reasons)))
        with st.container(horizontal=True, gap="small"):
            if st.button("Comparer", key=f"{key}:compare", icon=":material/compare:"):
                comparison.choose(pair.one, pair.other)
            if st.button("Ce sont deux personnes", key=f"{key}:apart", type="tertiary"):
                comparison.set_apart(db, pair.one, pair.other)


def _names(one: int, other: int, context: Context) -> str:
    return " et ".join(
        f"**{escape_markdown(context.title('person', row_id))}** :gray[n° {row_id}]" for row_id in (one, other)
    )


# ---- decisions made


def show_set_aside(db: Office) -> None:
    """Show the pairs set aside, each with the button that proposes it again."""
    pairs = duplicates.set_aside(db)
    if not pairs:
        st.info("Aucune paire écartée. « Ce sont deux personnes » en met une ici ; elle n’est plus proposée.")
        return
    context = records.context(db)
    for pair in pairs:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            decision = f":gray[{escape_markdown(pair.who)}, le {french_instant(pair.at)}]"
            st.markdown(f"{_names(pair.one, pair.other, context)}  \n{decision}", width="stretch")
            key = f"pairs:back:{pair.one}:{pair.other}"
            if st.button("Proposer de nouveau", key=key, icon=":material/undo:"):
                _bring_back(db, pair.one, pair.other)


def _bring_back(db: Office, one: int, other: int) -> None:
    try:
        duplicates.bring_back(db, one, other, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
    else:
        st.rerun()


def show_merges(db: Office) -> None:
    """Show the latest merges that were not undone, each with the button that undoes it."""
    merges = duplicates.merges(db)
    if not merges:
        st.info("Aucune fusion. Celles que vous ferez pourront être défaites ici.")
        return
    context = records.context(db)
    for merged in merges:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            decision = f":gray[{escape_markdown(merged.who)}, le {french_instant(merged.at)}]"
            st.markdown(f"{_sentence(merged, context)}  \n{decision}", width="stretch")
            _open_button(merged.one, f"pairs:open:{merged.operation}")
            if st.button("Défaire la fusion", key=f"pairs:undo:{merged.operation}", icon=":material/undo:"):
                changes.confirm(merged.operation)


def _sentence(merged: Merged, context: Context) -> str:
    gone = context.title("person", merged.other).removesuffix(" (supprimé)")
    kept = escape_markdown(context.title("person", merged.one))
    return f"**{escape_markdown(gone)}** :gray[n° {merged.other}] réuni à **{kept}** :gray[n° {merged.one}]"


def _open_button(person: int, key: str) -> None:
    if st.button("Dossier", key=key, icon=":material/person:", type="tertiary"):
        st.switch_page("person.py", query_params={"dossier": str(person)})


def show_done(db: Office) -> None:
    """Show what the previous run did, with the button that undoes a merge."""
    if st.session_state.pop("comparing:said", False):
        st.success("Notez : la paire est sous « Écartées », et peut être proposée de nouveau.")
    gone = st.session_state.get("comparing:merged")
    merged = next((one for one in duplicates.merges(db) if one.other == gone), None)
    if merged is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        text = f":green[:material/check_circle:] {_sentence(merged, records.context(db))}."
        st.markdown(text, width="stretch")
        _open_button(merged.one, "pairs:done:open")
        if st.button("Défaire la fusion", key="pairs:done:undo", icon=":material/undo:"):
            try:
                undo.undo(db, merged.operation, user_name())
            except PaletteError as error:
                st.error(escape_markdown(str(error)))
            else:
                queue_toast("Fusion défaite.", ":material/undo:")
                st.rerun()
