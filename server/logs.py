"""What goes to the log of an error nobody foresaw: its kind and where it happened, never a value.

Streamlit, uvicorn and asyncio log whole tracebacks; their last line is the error's message, and that may quote what
somebody typed.
"""

import logging
from typing import Any

from db.base.errors import without_values

_made = logging.getLogRecordFactory()


def _without_values(*args: Any, **named: Any) -> logging.LogRecord:
    """A record, with the error's kind and places in the stead of its text."""
    record = _made(*args, **named)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = without_values(error), ()
        record.exc_info = None
    return record


def keep_values_out() -> None:
    """Let every log of this process name errors without quoting them, whichever library writes it."""
    logging.setLogRecordFactory(_without_values)
