"""Fixtures of the tests of screens: without a browser, a page runs with every role."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.roles import Role
from pages.shared.shell import session

EVERYTHING = Account(1, "cipa@exemple.fr", "La CIPA", frozenset(Role), True, True, None)


@pytest.fixture(autouse=True)
def signed_in(monkeypatch):
    """Sign in for AppTest, which has no cookies."""
    monkeypatch.setattr(session, "current_session", lambda: Session(1, EVERYTHING, 0, 0, "Test", None))


@pytest.fixture(autouse=True, scope="session")
def components_found_once() -> Iterator[None]:
    """Let Streamlit look for components among the installed packages once: each AppTest does, for most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield
