"""A file made at a click is there when the browser asks for it, however many people work at the same time."""

from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from db.accounts import sessions
from pages.shared.shell import own_files
from tests.pages.spreadsheet import eventually


@pytest.fixture
def watched(monkeypatch):
    """Streamlit's keeper of files, watched as in the server, and the owners of its files."""
    found = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=found))
    sessions.asking.set("a cookie")
    return found, own_files._note_owners()


def made_at_a_click(manager):
    """Return the name of a file that was made at a click, after others have twice ended their scripts."""
    address = manager.execute_deferred(manager.add_deferred(lambda: b"content", "text/csv", "1.0"))
    manager.remove_orphaned_files()
    manager.remove_orphaned_files()
    return address.removeprefix("/media/").partition(".")[0]


def is_kept(manager, name):
    try:
        return manager._storage.get_file(name).content == b"content"
    except MediaFileStorageError:
        return False


def test_it_is_kept_for_its_owner_although_others_end_their_scripts(watched):
    manager, owners = watched

    name = made_at_a_click(manager)

    assert is_kept(manager, name)
    assert owners[name] == {"a cookie"}


def test_it_is_dropped_a_little_later(watched, monkeypatch):
    manager, owners = watched
    monkeypatch.setattr(own_files, "KEPT_SECONDS", 0.01)

    name = made_at_a_click(manager)

    eventually(lambda: is_kept(manager, name), False)
    assert name not in owners
