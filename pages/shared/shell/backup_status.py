"""The state of the backups, as the screens show it."""

from datetime import UTC, datetime

import streamlit as st

from db.backup import create, status, witness
from db.backup.status import State
from db.base import folders
from db.base.errors import PaletteError
from db.base.folders import office_path
from db.model.office import Office
from db.storage import audit_chain, connection, file_watch
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import roles


def _state() -> State:
    return status.state(folders.backup_folder(office_path()), datetime.now(UTC))


def show() -> None:
    """Show the last backup and whether backups are up to date."""
    st.subheader("Sauvegardes", anchor=False)
    state = _state()
    _warn_of_chain(state)
    if state.good:
        kept = f"{state.count} sauvegardes sont gardées" if state.count > 1 else "Une sauvegarde est gardée"
        st.success(f"{state.sentence} {kept}.", icon=":material/check_circle:")
    else:
        st.warning(escape_markdown(state.sentence), icon=":material/warning:")
    st.caption(
        "Palette en fait une par jour, d’elle-même, pendant qu’on travaille ; 14 jours et 8 semaines sont gardés."
        " Reprendre une sauvegarde se fait sur le serveur : « python -m db restore »."
    )


def _warn_of_chain(state: State) -> None:
    """Show what was noted outside the file and is no longer so in it, unless the state of the backups says it."""
    path = office_path()
    for problem in witness.problems(connection.thread_office(roles(), path), path):
        if problem not in state.sentence:
            st.error(escape_markdown(problem), icon=":material/gpp_maybe:")


def show_code(db: Office) -> None:
    """Show the code of the audit chain, to be noted outside the server."""
    st.subheader("Sceaux de l’historique", anchor=False)
    st.caption(
        "Ce code dit où en est l’historique. Notez-le chaque mois hors du serveur, avec la date, sur papier par"
        " exemple : si l’historique était refait ou coupé, « python -m db check --code » le montrerait."
    )
    st.code(audit_chain.code(db), language=None)


def show_lost_file() -> None:
    """Show on every screen that the office file or its journal was taken away, and offer a backup of what is left."""
    path = office_path()
    message = file_watch.problem(path)
    if not message:
        return
    st.error(f"{escape_markdown(message)} Prévenez qui tient Palette.", icon=":material/error:")
    if st.button("Faire une sauvegarde", key="lost:backup", icon=":material/save:"):
        try:
            backup = create.make_backup(path, folders.backup_folder(path), datetime.now(UTC), create.recipient())
            st.success(f"Sauvegarde faite et vérifiée : {backup.name}.", icon=":material/check_circle:")
        except PaletteError as error:
            st.error(escape_markdown(str(error)))


def warn() -> None:
    """Show a warning when backups are overdue, or soon have no room; nothing before the very first backup."""
    state = _state()
    _warn_of_chain(state)
    if missing := status.missing_room(office_path()):
        st.warning(f"{escape_markdown(missing)} Prévenez qui tient Palette.", icon=":material/warning:")
    if not state.good and state.sentence != status.NONE_YET:
        st.warning(f"{escape_markdown(state.sentence)} Prévenez qui tient Palette.", icon=":material/warning:")
