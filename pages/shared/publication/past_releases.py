"""Past publications: when and by whom, what changed from one year to the next, and how to withdraw a year."""

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.folders import office_path
from db.model.office import Office
from db.model.roles import Role
from db.rows import personal_text
from pages.shared.shell.session import unrestricted_office, user_name
from publication import publish
from publication.audit.comparison import moved
from publication.release.release import Release
from reports.content import quantities

_DONE = {"publish": "Publiée", "withdraw": "Retirée"}


def show(db: Office) -> None:
    """Show the record of publications, latest first, then each year that is online."""
    record = personal_text.record(db)
    st.subheader("Publications passées")
    if not record:
        st.caption("Aucune pour l’instant.")
        return
    lines = [(str(one.year), _DONE[one.action], one.moment, one.who) for one in reversed(record)]
    st.table(pd.DataFrame(lines, columns=["Année", "Action", "Le", "Par"]), hide_index=True)
    online = publish.in_force(record)
    before: Release | None = None
    for year, release in online.items():
        _show_year(year, release, before)
        before = release


def _show_year(year: int, release: Release, before: Release | None) -> None:
    with st.expander(f"{year} : ce qui a changé, retirer"):
        if before is None:
            st.markdown("La première année en ligne.")
        else:
            _show_moved(release, before)
        label, icon = f"Retirer {year}", ":material/visibility_off:"
        st.button(label, key=f"publish:withdraw:{year}", icon=icon, on_click=_confirm, args=(year,))


def _show_moved(release: Release, before: Release) -> None:
    lines = [
        (criterion, label, quantities.number(old), quantities.number(new), quantities.change(new, old))
        for criterion, label, old, new in moved(before, release)
    ]
    if not lines:
        st.markdown(f"Le même profil publié qu’en {before.year}.")
        return
    columns = ["Critère", "Catégorie", str(before.year), str(release.year), "Évolution"]
    st.table(pd.DataFrame(lines, columns=columns), hide_index=True)


def _confirm(year: int) -> None:
    st.dialog(f"Retirer {year} ?")(_ask)(year)


def _ask(year: int) -> None:
    st.markdown(
        f"Les chiffres de {year} ne seront plus en ligne. Qui les a déjà téléchargés les garde ; publiée de nouveau, "
        "l’année dira les mêmes chiffres."
    )
    if st.button("Retirer", type="primary", key="publish:withdraw:yes"):
        try:
            publish.withdraw(unrestricted_office(Role.PILOTE), office_path(), year, publish.public_path(), user_name())
        except PaletteError as error:
            st.error(str(error))
            return
        st.rerun()
