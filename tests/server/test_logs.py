"""What the server writes holds no value: errors by type and location, the lines of libraries by their fixed text."""

import io
import logging
import sys
import threading
import warnings
from contextlib import closing

import pytest
from playwright.sync_api import expect

from db.model.roles import Role
from server import logs
from tests.conftest import let_in
from tests.pages.spreadsheet import eventually

LOGGERS = ("streamlit.error_util", "streamlit.runtime.scriptrunner.script_runner", "uvicorn.error", "asyncio")
"""The loggers that write tracebacks: of a page's script, of the server's routes, of a background task."""


@pytest.fixture(autouse=True)
def restore_factory():
    before = logging.getLogRecordFactory(), threading.excepthook, sys.unraisablehook, warnings.showwarning
    yield
    logging.setLogRecordFactory(before[0])
    threading.excepthook, sys.unraisablehook, warnings.showwarning = before[1:]


def logged_by(name: str) -> str:
    logger = logging.getLogger(name)
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    try:
        raise ValueError("Zola, 05 36 49 00 01")
    except ValueError as error:
        logger.error("Uncaught app execution", exc_info=error)
    finally:
        logger.removeHandler(handler)
    return handler.stream.getvalue()


@pytest.mark.parametrize("name", LOGGERS)
def test_the_log_has_the_error_type_and_location_but_no_value(name):
    logging.setLogRecordFactory(logging.LogRecord)
    assert "Zola" in logged_by(name)  # without it, the value is logged

    logs.keep_values_out()

    text = logged_by(name)
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "Zola" not in text


def test_a_line_of_a_library_keeps_its_text_and_numbers_and_palettes_own_lines_are_whole(caplog):
    logs.keep_values_out()

    logging.getLogger("streamlit.runtime").warning("Rejecting %s, %d bytes, %s", "Zola", 12, ValueError("Zola"))
    logging.getLogger("uvicorn.error").error(OSError(98, "in use", "Zola"))
    logging.getLogger("palette").error("%s", "a line without values")

    assert [record.getMessage().partition(" at ")[0] for record in caplog.records] == [
        "Rejecting %s, %d bytes, %s (str, 12, ValueError)",
        "OSError",
        "a line without values",
    ]


@pytest.mark.filterwarnings("default")
def test_threads_warnings_and_deletions_say_no_value(caplog, capfd):
    logs.keep_values_out()
    showing = warnings.showwarning

    class Broken:
        def __del__(self):
            raise ValueError("Zola")

    def fail():
        raise KeyError("Zola")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Broken()
    showing(UserWarning("Zola"), UserWarning, "reader.py", 12)

    assert "thread: KeyError" in caplog.text
    assert "unraisable: ValueError" in caplog.text
    assert "UserWarning at reader.py:12" in caplog.text
    assert "Zola" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.browser
def test_an_error_of_a_page_writes_no_value_through_the_real_server(own_server, open_tab):
    with closing(own_server.open()) as db:
        let_in(db, "Zola, 05 36 49 00 01", [Role.AGENT])
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE account SET roles = '[\"Zola, agente\"]' WHERE name LIKE 'Zola%'")
    page = open_tab(f"{own_server.address}comptes")

    expect(page.get_by_text("Palette a rencontré une erreur sur cette page")).to_be_visible()

    eventually(lambda: "ValueError" in own_server.log.read_text(), True)
    assert "Zola" not in own_server.log.read_text()
