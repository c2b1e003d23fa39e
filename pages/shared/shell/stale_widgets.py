"""What Streamlit keeps of every widget that a tab has ever shown: its options and functions, also after it is gone.

A list of persons under a key of its own for each file that is opened takes half a megabyte each time, so that twenty
people at work for an hour took more than a gigabyte. Streamlit drops the value of a widget that is shown no more, and
not this; it has no way to ask for it.
"""

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState


def forget() -> None:
    """Drop what is kept of widgets that have no value any more, at the start of a run of the whole page."""
    context = get_script_run_ctx()
    if context is None:
        return
    state: Any = context.session_state
    while isinstance(state, SafeSessionState):  # Streamlit's own tests put one into another
        state = state._state
    kept = state._new_widget_state
    for widget in [one for one in kept.widget_metadata if one not in kept.states and one not in state._old_state]:
        del kept.widget_metadata[widget]
