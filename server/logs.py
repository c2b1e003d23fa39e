"""What goes to the log of an error nobody foresaw: its kind and where it happened, never a value.

Streamlit logs the whole traceback; its last line is the error's message, and that may quote what somebody typed.
"""

import logging

from db.errors import without_values

_STREAMLIT = "streamlit.error_util"


class _WithoutValues(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with the error's kind and places in the stead of its text."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.msg, record.args = without_values(error), ()
            record.exc_info, record.exc_text = None, None
        return True


def keep_values_out() -> None:
    """Let Streamlit's log name errors without quoting them."""
    logging.getLogger(_STREAMLIT).addFilter(_WithoutValues())
