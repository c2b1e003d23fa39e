"""Keep values out of what the process writes: of an error, its type and where it happened, never its message; of a
line of a library, its fixed text and numbers. Streamlit, uvicorn, asyncio, Python's threads and warnings write whole
messages, which may quote what a person typed. Rich, which would print past all this, is off (.streamlit/config.toml).
"""

import logging
import sys
import threading
import warnings
from typing import Any, TextIO

from db.base.errors import without_values

_default_factory = logging.getLogRecordFactory()
_OWN = "palette"
"""The logger of Palette itself, whose lines are written without values."""


def _without_values(*args: Any, **named: Any) -> logging.LogRecord:
    """Return a log record that holds no value: the error's type and location instead of its traceback."""
    record = _default_factory(*args, **named)
    error = record.exc_info[1] if record.exc_info else None
    if error is None and isinstance(record.msg, BaseException):
        error = record.msg
    if error is not None:
        record.msg, record.args, record.exc_info = without_values(error), (), None
    elif record.name != _OWN and record.args:
        arguments = record.args.values() if isinstance(record.args, dict) else record.args
        shown = [str(one) if isinstance(one, int | float) else type(one).__name__ for one in arguments]
        record.msg, record.args = f"{record.msg} ({', '.join(shown)})", ()
    return record


def _log(error: BaseException | None, where: str) -> None:
    if error is not None:
        logging.getLogger(_OWN).error("%s: %s", where, without_values(error))


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logging.getLogger(_OWN).warning("%s at %s:%s", category.__name__, filename, lineno)


def keep_values_out() -> None:
    """Apply this to every logger of the process, whichever library logs, to threads that end by an error, to objects
    that cannot be deleted, and to warnings."""
    logging.setLogRecordFactory(_without_values)
    threading.excepthook = lambda ended: _log(ended.exc_value, "thread")
    sys.unraisablehook = lambda left: _log(left.exc_value, "unraisable")
    warnings.showwarning = _warn
