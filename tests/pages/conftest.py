"""Fixtures of the tests of screens: without a browser, a page runs with every role; a tab lasts for a module."""

from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Page
from streamlit.components.v2 import manifest_scanner

from db.accounts import sessions
from db.accounts.accounts import Account
from db.accounts.sessions import COOKIE, Session
from db.model.roles import Role
from pages.shared.shell import session
from tests.conftest import cookie_of, watch

EVERYTHING = Account(1, "cipa@exemple.fr", "La CIPA", frozenset(Role), True, True, None)


@pytest.fixture(autouse=True)
def signed_in(monkeypatch):
    """Sign in for AppTest, which has no cookies."""
    monkeypatch.setattr(session, "current_session", lambda: Session(1, EVERYTHING, 0, 0, "Test", None))
    monkeypatch.setattr(sessions, "read", lambda _: session.current_session())  # in the thread of a job


@pytest.fixture(autouse=True, scope="session")
def components_found_once() -> Iterator[None]:
    """Let Streamlit look for components among the installed packages once: each AppTest does, for most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="module")
def _lasting_tab(shared_server, warm_tabs) -> Iterator[tuple[Page, list[str]]]:
    complaints: list[str] = []
    with warm_tabs.borrow(viewport={"width": 1440, "height": 900}) as context:
        context.add_cookies([{"name": COOKIE, "value": cookie_of("La CIPA"), "url": shared_server.address}])
        page = context.new_page()
        page.set_default_timeout(40_000)
        watch(page, complaints)
        yield page, complaints


@pytest.fixture
def lasting_page(_lasting_tab) -> Iterator[Page]:
    """One tab on the shared server for all tests of a module. Fails the test when the page logs an error."""
    page, complaints = _lasting_tab
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    yield page
    logged = [*complaints]
    complaints.clear()
    assert not logged
