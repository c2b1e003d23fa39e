"""What a person reads when something broke that nobody foresaw: a French sentence; the traceback goes to the log."""

import logging

import streamlit as st

from db.errors import PaletteError

_log = logging.getLogger("palette")


def show(error: BaseException) -> bool:
    """Say it in French. Palette's own errors are sentences already; of any other, only where it happened is logged."""
    if isinstance(error, PaletteError):
        st.error(str(error))
        return True
    frame = error.__traceback__
    places = []
    while frame:
        places.append(f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}")
        frame = frame.tb_next
    _log.error("%s at %s", type(error).__name__, " < ".join(reversed(places[-6:])))
    st.error(
        "Palette a rencontré une erreur sur cette page. Ce qui était enregistré l’est toujours ; rechargez la page."
    )
    return True
