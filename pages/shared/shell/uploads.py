"""What an uploader has received: taken once, then dropped from the memory of the server."""

from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def take(key: str) -> tuple[list[tuple[str, bytes]], int]:
    """Return name and content of the files in the uploader of that key, and how many are not there any more; drop them.
    For a callback, which always runs to its end. The uploader needs another key afterwards."""
    found: Any = st.session_state.get(key) or []
    listed = found if isinstance(found, list) else [found]
    files = [(one.name, one.getvalue()) for one in listed if isinstance(one, UploadedFile)]
    forget()
    return files, len(listed) - len(files)


def forget() -> None:
    """Drop everything that this tab has uploaded; Streamlit keeps it until the tab is closed."""
    context = get_script_run_ctx()
    if context and runtime.exists():
        kept: Any = runtime.get_instance().uploaded_file_mgr
        kept.remove_session_files(context.session_id)
