"""« Tout emporter » : the whole office file as XLSX, ODS or SQLite, made in a thread, with a trace of who took it."""

import streamlit as st

from db.base.progress import Progress
from db.model.office import Office
from db.rows import records
from pages.shared.shell import jobs
from pages.shared.shell.session import opener
from reports.sheets import whole_file
from reports.sheets.whole_file import Format

_KEY = "everything"
_STEM = "palette-tout"
_CARE = (
    "Ce fichier contient **toutes les données personnelles** du bureau, notes et dossiers archivés compris. Gardez-le"
    " là où le bureau garde ses dossiers, jamais sur un ordinateur ou une clé partagés ; ne l’envoyez pas par courriel"
    " ; effacez-le dès qu’il a servi."
)
_NOT_HERE = (
    "N’y sont pas : les lignes supprimées, l’historique, les traces, les comptes, les bilans figés ; une sauvegarde"
    " garde tout. Un téléchargement laisse une trace, que l’administrateur voit."
)
_BACK = (
    "Pour recommencer dans une Palette vide : reprenez-y d’abord le modèle du bureau (« Réglages »), s’il a ses propres"
    " limites, champs ou listes ; puis importez ce classeur, tel quel. Tout y revient, numéros compris."
)


def show(db: Office) -> None:
    """What it holds, how to keep it safe, a button for each format, and what is being made."""
    st.warning(_CARE, icon=":material/lock:")
    st.markdown(f"{whole_file.describe_size(db)}, avec leurs numéros. {_NOT_HERE}")
    st.markdown(_BACK)
    with st.grid(len(whole_file.FORMATS), min_column_width=240, gap="medium"):
        for one in whole_file.FORMATS:
            _offer(one)
    jobs.show(_KEY)


def _offer(one: Format) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{one.name}**")
        st.caption(one.purpose)
        st.button(
            f"Tout emporter : {one.name}",
            key=f"{_KEY}:{one.suffix}",
            icon=":material/download:",
            disabled=jobs.running(_KEY),
            on_click=_start,
            args=(one,),
        )


def _start(one: Format) -> None:
    open_, day = opener(), records.today()

    def make(tick: Progress) -> bytes:
        """The file, on a connection of the thread's own."""
        return one.make(open_(), day, tick)

    jobs.start(_KEY, f"Tout le fichier · {one.name}", make, f"{_STEM}-{day}{one.suffix}", one.kind)
