"""Helpers of browser tests: a grid as a person uses it, rows to put in it, and waiting."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from db.model.office import Office
from db.rows import records
from db.rows.records import Edit
from tests.pages.waiting import wait_until_idle

_PASTE = """(cell, text) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  const how = { clipboardData: data, bubbles: true, composed: true, cancelable: true }
  cell.dispatchEvent(new ClipboardEvent('paste', how))
}"""
_COPY = """(cell, kind) => {
  const data = new DataTransfer()
  const how = { clipboardData: data, bubbles: true, composed: true, cancelable: true }
  cell.dispatchEvent(new ClipboardEvent('copy', how))
  return data.getData(kind)
}"""


class Spreadsheet:
    """The grid of one tab. Lines are numbered from 1, as on the screen."""

    def __init__(self, page: Page, address: str = "") -> None:
        self.page = page
        if address:
            page.goto(address)
        self.status = page.locator(".palette-grid .status")
        self.counts = page.locator(".palette-grid .counts")
        self.lines = page.locator(".palette-grid tbody tr:not(.group)")
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
        """Type over a cell without waiting."""
        self.select(line, field)
        self.page.keyboard.type(text)
        self.page.keyboard.press(end)

    def paste(self, line: int, field: str, text: str) -> None:
        self.select(line, field).evaluate(_PASTE, text)

    def paste_here(self, text: str) -> None:
        self.page.locator('.palette-grid td[tabindex="0"]').evaluate(_PASTE, text)

    def copy(self, kind: str = "text/plain") -> str:
        return str(self.page.locator('.palette-grid td[tabindex="0"]').evaluate(_COPY, kind))

    def sort(self, field: str) -> None:
        self.page.locator(f'.palette-grid th[data-field="{field}"] .title').click()

    def search(self, words: str) -> None:
        self.page.get_by_role("searchbox", name="Rechercher").fill(words)

    def wait_until_handled(self) -> None:
        """Wait until the server has acknowledged every edit, whether saved or refused."""
        expect(self.page.locator(".palette-grid td.pending")).to_have_count(0)
        expect(self.status).not_to_have_text("Enregistrement…")

    def wait_until_saved(self) -> None:
        expect(self.status).to_contain_text("Enregistré à")
        self.wait_until_handled()

    def open_more(self) -> None:
        """Open the menu of what is used now and then."""
        self.button("Plus").click()
        expect(self.page.get_by_role("combobox", name="Colonnes, dans leur ordre")).to_be_visible()

    def close_more(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.mouse.click(1400, 20)
        expect(self.page.get_by_role("combobox", name="Colonnes, dans leur ordre")).to_have_count(0)

    def show_column(self, label: str, field: str) -> None:
        self.open_more()
        self.page.get_by_role("combobox", name="Colonnes, dans leur ordre").click()
        self.page.get_by_role("option", name=label).click()
        expect(self.page.locator(f'th[data-field="{field}"]')).to_be_attached()
        self.close_more()

    def group_by(self, label: str) -> None:
        self.open_more()
        self.page.get_by_role("combobox", name="Grouper par").click()
        self.page.get_by_role("option", name=label, exact=True).click()
        expect(self.page.locator(".palette-grid tr.group").first).to_be_attached()
        self.close_more()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def message(self, text: str) -> Locator:
        """Return the element of the page with this text."""
        return self.page.get_by_text(text)


_COUNT_ANSWERS = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  window.answers = 0
  const count = () => { window.answers += app.dataset.testScriptState === "notRunning" }
  new MutationObserver(count).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
}"""


@contextmanager
def wait_for_rerun(page: Page) -> Iterator[None]:
    """Wait, after the block, until the page's script has run once more."""
    wait_until_idle(page)
    page.evaluate(_COUNT_ANSWERS)
    yield
    page.wait_for_function("window.answers >= 1")


def eventually(read: Callable[[], Any], expected: Any, within: float = 30.0) -> float:
    """Call ``read`` until it returns ``expected``. Returns the seconds it took; fails after ``within`` seconds."""
    start = time.monotonic()
    while (actual := read()) != expected:
        assert time.monotonic() - start < within, f"still {actual!r} after {within} s, not {expected!r}"
        time.sleep(0.02)
    return time.monotonic() - start


def add(db: Office, table: str, **values: Any) -> int:
    """Save a new row as the screens do. Returns its id."""
    return records.save(db, db.tables[table], Edit(values), "Test").row_id


def change(db: Office, table: str, row_id: int, who: str = "Une collègue", **values: Any) -> None:
    """Save a change of a row as a colleague who has its present version."""
    row = records.get(db, db.tables[table], row_id)
    records.save(db, db.tables[table], Edit(values, row_id, row.version), who)


def add_person(db: Office, last_name: str, first_name: str = "Lou", *, since: str = "2024-01-01", **values: Any) -> int:
    """Add a person accompanied since that day, whom the portfolio shows. Returns the id."""
    fields = {"last_name": last_name, "first_name": first_name, "gender": "woman", **values}
    person = add(db, "person", **fields)
    add(db, "benefit", person_id=person, kind="rsa", subject_to_duties=1, starts_on=since)
    add(db, "stage", person_id=person, kind="accompaniment", mode="standard", starts_on=since)
    return person


def side_panel(page: Page) -> Locator:
    """Return the panel beside the grid, in which a row opens."""
    return page.get_by_role("region", name="Ligne ouverte")
