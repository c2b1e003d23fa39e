"""An open grid, as grid.js holds it: rows read as one scrolls, cells saved by the route /grille."""

import json
import secrets
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from benchmarks.live_server.tab import Tab, TabError

CLASH = "a colleague wrote it meanwhile"
"""Why a cell was not saved, though nothing went wrong."""
_RETRY_SECONDS = 0.5
_LONGEST = 60.0


@dataclass(frozen=True)
class SavedCell:
    """The answer to one save. ``version``: of the row since, 0 when it was not saved; ``why_not``: then the reason.
    ``milliseconds``: until the answer; ``failures``: the statuses of requests that had to be sent again."""

    version: int
    why_not: str
    milliseconds: float
    failures: tuple[int, ...] = ()


class Grid:
    """The grid of the page that a tab shows. ``rows``: the lines read last; ``table``: the name of its table."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.instance = tab, secrets.token_hex(8)
        self._numbers, self._messages = count(1), count(1)
        self._take()

    def _take(self) -> None:
        components = [one for one in self.tab.all("bidi_component") if one.component_name == "palette_grid"]
        if not components:
            raise TabError(f"the page shows no grid: {self.tab.texts()}")
        self._component = components[0]
        data = json.loads(self._component.json)
        data = json.loads(data) if isinstance(data, str) else data
        self.table: str = data["table"]
        self._take_state(data["state"])

    def _take_state(self, state: dict[str, Any]) -> None:
        self.sheet, self.count, self.first = state["sheet"], state["count"], state["first"]
        self.rows: list[dict[str, Any]] = state["rows"]
        self.names: list[str] = state["names"]
        self.done, self.token = state["done"], state["token"]

    def search(self, words: str) -> None:
        """Search, which runs the page."""
        message = {"value": words, "n": next(self._messages), "instance": self.instance}
        self.tab.change(self._component, json_value=json.dumps({"search": message}))
        self._take()

    def read(self, first: int, lines: int = 60) -> None:
        """Read some lines, as scrolling does. Raises TabError."""
        status, state = self._sync([], first, lines)
        if status != 200 or "gone" in state:
            raise TabError(f"lines of the grid were answered by {status} {state}")
        self._take_state(state)

    def save(self, row: dict[str, Any], field: str, text: str) -> SavedCell:
        """Save a cell of one of the rows read last; ask again, as the browser does, until it is answered."""
        line = self.first + self.rows.index(row)
        number = next(self._numbers)
        edit = {"n": number, "row": row["id"], "version": row["version"], "field": field, "text": text}
        failures: list[int] = []
        start = time.perf_counter()
        while True:
            status, state = self._sync([edit], line, 1)
            if status == 200 and "gone" not in state:
                break
            failures.append(status if status != 200 else 410)
            if time.perf_counter() - start > _LONGEST:
                raise TabError(f"a save was not answered within {_LONGEST:.0f} s: {failures}")
            time.sleep(_RETRY_SECONDS)
        milliseconds = (time.perf_counter() - start) * 1000
        return SavedCell(*_outcome(state, number, row["id"], field, text), milliseconds, tuple(failures))

    def _sync(self, edits: list[dict[str, Any]], first: int, lines: int) -> tuple[int, Any]:
        message = {
            "do": "sync",
            "sheet": self.sheet,
            "instance": self.instance,
            "edits": edits,
            "lines": [first, lines],
        }
        return self.tab.browser.ask_json("/grille", message)


def _outcome(state: dict[str, Any], number: int, row: int, field: str, text: str) -> tuple[int, str]:
    """Return (version, why it was not saved)."""
    if state["done"] < number:
        return 0, "not handled"
    found = next((one for one in state["rows"] if one["id"] == row), None)
    if found is None:
        return 0, "the row is no longer at its line"
    if field in found["refused"]:
        return 0, str(found["refused"][field]["reason"])
    if field in found["clashes"]:
        return 0, CLASH
    if found["cells"].get(field) != text:
        return 0, "another text is there"
    return found["version"], ""
