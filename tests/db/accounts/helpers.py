"""Helpers of the tests of accounts: create an account, read why one is refused, run work at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.accounts import accounts
from db.base.errors import InvalidError
from db.model.roles import Role
from db.storage import connection

NOW = 1_700_000_000
PASSPHRASE = "l’été, où l’âne bâté brait à l’œuvre"
ADMIN = [Role.ADMIN, Role.AGENT]


def create_account(db, login="ada@exemple.fr", name="Ada Dupré", roles=ADMIN):
    return accounts.create(db, login, name, roles, "Test")


def reload_account(db, account):
    return accounts.get(db, account.id)


def refusals(work, *values):
    """Return (label, field, reason) of each problem for which an account is refused."""
    with pytest.raises(InvalidError) as raised:
        work(*values)
    return [(problem.label, problem.field, problem.reason) for problem in raised.value.problems]


def read_file_bytes(path):
    """Return every byte of the file and of its companions (-wal, -shm)."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


def run_simultaneously(path, *works):
    """Run each function on a connection of its own, all starting together. Return the result or exception of each."""
    start = threading.Barrier(len(works))

    def one(work):
        db = connection.open_file(path)
        start.wait()
        try:
            return work(db)
        except InvalidError as error:
            return error
        finally:
            db.close()

    with ThreadPoolExecutor(len(works)) as people:
        return list(people.map(one, works))
