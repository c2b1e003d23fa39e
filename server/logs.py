"""Keep values out of logged errors: log the type of an error and where it happened, never its message. Streamlit,
uvicorn and asyncio log whole tracebacks, which end with the error's message; it may quote personal data."""

import logging
from typing import Any

from db.base.errors import without_values

_default_factory = logging.getLogRecordFactory()


def _without_values(*args: Any, **named: Any) -> logging.LogRecord:
    """Return a log record whose text is the error's type and location instead of its traceback."""
    record = _default_factory(*args, **named)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = without_values(error), ()
        record.exc_info = None
    return record


def keep_values_out() -> None:
    """Apply this to every logger of the process, whichever library logs."""
    logging.setLogRecordFactory(_without_values)
