"""Compare two persons side by side, choose which values to keep, and merge them or keep them apart.

One of the two is kept (``keep``) and the other is merged into it (``gone``). ``left``: whether the kept one is shown on
the left, where the first person of the pair always is.
"""

from typing import Any

import streamlit as st

from db.base.errors import ConflictError, NotFoundError, PaletteError
from db.base.french import french_instant
from db.model.dictionary import PERSON
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Context, LongText, Several
from db.people import duplicates, merge, merge_preview
from db.people.merge import MergeChoices
from db.people.merge_preview import BOTH, GONE, KEEP, MergeClash, SideBySide
from db.rows import access_log, history, records
from db.rows.records import Row
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name

_PAIR = "comparing:pair"
_LONGEST_TEXT = 600


def chosen_pair() -> tuple[int, int] | None:
    """Return the pair that is compared in this tab, if any."""
    pair: tuple[int, int] | None = st.session_state.get(_PAIR)
    return pair


def choose(one: int, other: int) -> None:
    """Open the comparison of two persons."""
    _forget()
    st.session_state[_PAIR] = (one, other)
    st.rerun()


def leave() -> None:
    """Go back to the list."""
    _forget()
    st.rerun()


def _forget() -> None:
    for name in [name for name in st.session_state if str(name).startswith("comparing:")]:
        del st.session_state[name]


def set_apart(db: Office, one: int, other: int) -> None:
    """Record that these are two persons, and go back to the list."""
    try:
        duplicates.set_apart(db, one, other, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    _forget()
    st.session_state["comparing:said"] = True
    st.rerun()


def show(db: Office, one: int, other: int) -> None:
    """Show the comparison. Opening it is written to the access log for both persons."""
    if st.button("Retour à la liste", icon=":material/arrow_back:", type="tertiary", key="back-to-pairs"):
        leave()
    if st.session_state.pop("comparing:stale", False):
        st.warning(
            "Un des deux dossiers a été modifié entre-temps ; rien n’est réuni. Voici ce qu’ils disent maintenant."
        )
    context = records.context(db)
    try:
        sides = [records.get(db, db.tables["person"], row_id) for row_id in (one, other)]
    except NotFoundError:
        st.info("L’un des deux dossiers n’existe plus.")
        return
    for row_id in (one, other):
        access_log.note_opening(db, user_name(), row_id)
    with st.container(key="comparing"):
        keep = _ask_kept(db, sides, context)
        gone = other if keep == one else one
        look = _preview(db, keep, gone)
        left = keep == one
        values = _ask_fields(look, left, context)
        _show_rows(db, look, left, context)
        sides_kept = {clash.key: _ask_clash(db, clash, look, left, context) for clash in look.clashes}
    _finish(db, look, MergeChoices(values, sides_kept, st.session_state.get("comparing:reason", "")))


def _ask_kept(db: Office, sides: list[Row], context: Context) -> int:
    """Ask which of the two is kept, with its id and address. Returns its id."""
    one, other = (side.id for side in sides)
    labels = {row.id: f"**{escape_markdown(context.title('person', row.id))}** n° {row.id}" for row in sides}
    captions = [_created(db, row) for row in sides]
    key = f"comparing:keep:{one}:{other}"
    picked = st.radio(
        "Dossier gardé", [one, other], format_func=labels.__getitem__, captions=captions, key=key, width="stretch"
    )
    return int(picked or one)


def _created(db: Office, row: Row) -> str:
    instant = history.made_at(db, PERSON.name, row.id)
    text = f"créé le {french_instant(instant)[:10]}" if instant else "sans date de création"
    return text + " · archivé" * bool(row.values["archived_on"])


def _preview(db: Office, keep: int, gone: int) -> SideBySide:
    """Return the preview of the merge as first shown, so that a colleague's change since is noticed on merging."""
    name = f"comparing:look:{keep}:{gone}"
    if name not in st.session_state:
        st.session_state[name] = merge_preview.look(db, keep, gone)
    look: SideBySide = st.session_state[name]
    return look


# ---- field by field


def _ask_fields(look: SideBySide, left: bool, context: Context) -> dict[str, Any]:
    """Ask which value to keep for each field that differs. Returns the values that change the kept person."""
    different = [field for field in PERSON.fields if look.keep.values[field.name] != look.gone.values[field.name]]
    same = [field for field in PERSON.fields if field not in different]
    values: dict[str, Any] = {}
    with st.container(border=True):
        st.markdown("**Ce qui diffère**" if different else "**Les deux fiches disent la même chose**")
        for field in different:
            value = _choice(field, look, left, context)
            if value != look.keep.values[field.name]:
                values[field.name] = value
        filled = [field for field in same if look.keep.values[field.name] is not None]
        if filled:
            with st.expander(f"Identique dans les deux ({len(filled)})"):
                st.markdown(
                    "\n".join(
                        f"{escape_markdown(field.label)} : {_text(field, look.keep, context)}  " for field in filled
                    )
                )
    return values


def _choice(field: Field, look: SideBySide, left: bool, context: Context) -> Any:
    sides = {KEEP: look.keep, GONE: look.gone}
    options = [KEEP, GONE] if left else [GONE, KEEP]
    labels = {side: _text(field, row, context) for side, row in sides.items()}
    kept, other = (sides[side].values[field.name] for side in (KEEP, GONE))
    if isinstance(field.type, LongText | Several) and kept and other:
        options, labels[BOTH] = [*options, BOTH], "Les deux"
    usual = merge_preview.usual_side(field, kept, other)
    key = f"comparing:{field.name}:{look.keep.id}"
    side = st.radio(
        escape_markdown(field.label),
        options,
        options.index(usual),
        format_func=labels.__getitem__,
        key=key,
        width="stretch",
    )
    return merge_preview.both(field, kept, other) if side == BOTH else sides[side or usual].values[field.name]


def _text(field: Field, row: Row, context: Context) -> str:
    text = field.type.show(row.values[field.name], context)
    short = text if len(text) < _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    return escape_markdown(short) if text else ":gray[vide]"


# ---- rows that belong to each


def _show_rows(db: Office, look: SideBySide, left: bool, context: Context) -> None:
    tables = db.work
    with st.container(border=True):
        st.markdown("**Ce qui est attaché**")
        lines = [_counts(look, tables[name], left) for name, sides in look.rows.items() if any(sides)]
        lines += [_listing(look, left)] * bool(look.listed)
        numbers = (look.keep.id, look.gone.id) if left else (look.gone.id, look.keep.id)
        if not lines:
            st.caption("Aucun des deux dossiers n’a d’étape, de contrat, d’aide, d’entretien ni de démarche.")
            return
        st.markdown("\n".join([f"| | n° {numbers[0]} | n° {numbers[1]} | identiques |", "|---|---|---|---|", *lines]))
        st.caption("Tout va au dossier gardé. Ce qui est identique dans les deux n’est gardé qu’une fois.")
        with st.expander("Voir le détail"):
            for name, (kept, other) in look.rows.items():
                pair = (kept, other) if left else (other, kept)
                if kept or other:
                    st.markdown(f"**{tables[name].plural}**")
                    for column, rows in zip(st.columns(2), pair, strict=True):
                        column.markdown("\n".join(f"- {_title(tables[name], row, context)}" for row in rows) or "–")


def _counts(look: SideBySide, table: OfficeTable, left: bool) -> str:
    kept, other = (len(side) for side in look.rows[table.name])
    twins = sum(1 for name, _ in look.twins if name == table.name)
    first, second = (kept, other) if left else (other, kept)
    return f"| {table.plural} | {first or '–'} | {second or '–'} | {twins or '–'} |"


def _listing(look: SideBySide, left: bool) -> str:
    count = len(look.listed)
    first, second = ("–", count) if left else (count, "–")
    return f"| Projets à reprendre | {first} | {second} | |"


def _title(table: OfficeTable, row: Row, context: Context) -> str:
    title = context.title(table.name, row.id)
    note = str(row.values.get("note") or "")
    return escape_markdown(title + (f" · {note[:60]}" if note else ""))


# ---- periods that overlap


def _ask_clash(db: Office, clash: MergeClash, look: SideBySide, left: bool, context: Context) -> str:
    """Ask which of two overlapping periods is kept. Returns the side."""
    table = db.tables[clash.table]
    labels = {KEEP: _periods(table, clash.keep, look, context), GONE: _periods(table, clash.gone, look, context)}
    options = [KEEP, GONE] if left else [GONE, KEEP]
    if clash.both:
        options, labels[BOTH] = [*options, BOTH], _follow(table, clash, context)
    with st.container(border=True):
        usual = options.index(clash.usual)
        key = f"comparing:clash:{clash.table}:{clash.gone[0]}:{look.keep.id}"
        question = f"{table.plural} des mêmes jours : laquelle garder ?"
        if not table.feminine:
            question = question.replace("laquelle", "lequel")
        side = st.radio(question, options, usual, format_func=labels.__getitem__, key=key, width="stretch")
        st.caption("L’autre est rangé avec le dossier réuni ; défaire la fusion le ramène.")
    return side or clash.usual


def _periods(table: OfficeTable, ids: tuple[int, ...], look: SideBySide, context: Context) -> str:
    rows = {row.id: row for side in look.rows[table.name] for row in side}
    return " ; ".join(_period(table, rows[row_id], context) for row_id in ids)


def _period(table: OfficeTable, row: Row, context: Context) -> str:
    start, end = (table.field(name).type.show(row.values[name], context) for name in ("starts_on", "ends_on"))
    kind = table.field("kind").type.show(row.values["kind"], context) if "kind" in row.values else table.label
    return escape_markdown(f"{kind}, du {start} au {end}" if end else f"{kind}, depuis le {start}")


def _follow(table: OfficeTable, clash: MergeClash, context: Context) -> str:
    _, values = clash.both or (0, {})
    if "ends_on" in values:
        return f"Les deux : le premier s’arrête le {table.field('ends_on').type.show(values['ends_on'], context)}"
    return "Les deux : le second renouvelle et remplace le premier"


# ---- merging


def _finish(db: Office, look: SideBySide, choices: MergeChoices) -> None:
    """Show what prevents the merge, ask for the reason for exceeding the ceiling, and show the buttons."""
    keep, gone = look.keep.id, look.gone.id
    try:
        rehearsal = merge.rehearse(db, keep, gone, choices, user_name())
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    reason = choices.reason
    if rehearsal.ceiling:
        st.warning(
            f"Les aides des deux dossiers ensemble : {escape_markdown(rehearsal.ceiling.partition('. Pour')[0])}."
        )
        reason = st.text_area("Motif de dépassement *", key="comparing:reason", height=80)
    if rehearsal.problems:
        st.error(
            "À régler d’abord, ci-dessus ou dans les dossiers :\n\n"
            + "\n".join(f"- {escape_markdown(str(problem))}" for problem in rehearsal.problems)
        )
    is_blocked = bool(rehearsal.problems) or (bool(rehearsal.ceiling) and not reason.strip())
    with st.container(horizontal=True, gap="small"):
        if st.button("Fusionner", type="primary", icon=":material/merge:", disabled=is_blocked, key="merge:go"):
            _merge(db, look, MergeChoices(choices.values, choices.sides, reason))
        if st.button("Ce sont deux personnes", key="merge:apart"):
            set_apart(db, keep, gone)
    st.caption("Rien ne se perd : ce qui n’est pas gardé reste dans l’historique, et la fusion se défait d’un clic.")


def _merge(db: Office, look: SideBySide, choices: MergeChoices) -> None:
    try:
        merge.merge(db, look.keep.id, look.gone.id, choices, look.versions, user_name())
    except (ConflictError, NotFoundError):
        pair = chosen_pair()
        _forget()
        st.session_state[_PAIR], st.session_state["comparing:stale"] = pair, True
        st.rerun()
    except PaletteError as error:
        st.error(f"Rien n’a été réuni. {escape_markdown(str(error))}")
    else:
        _forget()
        st.session_state["comparing:merged"] = look.gone.id
        st.rerun()
