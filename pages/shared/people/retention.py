"""The parts of « Conservation ». Nothing is archived or erased before an administrator has confirmed the list."""

from collections.abc import Callable

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_date
from db.model.office import Office
from db.model.roles import Role
from db.people import erasure, retention
from db.people.retention import Kept
from db.rows import records
from pages.shared.shell.addresses import row_number
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name

_MOST = 50
"""At most this many persons are confirmed at once: a longer list would not be read."""
_DONE = "keeping:done"
_AFTER = (
    "Effacer est définitif : la personne disparaît des tables, de l’historique, de la recherche et du fichier lui-même."
    " Restent les chiffres déjà figés ou publiés, et une ligne sans contenu qui dit quand et par qui. Les sauvegardes"
    " déjà faites la contiennent jusqu’à leur propre disparition (huit semaines) ; reprendre l’une d’elles l’efface de"
    " nouveau. Figez d’abord les bilans des années que vous voudrez relire : les chiffres recalculés ne la compteront"
    " plus."
)


def explain(db: Office) -> None:
    """Show the limits in force."""
    limits = records.get(db, db.tables["setting"], 1).values
    st.caption(
        f"Sans aucun contact depuis {limits['archive_months']} mois, un dossier est proposé à l’archivage ; archivé"
        f" depuis {limits['erase_months']} mois, à l’effacement. Rien ne part sans votre accord. Les traces de"
        f" consultation partent d’elles-mêmes après {limits['trace_months']} mois. Ces durées sont dans « Réglages »."
    )


def show_done() -> None:
    """Show what the previous run did."""
    done = st.session_state.pop(_DONE, "")
    if done:
        st.success(done)


def to_archive(db: Office, today: str) -> None:
    """Show the persons without recent contact, and archive those ticked."""
    rows = retention.to_archive(db, today)
    if not rows:
        st.info("Aucun dossier à archiver aujourd’hui.")
        return
    st.caption("Archivé, un dossier quitte les listes et la recherche ; les chiffres le comptent toujours.")
    chosen = _ticked(rows, "archive", ticked=True)
    if st.button(f"Archiver {_files(chosen)}", type="primary", disabled=not chosen, icon=":material/inventory_2:"):
        _do(lambda db: retention.archive(db, chosen, today, user_name()), f"Archivé : {_files(chosen)}.")


def archives(db: Office, today: str) -> None:
    """Show the archived persons, and bring back those ticked."""
    rows = retention.archived(db, today)
    if not rows:
        st.info("Les archives sont vides.")
        return
    chosen = _ticked(rows, "back", ticked=False)
    if st.button(f"Reprendre {_files(chosen)}", disabled=not chosen, icon=":material/unarchive:"):
        _do(
            lambda db: retention.bring_back(db, chosen, user_name()),
            f"De nouveau parmi les dossiers : {_files(chosen)}.",
        )


def to_erase(db: Office, today: str) -> None:
    """Show the persons archived for long enough, and erase those ticked."""
    rows = retention.to_erase(db, today)
    if not rows:
        st.info("Aucun dossier à effacer aujourd’hui.")
        return
    chosen = _ticked(rows, "erase", ticked=True)
    if st.button(f"Effacer {_files(chosen)}…", type="primary", disabled=not chosen, icon=":material/delete_forever:"):
        _confirm(chosen)


def on_demand(db: Office, today: str) -> None:
    """Erase one person on their request (GDPR, article 17)."""
    st.caption(
        "Une personne peut demander l’effacement. Tant que le suivi relève d’une mission de service public, le"
        " département peut devoir refuser : voyez son délégué à la protection des données."
    )
    help_text = "Le numéro que porte l’adresse du dossier."
    number = st.text_input("Dossier n°", key="keeping:number", width=160, placeholder="12", help=help_text)
    if not number.strip():
        return
    kept = retention.of_person(db, row_number(number), today)
    if kept is None:
        st.warning("Il n’y a pas de dossier sous ce numéro.")
        return
    st.markdown(f"**{escape_markdown(kept.name)}** · {_status(kept)}")
    if st.button("Effacer ce dossier…", icon=":material/delete_forever:"):
        _confirm([kept])


# ---- choosing and confirming


def _ticked(rows: list[Kept], key: str, ticked: bool) -> list[Kept]:
    """Show a checkbox for each of the first persons and return those ticked. ``ticked``: whether they are at first."""
    shown = rows[:_MOST]
    if len(rows) > _MOST:
        st.caption(f"Les {_MOST} plus anciens des {len(rows)} dossiers ; les suivants viendront ensuite.")
    keys = {kept.person_id: f"keeping:{key}:{kept.person_id}:{kept.version}" for kept in shown}
    for name in keys.values():
        st.session_state.setdefault(name, ticked)
    if len(shown) > 1:
        with st.container(horizontal=True):
            for label, value in (("Tout cocher", True), ("Tout décocher", False)):
                st.button(label, key=f"keeping:{key}:{value}", type="tertiary", on_click=_set_all, args=(keys, value))
    with st.container(border=True, gap="xsmall"):
        return [
            one
            for one in shown
            if st.checkbox(f"**{escape_markdown(one.name)}** · {_status(one)}", key=keys[one.person_id])
        ]


def _set_all(keys: dict[int, str], ticked: bool) -> None:
    for name in keys.values():
        st.session_state[name] = ticked


def _status(kept: Kept) -> str:
    state = ""
    if kept.archived_on:
        state = f" · archivé le {french_date(kept.archived_on)}"
    return f"dernier contact le {french_date(kept.last_contact)}{state}" + " · supprimé" * kept.deleted


def _files(chosen: list[Kept]) -> str:
    return f"{len(chosen)} dossier" + "s" * (len(chosen) > 1)


@st.dialog("Effacer pour de bon")
def _confirm(chosen: list[Kept]) -> None:
    st.markdown("\n".join(f"- {escape_markdown(kept.name)} (n° {kept.person_id})" for kept in chosen))
    st.caption(_AFTER)
    sure = st.checkbox("J’ai relu cette liste", key="keeping:sure")
    if st.button(f"Effacer {_files(chosen)}", type="primary", disabled=not sure, key="keeping:erase"):
        ids = [kept.person_id for kept in chosen]
        _do(lambda db: erasure.erase(db, ids, user_name()), f"Effacé : {_files(chosen)}.")


def _do(work: Callable[[Office], object], done: str) -> None:
    """Do something with an administrator's rights and show it in the next run, or show the error."""
    try:
        work(unrestricted_office(Role.ADMIN))
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    st.session_state[_DONE] = done
    st.rerun()
