"""An error nobody foresaw leaves its kind and its place in the log, and no value of anybody."""

import io
import logging

import pytest

from server import logs

LOGGERS = ("streamlit.error_util", "streamlit.runtime.scriptrunner.script_runner", "uvicorn.error", "asyncio")
"""Who writes tracebacks: a page's script, the server's own routes, a task nobody waits for."""


@pytest.fixture(autouse=True)
def as_it_was():
    made = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(made)


def said_by(name: str) -> str:
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
def test_the_log_names_the_error_and_its_place_but_no_value(name):
    logging.setLogRecordFactory(logging.LogRecord)
    assert "Zola" in said_by(name)  # what would be there otherwise

    logs.keep_values_out()

    text = said_by(name)
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "Zola" not in text
