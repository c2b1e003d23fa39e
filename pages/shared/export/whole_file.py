"""« Tout emporter »: download the whole office file as XLSX, ODS or SQLite, and the attachments as ZIP. The access log
records it."""

from functools import partial

import streamlit as st

from db.attachments.files import Volume
from db.attachments.reader import megabytes
from db.base.french import french_number
from db.export import attachments_zip
from db.model.office import Office
from db.rows import records
from pages.shared.shell import jobs
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
    "N’y sont pas : les fichiers des pièces jointes (à part, ci-dessous), les lignes supprimées, l’historique, les"
    " traces, les comptes, les bilans figés ; une sauvegarde garde tout. Un téléchargement laisse une trace, que"
    " l’administrateur voit."
)
_BACK = (
    "Pour recommencer dans une Palette vide : reprenez-y d’abord le modèle du bureau (« Réglages »), s’il a ses propres"
    " limites, champs ou listes ; puis importez ce classeur, tel quel. Tout y revient, numéros compris,"
    " hors pièces jointes."
)


def show(db: Office) -> None:
    """Show what the file contains and how to keep it safe, a button per format, and the running job."""
    st.warning(_CARE, icon=":material/lock:")
    st.markdown(f"{whole_file.describe_size(db)}, avec leurs numéros. {_NOT_HERE}")
    st.markdown(_BACK)
    with st.grid(len(whole_file.FORMATS), min_column_width=240, gap="medium"):
        for file_format in whole_file.FORMATS:
            _offer(file_format)
    _offer_attachments(db)
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


def _offer_attachments(db: Office) -> None:
    """Show a button for each ZIP of attachments."""
    volumes = attachments_zip.volumes(db)
    if not volumes:
        return
    count, size = sum(one.count for one in volumes), sum(one.size for one in volumes)
    with st.container(border=True):
        st.markdown("**Pièces jointes (ZIP)**")
        st.caption(
            f"{french_number(count)} fichier{'s' * (count > 1)}, {megabytes(size)}, tels quels : « 12/34 devis.pdf »"
            " est la pièce n° 34 de la personne n° 12, que liste la feuille « Pièces jointes » du classeur. Une Palette"
            " vide ne les reprend pas ; une sauvegarde, si."
        )
        for number, volume in enumerate(volumes, start=1):
            part = f", partie {number} sur {len(volumes)}" if len(volumes) > 1 else ""
            st.button(
                f"Tout emporter : pièces{part} ({megabytes(volume.size)})", key=f"{_KEY}:zip:{number}",
                icon=":material/download:", disabled=jobs.running(_KEY), on_click=_start_attachments,
                args=(volume, number, part),
            )  # fmt: skip


def _start_attachments(volume: Volume, number: int, part: str) -> None:
    jobs.start_file(
        _KEY, f"Pièces jointes{part}", partial(attachments_zip.zip_bytes, volume=volume),
        f"palette-pieces-{records.today()}-{number}.zip", attachments_zip.KIND, reads_office=True,
    )  # fmt: skip


def _start(file_format: Format) -> None:
    day = records.today()
    jobs.start_file(
        _KEY, f"Tout le fichier · {file_format.name}", partial(file_format.make, day=day),
        f"{_STEM}-{day}{file_format.suffix}", file_format.kind, reads_office=True,
    )  # fmt: skip
