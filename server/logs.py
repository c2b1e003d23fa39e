"""What goes to the log of an error nobody foresaw: its kind and where it happened, never a value.

Streamlit logs the whole traceback; its last line is the error's message, and that may quote what somebody typed.
"""

import logging
import traceback

_STREAMLIT = "streamlit.error_util"


class _WithoutValues(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with the error's kind and places in the stead of its text."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            places = [
                f"{frame.filename}:{frame.lineno} ({frame.name})" for frame in traceback.extract_tb(error.__traceback__)
            ]
            record.msg, record.args = f"{type(error).__name__} at {' < '.join(reversed(places[-8:]))}", ()
            record.exc_info, record.exc_text = None, None
        return True


def keep_values_out() -> None:
    """Let Streamlit's log name errors without quoting them."""
    logging.getLogger(_STREAMLIT).addFilter(_WithoutValues())
