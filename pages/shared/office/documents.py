"""« Réglages », the documents: the office's Word templates and logo in the place of those of Palette, and the fields
that a template may use."""

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.customise import office_files
from db.model.office import Office
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import user_name
from reports.documents import logo, making, template_check
from reports.documents.blocks import DocumentKind
from reports.documents.texts import DOCUMENTS

_DONE, _TURN = "documents:done", "documents:turn"


def show(db: Office) -> None:
    """Show each document with its template, the logo, then the fields."""
    st.caption(
        "Un contrat ou une lettre s’imprime d’après un modèle Word. Téléchargez celui de Palette, changez ses mots et"
        " sa mise en page dans Word ou Writer, et déposez-le ici ; les PDF gardent la mise en page de Palette."
        " L’en-tête, la commune, qui signe et les voies de recours sont dans « Limites et délais »."
    )
    if done := st.session_state.pop(_DONE, ""):
        st.success(done)
    for title, are_letters in (("Contrats", False), ("Lettres", True)):
        with st.expander(title, expanded=not are_letters):
            for kind in DOCUMENTS.values():
                if kind.is_letter == are_letters:
                    with st.container(border=True):
                        _template(db, kind)
    with st.container(border=True):
        _logo(db)
    _fields(db)


def _template(db: Office, kind: DocumentKind) -> None:
    own = office_files.get(db, kind.name) is not None
    st.markdown(f"**{kind.title}** · {'modèle du bureau' if own else 'modèle de Palette'}")
    with st.container(horizontal=True):
        download_button(
            "Télécharger le modèle", lambda office: making.template(office, kind.name), f"{kind.name}.docx",
            making.WORD, f"documents:get:{kind.name}",
        )  # fmt: skip
        if own and st.button("Revenir à celui de Palette", key=f"documents:back:{kind.name}", icon=":material/undo:"):
            office_files.remove(db, kind.name, user_name())
            _end(f"{kind.title} : le modèle de Palette est de nouveau utilisé.")
    uploaded = st.file_uploader("Remplacer par (DOCX)", ["docx"], key=_key(kind.name), max_upload_size=2)
    if uploaded is not None and st.button("Utiliser ce modèle", type="primary", key=f"documents:put:{kind.name}"):
        _put(db, kind, uploaded.getvalue())


def _put(db: Office, kind: DocumentKind, content: bytes) -> None:
    try:
        with st.spinner("Lecture du modèle…"):
            template_check.check(content, [field.name for field in making.usable_fields(db, kind.name)])
        office_files.put(db, kind.name, content, user_name())
    except PaletteError as error:
        lines = "\n".join(f"- {escape_markdown(line)}" for line in str(error).split("\n"))
        st.error(f"Ce modèle n’est pas utilisé.\n\n{lines}")
        return
    _end(f"{kind.title} : votre modèle est utilisé dès maintenant.")


def _logo(db: Office) -> None:
    content = office_files.get(db, office_files.LOGO)
    st.markdown("**Logo**")
    if content:
        st.image(content, width=160)
        if st.button("Retirer le logo", key="documents:logo:back", icon=":material/delete:"):
            office_files.remove(db, office_files.LOGO, user_name())
            _end("Les documents n’ont plus de logo.")
    uploaded = st.file_uploader("Image PNG ou JPEG", ["png", "jpg", "jpeg"], key=_key("logo"), max_upload_size=5)
    if uploaded is not None and st.button("Utiliser ce logo", type="primary", key="documents:logo:put"):
        try:
            office_files.put(db, office_files.LOGO, logo.normalised(uploaded.getvalue()), user_name())
        except PaletteError as error:
            st.error(escape_markdown(str(error)))
            return
        _end("Le logo est en haut des documents.")


def _fields(db: Office) -> None:
    with st.expander("Les champs qu’un modèle peut utiliser"):
        st.markdown(
            "Un champ s’écrit entre deux accolades : `{{ personne.nom }}`. Une ligne de tableau se répète entre"
            " `{%tr for action in actions %}` et `{%tr endfor %}` ; `{%p if contrat.au %}` et `{%p endif %}` gardent un"
            " paragraphe si le champ est rempli. Les notes de l’équipe ne sont pas des champs : elles ne s’impriment"
            " jamais."
        )
        kind = st.selectbox("Document", list(DOCUMENTS.values()), format_func=lambda kind: kind.title, width=420)
        lines = [(f"{{{{ {field.name} }}}}", field.label) for field in making.usable_fields(db, kind.name)]
        st.dataframe(pd.DataFrame(lines, columns=["Dans le modèle", "Ce que c’est"]), hide_index=True, height=420)


def _key(name: str) -> str:
    return f"documents:in:{name}:{st.session_state.setdefault(_TURN, 0)}"


def _end(sentence: str) -> None:
    st.session_state[_DONE] = sentence
    st.session_state[_TURN] += 1
    st.rerun()
