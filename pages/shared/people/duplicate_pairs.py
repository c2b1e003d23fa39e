"""The lists of « Doublons »: pairs to compare, pairs that are two persons, merges that stand."""

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

_SIZE = 20
_SLOW, _AGAIN = 1.0, 600.0
"""Seconds: where finding the pairs takes long (a very large file), they are looked for again only after a while."""
_COLOURS = {"très probable": "red", "probable": "orange", "à vérifier": "gray"}
_DONE = "pairs:done"


@dataclass
class _Found:
    pairs: list[Pair]
    token: int
    cost: float
    at: float = field(default_factory=monotonic)

    def holds(self, token: int) -> bool:
        return self.token == token or (self.cost > _SLOW and monotonic() - self.at < _AGAIN)


def _find(db: Office) -> list[Pair]:
    """The pairs, without those that were settled since they were found."""
    found: _Found | None = st.session_state.get("pairs:found")
    token = connection.change_token(db)
    if found is None or not found.holds(token):
        start = monotonic()
        with st.spinner("Comparaison des dossiers…"):
            found = _Found(duplicates.pairs(db), token, monotonic() - start)
        st.session_state["pairs:found"] = found
    told = {(said.one, said.other) for said in duplicates.set_aside(db)}
    gone = {merged.other for merged in duplicates.merges(db)}
    return [pair for pair in found.pairs if (pair.one, pair.other) not in told and not {pair.one, pair.other} & gone]


def show(db: Office) -> None:
    """The pairs to compare, the likeliest first; those of little weight only when they are asked for."""
    found = _find(db)
    weak = [pair for pair in found if pair.level == "à vérifier"]
    st.caption(
        "Des personnes peut-être saisies deux fois : noms qui se prononcent pareil, inversés ou à une lettre près, même"
        " téléphone, même naissance. Rien n’est réuni sans vous."
    )
    if weak and len(weak) < len(found):
        every = st.toggle(f"Montrer aussi les moins probables ({french_number(len(weak))})", key="pairs:weak")
        found = found if every else found[: len(found) - len(weak)]
    if not found:
        st.info("Aucun doublon en vue.", icon=":material/check_circle:")
        return
    place = 1
    if len(found) > _SIZE:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{french_number(len(found))} paires", width="content")
            place = st.pagination(-(-len(found) // _SIZE), key="pairs:page")
    context = records.context(db)
    for pair in found[(place - 1) * _SIZE : place * _SIZE]:
        _show(db, pair, context)


def _show(db: Office, pair: Pair, context: Context) -> None:
    key = f"pairs:{pair.one}:{pair.other}"
    with st.container(border=True, gap="small"):
        st.markdown(f"{_names(pair.one, pair.other, context)} :{_COLOURS[pair.level]}-badge[{pair.level}]")
        reasons = " · ".join(pair.reasons)
        st.caption(capitalised(reasons))
        with st.container(horizontal=True, gap="small"):
            if st.button("Comparer", key=f"{key}:compare", icon=":material/compare:"):
                comparison.choose(pair.one, pair.other)
            if st.button("Ce sont deux personnes", key=f"{key}:apart", type="tertiary"):
                comparison.set_apart(db, pair.one, pair.other)


def _names(one: int, other: int, context: Context) -> str:
    return " et ".join(
        f"**{escape_markdown(context.title('person', row_id))}** :gray[n° {row_id}]" for row_id in (one, other)
    )


# ---- what was said


def show_set_aside(db: Office) -> None:
    """The pairs that are two persons, each with its way back."""
    found = duplicates.set_aside(db)
    if not found:
        st.info("Aucune paire écartée. « Ce sont deux personnes » en met une ici ; elle n’est plus proposée.")
        return
    context = records.context(db)
    for said in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = f":gray[{escape_markdown(said.who)}, le {french_instant(said.at)}]"
            st.markdown(f"{_names(said.one, said.other, context)}  \n{told}", width="stretch")
            key = f"pairs:back:{said.one}:{said.other}"
            if st.button("Proposer de nouveau", key=key, icon=":material/undo:"):
                _do_bring_back(db, said.one, said.other)


def _do_bring_back(db: Office, one: int, other: int) -> None:
    try:
        duplicates.bring_back(db, one, other, user_name())
    except PaletteError as error:
        st.error(str(error))
    else:
        st.rerun()


def show_merges(db: Office) -> None:
    """The latest merges that stand, each with its way back."""
    found = duplicates.merges(db)
    if not found:
        st.info("Aucune fusion. Celles que vous ferez pourront être annulées ici.")
        return
    context = records.context(db)
    for merged in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = f":gray[{escape_markdown(merged.who)}, le {french_instant(merged.at)}]"
            st.markdown(f"{_merged(merged, context)}  \n{told}", width="stretch")
            _open_button(merged.one, f"pairs:open:{merged.operation}")
            if st.button("Annuler la fusion", key=f"pairs:undo:{merged.operation}", icon=":material/undo:"):
                changes.confirm(merged.operation)


def _merged(merged: Merged, context: Context) -> str:
    gone = context.title("person", merged.other).removesuffix(" (supprimé)")
    kept = escape_markdown(context.title("person", merged.one))
    return f"**{escape_markdown(gone)}** :gray[n° {merged.other}] réuni à **{kept}** :gray[n° {merged.one}]"


def _open_button(person: int, key: str) -> None:
    if st.button("Dossier", key=key, icon=":material/person:", type="tertiary"):
        st.switch_page("person.py", query_params={"dossier": str(person)})


def show_done(db: Office) -> None:
    """What the last click did, and its way back."""
    if st.session_state.pop("comparing:said", False):
        st.success("Notez : la paire est sous « Écartées », et peut être proposée de nouveau.")
    gone = st.session_state.get("comparing:merged")
    merged = next((one for one in duplicates.merges(db) if one.other == gone), None)
    if merged is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        text = f":green[:material/check_circle:] {_merged(merged, records.context(db))}."
        st.markdown(text, width="stretch")
        _open_button(merged.one, "pairs:done:open")
        if st.button("Annuler la fusion", key="pairs:done:undo", icon=":material/undo:"):
            try:
                undo.undo(db, merged.operation, user_name())
            except PaletteError as error:
                st.error(str(error).replace("\n", "\n\n- "))
            else:
                queue_toast("Fusion annulée.", ":material/undo:")
                st.rerun()
