"""The parts of one person's file: who she is, her path, her plans, her history. Every item opens from here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from db.base.french import french_date
from db.model.dictionary import ACTION, CER, DIAGNOSTIC, PERSON, TABLES
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Context, LongText
from db.people import duplicates
from db.rows import access_log, history, records
from db.rows.queries import Query
from db.rows.records import Row
from pages.shared.dossier import rights
from pages.shared.form import form
from pages.shared.grid.grid import edit_grid
from pages.shared.history import changes, consultations
from pages.shared.shell.markdown import escape_markdown

_ICONS = {
    "orientation": "signpost", "stage": "flag", "benefit": "verified_user", "diagnostic": "lab_profile",
    "cer": "contract", "aid": "euro", "exit": "logout", "intervention": "forum", "action": "task_alt",
}  # fmt: skip
_LATEST = 20
_CHANGES = 200
_LISTED = 1_000
_SHORT = 80


# ---- which person


def choose(db: Office, context: Context) -> int | None:
    """The person of the address (?dossier=12), or the one looked for here."""
    number = st.query_params.get("dossier", "")
    current = int(number) if number.isdigit() else None
    many = records.count(db, db.tables["person"], Query()) > _LISTED
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = (
            st.text_input("Chercher une personne", key="dossier:words", placeholder="début du nom, du prénom…")
            if many
            else ""
        )
        ids = records.page_ids(db, db.tables["person"], Query(search=words, size=_LISTED))
        if current is not None and current not in ids:
            ids = [current, *ids]
        picked = st.selectbox(
            "Personne" if many else "Chercher une personne",
            ids,
            index=ids.index(current) if current in ids else None,
            format_func=lambda row_id: context.title("person", row_id),
            placeholder="Nom, prénom",
            key=f"dossier:person:{current}:{words}",
            width=420,
        )
        if st.button(PERSON.new, icon=":material/person_add:"):
            form.forget("form:person:None")
            form.edit_dialog("person")
    if picked is not None and picked != current:
        st.query_params["dossier"] = str(picked)
        st.rerun()
    return current


def show_missing(db: Office, person_id: int, told: str, context: Context) -> None:
    """There is no file under that number: it went into another one, or is gone."""
    kept = duplicates.merged_into(db, person_id)
    if kept is None:
        st.warning(told)
        return
    st.info(
        f"Ce dossier a été réuni à celui de **{escape_markdown(context.title('person', kept))}**.",
        icon=":material/merge:",
    )
    if st.button("Ouvrir ce dossier", icon=":material/person:", key="dossier:merged"):
        st.query_params["dossier"] = str(kept)
        st.rerun()


# ---- who she is


def show_head(db: Office, person: Row, context: Context) -> None:
    """Name, state and the four things one asks first."""
    values = person.values
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(f"{values['first_name']} {values['last_name']}", anchor=False, width="content")
        st.badge(
            _shown(db.tables["person"], "state", person, context),
            color="gray" if values["state"] == "outside" else "green",
        )
    told = [_shown(db.tables["person"], name, person, context) for name in ("artist_name", "craft", "domain", "town")]
    st.caption(" · ".join(filter(None, told)))
    with st.grid("auto", min_column_width=165, gap="small"):
        for field in db.tables["person"].computed:
            if field.name != "state" and not field.hidden:
                st.metric(field.label, field.type.show(values[field.name], context) or "–", help=field.help)
    for _, why in person.marks.values():
        st.markdown(f":orange-badge[:material/warning: {why}]")


def _shown(table: OfficeTable, name: str, row: Row, context: Context) -> str:
    return table.column(name).type.show(row.values[name], context)


def _card(db: Office, person: Row, context: Context) -> None:
    """The identity card: what is known, by section, and the form to change it."""
    if st.button("Modifier", icon=":material/edit:", key="dossier:edit"):
        form.forget(f"form:person:{person.id}")
        form.edit_dialog("person", person.id)
    with st.grid(2, min_column_width=320):
        for section, fields in db.tables["person"].sections.items():
            with st.container(border=True):
                st.markdown(f"**{section}**")
                st.markdown("\n".join(f"{field.label} : {_cell(field, person, context)}  " for field in fields))


def _cell(field: Field | Computed, row: Row, context: Context) -> str:
    text = field.type.show(row.values[field.name], context)
    return escape_markdown(text) if text else ":gray[non renseigné]"


# ---- her path


@dataclass(frozen=True)
class Moment:
    """One dated row of the person."""

    day: str
    table: OfficeTable
    row: Row


def _moments(db: Office, person_id: int) -> Iterator[Moment]:
    for table in db.files.values():
        dated = next((name.removeprefix("-") for name in table.order if name.endswith("_on")), None)
        if table.belongs_to_person and dated and table.name != ACTION.name:
            for row in records.of_person(db, table, person_id):
                yield Moment(row.values[dated], table, row)


def _path(db: Office, person: Row, context: Context) -> None:
    """Everything that happened, latest first; each item opens, and each kind can be added."""
    moments = sorted(_moments(db, person.id), key=lambda moment: moment.day, reverse=True)
    addable = [t for t in db.files.values() if t.belongs_to_person and t.name != ACTION.name]
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.menu_button("Ajouter", addable, icon=":material/add:", type="primary", format_func=lambda t: t.label)
        kinds = [table for table in addable if any(moment.table.name == table.name for moment in moments)]
        only = st.pills(
            "Montrer",
            kinds,
            selection_mode="multi",
            format_func=lambda t: t.plural,
            label_visibility="collapsed",
            key="dossier:only",
        )
    if asked:
        _add(asked, person)
    found = [moment for moment in moments if not only or moment.table.name in {table.name for table in only}]
    if not found:
        st.info("Rien encore dans ce parcours. « Ajouter » commence par une orientation ou une situation de droits.")
    everything = len(found) > _LATEST and st.toggle(f"Tout montrer ({len(found)})", key="dossier:all")
    with st.container(gap="small"):
        for moment in found if everything else found[:_LATEST]:
            _show_moment(moment, context)


def _add(table: OfficeTable, person: Row) -> None:
    form.forget(f"form:{table.name}:None")
    form.edit_dialog(table.name, None, {"person_id": person.id})


def _show_moment(moment: Moment, context: Context) -> None:
    table, row = moment.table, moment.row
    day, told, button = st.columns([1, 8, 1], vertical_alignment="center", gap="small")
    day.markdown(f":gray[{french_date(moment.day)}]")
    icon = _ICONS.get(table.name, "event")
    told.markdown(" · ".join(filter(None, [f":material/{icon}: **{table.label}**", _summary(moment, context)])))
    if button.button("Ouvrir", key=f"dossier:{table.name}:{row.id}", type="tertiary"):
        form.forget(f"form:{table.name}:{row.id}")
        form.edit_dialog(table.name, row.id)


def _summary(moment: Moment, context: Context) -> str:
    """The row in one line: its shown columns, without the person and the day that stand beside it."""
    told = [_told(field, moment, context) for field in moment.table.columns if _is_told(field, moment)]
    return " · ".join(told + [f":orange-badge[{why}]" for _, why in moment.row.marks.values()])


def _is_told(field: Field | Computed, moment: Moment) -> bool:
    value = moment.row.values[field.name]
    if field.hidden or (isinstance(field, Computed) and not isinstance(field.type, Choice | Choices)):
        return False
    return bool(field.shown and value not in (None, (), moment.day) and field.name != "person_id")


def _told(field: Field | Computed, moment: Moment, context: Context) -> str:
    text = field.type.show(moment.row.values[field.name], context).replace("\n", " ")
    short = text if len(text) < _SHORT else f"{text[: _SHORT - 1]}…"
    label = "" if isinstance(field.type, Choice | Choices | LongText) else f"{field.label.lower()} "
    return f"{label}{escape_markdown(short)}"


# ---- her plans


def _plans(db: Office, person: Row, context: Context) -> None:
    """The action plan of one diagnostic or contract at a time, the latest first."""
    plans = [
        (table.name, row.id)
        for table in (DIAGNOSTIC, CER)
        for row in records.of_person(db, db.tables[table.name], person.id)
    ]
    if not plans:
        st.info("Un plan d’action découle d’un diagnostic ou d’un contrat : ajoutez-en un depuis le parcours.")
        return
    chosen = st.selectbox("Plan", plans, format_func=lambda plan: _plan_title(plan, person, context), width=420)
    fixed = {"person_id": person.id, f"{chosen[0]}_id": chosen[1]}
    edit_grid(db, db.tables["action"], f"plan:{chosen[0]}:{chosen[1]}", fixed=fixed)


def _plan_title(plan: tuple[str, int], person: Row, context: Context) -> str:
    title = context.title(*plan).removesuffix(context.title("person", person.id)).strip()
    label = TABLES[plan[0]].label
    return title if title.startswith(label) else f"{label} · {title}"


# ---- her history


def _history(db: Office, person: Row, context: Context) -> None:
    """Who changed what on this file, latest first; each change can be taken back. And who opened it."""
    changes.show_list(db, history.of_person(db, person.id, context)[:_CHANGES], context, "dossier:history", person.id)
    with st.expander("Qui a consulté ce dossier"):
        lines, _ = access_log.find(db, person_id=person.id, size=_CHANGES)
        consultations.show_table(db, lines, context, named=True)


VIEWS: dict[str, Callable[[Office, Row, Context], None]] = {
    "Parcours": _path,
    "Fiche": _card,
    "Plans d’action": _plans,
    "Historique": _history,
    "Droits": rights.show,
}
