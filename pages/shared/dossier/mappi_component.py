"""The cards of a MAPPI board in the browser: moved by dragging or by buttons, one gesture after the other.

Two mounts show one board: « cards » (freins and moteurs) and « path » (the time scale and its steps). mappi.js sends
each gesture as ``{value, n, instance}``, a message that reruns the page, and waits for the answer before it sends the
next: the state that comes back holds ``instance`` and ``done``, the last ``n`` dealt with. A gesture names the versions
that were shown; what a colleague changed since is refused with a sentence, and the board is shown as it is now.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from db.base.errors import ConflictError, PaletteError, RuleError
from db.base.french import capitalised, french_date
from db.model.dictionary import CARD
from db.model.office import Office
from db.model.types import Context
from db.rows import boards, records
from db.rows.boards import Board
from db.rows.records import Row
from pages.shared.shell.session import open_office, user_name
from reports.pdf.board_sheet import time_between

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "palette_mappi",
    html='<div class="palette-mappi"></div>\n<!-- filled by mappi.js -->',
    css=(_HERE / "mappi.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("mappi_scale.js", "mappi.js")),
)
OPENS = "mappi:opens"
"""The key of the card whose form a gesture asks for."""
REFUSED = "mappi:refused"
"""The key of the sentence that refuses the last gesture."""
PARTS = ("cards", "path")
_VOICES = {"person": "dans ses mots", "officer": "mots de l’équipe", "together": "dit ensemble"}
_MARGIN = timedelta(days=30)
"""The least that the time scale shows before the first day and after the last one."""


def show(board: Board, part: str, context: Context, *, frozen: bool, today: str) -> None:
    """Show one part of a board. ``frozen``: an earlier board, which is only read."""
    key = f"mappi:{part}:{board.row.id}"
    instance, done, said, refused = st.session_state.get(f"{key}:done", ("", 0, "", False))
    data = {
        "part": part,
        "board": board.row.id,
        "frozen": frozen,
        "instance": instance,
        "done": done,
        "said": said,
        "refused": refused,
        **(_cards(board, context) if part == "cards" else _path(board, today, frozen)),
    }
    # As a text: Streamlit would look for tables in a dictionary of lists, and load pandas to do so.
    _component(key=key, data=json.dumps(data), on_gesture_change=partial(_take, key))


# ---- what is shown


def _card(card: Row) -> dict[str, Any]:
    values = card.values
    facts = [_VOICES.get(values["voice"], ""), "dans le plan d’action" if values["action_id"] else ""]
    return {"id": card.id, "version": card.version, "text": values["text"], "facts": list(filter(None, facts))}


def _cards(board: Board, context: Context) -> dict[str, Any]:
    return {
        "obstacles": [_obstacle(card, context) for card in board.obstacles],
        "drivers": [_card(card) for card in board.drivers],
    }


def _obstacle(card: Row, context: Context) -> dict[str, Any]:
    shown = _card(card)
    listed = CARD.field("obstacle").type.show(card.values["obstacle"], context)
    return {**shown, "objective": card.values["objective"] or "", "facts": [*shown["facts"], *filter(None, [listed])]}


def _step(board: Board, step: Row, numbers: dict[int, int], frozen: bool) -> dict[str, Any]:
    shown, paths = _card(step), ", ".join(path.upper() for path in step.values["paths"] or ())
    on_paths = [f"parcours {paths}"] if frozen else []  # otherwise its buttons say so
    return {**shown, "facts": [*on_paths, *filter(None, [_since(board, step, numbers)]), *shown["facts"]]}


def _path(board: Board, today: str, frozen: bool) -> dict[str, Any]:
    numbers = {step.id: number for number, step in enumerate(board.steps, 1)}
    steps = [
        {
            **_step(board, step, numbers, frozen),
            "number": numbers[step.id],
            "day": step.values["due_on"],
            "paths": list(step.values["paths"] or ()),
            "strategic": step.id == board.strategic,
            "pointed": step.id == board.row.values["strategic_id"],
        }
        for step in board.steps
    ]
    first, last = _range([today, *(step.values["due_on"] for step in board.steps)])
    chosen = board.row.values["chosen"] or ""
    return {
        "steps": steps, "first": first, "last": last, "today": today, "chosen": chosen, "version": board.row.version,
    }  # fmt: skip


def _range(days: list[str]) -> tuple[str, str]:
    """Return the first and last ISO day of the time scale, with room to move a step beyond the others."""
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    margin = max(_MARGIN, (last - first) / 8)
    return max(first - margin, date(1900, 1, 1)).isoformat(), min(last + margin, date(2999, 12, 31)).isoformat()


def _since(board: Board, step: Row, numbers: dict[int, int]) -> str:
    """Return how long a step comes after the one before it, on each path: « A : 5 semaines après l’étape 2 »."""
    found: dict[str, list[str]] = {}
    for path in step.values["paths"] or ():
        on_path = board.on_path(path)
        at = next(index for index, one in enumerate(on_path) if one.id == step.id)
        if at:
            before = on_path[at - 1]
            time = time_between(before.values["due_on"], step.values["due_on"]) or "le même jour"
            text = f"{time} {'que' if time == 'le même jour' else 'après'} l’étape {numbers[before.id]}"
            found.setdefault(text, []).append(path.upper())
    return " · ".join(f"{', '.join(paths)} : {text}" for text, paths in found.items())


# ---- gestures


def _take(key: str) -> None:
    """Do what a gesture asks; called by Streamlit before the page runs."""
    message: dict[str, Any] = (st.session_state.get(key) or {}).get("gesture") or {}
    if message:
        said, is_refused = _do(message["value"])
        st.session_state[f"{key}:done"] = (message["instance"], message["n"], said, is_refused)


def _do(gesture: dict[str, Any]) -> tuple[str, bool]:
    """Do it. Returns the sentence to read out, and whether it says why nothing was done."""
    try:
        return _GESTURES[gesture["do"]](open_office(), gesture), False
    except PaletteError as error:
        said = st.session_state[REFUSED] = _why(error)
        return said, True


def _why(error: PaletteError) -> str:
    match error:
        case ConflictError():
            return f"{error} Rien n’a été changé : voici le tableau tel qu’il est."
        case RuleError():
            return f"{capitalised(' ; '.join(one.reason for one in error.problems))}."
    return str(error)


def _named(card: Row) -> str:
    return f"« {card.values['text']} »"


def _get(db: Office, gesture: dict[str, Any]) -> Row:
    return records.get(db, db.tables[CARD.name], int(gesture["card"]))


def _move(db: Office, gesture: dict[str, Any]) -> str:
    card, versions = _get(db, gesture), {int(row): int(version) for row, version in gesture["versions"].items()}
    place = boards.move(db, card.id, int(gesture["place"]), versions, user_name())
    return f"{_named(card)} : rang {place + 1} sur {len(versions)}."


def _set_day(db: Office, gesture: dict[str, Any]) -> str:
    card, day = _get(db, gesture), str(gesture["day"])
    boards.change(db, card.id, int(gesture["version"]), {"due_on": day}, user_name())
    return f"{_named(card)} : le {french_date(day)}."


def _set_path(db: Office, gesture: dict[str, Any]) -> str:
    card, path = _get(db, gesture), str(gesture["path"])
    paths = set(card.values["paths"] or ()) ^ {path}
    boards.change(db, card.id, int(gesture["version"]), {"paths": tuple(sorted(paths)) or None}, user_name())
    return f"{_named(card)} : {'sur le' if path in paths else 'plus sur le'} parcours {path.upper()}."


def _set_strategic(db: Office, gesture: dict[str, Any]) -> str:
    card = _get(db, gesture)
    boards.set_strategic(db, card.values["board_id"], int(gesture["version"]), card.id, user_name())
    return f"{_named(card)} est l’étape stratégique."


def _remove(db: Office, gesture: dict[str, Any]) -> str:
    card = _get(db, gesture)
    boards.remove(db, card.id, int(gesture["version"]), user_name())
    return f"{_named(card)} est supprimée. « Défaire » la ramène."


def _open(db: Office, gesture: dict[str, Any]) -> str:
    st.session_state[OPENS] = _get(db, gesture).id
    return ""


_GESTURES: dict[str, Callable[[Office, dict[str, Any]], str]] = {
    "move": _move, "day": _set_day, "path": _set_path, "strategic": _set_strategic, "remove": _remove, "open": _open,
}  # fmt: skip
