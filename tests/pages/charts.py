"""Helpers of browser tests of « Tableau de bord »: read and click the charts, choose values."""

import re
import struct

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.pages.spreadsheet import Spreadsheet, eventually

YEAR = "2023"
BARS = "[aria-roledescription=bar]"


def choose_option(page: Page, box: str, value: str, typed: str = "") -> None:
    """Choose a value of a list. Tries again when the page moved under the click and closed the list."""
    option = page.get_by_role("option", name=value, exact=True)
    for _ in range(3):
        page.get_by_role("combobox", name=box, exact=True).click()
        page.keyboard.type(typed)
        try:
            option.click(timeout=5000)
        except TimeoutError:
            page.keyboard.press("Escape")
        else:
            return
    pytest.fail(f"« {value} » is not in the list « {box} ».")


def choose_year(page: Page, year: str = YEAR) -> None:
    choose_option(page, "Année", year)
    expect(headline(page)).to_contain_text(f"en {year}")


def headline(page: Page) -> Locator:
    """Return the element that says « 5 personnes en 2023 »."""
    return page.get_by_test_id("stMarkdown").filter(has_text=re.compile(r"^\d+ personnes? (en|au|du) ")).first


def card(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-dashboard-{name}")


def bar_labels(page: Page, name: str) -> list[str]:
    """Return the accessible labels of the bars of a chart, with plain spaces."""
    return [plain_spaces(label) for label, _ in bars_of(page, name)]


def bars_of(page: Page, chart: str) -> list[tuple[str, float]]:
    """Return label and opacity of each bar, all read at one moment."""
    read = 'all => all.map((one) => [one.getAttribute("aria-label"), Number(one.getAttribute("opacity") ?? 1)])'
    return [(label, shade) for label, shade in card(page, chart).locator(BARS).evaluate_all(read)]


def plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def expect_bars(page: Page, **charts: list[str]) -> None:
    """Wait until the bars of these charts have these labels."""
    for name, bars in charts.items():
        eventually(lambda name=name: bar_labels(page, name), bars)  # type: ignore[misc]


def click(page: Page, chart: str, label: str) -> None:
    """Click the bar of that label, once the chart being replaced is gone."""
    bar = card(page, chart).locator(f'{BARS}[aria-label^="{label} : "]')
    expect(bar).to_have_count(1)
    bar.click()


def faded_bars(page: Page, chart: str) -> list[str]:
    """Return the labels of the bars that are faded because others are chosen."""
    return [label.split(" : ")[0] for label, shade in bars_of(page, chart) if shade < 1]


def choose_values(page: Page, label: str, *values: str) -> None:
    """Choose values in a list above the charts."""
    box = page.get_by_role("combobox", name=label, exact=True)
    for value in values:
        box.click()
        page.get_by_role("option", name=value, exact=True).click()
    page.keyboard.press("Escape")


def type_day(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.press("Enter")


def names_found(page: Page) -> set[str]:
    return set(Spreadsheet(page).column("last_name"))


def numbers(page: Page, chart: str) -> dict[str, float]:
    """Return the number of each bar by label, without zeros."""
    pairs = [text.split(" : ") for text in bar_labels(page, chart)]
    found = {label: float(said.split(" ")[0].replace(",", ".")) for label, said in pairs}
    return {label: value for label, value in found.items() if value}


def png_size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n")
    return struct.unpack(">2I", png[16:24])


def svg_size(svg: str) -> tuple[int, ...]:
    return tuple(int(re.findall(rf'\b{side}="(\d+)"', svg)[0]) for side in ("width", "height"))


def beside(page: Page, chart: str) -> Locator:
    """Return the numbers beside the bars."""
    return card(page, chart).locator(".mark-text text")


def brightness(page: Page, chart: str) -> list[float]:
    """Return the brightness of the numbers' colour, from 0 to 255."""
    fills = beside(page, chart).evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    return [sum(map(float, re.findall(r"[\d.]+", fill)[:3])) / 3 for fill in fills] or [-1.0, 999.0]
