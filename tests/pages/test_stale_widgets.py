"""A tab does not keep what Streamlit knew of widgets that it shows no more, however long it stays open."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from pages.shared.shell import stale_widgets

    stale_widgets.forget()
    st.text_input("Note", key="note")
    turn = st.session_state.setdefault("turn", 0)
    st.selectbox("Personne", list(range(1_000)), key=f"person:{turn}")
    st.session_state["picked"] = st.session_state[f"person:{turn}"]


def test_lists_shown_before_are_dropped_and_what_is_shown_is_kept():
    tab = AppTest.from_function(script).run()
    tab.text_input(key="note").input("À garder").run()
    for turn in range(1, 9):
        tab.session_state["turn"] = turn
        tab.run()
        tab.selectbox(key=f"person:{turn}").select(turn).run()
        assert tab.session_state["picked"] == turn

    known = tab.session_state._state._state._new_widget_state.widget_metadata
    assert len(known) == 2, "the text and the list in sight"
    assert tab.text_input(key="note").value == "À garder"
