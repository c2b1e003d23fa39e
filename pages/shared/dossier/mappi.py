"""« MAPPI » of one person's file: the board of the ten points, printed, and turned into an action plan."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from db.base.errors import PaletteError, RuleError
from db.base.french import french_date
from db.model.board_rules import POINTS
from db.model.dictionary import ACTION, BOARD, CARD, CER
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context
from db.rows import access_log, boards, records
from db.rows.boards import DRIVER, OBSTACLE, STEP, Board
from db.rows.records import Row
from pages.shared.dossier import mappi_component, mappi_plan
from pages.shared.form import form
from pages.shared.history import changes
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast
from reports.pdf import board_sheet

_PATHS = ("a", "b", "c")
_TEXTS = {"goal": 1, "question": 2, "elements": 3}
"""The texts of a board -> the points that they answer."""
_NEW = {OBSTACLE: ("Frein", "block"), DRIVER: ("Moteur", "bolt"), STEP: ("Étape", "flag")}
_ONLY = {"obstacle": (OBSTACLE,), "objective": (OBSTACLE,), "due_on": (STEP,), "paths": (STEP,)}
"""The fields of a card that only these kinds have."""


def show(db: Office, person: Row, context: Context) -> None:
    """Show the current board of the person, or an earlier one; what opens in a dialog comes last."""
    kept, today = boards.of_person(db, person.id), records.today()
    _show_refusal()
    if not kept:
        _show_empty(person)
        return
    row = _choose(kept, today)
    board, frozen = boards.get(db, row.id), not boards.is_current(row, today)
    _show_head(board, frozen, any(boards.is_current(one, today) for one in kept))
    _show_texts(board, context, frozen)
    _show_cards(board, context, frozen, today)
    _show_path(board, context, frozen, today)
    _show_choice(board, frozen)
    if not frozen:
        mappi_plan.show(db, board)
    opened = st.session_state.pop(mappi_component.OPENS, None)
    card = next((one for one in board.cards if one.id == opened), None)
    if card:
        _open_card(card.values["kind"], card.id, {})


def _show_refusal() -> None:
    """Show, in one run, why the last gesture was refused."""
    refused = st.session_state.pop(mappi_component.REFUSED, None)
    if refused:
        st.warning(escape_markdown(refused), icon=":material/sync_problem:")


def _show_empty(person: Row) -> None:
    st.info(
        "Aucun tableau MAPPI encore. Il se remplit avec la personne, dans ses mots : un cap, des freins et des moteurs,"
        " des étapes sur une échelle de temps, trois parcours possibles dont elle choisit un.",
        icon=":material/map:",
    )
    st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(POINTS, 1)))
    st.button(
        "Commencer le tableau",
        icon=":material/add:",
        type="primary",
        key="mappi:begin",
        on_click=_begin,
        args=(person.id,),
    )


def _begin(person_id: int) -> None:
    """Begin a board; called by Streamlit before the page runs."""
    try:
        boards.begin(open_office(), person_id, records.today(), user_name())
    except RuleError:
        st.session_state[mappi_component.REFUSED] = "Le tableau en cours a commencé aujourd’hui : modifiez-le plutôt."
    except PaletteError as error:
        st.session_state[mappi_component.REFUSED] = str(error)
    else:
        st.session_state.pop(f"mappi:board:{person_id}", None)
        queue_toast("Tableau commencé")


def _choose(kept: list[Row], today: str) -> Row:
    """Show which boards there are, if several. Returns the one chosen, the latest at first."""
    if len(kept) == 1:
        return kept[0]
    named = {row.id: _title(row, today) for row in kept}
    chosen = st.selectbox(
        "Tableau",
        list(named),
        format_func=named.__getitem__,
        key=f"mappi:board:{kept[0].values['person_id']}",
        width=420,
    )
    return next(row for row in kept if row.id == chosen)


def _title(row: Row, today: str) -> str:
    begun = f"Commencé le {french_date(row.values['starts_on'])}"
    return (
        f"{begun} · en cours"
        if boards.is_current(row, today)
        else f"{begun} · jusqu’au {french_date(row.values['ends_on'])}"
    )


def _show_head(board: Board, frozen: bool, any_current: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        values = board.row.values
        if frozen:
            st.caption(
                f"Ancien tableau, jusqu’au {french_date(values['ends_on'])} : il se lit et s’imprime.", width="content"
            )
        _offer_sheet(board.row)
        if not frozen and st.button("Dates et note", icon=":material/edit_note:", key="mappi:dates"):
            _open_board(board.row.id, ("Tableau", "Choix"))
        if not frozen or not any_current:
            st.button(
                "Commencer un autre tableau", icon=":material/restart_alt:", key="mappi:again",
                help="Celui qui est en cours s’arrête hier et reste lisible." if any_current else None,
                on_click=_begin, args=(values["person_id"],),
            )  # fmt: skip
        changes.show_last((BOARD.name, CARD.name, ACTION.name, CER.name), "mappi:undo")


def _offer_sheet(row: Row) -> None:
    who, today, person = user_name(), records.today(), row.values["person_id"]

    def make(db: Office) -> bytes:
        """Make the sheet, and write to the access log that it was taken."""
        content = board_sheet.pdf_bytes(db, row.id, today)
        access_log.note(db, who, "document", person, f"Tableau MAPPI n° {row.id}, PDF")
        return content

    help_text = "La feuille de la personne : en grands caractères, sans aucune note de l’équipe."
    download_button(
        "Imprimer", make, f"mappi-{row.id}-{today}.pdf", "application/pdf", "mappi:print", icon=":material/print:",
        help=help_text,
    )  # fmt: skip


def _point(number: int) -> None:
    st.subheader(f"{number} · {POINTS[number - 1]}", anchor=False)


# ---- points 1 to 3


def _show_texts(board: Board, context: Context, frozen: bool) -> None:
    with st.grid(3, min_column_width=280):
        for name, number in _TEXTS.items():
            with st.container(border=True, gap="small"):
                _point(number)
                _show_text(board.row, name, context)
    if not frozen and st.button("Écrire le cap et le diagnostic", icon=":material/edit:", key="mappi:texts"):
        _open_board(board.row.id, ("Cap",))


def _show_text(row: Row, name: str, context: Context) -> None:
    text, voice = row.values[name], row.values[f"{name}_voice"]
    if not text:
        st.markdown(":gray[Pas encore écrit]")
        return
    st.markdown(escape_markdown(text).replace("\n", "  \n"))
    if voice:
        st.caption(f"Dans les mots de : {escape_markdown(BOARD.field(f'{name}_voice').type.show(voice, context))}")


# ---- points 4 to 9


def _show_cards(board: Board, context: Context, frozen: bool, today: str) -> None:
    _point(4)
    _show_new(board, frozen, OBSTACLE, DRIVER)
    mappi_component.show(board, "cards", context, frozen=frozen, today=today)


def _show_path(board: Board, context: Context, frozen: bool, today: str) -> None:
    _point(7)
    _show_new(board, frozen, STEP)
    mappi_component.show(board, "path", context, frozen=frozen, today=today)


def _show_new(board: Board, frozen: bool, *kinds: str) -> None:
    """Show the buttons that add a card."""
    if frozen:
        return
    with st.container(horizontal=True, gap="small"):
        for kind in kinds:
            label, icon = _NEW[kind]
            article = "une" if kind == STEP else "un"
            if st.button(f"Ajouter {article} {label.lower()}", icon=f":material/{icon}:", key=f"mappi:new:{kind}"):
                if kind == STEP and board.steps:
                    boards.note_first_step(open_office(), board.steps[0].id, user_name())
                own = {"paths": _paths_of_new(board)} if kind == STEP else {}
                _open_card(kind, None, {"person_id": board.row.values["person_id"], "board_id": board.row.id, **own})


def _paths_of_new(board: Board) -> tuple[str, ...]:
    """Return the paths that a new step is on at first: every one for the strategic step, which comes first."""
    chosen = board.row.values["chosen"]
    return (chosen or "a",) if board.steps else _PATHS


# ---- point 10


def _show_choice(board: Board, frozen: bool) -> None:
    _point(10)
    values, key = board.row.values, f"mappi:chosen:{board.row.id}"
    if frozen:
        st.markdown(f"**Parcours {values['chosen'].upper()}**" if values["chosen"] else ":gray[Aucun parcours choisi]")
    else:
        st.session_state[key] = values["chosen"]
        st.segmented_control(
            "Parcours préféré", _PATHS, key=key, format_func=lambda path: _path_name(board, path),
            on_change=_take_choice, args=(key, board.row), label_visibility="collapsed",
        )  # fmt: skip
    if values["chosen_on"]:
        st.caption(f"Choisi le {french_date(values['chosen_on'])}.")
    elif not frozen:
        st.caption("C’est la personne qui choisit ; un second clic retire le choix.")


def _path_name(board: Board, path: str) -> str:
    count = len(board.on_path(path))
    return f"Parcours {path.upper()} · {count or 'aucune'} étape{'s' * (count > 1)}"


def _take_choice(key: str, row: Row) -> None:
    """Save which path was chosen; called by Streamlit before the page runs."""
    try:
        boards.choose(open_office(), row, st.session_state[key], records.today(), user_name())
    except PaletteError as error:
        st.session_state[mappi_component.REFUSED] = str(error)


# ---- forms


def _open_board(board_id: int, sections: tuple[str, ...]) -> None:
    """Open the form of a board in a dialog, with these sections."""
    table = open_office().tables[BOARD.name]
    _open_form(_without(table, lambda field: field.section not in sections), board_id, {})


def _open_card(kind: str, card_id: int | None, fixed: Mapping[str, Any]) -> None:
    """Open the form of a card in a dialog, with the fields of its kind."""
    table = replace(open_office().tables[CARD.name], label=_NEW[kind][0], feminine=kind == STEP)
    asked = tuple(replace(one, required=one.required or _ONLY.get(one.name) == (STEP,)) for one in table.fields)
    table = replace(table, fields=asked) if kind == STEP else table
    hides = {"kind", "board_id", "person_id"} | {name for name, kinds in _ONLY.items() if kind not in kinds}
    new = {**fixed, "kind": kind} if card_id is None else {}
    _open_form(_without(table, lambda field: field.name in hides), card_id, new)


def _without(table: OfficeTable, hides: Any) -> OfficeTable:
    return replace(table, fields=tuple(replace(one, hidden=True) if hides(one) else one for one in table.fields))


def _open_form(table: OfficeTable, row_id: int | None, fixed: Mapping[str, Any]) -> None:
    form.forget(form.key_of(table.name, row_id))
    title = table.new if row_id is None else table.label
    st.dialog(title, width="large", dismissible=False)(partial(_dialog, table, row_id, fixed))()


def _dialog(table: OfficeTable, row_id: int | None, fixed: Mapping[str, Any]) -> None:
    db = open_office()
    ended = form.edit_form(db, table, form.key_of(table.name, row_id), row_id, fixed)
    if not ended:
        return
    if fixed.get("kind") == STEP and ended.row_id:
        boards.note_first_step(db, ended.row_id, user_name())
    st.rerun()
