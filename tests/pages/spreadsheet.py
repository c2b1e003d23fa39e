"""A grid as a person handles it in the browser, and a small office to put in it."""

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
    """The grid of one tab. Lines count from 1, as on the screen."""

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
        """The texts of a column, without the empty line."""
        texts = self.page.locator(f'.palette-grid tbody tr:not(.draft) td[data-field="{field}"]').all_text_contents()
        return [text.strip() for text in texts]

    def select(self, line: int, field: str, *, to: tuple[int, str] | None = None) -> Locator:
        cell = self.cell(line, field)
        cell.click()
        if to:
            self.cell(*to).click(modifiers=["Shift"])
        return cell

    def type(self, line: int, field: str, text: str, end: str = "Enter") -> None:
        """Type over a cell, as fast as the browser takes it."""
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
        """Wait until everything typed was dealt with."""
        expect(self.page.locator(".palette-grid td.pending")).to_have_count(0)
        expect(self.status).not_to_have_text("Enregistrement…")

    def saved(self) -> None:
        expect(self.status).to_contain_text("Enregistré à")
        self.settled()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def told(self, text: str) -> Locator:
        """A sentence somewhere on the page."""
        return self.page.get_by_text(text)


_COUNT_LOOKS = """() => {
  const find = document.querySelector.bind(document)
  window.looks = 0
  document.querySelector = (what) => { window.looks += what === '[data-testid="stDialog"]'; return find(what) }
}"""
"""The grid looks for an open form each time before it asks whether a colleague changed anything."""


def looked(page: Page) -> None:
    """Wait until the grid has looked twice more for what colleagues changed, or for a form that keeps it from it."""
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
def answered(page: Page) -> Iterator[None]:
    """Do what asks something of the server; wait until its script has run once more, whatever shows of it."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached()
    page.evaluate(_COUNT_ANSWERS)
    yield
    page.wait_for_function("window.answers >= 1")


def eventually(read: Callable[[], Any], wanted: Any, within: float = 30.0) -> float:
    """Read until it is what is wanted; how many seconds it took. ``within`` is for a machine that others keep busy."""
    start = time.monotonic()
    while (found := read()) != wanted:
        assert time.monotonic() - start < within, f"still {found!r} after {within} s, not {wanted!r}"
        time.sleep(0.02)
    return time.monotonic() - start


def add(db: Office, table: str, **values: Any) -> int:
    """Save one row as the screens do. Returns its id."""
    return records.save(db, db.tables[table], Edit(values), "Test").row_id


def change(db: Office, table: str, row_id: int, who: str = "Une collègue", **values: Any) -> None:
    """What a colleague saves, knowing the row as it is now."""
    row = records.get(db, db.tables[table], row_id)
    records.save(db, db.tables[table], Edit(values, row_id, row.version), who)


def add_person(db: Office, last_name: str, first_name: str = "Lou", *, since: str = "2024-01-01", **values: Any) -> int:
    """Somebody accompanied since that day, so that the portfolio shows her."""
    given = {"last_name": last_name, "first_name": first_name, "gender": "woman", **values}
    person = add(db, "person", **given)
    add(db, "benefit", person_id=person, kind="rsa", subject_to_duties=1, starts_on=since)
    add(db, "stage", person_id=person, kind="accompaniment", mode="standard", starts_on=since)
    return person
