"""axe-core in browser tests: what it says of a page, at each width and in each theme.

axe comes with the package axe-playwright-python, so nothing is fetched. All rules run at each width in the first theme;
in the second theme, which differs in colours only, the rules about colours run again.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.pages.waiting import settle

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1440, 390)
"""Pixels: a desktop screen, a telephone."""

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe about colours, which are the only ones that depend on the theme."""
_RUN = """async (rules) => {
  const only = rules && { runOnly: { type: "rule", values: rules } }
  const { violations } = await axe.run({ resultTypes: ["violations"], ...only })
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact))
  return serious.flatMap(({ id, help, nodes }) => nodes.map((node) => (
    { rule: id, help, target: node.target.flat().join(" >> "), why: node.failureSummary }
  )))
}"""


def violations(page: Page, theme: str = THEMES[0]) -> list[dict[str, str]]:
    """Return every element with a serious or critical violation: rule, help, target, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, str]] = page.evaluate(_RUN, None if theme == THEMES[0] else list(COLOURS))
    return found


def described(found: list[dict[str, str]], where: str) -> list[str]:
    """Return two lines of text per violation: what, and why."""
    return [f"{where}: {one['rule']} | {one['target']} | {one['help']}\n    {one['why']}" for one in found]


def check(page: Page, where: str, *opened: Locator, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return the violations at each width and in each theme. ``opened``: elements that must be visible."""
    wrong = []
    for width, theme in looks(widths):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)  # the screen changes without a reload
        settle(page)
        for one in opened:
            expect(one).to_be_visible()
        wrong += described(violations(page, theme), f"{where}, {width} px, {theme}")
    return wrong


def looks(widths: tuple[int, ...]) -> Iterator[tuple[int, Literal["light", "dark"]]]:
    """Yield each width in each theme, changing one of the two at a time."""
    for index, width in enumerate(widths):
        for theme in THEMES[:: -1 if index % 2 else 1]:
            yield width, theme
