"""Waiting in browser tests: until no script runs, until the page no longer changes, until a file has come."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

_QUIET = """async () => {
  const roots = (root) => [...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ? roots(one.shadowRoot) : [])
    .concat(root)
  const unfinished = [
    '[data-testid="stSkeleton"]', '[data-testid="stVegaLiteChart"]:not(:has(svg.marks))', '[data-stale="true"]'
  ].join()
  const ending = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity
  const until = performance.now() + 30000
  let moved = true
  const observer = new MutationObserver(() => { moved = true })
  while (moved || document.querySelector(unfinished) || document.getAnimations().some(ending)) {
    if (performance.now() > until) throw new Error("the page still changes")
    moved = false
    for (const root of roots(document)) {
      observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true })
    }
    await new Promise((done) => setTimeout(done, 100))
  }
  observer.disconnect()
}"""
"""Ends once nothing has changed for a tenth of a second, the grid included, every chart is drawn, and no part fades."""


def wait_until_idle(page: Page) -> None:
    """Wait until no script runs. A download prepared by a script exists until the next script begins."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_attached()


def settle(page: Page) -> None:
    """Wait until the script has ended and the page no longer changes."""
    expect(page.locator("html[lang=fr]")).to_be_attached()  # the script of pages/menu.py has run
    expect(page.locator("h1").first).to_be_visible()
    wait_until_idle(page)
    page.evaluate(_QUIET)


def download(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """Press something that downloads a file, once no script runs. Returns the file's name and content."""
    wait_until_idle(page)
    with page.expect_download(timeout=60_000) as waited:
        press()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()
