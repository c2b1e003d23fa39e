"""The last step of « Importer »: the button that writes everything or nothing, the result, and how to undo it."""

import streamlit as st

from db.imports.plan_types import CREATE, UPDATE, WAITING, ImportResult
from db.model.dictionary import PARTNER
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


def show(work: Work, lists: Lists) -> None:
    """Show the button, why it is disabled, and the result of the last attempt."""
    widgets.step(6, "Importer")
    _show_refusal(work)
    with st.spinner("Ce qui était commencé est repris…"):
        draft.let_end(work)
    if draft.was_stopped(work):
        st.info("L’import a été interrompu : rien n’a été enregistré.", icon=":material/pause_circle:")
    waiting, count = lists.counts[WAITING], lists.counts[CREATE] + lists.counts[UPDATE]
    questions = sum(len(sheet.problems) for sheet in lists.plan.sheets)
    without = False
    if questions and not waiting and count:
        without = st.checkbox("Importer sans ce qui attend une réponse à l’étape 2", key=work.key("without"))
    elif waiting and count:
        without = st.checkbox(
            f"Importer sans les lignes en attente ({waiting}) : elles ne seront pas écrites", key=work.key("without")
        )
    undecided = len(persons.undecided(work, lists))
    if undecided:
        text = counted(undecided, "ressemblance n’est pas tranchée", "ressemblances ne sont pas tranchées")
        st.caption(f":material/person_alert: {text} (étape 4).")
    why = _why_not(work, count, waiting, questions, without)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Importer {counted(count, 'ligne')}", type="primary", icon=":material/upload:", key=work.key("go"),
            disabled=bool(why), on_click=draft.start_writing, args=(work, without),
        )  # fmt: skip
        st.caption(why or "Tout est écrit, ou rien. L’import entier pourra être défait.", width="content")
    if not count and not waiting and work.choices.to_json() != type(work.choices)().to_json():
        _offer_to_keep(work)
    jobs.show(draft.WRITING)


def _why_not(work: Work, count: int, waiting: int, questions: int, without: bool) -> str:
    """Return why the button is disabled, '' when it is not."""
    if work.writing:
        return "L’import est en cours."
    if not work.is_current:
        return "La comparaison n’est pas terminée."
    if not count:
        return "Rien à écrire : aucune ligne n’est à créer ni à modifier."
    if questions and not without and not waiting:
        text = counted(questions, "question attend", "questions attendent")
        return f"{text} une réponse à l’étape 2 : répondez, ou importez sans cela."
    if waiting and not without:
        text = counted(waiting, "ligne attend", "lignes attendent")
        return f"{text} une correction : réglez-les, ou importez sans elles."
    return ""


def _show_refusal(work: Work) -> None:
    """Show why nothing was written, and compare again when the office file has changed."""
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
    """Show what was written, and the buttons to see the persons, undo the import or start another."""
    done = work.done
    if done is None:
        return
    draft.settle(work)
    operation = operations.get(open_office(), done.operation) if done.operation else None
    if operation and operation.undone_by:
        st.info(
            f"L’import de « {escape_markdown(work.name)} » a été défait : tout est comme avant.", icon=":material/undo:"
        )
    else:
        st.success(f"**{escape_markdown(work.name)}** · {_summary(done)}", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if operation and not operation.undone_by:
            if work.written == {PARTNER.name}:  # there is nobody to see
                if st.button("Voir le réseau", icon=":material/hub:", type="primary", key=work.key("see-network")):
                    st.switch_page("network.py")
            elif st.button("Voir ces personnes", icon=":material/groups:", type="primary", key=work.key("see")):
                show_among(open_office().tables["person"], "caseload", f"Import de {work.name}", draft.persons(work))
                st.switch_page("caseload.py")
            if st.button("Défaire cet import", icon=":material/undo:", key=work.key("undo")):
                changes.confirm(operation.id)
        if st.button("Importer un autre fichier", icon=":material/upload_file:", key=work.key("next")):
            draft.drop()
            st.rerun()
    if work.left:
        text = counted(
            done.waiting, "ligne en attente n’a pas été importée", "lignes en attente n’ont pas été importées"
        )
        st.markdown(f"**{text}.**")
        st.caption(
            "Corrigez-les dans votre fichier et redéposez-le en entier : ce qui est déjà importé ne changera pas."
        )
        with st.container(horizontal=True):
            problems.downloads(work.key("left"), work.left)


def _summary(done: ImportResult) -> str:
    parts = [
        counted(done.created, "ligne créée", "lignes créées"),
        counted(done.updated, "ligne modifiée", "lignes modifiées") if done.updated else "",
        counted(done.unchanged, "inchangée") if done.unchanged else "",
    ]
    return ", ".join(filter(None, parts)) + "."
