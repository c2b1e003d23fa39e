"""« Données personnelles » of one person's file: access, rectification and retention (GDPR, articles 15, 16 and 5)."""

import streamlit as st

from db.base.french import french_date
from db.model.office import Office
from db.model.types import Context
from db.people import retention
from db.rows import access_log, records
from db.rows.records import Row
from pages.shared.shell.downloads import download_button
from pages.shared.shell.session import user_name
from reports.pdf import person_file


def show(db: Office, person: Row, context: Context) -> None:
    """Show the download for the person, how to correct the file, and until when it is status."""
    with st.container(border=True):
        st.markdown("**Droit d’accès**")
        st.caption(
            "Tout ce que Palette sait d’elle : fiche, parcours, notes, ce qui a été changé et par qui, qui a ouvert"
            " le dossier. Un PDF à lire, un fichier JSON à reprendre ailleurs, et ses pièces jointes. Relisez-les avant"
            " de les remettre : une note ou une pièce peut parler de quelqu’un d’autre."
        )
        _download(person.id)
    with st.container(border=True):
        st.markdown("**Droit de rectification**")
        st.caption(
            "Corrigez dans « Fiche » ou dans « Parcours » : l’ancienne valeur reste dans l’historique du dossier,"
            " avec le nom de qui l’a changée."
        )
    with st.container(border=True):
        st.markdown("**Durée de conservation**")
        st.caption(_limits(db, person.id))


def _download(person_id: int) -> None:
    name, today = user_name(), records.today()

    def make(db: Office) -> bytes:
        """Write the download to the access log, then make the archive."""
        access_log.note(db, name, "package", person_id)
        return person_file.zip_bytes(db, person_id, today)

    file = f"dossier-{person_id}-{today}.zip"
    download_button("Tout télécharger (PDF, JSON et pièces)", make, file, "application/zip", "rights:package")


def _limits(db: Office, person_id: int) -> str:
    status = retention.of_person(db, person_id, records.today())
    limits = records.get(db, db.tables["setting"], 1).values
    if status is None:
        return ""
    text = f"Dernier contact le {french_date(status.last_contact)}."
    if status.running:
        text = "Une étape ou un contrat est en cours : le dossier est gardé tant qu’il dure."
    after = limits["erase_months"]
    if status.archived_on:
        return f"{text} Archivé le {french_date(status.archived_on)} ; l’effacement est proposé {after} mois après."
    until = french_date(retention.archived_until(status, limits["archive_months"]))
    when = f"{until} au plus tôt" if status.running else until
    return (
        f"{text} Sans nouveau contact, l’archivage sera proposé le {when}, puis l’effacement {after} mois plus tard."
        " Un administrateur peut effacer plus tôt, à la demande de la personne (« Conservation »)."
    )
