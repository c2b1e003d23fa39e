"""What tests of the screens share: a page that runs without a browser runs as somebody who holds every role."""

import pytest

from db.accounts.accounts import Account
from db.accounts.sessions import Session
from db.model.roles import Role
from pages.shared.shell import session

EVERYTHING = Account(1, "cipa@exemple.fr", "La CIPA", frozenset(Role), True, True, None)


@pytest.fixture(autouse=True)
def signed_in(monkeypatch):
    """Let AppTest, which has no cookie, be somebody."""
    monkeypatch.setattr(session, "current_session", lambda: Session(1, EVERYTHING, 0, 0, "Test", None))
