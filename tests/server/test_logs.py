"""Unhandled errors are logged by type and location, without values."""

import io
import logging

import pytest

from server import logs

LOGGERS = ("streamlit.error_util", "streamlit.runtime.scriptrunner.script_runner", "uvicorn.error", "asyncio")
"""The loggers that write tracebacks: of a page's script, of the server's routes, of a background task."""


@pytest.fixture(autouse=True)
def restore_factory():
    factory = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(factory)


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
