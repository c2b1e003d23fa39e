"""Drive the grid in the browser as a user does, and fill a small office for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from db.model.office import Office
from db.rows import records
from db.rows.records import Edit

_PASTE = """(cell, text) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  const how = { clipboardData: data, bubbles: true, composed: true, cancelable: true }
  cell.dispatchEvent(new ClipboardEvent('paste', how))
}"""
_COPY = """(cell) => {
  const data = new DataTransfer()
  const how = { clipboardData: data, bubbles: true, composed: true, cancelable: true }
  cell.dispatchEvent(new ClipboardEvent('copy', how))
  return data.getData('text/plain')
}"""


class Spreadsheet:
    """The grid of one browser tab. Lines count from 1, as on the screen."""

    def __init__(self, page: Page, address: str = "") -> None:
        self.page = page
        if address:
            page.goto(address)
        self.status = page.locator(".palette-grid .status")
        self.counts = page.locator(".palette-grid .counts")
        self.lines = page.locator(".palette-grid tbody tr")
        expect(self.lines.first).to_be_visible()

    def cell(self, line: int, field: str) -> Locator:
        return self.lines.nth(line - 1).locator(f'td[data-field="{field}"]')

    def column(self, field: str) -> list[str]:
        """Return the texts of a column, without the empty line."""
        texts = self.page.locator(f'.palette-grid tbody tr:not(.draft) td[data-field="{field}"]').all_text_contents()
        return [text.strip() for text in texts]

    def select(self, line: int, field: str, *, to: tuple[int, str] | None = None) -> Locator:
        cell = self.cell(line, field)
        cell.click()
        if to:
            self.cell(*to).click(modifiers=["Shift"])
        return cell

    def type(self, line: int, field: str, text: str, end: str = "Enter") -> None:
        """Type over a cell, without pauses between keys."""
        self.select(line, field)
        self.page.keyboard.type(text)
        self.page.keyboard.press(end)

    def paste(self, line: int, field: str, text: str) -> None:
        self.select(line, field).evaluate(_PASTE, text)

    def paste_here(self, text: str) -> None:
        self.page.locator('.palette-grid td[tabindex="0"]').evaluate(_PASTE, text)

    def copy(self) -> str:
        return str(self.page.locator('.palette-grid td[tabindex="0"]').evaluate(_COPY))

    def sort(self, field: str) -> None:
        self.page.locator(f'.palette-grid th[data-field="{field}"] button').click()

    def search(self, words: str) -> None:
        self.page.get_by_role("searchbox", name="Rechercher").fill(words)

    def settled(self) -> None:
        """Wait until no cell is pending and no save is running."""
        expect(self.page.locator(".palette-grid td.pending")).to_have_count(0)
        expect(self.status).not_to_have_text("Enregistrement…")

    def saved(self) -> None:
        expect(self.status).to_contain_text("Enregistré à")
        self.settled()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def message(self, text: str) -> Locator:
        """Return the elements of the page that contain this text."""
        return self.page.get_by_text(text)


_COUNT_LOOKS = """() => {
  const find = document.querySelector.bind(document)
  window.looks = 0
  document.querySelector = (what) => { window.looks += what === '[data-testid="stDialog"]'; return find(what) }
}"""
"""Count the grid's searches for an open form, which precede each poll for changes of colleagues."""


def wait_for_polls(page: Page) -> None:
    """Wait until the grid has polled twice more for changes of colleagues, or found a form open that prevents it."""
    page.evaluate(_COUNT_LOOKS)
    page.wait_for_function("window.looks >= 2")
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached()


_COUNT_ANSWERS = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  window.answers = 0
  const count = () => { window.answers += app.dataset.testScriptState === "notRunning" }
  new MutationObserver(count).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
}"""


@contextmanager
def wait_for_rerun(page: Page) -> Iterator[None]:
    """Run the block, then wait until the script of the page has run once more, whether or not anything changed."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached()
    page.evaluate(_COUNT_ANSWERS)
    yield
    page.wait_for_function("window.answers >= 1")


def eventually(read: Callable[[], Any], expected: Any, within: float = 30.0) -> float:
    """Poll ``read`` until it returns ``expected``. Return the seconds it took; fail after ``within`` seconds."""
    start = time.monotonic()
    while (value := read()) != expected:
        assert time.monotonic() - start < within, f"still {value!r} after {within} s, not {expected!r}"
        time.sleep(0.02)
    return time.monotonic() - start


def add(db: Office, table: str, **values: Any) -> int:
    """Save one row as the screens do. Return its id."""
    return records.save(db, db.tables[table], Edit(values), "Test").row_id


def change(db: Office, table: str, row_id: int, who: str = "Une collègue", **values: Any) -> None:
    """Save a change of a colleague to the current version of a row."""
    row = records.get(db, db.tables[table], row_id)
    records.save(db, db.tables[table], Edit(values, row_id, row.version), who)


def add_person(db: Office, last_name: str, first_name: str = "Lou", *, since: str = "2024-01-01", **values: Any) -> int:
    """Save a person accompanied since a day, whom the portfolio shows. Return the id."""
    profile = {"last_name": last_name, "first_name": first_name, "gender": "woman", **values}
    person = add(db, "person", **profile)
    add(db, "benefit", person_id=person, kind="rsa", subject_to_duties=1, starts_on=since)
    add(db, "stage", person_id=person, kind="accompaniment", mode="standard", starts_on=since)
    return person
