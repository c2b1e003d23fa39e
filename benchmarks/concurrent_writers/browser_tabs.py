"""A Chromium tab that opens one screen after the other while people save."""

import time
from dataclasses import dataclass, field
from random import Random

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from benchmarks.concurrent_writers.simulated_person import SEED


@dataclass
class TabResult:
    """The milliseconds of each reload in one tab, and the errors shown."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visit_screens(address: str, number: int, seconds: float) -> TabResult:
    """Open screens at random for some seconds, with every role."""
    from pages.shared.shell.screens import SCREENS
    from tests.conftest import chromium_path, cookie_of, watch

    _, *others = (screen for group in SCREENS.values() for screen in group)
    # The first screen is at the root. « Publication » shows an error, as these files hold too few persons to publish.
    paths = ["", *(screen.path for screen in others if screen.path != "publication")]
    result, random, until = TabResult(), Random(f"{SEED} tab {number}"), time.perf_counter() + seconds
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=options)
        context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "palette", "value": cookie_of("La CIPA"), "url": "http://127.0.0.1"}])
        page = context.new_page()
        watch(page, result.errors)
        while time.perf_counter() < until:
            path = random.choice(paths)
            shown = f"{path}?dossier={random.randint(1, 500)}" if path == "dossier" else path
            start = time.perf_counter()
            earlier = len(result.errors)
            result.errors += _open(page, address + shown)
            result.times.append((time.perf_counter() - start) * 1000)
            page.wait_for_timeout(500)
            result.errors[earlier:] = [f"/{shown} : {error}" for error in result.errors[earlier:]]
        browser.close()
    return result


def _open(page: Page, address: str) -> list[str]:
    """Open a screen, wait until its run has ended, and return the errors that it shows."""
    try:
        page.goto(address)
        page.locator("h1").first.wait_for(timeout=60_000)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
        return page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()
    except PlaywrightError as error:
        return [error.message.splitlines()[0]]
