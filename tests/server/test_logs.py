"""An error nobody foresaw leaves its kind and its place in the log, and no value of anybody."""

import io
import logging

from server import logs


def said_by_streamlit(keep_out: bool) -> str:
    logger = logging.getLogger("streamlit.error_util")
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    if keep_out:
        logs.keep_values_out()
    try:
        raise ValueError("Zola, 05 36 49 00 01")
    except ValueError as error:
        logger.error("Uncaught app execution", exc_info=error)
    finally:
        logger.removeHandler(handler)
        logger.filters.clear()
    return handler.stream.getvalue()


def test_the_log_names_the_error_and_its_place_but_no_value():
    assert "Zola" in said_by_streamlit(keep_out=False)  # what would be there otherwise

    text = said_by_streamlit(keep_out=True)

    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "Zola" not in text
