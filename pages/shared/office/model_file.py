"""« Réglages », the model: export this office's fields, lists and limits as a file, or import another office's."""

import streamlit as st

from db.base.errors import PaletteError
from db.customise import model_file
from db.model.office import Office
from db.rows import records
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name

_DONE = "model:done"
_SHOWN = 30


def show(db: Office) -> None:
    """Show the download, then the upload: a preview of what would change, then one button."""
    st.subheader("Emporter", anchor=False)
    st.caption("Champs, listes, limites et délais, sans aucune personne : de quoi équiper un autre bureau.")
    file = f"modele-palette-{records.today()}.json"
    download_button("Modèle de ce bureau (JSON)", model_file.export_model, file, "application/json", "model:out")
    st.subheader("Reprendre", anchor=False)
    done = st.session_state.pop(_DONE, "")
    if done:
        st.success(done)
    turn = st.session_state.setdefault("model:turn", 0)
    uploaded = st.file_uploader("Modèle d’un autre bureau (JSON)", ["json"], key=f"model:in:{turn}", max_upload_size=5)
    if uploaded is not None:
        _preview(db, uploaded.getvalue())


def _preview(db: Office, content: bytes) -> None:
    try:
        changes = model_file.import_model(db, content, user_name(), commit=False)
    except PaletteError as error:
        st.error(
            "Rien n’a été repris.\n\n" + "\n".join(f"- {escape_markdown(line)}" for line in str(error).split("\n"))
        )
        return
    if not changes:
        st.info("Tout ce que dit ce modèle est déjà ainsi ici.")
        return
    count = len(changes)
    st.markdown("\n".join(f"- {escape_markdown(line)}" for line in changes[:_SHOWN]))
    if count > _SHOWN:
        st.caption(f"… et {count - _SHOWN} autres.")
    st.caption("Ce que le modèle ne dit pas reste tel quel. Tout se défait d’un coup, dans « Historique ».")
    if st.button(f"Reprendre ({count} changement{'s' if count > 1 else ''})", type="primary", key="model:go"):
        _import(db, content)


def _import(db: Office, content: bytes) -> None:
    try:
        changes = model_file.import_model(db, content, user_name(), commit=True)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    st.session_state[_DONE] = f"Repris : {len(changes)} changement{'s' if len(changes) > 1 else ''}."
    st.session_state["model:turn"] += 1
    st.rerun()
