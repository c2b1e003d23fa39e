"""« Tout emporter »: download the whole office file as XLSX, ODS or SQLite. The access log records it."""

import streamlit as st

from db.base.progress import Progress
from db.model.office import Office
from db.rows import records
from pages.shared.shell import jobs
from pages.shared.shell.session import office_opener
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
    """Show what the file contains and how to keep it safe, a button per format, and the running job."""
    st.warning(_CARE, icon=":material/lock:")
    st.markdown(f"{whole_file.describe_size(db)}, avec leurs numéros. {_NOT_HERE}")
    st.markdown(_BACK)
    with st.grid(len(whole_file.FORMATS), min_column_width=240, gap="medium"):
        for file_format in whole_file.FORMATS:
            _offer(file_format)
    jobs.show(_KEY)


def _offer(file_format: Format) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{file_format.name}**")
        st.caption(file_format.purpose)
        st.button(
            f"Tout emporter : {file_format.name}",
            key=f"{_KEY}:{file_format.suffix}",
            icon=":material/download:",
            disabled=jobs.running(_KEY),
            on_click=_start,
            args=(file_format,),
        )


def _start(file_format: Format) -> None:
    open_, day = office_opener(), records.today()

    def make(tick: Progress) -> bytes:
        """Make the file on a connection of the job's own thread."""
        return file_format.make(open_(), day, tick)

    jobs.start(
        _KEY, f"Tout le fichier · {file_format.name}", make, f"{_STEM}-{day}{file_format.suffix}", file_format.kind
    )
