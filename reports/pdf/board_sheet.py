"""The MAPPI board of one person as her own sheet: a PDF in large type, black on white, in plain French, without any
note of the team."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import typst

from db.base.french import french_date
from db.base.version import PRODUCT
from db.base.work_folders import own_folder
from db.model.office import Office
from db.rows import boards, records
from db.rows.boards import Board
from db.rows.records import Row

_TEMPLATE = Path(__file__).with_suffix(".typ")
_VOICES = {"person": "dans mes mots", "officer": "proposé par l’équipe", "together": "dit ensemble"}


def pdf_bytes(db: Office, board_id: int, today: str) -> bytes:
    """Return the sheet. ``today``: an ISO day. Raises NotFoundError for an unknown board."""
    content = _content(db, boards.get(db, board_id), today)
    with own_folder() as name:
        folder = Path(name)
        (folder / "board.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            return _compiled(folder, "ua-1")
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            return _compiled(folder, "1.7")  # still tagged: a text has letters that the font lacks


def _compiled(folder: Path, standard: Literal["ua-1", "1.7"]) -> bytes:
    compiler = typst.Compiler(_TEMPLATE.read_bytes(), root=str(folder), ignore_system_fonts=True)
    document = compiler.compile(format="pdf", pdf_standards=standard)
    return document if isinstance(document, bytes) else b""


def _content(db: Office, board: Board, today: str) -> dict[str, Any]:
    values = board.row.values
    person = records.get(db, db.tables["person"], values["person_id"]).values
    return {
        "product": PRODUCT,
        "name": f"{person['first_name']} {person['last_name']}",
        "printed": french_date(today),
        "since": french_date(values["starts_on"]),
        "texts": [
            {"title": title, "text": values[name], "voice": _VOICES.get(values[f"{name}_voice"], "")}
            for name, title in _TEXTS.items()
            if values[name]
        ],
        "obstacles": [{**_card(card), "objective": card.values["objective"] or ""} for card in board.obstacles],
        "drivers": [_card(card) for card in board.drivers],
        "chosen": values["chosen"].upper() if values["chosen"] else "",
        "chosen_on": french_date(values["chosen_on"]) if values["chosen_on"] else "",
        "paths": list(_paths(board)),
    }


_TEXTS = {"goal": "Où je veux arriver", "question": "La question que je dois trancher", "elements": "Où j’en suis"}
"""The texts of a board -> their titles on the sheet."""


def _card(card: Row) -> dict[str, Any]:
    return {"text": card.values["text"], "voice": _VOICES.get(card.values["voice"], "")}


def _paths(board: Board) -> Iterator[dict[str, Any]]:
    """Yield the path that was chosen; all that have steps, while none is."""
    chosen = board.row.values["chosen"]
    for path in [chosen] if chosen else ["a", "b", "c"]:
        steps = board.on_path(path)
        if steps:
            yield {"name": path.upper(), "steps": list(_steps(steps, board.strategic))}


def _steps(steps: Iterable[Row], strategic: int | None) -> Iterator[dict[str, Any]]:
    before: str | None = None
    for step in steps:
        day = step.values["due_on"]
        yield {
            **_card(step),
            "day": french_date(day),
            "strategic": step.id == strategic,
            "after": time_between(before, day) if before else "",
        }
        before = day


def time_between(first: str, last: str) -> str:
    """Return how long it is from one ISO day to another, in French: « 5 semaines », « 3 mois »; '' for the same day."""
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    if days < 14:
        return f"{days} jour{'s' * (days > 1)}" if days else ""
    return f"{days // 7} semaines" if days < 92 else f"{round(days / 30.44)} mois"
