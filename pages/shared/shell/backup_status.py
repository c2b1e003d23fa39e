"""The state of the backups, as the screens show it."""

from datetime import UTC, datetime

import streamlit as st

from db.backup import status
from db.backup.status import State
from db.base import folders
from db.base.folders import office_path


def _state() -> State:
    return status.state(folders.backup_folder(office_path()), datetime.now(UTC))


def show() -> None:
    """Show the last backup and whether backups are up to date."""
    st.subheader("Sauvegardes", anchor=False)
    state = _state()
    if state.good:
        kept = f"{state.count} sauvegardes sont gardées" if state.count > 1 else "Une sauvegarde est gardée"
        st.success(f"{state.sentence} {kept}.", icon=":material/check_circle:")
    else:
        st.warning(state.sentence, icon=":material/warning:")
    st.caption(
        "Palette en fait une par jour, d’elle-même, pendant qu’on travaille ; 14 jours et 8 semaines sont gardés."
        " Reprendre une sauvegarde se fait sur le serveur : « python -m db restore »."
    )


def warn() -> None:
    """Show a warning when backups are overdue, or soon have no room; nothing before the very first backup."""
    state = _state()
    if missing := status.missing_room(office_path()):
        st.warning(f"{missing} Prévenez qui tient Palette.", icon=":material/warning:")
    if not state.good and state.sentence != status.NONE_YET:
        st.warning(f"{state.sentence} Prévenez qui tient Palette.", icon=":material/warning:")
