"""Past publications: when, by whom, what changed from one year to the next; and a button to withdraw a year."""

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.folders import office_path
from db.model.office import Office
from db.model.roles import Role
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name
from publication import publish
from publication.audit.comparison import published_changes
from publication.release import ledger
from publication.release.release import Release
from reports.content import quantities

_WITHDRAWING = "publish:withdrawing"
"""Key of the year about to be withdrawn, once the person has confirmed."""
_ACTIONS = {"publish": "Publiée", "withdraw": "Retirée"}


def show(db: Office) -> None:
    """Show the ledger, latest first, then each year online."""
    entries = ledger.read_entries(db)
    st.subheader("Publications passées")
    if not entries:
        st.caption("Aucune pour l’instant.")
        return
    lines = [(str(one.year), _ACTIONS[one.action], one.french_time, one.who) for one in reversed(entries)]
    st.table(pd.DataFrame(lines, columns=["Année", "Action", "Le", "Par"]), hide_index=True)
    online = publish.releases_online(entries)
    before: Release | None = None
    for year, release in online.items():
        _show_year(year, release, before)
        before = release
    asked = st.session_state.get(_WITHDRAWING)
    if asked in online:
        st.dialog(f"Retirer {asked} ?", on_dismiss=_forget)(_withdraw_dialog)(asked)


def _show_year(year: int, release: Release, before: Release | None) -> None:
    with st.expander(f"{year} : ce qui a changé, retirer"):
        if before is None:
            st.markdown("La première année en ligne.")
        else:
            _show_changes(release, before)
        label, icon = f"Retirer {year}", ":material/visibility_off:"
        st.button(label, key=f"publish:withdraw:{year}", icon=icon, on_click=_ask, args=(year,))


def _show_changes(release: Release, before: Release) -> None:
    lines = [
        (criterion, label, quantities.number(old), quantities.number(new), quantities.change(new, old))
        for criterion, label, old, new in published_changes(before, release)
    ]
    if not lines:
        st.markdown(f"Le même profil publié qu’en {before.year}.")
        return
    columns = ["Critère", "Catégorie", str(before.year), str(release.year), "Évolution"]
    st.table(pd.DataFrame(lines, columns=columns), hide_index=True)


def _ask(year: int) -> None:
    """Keep what was asked until it is answered: another run may replace the one that opens the dialog."""
    st.session_state[_WITHDRAWING] = year


def _forget() -> None:
    st.session_state.pop(_WITHDRAWING, None)


def _withdraw_dialog(year: int) -> None:
    st.markdown(
        f"Les chiffres de {year} ne seront plus en ligne. Qui les a déjà téléchargés les garde ; publiée de nouveau, "
        "l’année dira les mêmes chiffres."
    )
    if st.button("Retirer", type="primary", key="publish:withdraw:yes"):
        try:
            publish.withdraw(unrestricted_office(Role.PILOTE), office_path(), year, publish.public_path(), user_name())
        except PaletteError as error:
            st.error(escape_markdown(str(error)))
            return
        _forget()
        st.rerun()
