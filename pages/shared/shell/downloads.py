"""The button that downloads a file, which is made when it is clicked, with the rights of that moment."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from db.base.turns import DOWNLOADS
from db.model.office import Office
from pages.shared.shell.session import office_opener


def download_button(
    label: str,
    make: Callable[[Office], bytes],
    file: str,
    kind: str,
    key: str,
    icon: str = ":material/download:",
    **options: Any,
) -> None:
    """Show the button. ``make`` returns the content, from the office file opened with the roles of the person at the
    click; it is not called when the session has ended or lost a role meanwhile. ``file`` and ``kind``: its name and
    media type. One file is made at a time in the whole server: what takes more than a second or two is a job."""
    open_ = office_opener()

    def made() -> bytes:
        with DOWNLOADS.turn():
            return make(open_())

    options |= {"key": key, "on_click": "ignore", "icon": icon or None}
    st.download_button(label, made, file, kind, **options)
