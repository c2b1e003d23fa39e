"""The parts of one person's file: identity, path, action plans, history. Every row opens from here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.attachments import files
from db.base.french import french_date, french_number
from db.model.dictionary import ACTION, APPOINTMENT, CER, DIAGNOSTIC, INTERVENTION, PERSON, TABLES
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Context, LongText, YesNo
from db.people import duplicates
from db.rows import access_log, history, quick_search, records
from db.rows.queries import Filter, Query
from db.rows.records import Row
from pages.shared.dossier import attachments, mappi, rights, summary, who_could_help
from pages.shared.form import dialog, letters
from pages.shared.grid.grid import edit_grid
from pages.shared.history import changes, consultations
from pages.shared.shell import intake_button
from pages.shared.shell.addresses import NO_NUMBER, row_number
from pages.shared.shell.markdown import escape_markdown

_ICONS = {
    "orientation": "signpost", "stage": "flag", "benefit": "verified_user", "diagnostic": "lab_profile",
    "cer": "contract", "aid": "euro", "exit": "logout", "intervention": "forum", "action": "task_alt",
    "appointment": "event",
}  # fmt: skip
_SHOWN_AT_FIRST = 20
_CHANGES = 200
_LISTED = 1_000
_SHORT = 80
_SEARCHED = "dossier:searched"
"""The key of the words that were searched in the last run."""


# ---- which person


def choose(db: Office, context: Context) -> int | None:
    """Show the search for a person, archived ones included, by anything the search index holds. Returns the id in the
    address (?dossier=12), 0 for an odd one, None without one; a search that finds one person opens her file."""
    number = st.query_params.get("dossier", "")
    current = row_number(number) if number else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Chercher une personne",
            key="dossier:words",
            placeholder="nom, nom d’artiste, téléphone, courriel…",
            width=310,
        )
        picked = _pick(db, context, current, words)
        intake_button.show()
        if st.button(PERSON.new, icon=":material/person_add:"):
            dialog.edit_dialog("person")
    if picked is not None and picked != current:
        st.query_params["dossier"] = str(picked)
        st.rerun()
    return current


def _pick(db: Office, context: Context, current: int | None, words: str) -> int | None:
    """Show the list of the persons found, or of all. Returns the one chosen, or the only one that new words find."""
    everybody = not words.strip()
    ids = (
        records.page_ids(db, db.tables["person"], Query(size=_LISTED))
        if everybody
        else quick_search.person_ids(db, words, _LISTED)
    )
    is_new = st.session_state.get(_SEARCHED, "") != words
    st.session_state[_SEARCHED] = words
    if is_new and not everybody and len(ids) == 1:
        return ids[0]
    if not everybody and not ids:
        st.caption(f"Personne ne correspond à « {escape_markdown(words)} ».", width="content")
    listed = ids if current is None or current in ids else [current, *ids]
    label = "Personne" if everybody else f"Personne ({french_number(len(ids))} trouvée{'s' * (len(ids) > 1)})"
    with db.one_moment():
        picked: int | None = st.selectbox(
            label,
            listed,
            index=listed.index(current) if current is not None else None,
            format_func=lambda row_id: context.title("person", row_id),
            placeholder="Nom, prénom",
            key=f"dossier:person:{current}:{words}",
            width=310,
        )
    return picked


def show_missing(db: Office, person_id: int, reason: str, context: Context) -> None:
    """Tell that there is no such person, or that the address names none (0); link to the person into whom they were
    merged, if any."""
    if not person_id:
        st.warning(f"{NO_NUMBER} Cherchez la personne ci-dessus.")
        return
    kept = duplicates.merged_into(db, person_id)
    if kept is None:
        st.warning(escape_markdown(reason))
        return
    st.info(
        f"Ce dossier a été réuni à celui de **{escape_markdown(context.title('person', kept))}**.",
        icon=":material/merge:",
    )
    if st.button("Ouvrir ce dossier", icon=":material/person:", key="dossier:merged"):
        st.query_params["dossier"] = str(kept)
        st.rerun()


# ---- identity


def show_head(db: Office, person: Row, context: Context) -> None:
    """Show name, state, main facts, computed values and warnings."""
    values = person.values
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(escape_markdown(f"{values['first_name']} {values['last_name']}"), anchor=False, width="content")
        color = {"outside": "gray", "new": "orange"}.get(values["state"], "green")
        state = escape_markdown(_shown(db.tables["person"], "state", person, context))
        st.markdown(f":{color}-badge[{state}]", width="content")  # st.badge escapes some signs, and not others
        letters.button_of_person(person)
    facts = [_shown(db.tables["person"], name, person, context) for name in ("artist_name", "craft", "domain", "town")]
    st.caption(escape_markdown(" · ".join(filter(None, facts))))
    with st.grid("auto", min_column_width=165, gap="small"):
        for field in db.tables["person"].computed:
            is_telling = field.shown or values[field.name] is not None
            if field.name != "state" and not field.hidden and is_telling and not isinstance(field.type, YesNo):
                label, text = escape_markdown(field.label), field.type.show(values[field.name], context)
                st.metric(label, text or "–", help=escape_markdown(field.help))
    for tone, why in person.marks.values():
        st.markdown(f"{_BADGES[tone]} {escape_markdown(why)}]")
    if values["state"] == "new":
        _ask_for_stage(db, person)


_BADGES = {
    "warning": ":orange-badge[:material/warning:",
    "danger": ":red-badge[:material/error:",
    "good": ":green-badge[:material/check:",
}
"""Tone of a highlight -> the beginning of its badge."""


def _ask_for_stage(db: Office, person: Row) -> None:
    """Say that a person without any stage is not counted, and offer what comes first."""
    with st.container(border=True):
        st.markdown("**À situer** : sans étape de parcours, cette personne n’est comptée nulle part.")
        with st.container(horizontal=True, gap="small"):
            intake_button.show(person.id)
            for table in (db.tables["orientation"], db.tables["benefit"], db.tables["stage"]):
                if st.button(table.new, key=f"dossier:new:{table.name}", icon=f":material/{_ICONS[table.name]}:"):
                    _add(table, person)


def _shown(table: OfficeTable, name: str, row: Row, context: Context) -> str:
    return table.column(name).type.show(row.values[name], context)


def _card(db: Office, person: Row, context: Context) -> None:
    """Show the fields of the person by section, and the button that opens the form."""
    if st.button("Modifier", icon=":material/edit:", key="dossier:edit"):
        dialog.edit_dialog("person", person.id)
    with st.grid(2, min_column_width=320):
        for section, fields in db.tables["person"].sections.items():
            with st.container(border=True):
                st.markdown(f"**{escape_markdown(section)}**")
                st.markdown("  \n".join(_labelled(field, person, context) for field in fields))


def _labelled(field: Field | Computed, row: Row, context: Context) -> str:
    text = field.type.show(row.values[field.name], context)
    return f"{escape_markdown(field.label)} : {escape_markdown(text) or ':gray[non renseigné]'}"


# ---- path


@dataclass(frozen=True)
class Moment:
    """A dated row of the person. ``day``: ISO."""

    day: str
    table: OfficeTable
    row: Row


def _moments(db: Office, person_id: int) -> Iterator[Moment]:
    """Yield the dated rows; not an appointment of which the meeting is noted, which says more of the same day."""
    meetings = records.of_person(db, db.tables[INTERVENTION.name], person_id)
    noted = {(APPOINTMENT.name, row.values["appointment_id"]) for row in meetings}
    for table in db.files.values():
        dated = next((name.removeprefix("-") for name in table.order if name.endswith("_on")), None)
        if table.belongs_to_person and dated and table.name != ACTION.name:
            for row in records.of_person(db, table, person_id):
                if (table.name, row.id) not in noted:
                    yield Moment(row.values[dated], table, row)


def _story(db: Office, person: Row, context: Context) -> None:
    """Show the line of years, the person at a glance, and the parcours beside it."""
    summary.show_years(db, person)
    glance, path = st.columns([1, 2], gap="medium")
    with glance:
        summary.show(db, person, context)
    with path:
        _path(db, person, context)


def _path(db: Office, person: Row, context: Context) -> None:
    """Show every dated row, latest first; each opens in a form, and each kind can be added."""
    moments = sorted(_moments(db, person.id), key=lambda moment: moment.day, reverse=True)
    addable = [t for t in db.files.values() if t.belongs_to_person and t.name != ACTION.name]
    with st.container(horizontal=True, vertical_alignment="center"):
        to_add = st.menu_button(
            "Ajouter", addable, icon=":material/add:", type="primary", format_func=lambda t: t.label
        )
        kinds = [table for table in addable if any(moment.table.name == table.name for moment in moments)]
        only = st.pills(
            "Montrer",
            kinds,
            selection_mode="multi",
            format_func=lambda t: t.plural,
            label_visibility="collapsed",
            key="dossier:only",
        )
    if to_add:
        _add(to_add, person)
    shown = [moment for moment in moments if not only or moment.table.name in {table.name for table in only}]
    if not shown:
        st.info("Rien encore dans ce parcours. « Ajouter » commence par une orientation ou une situation de droits.")
    show_all = len(shown) > _SHOWN_AT_FIRST and st.toggle(f"Tout montrer ({len(shown)})", key="dossier:all")
    kept = files.counts(db, person.id)
    with st.container(gap="small"):
        for moment in shown if show_all else shown[:_SHOWN_AT_FIRST]:
            _show_moment(moment, context, kept.get((moment.table.name, moment.row.id), 0))


def _add(table: OfficeTable, person: Row) -> None:
    dialog.edit_dialog(table.name, None, {"person_id": person.id})


def _show_moment(moment: Moment, context: Context, attachments: int) -> None:
    table, row = moment.table, moment.row
    day, text, button = st.columns([1.4, 8, 1.2], vertical_alignment="center", gap="small")
    day.markdown(f":gray[{french_date(moment.day)}]")
    icon = _ICONS.get(table.name, "event")
    kept = f":material/attach_file: {attachments} pièce{'s' * (attachments > 1)}" if attachments else ""
    parts = [f":material/{icon}: **{table.label}**", _summary(moment, context), kept]
    text.markdown(" · ".join(filter(None, parts)))
    if line := summary.first_line(row):
        text.caption(escape_markdown(line))
    if button.button("Ouvrir", key=f"dossier:{table.name}:{row.id}", type="tertiary"):
        dialog.edit_dialog(table.name, row.id)


def _summary(moment: Moment, context: Context) -> str:
    """Return the row in one line of Markdown: its shown columns, without the person and the day."""
    parts = [_part(field, moment, context) for field in moment.table.columns if _is_in_summary(field, moment)]
    return " · ".join(parts + [f"{_BADGES[tone]} {escape_markdown(why)}]" for tone, why in moment.row.marks.values()])


def _is_in_summary(field: Field | Computed, moment: Moment) -> bool:
    value = moment.row.values[field.name]
    if field.hidden or (isinstance(field, Computed) and not isinstance(field.type, Choice | Choices)):
        return False
    return bool(field.shown and value not in (None, (), moment.day) and field.name != "person_id")


def _part(field: Field | Computed, moment: Moment, context: Context) -> str:
    text = field.type.show(moment.row.values[field.name], context).replace("\n", " ")
    short = text if len(text) < _SHORT else f"{text[: _SHORT - 1]}…"
    label = "" if isinstance(field.type, Choice | Choices | LongText) else f"{field.label.lower()} "
    return escape_markdown(f"{label}{short}")


# ---- action plans


def _plans(db: Office, person: Row, context: Context) -> None:
    """Show the action plan of one diagnostic or contract as a grid."""
    plans = [
        (table.name, row.id)
        for table in (DIAGNOSTIC, CER)
        for row in records.of_person(db, db.tables[table.name], person.id)
    ]
    in_work = {
        (table, row[f"{table}_id"]) for row in _open_actions(db, person) for table in (DIAGNOSTIC.name, CER.name)
    }
    plans.sort(key=lambda plan: plan not in in_work)  # a plan on which something is open comes first
    if not plans:
        st.info("Un plan d’action découle d’un diagnostic ou d’un contrat : ajoutez-en un depuis le parcours.")
        return
    who_could_help.show(db, person, context)
    chosen = st.selectbox("Plan", plans, format_func=lambda plan: _plan_title(plan, person, context), width=420)
    fixed = {"person_id": person.id, f"{chosen[0]}_id": chosen[1]}
    still_open = Filter("state", "in", ("todo", "doing"))
    edit_grid(
        db,
        db.tables["action"],
        f"plan:{chosen[0]}:{chosen[1]}",
        preset=(still_open,),
        fixed=fixed,
        called="Actions ouvertes",
    )


def _open_actions(db: Office, person: Row) -> list[Mapping[str, Any]]:
    rows = records.of_person(db, db.tables[ACTION.name], person.id)
    return [row.values for row in rows if row.values["state"] in ("todo", "doing")]


def _plan_title(plan: tuple[str, int], person: Row, context: Context) -> str:
    title = context.title(*plan).removesuffix(context.title("person", person.id)).strip()
    label = TABLES[plan[0]].label
    return title if title.startswith(label) else f"{label} · {title}"


# ---- history


def _history(db: Office, person: Row, context: Context) -> None:
    """Show the changes of this file, each of which can be undone, and who opened it."""
    changes.show_list(db, history.of_person(db, person.id, context)[:_CHANGES], context, "dossier:history", person.id)
    with st.expander("Qui a consulté ce dossier"):
        lines, _ = access_log.find(db, person_id=person.id, size=_CHANGES)
        consultations.show_table(db, lines, context, named=True)


VIEWS: dict[str, Callable[[Office, Row, Context], None]] = {
    "Parcours": _story,
    "Fiche": _card,
    "Plans d’action": _plans,
    "MAPPI": mappi.show,
    "Pièces": attachments.show,
    "Historique": _history,
    "Données personnelles": rights.show,
}
