"""The last step of « Importer » : one button that writes everything or nothing, what was done, and the way back."""

import streamlit as st

from db.base.french import french_number
from db.imports.plan_types import CREATE, UPDATE, WAITING, Done
from db.rows import operations
from pages.shared.grid.view import show_among
from pages.shared.history import changes
from pages.shared.imports import draft, persons, problems, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Lists
from pages.shared.imports.widgets import counted
from pages.shared.shell import jobs
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office

_MANY = 20_000
"""Above it the office file is held longer than a colleague's save waits for it."""


def show(work: Work, lists: Lists) -> None:
    """The button, why it is off when it is, and what happened to the last click."""
    widgets.step(6, "Importer")
    _show_refusal(work)
    with st.spinner("Ce qui était commencé est repris…"):
        draft.let_end(work)
    if draft.was_stopped(work):
        st.info("L’import a été interrompu : rien n’a été enregistré.", icon=":material/pause_circle:")
    waiting, many = lists.counts[WAITING], lists.counts[CREATE] + lists.counts[UPDATE]
    without = False
    if waiting and many:
        without = st.checkbox(
            f"Importer sans les lignes en attente ({waiting}) : elles ne seront pas écrites", key=work.key("without")
        )
    undecided = len(persons.undecided(work, lists))
    if undecided:
        told = counted(undecided, "ressemblance n’est pas tranchée", "ressemblances ne sont pas tranchées")
        st.caption(f":material/person_alert: {told} (étape 4).")
    if many > _MANY:
        st.caption(
            f"{french_number(many)} lignes s’écrivent d’un bloc : pendant une minute ou deux, vos collègues ne pourront"
            " pas enregistrer."
        )
    why = _why_not(work, many, waiting, without)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Importer {counted(many, 'ligne')}", type="primary", icon=":material/upload:", key=work.key("go"),
            disabled=bool(why), on_click=draft.start_writing, args=(work, without),
        )  # fmt: skip
        st.caption(why or "Tout est écrit, ou rien. L’import entier pourra être annulé.", width="content")
    if not many and not waiting and work.choices.to_json() != type(work.choices)().to_json():
        _offer_to_keep(work)
    jobs.show(draft.WRITING)


def _why_not(work: Work, many: int, waiting: int, without: bool) -> str:
    """Why the button is off, '' when it is not."""
    if work.writing:
        return "L’import est en cours."
    if not work.is_current:
        return "La comparaison n’est pas terminée."
    if not many:
        return "Rien à écrire : aucune ligne n’est à créer ni à modifier."
    if waiting and not without:
        told = counted(waiting, "ligne attend", "lignes attendent")
        return f"{told} une correction : réglez-les, ou importez sans elles."
    return ""


def _show_refusal(work: Work) -> None:
    """Why nothing was written; when the office file has changed, it was compared anew meanwhile."""
    if not work.refused:
        return
    if draft.has_changed(work) and not draft.is_comparing():
        draft.compare(work)
        st.rerun()
    more = (
        "Il a été comparé de nouveau : relisez ce qui changera."
        if "a changé" in work.refused
        else "Les lignes refusées sont en attente."
    )
    st.warning(f"{escape_markdown(work.refused)} {more}", icon=":material/sync_problem:")


def _offer_to_keep(work: Work) -> None:
    if st.button("Retenir mes choix pour le prochain fichier", key=work.key("keep"), icon=":material/bookmark:"):
        draft.keep_choices(work)
        st.toast("Vos choix sont retenus.", icon=":material/bookmark:")


# ---- afterwards


def show_done(work: Work) -> None:
    """What was written, and what one may do with it."""
    done = work.done
    if done is None:
        return
    draft.settle(work)
    operation = operations.get(open_office(), done.operation) if done.operation else None
    if operation and operation.undone_by:
        st.info(
            f"L’import de « {escape_markdown(work.name)} » a été annulé : tout est comme avant.", icon=":material/undo:"
        )
    else:
        st.success(f"**{escape_markdown(work.name)}** · {_told(done)}", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if operation and not operation.undone_by:
            if st.button("Voir ces personnes", icon=":material/groups:", type="primary", key=work.key("see")):
                show_among(open_office().tables["person"], "caseload", f"Import de {work.name}", draft.persons(work))
                st.switch_page("caseload.py")
            if st.button("Annuler cet import", icon=":material/undo:", key=work.key("undo")):
                changes.confirm(operation.id)
        if st.button("Importer un autre fichier", icon=":material/upload_file:", key=work.key("next")):
            draft.drop()
            st.rerun()
    if work.left:
        told = counted(
            done.waiting, "ligne en attente n’a pas été importée", "lignes en attente n’ont pas été importées"
        )
        st.markdown(f"**{told}.**")
        st.caption(
            "Corrigez-les dans votre fichier et redéposez-le en entier : ce qui est déjà importé ne changera pas."
        )
        with st.container(horizontal=True):
            problems.downloads(work.key("left"), work.left)


def _told(done: Done) -> str:
    parts = [
        counted(done.created, "ligne créée", "lignes créées"),
        counted(done.updated, "ligne modifiée", "lignes modifiées") if done.updated else "",
        counted(done.unchanged, "inchangée") if done.unchanged else "",
    ]
    return ", ".join(filter(None, parts)) + "."
