"""Step « Qui »: persons of the file who resemble the one being typed. Each is a question, for which saving waits."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from db.base.errors import FieldError, InvalidError, PaletteError, Problem
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.people import known_already
from db.people.known_already import Resembling
from db.rows import records
from db.rows.drafts import FormOpening
from db.rows.records import Edit, Row
from pages.shared.form import form
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import form_drafts

_OTHERS = "intake:others"
"""The key of the opening of a form, with the persons of whom was said that they are somebody else."""
CHOSEN = "intake:chosen"
"""The key of the person of the file who is the one being entered."""
_TELL = ("birth_date", "town", "state", "last_contact")


def show(db: Office, typed: Mapping[str, Any]) -> None:
    """Show who resembles what was typed so far, with the buttons that answer."""
    others = _others()
    found = [one for one in known_already.look(db, typed) if one.row.id not in others]
    if not found:
        return
    context = records.context(db)
    with st.container(border=True, key="intake-known"):
        st.markdown("**Est-elle déjà connue ?**" if any(one.asked for one in found) else "**Dans le fichier aussi**")
        for one in found:
            _show_one(db, one, typed, context)
        ids = [one.row.id for one in found]
        label = "C’est une autre personne" if len(ids) == 1 else "Aucune d’elles : c’est une autre personne"
        st.button(label, key="intake:other", icon=":material/person_add:", on_click=others.update, args=(ids,))


def _others() -> set[int]:
    """Return those of whom was said that they are somebody else than the person of the form that is open now."""
    opening = st.session_state.get(f"{form.key_of(PERSON.name, None)}:opening")
    if st.session_state.get(_OTHERS, ("",))[0] != opening:
        st.session_state[_OTHERS] = (opening, set())
    others: set[int] = st.session_state[_OTHERS][1]
    return others


def _show_one(db: Office, one: Resembling, typed: Mapping[str, Any], context: Context) -> None:
    table = db.tables[PERSON.name]
    name = escape_markdown(context.title(PERSON.name, one.row.id))
    facts = [
        f"{table.column(column).label.lower()} {text}" if column in ("birth_date", "last_contact") else text
        for column in _TELL
        if (text := table.column(column).type.show(one.row.values[column], context))
    ]
    archived = ":gray-badge[:material/inventory_2: archivée]" if one.row.values["archived_on"] else ""
    why = f"  \n:orange[{escape_markdown(', '.join(one.reasons))}]" if one.reasons else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        facts_text = escape_markdown(" · ".join(facts))
        st.markdown(f"**{name}** {archived}  \n{facts_text}{why}", width="stretch")
        label = "C’est elle : continuer dans son dossier"
        st.button(label, key=f"intake:same:{one.row.id}", on_click=_choose, args=(db, one.row, dict(typed)))


def _choose(db: Office, row: Row, typed: Mapping[str, Any]) -> None:
    """Go on with somebody of the file. What was typed and is not in her file is offered there as a draft."""
    st.session_state[CHOSEN] = row.id
    new = _new_values(db, row, typed)
    if new:
        with suppress(PaletteError):
            form_drafts().begin(FormOpening(PERSON.name, row.id, row.version, {}), new)
    form.give_up(form.key_of(PERSON.name, None))


def _new_values(db: Office, row: Row, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed of a person, as the widgets hold it, and differs from her row."""
    table, context = db.tables[PERSON.name], records.context(db)
    start = records.defaults(table)
    new = {}
    for field in table.fields:
        value = typed.get(field.name)
        if value in (None, "", ()) or value == start.get(field.name):
            continue
        with suppress(FieldError):
            if field.type.check(value, context) == row.values[field.name]:
                continue
        new[field.name] = value
    return new


def add_person(db: Office, _table: OfficeTable, edit: Edit, who: str) -> int:
    """Save a new person, unless she resembles somebody and nobody has said whether she is the same."""
    others = _others()
    asked = [one for one in known_already.look(db, edit.values) if one.asked and one.row.id not in others]
    if asked:
        reason = "dites d’abord, ci-dessus, si elle est déjà connue"
        raise InvalidError([Problem(reason, "Personne")])
    similar = [one.row.id for one in known_already.look(db, edit.values) if one.asked]
    return known_already.add(db, edit.values, [number for number in similar if number in others], who)
