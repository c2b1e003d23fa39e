"""The first step of « Importer »: the file, or the template to fill in."""

import streamlit as st

from db.imports import template
from db.imports.plan_types import COLUMN, WAITING
from pages.shared.imports import draft, persons, widgets
from pages.shared.imports.draft import Work
from pages.shared.imports.plan_lists import Lists
from pages.shared.imports.widgets import XLSX
from pages.shared.shell import jobs, uploads
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown

KINDS = ("xlsx", "xls", "ods", "csv", "txt", "zip", "gz", "json", "parquet")
MOST = 50
"""Megabytes. db/imports/file_limits.py has a limit too, but checks it only after the upload."""


def show(failed: Work | None) -> None:
    """Show how to begin, why the last file could not be read, and the uploader."""
    st.markdown(
        "Déposez le fichier de votre bureau **tel qu’il est** : Palette reconnaît ses feuilles, ses colonnes et ses"
        " valeurs, vous montre ce qu’elle a compris, et vous corrigez.  \nRien n’est enregistré avant que vous ayez vu"
        " ce qui changerait et cliqué sur « Importer » ; ensuite encore, tout l’import se défait d’un clic."
    )
    if failed:
        st.error(escape_markdown(failed.failed), icon=":material/error:")
    file = st.file_uploader(
        "Fichier Excel, LibreOffice ou CSV",
        KINDS,
        key=f"import:file:{draft.turn()}",
        max_upload_size=MOST,
        help="Une ou plusieurs feuilles. Une case vide n’efface jamais ce que Palette sait déjà.",
    )
    _offer_template()
    if file is not None:
        name, content = file.name, file.getvalue()
        uploads.forget()
        draft.begin(name, content)
        st.rerun()


def _offer_template() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Pas de fichier, ou l’envie de repartir au propre ? Remplissez le modèle.", width="content")
        download_button(
            "Télécharger le modèle (XLSX)", template.xlsx_bytes, "modele-palette.xlsx", XLSX, "import:template"
        )


def show_file(work: Work) -> None:
    """Show the file, how it was read, the progress of the comparison, and the button to start over."""
    widgets.step(1, "Fichier")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/description: **{escape_markdown(work.name)}**", width="stretch")
        if st.button("Recommencer", icon=":material/restart_alt:", key=work.key("drop"), help="Laisser ce fichier"):
            draft.drop()
            st.rerun()
    for note in work.lists.plan.notes if work.lists else ():
        st.caption(escape_markdown(note))
    jobs.show(draft.JOB)
    if work.lists:
        _show_waiting(work, work.lists)
    if not draft.is_comparing() and not work.is_current:
        _show_interrupted(work)


def _show_waiting(work: Work, lists: Lists) -> None:
    """Show what is left to decide in one line at the top."""
    undecided = len(persons.undecided(work, lists))
    columns = sum(problem.question == COLUMN for problem in lists.problems)
    questions = sum(map(len, lists.questions.values())) + columns
    missed = sum(values.missed for values in lists.values.values())
    counts = [
        widgets.counted(questions, "question") + " (étape 2)" if questions else "",
        widgets.counted(missed, "valeur non comprise", "valeurs non comprises") + " (étape 3)" if missed else "",
        widgets.counted(undecided, "ressemblance") + " (étape 4)" if undecided else "",
        widgets.counted(lists.counts[WAITING], "ligne en attente", "lignes en attente") + " (étape 5)"
        if lists.counts[WAITING]
        else "",
    ]
    if any(counts):
        st.warning(f"À regarder : {' · '.join(filter(None, counts))}.", icon=":material/rule:")
    elif any(sheet.table for sheet in lists.plan.sheets):
        st.success("Tout est compris : relisez, puis importez.", icon=":material/check_circle:")


def _show_interrupted(work: Work) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        text = "Vos corrections ne sont pas encore comparées." if work.lists else "La lecture a été interrompue."
        st.warning(text, icon=":material/pause_circle:", width="stretch")
        if st.button("Comparer", icon=":material/compare_arrows:", key=work.key("compare")):
            draft.compare(work)
            st.rerun()
