"""« Passer au plan d’action » of a MAPPI board: shown first, made in one operation, undone at once."""

import streamlit as st

from db.base.errors import PaletteError, StaleError
from db.base.french import french_date
from db.model.dictionary import CER
from db.model.office import Office
from db.rows import board_plans, records, undo
from db.rows.board_plans import Plan
from db.rows.boards import Board
from pages.shared.form import dialog
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from pages.shared.shell.toasts import queue_toast

_MADE = "mappi:made"
"""The key of (board, contract, operation, number of actions) that was just made."""


def show(db: Office, board: Board) -> None:
    """Show the button, and what was just made with what takes it back."""
    chosen = board.row.values["chosen"]
    help_text = None if chosen else "Choisissez d’abord le parcours (point 10)."
    if st.button(
        "Passer au plan d’action", icon=":material/task_alt:", type="primary", key="mappi:plan", disabled=not chosen,
        help=help_text,
    ):  # fmt: skip
        _confirm(board.row.id)
    if not chosen:
        st.caption("Choisissez d’abord le parcours : le plan d’action et le contrat en découlent.")
    _show_made(db, board)


@st.dialog("Passer au plan d’action", width="large")
def _confirm(board_id: int) -> None:
    """Show what will be made, and the button."""
    db = open_office()
    try:
        plan = board_plans.look(db, board_id)
    except PaletteError as error:
        st.warning(escape_markdown(str(error)))
        return
    if not plan.actions:
        st.info("Tout ce que ce tableau prévoit est déjà dans un plan d’action : rien à créer.")
        _show_left_out(plan)
        return
    st.markdown(_contract_text(db, plan))
    st.markdown("**Actions créées**")
    st.markdown("\n".join(_lines(plan)))
    _show_left_out(plan)
    st.caption(
        "Tout se fait en une fois, et se défait en une fois. Heures, encadrement et dates se complètent ensuite."
    )
    if st.button("Créer", type="primary", icon=":material/check:", key="mappi:plan:go"):
        _make(db, plan)


def _contract_text(db: Office, plan: Plan) -> str:
    if plan.draft:
        title = records.context(db).title(CER.name, plan.draft.id)
        return f"Les actions vont dans le **projet de contrat** qui est déjà là : {escape_markdown(title)}."
    if plan.before is None:
        return "Un **projet de contrat d’engagement** est créé, à compléter et à signer."
    title, count = records.context(db).title(CER.name, plan.before.id), plan.left
    left = f" Il reprend aussi {count} action{'s' * (count > 1)} encore à faire." if count else ""
    return f"Un **projet de contrat d’engagement** est créé, à la suite de : {escape_markdown(title)}.{left}"


def _lines(plan: Plan) -> list[str]:
    return [
        f"- {escape_markdown(values['objective'])}{f' · {french_date(day)}' if (day := values.get('due_on')) else ''}"
        for _, values in plan.actions
    ]


def _show_left_out(plan: Plan) -> None:
    """Say which freins lead to no action."""
    if plan.without_objective:
        texts = "\n".join(f"- {escape_markdown(card.values['text'])}" for card in plan.without_objective)
        st.warning(f"Sans objectif, un frein ne devient pas une action (point 5) :\n{texts}")


def _make(db: Office, plan: Plan) -> None:
    try:
        contract, operation = board_plans.make(db, plan, records.today(), user_name())
    except StaleError as error:
        st.session_state["mappi:refused"] = str(error)
        st.rerun()
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    st.session_state[_MADE] = (plan.board.row.id, contract, operation, len(plan.actions))
    queue_toast("Plan d’action créé")
    st.rerun()


def _show_made(db: Office, board: Board) -> None:
    made, contract, operation, count = st.session_state.get(_MADE, (None, 0, 0, 0))
    if made != board.row.id or not records.rows(db, db.tables[CER.name], [contract]):
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="mappi:made:box"):
        what = "1 action est" if count == 1 else f"{count} actions sont"
        st.markdown(f":material/task_alt: {what} dans le projet de contrat (« Plans d’action »).", width="stretch")
        if st.button("Ouvrir le contrat", icon=":material/contract:", key="mappi:made:open"):
            dialog.edit_dialog(CER.name, contract)
        if st.button("Défaire", icon=":material/undo:", key="mappi:made:undo"):
            _undo(operation)


def _undo(operation: int) -> None:
    try:
        undo.undo(open_office(), operation, user_name())
    except PaletteError as error:
        st.session_state["mappi:refused"] = str(error)
    else:
        queue_toast("Plan d’action défait")
    st.session_state.pop(_MADE, None)
    st.rerun()
