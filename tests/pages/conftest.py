"""Fixtures of the tests of screens: without a browser, a page runs with every role."""

import pytest

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.roles import Role
from pages.shared.shell import session

EVERYTHING = Account(1, "cipa@exemple.fr", "La CIPA", frozenset(Role), True, True, None)


@pytest.fixture(autouse=True)
def signed_in(monkeypatch):
    """Sign in for AppTest, which has no cookies."""
    monkeypatch.setattr(session, "current_session", lambda: Session(1, EVERYTHING, 0, 0, "Test", None))
