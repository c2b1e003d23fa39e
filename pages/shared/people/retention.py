"""The parts of « Conservation ». Nothing happens before somebody has seen the list and confirmed it."""

from collections.abc import Callable

import streamlit as st

from db.base.errors import PaletteError
from db.base.french import french_date
from db.model.office import Office
from db.model.roles import Role
from db.people import erasure, retention
from db.people.retention import Kept
from db.rows import records
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name

_MOST = 50
"""At most so many files are confirmed at once: a longer list is not read."""
_DONE = "keeping:done"
_AFTER = (
    "Effacer est définitif : la personne disparaît des tables, de l’historique, de la recherche et du fichier lui-même."
    " Restent les chiffres déjà figés ou publiés, et une ligne sans contenu qui dit quand et par qui. Les sauvegardes"
    " déjà faites la contiennent jusqu’à leur propre disparition (huit semaines) ; reprendre l’une d’elles l’efface de"
    " nouveau. Figez d’abord les bilans des années que vous voudrez relire : les chiffres recalculés ne la compteront"
    " plus."
)


def explain(db: Office) -> None:
    """The limits in force."""
    limits = records.get(db, db.tables["setting"], 1).values
    st.caption(
        f"Sans aucun contact depuis {limits['archive_months']} mois, un dossier est proposé à l’archivage ; archivé"
        f" depuis {limits['erase_months']} mois, à l’effacement. Rien ne part sans votre accord. Les traces de"
        f" consultation partent d’elles-mêmes après {limits['trace_months']} mois. Ces durées sont dans « Réglages »."
    )


def show_done() -> None:
    """What the last click did."""
    done = st.session_state.pop(_DONE, "")
    if done:
        st.success(done)


def to_archive(db: Office, today: str) -> None:
    """Files without contact."""
    found = retention.to_archive(db, today)
    if not found:
        st.info("Aucun dossier à archiver aujourd’hui.")
        return
    st.caption("Archivé, un dossier quitte les listes et la recherche ; les chiffres le comptent toujours.")
    chosen = _chosen(found, "archive", ticked=True)
    if st.button(f"Archiver {_files(chosen)}", type="primary", disabled=not chosen, icon=":material/inventory_2:"):
        _do(lambda db: retention.archive(db, chosen, today, user_name()), f"Archivé : {_files(chosen)}.")


def archives(db: Office, today: str) -> None:
    """What is in the archives, and the way back."""
    found = retention.archived(db, today)
    if not found:
        st.info("Les archives sont vides.")
        return
    chosen = _chosen(found, "back", ticked=False)
    if st.button(f"Reprendre {_files(chosen)}", disabled=not chosen, icon=":material/unarchive:"):
        _do(
            lambda db: retention.bring_back(db, chosen, user_name()),
            f"De nouveau parmi les dossiers : {_files(chosen)}.",
        )


def to_erase(db: Office, today: str) -> None:
    """Files whose time has come."""
    found = retention.to_erase(db, today)
    if not found:
        st.info("Aucun dossier à effacer aujourd’hui.")
        return
    chosen = _chosen(found, "erase", ticked=True)
    if st.button(f"Effacer {_files(chosen)}…", type="primary", disabled=not chosen, icon=":material/delete_forever:"):
        _confirm(chosen)


def on_demand(db: Office, today: str) -> None:
    """One person who asks to be erased (GDPR, article 17)."""
    st.caption(
        "Une personne peut demander l’effacement. Tant que le suivi relève d’une mission de service public, le"
        " département peut devoir refuser : voyez son délégué à la protection des données."
    )
    told = "Le numéro que porte l’adresse du dossier."
    number = st.text_input("Dossier n°", key="keeping:number", width=160, placeholder="12", help=told)
    if not number.strip():
        return
    kept = retention.of_person(db, int(number), today) if number.strip().isdecimal() else None
    if kept is None:
        st.warning("Il n’y a pas de dossier sous ce numéro.")
        return
    st.markdown(f"**{escape_markdown(kept.name)}** · {_told(kept)}")
    if st.button("Effacer ce dossier…", icon=":material/delete_forever:"):
        _confirm([kept])


# ---- choosing and doing


def _chosen(found: list[Kept], key: str, ticked: bool) -> list[Kept]:
    """The files that are ticked, of those that waited longest."""
    shown = found[:_MOST]
    if len(found) > _MOST:
        st.caption(f"Les {_MOST} plus anciens des {len(found)} dossiers ; les suivants viendront ensuite.")
    keys = {one.person_id: f"keeping:{key}:{one.person_id}:{one.version}" for one in shown}
    for name in keys.values():
        st.session_state.setdefault(name, ticked)
    if len(shown) > 1:
        with st.container(horizontal=True):
            for label, value in (("Tout cocher", True), ("Tout décocher", False)):
                st.button(label, key=f"keeping:{key}:{value}", type="tertiary", on_click=_tick, args=(keys, value))
    with st.container(border=True, gap="xsmall"):
        return [
            one
            for one in shown
            if st.checkbox(f"**{escape_markdown(one.name)}** · {_told(one)}", key=keys[one.person_id])
        ]


def _tick(keys: dict[int, str], ticked: bool) -> None:
    for name in keys.values():
        st.session_state[name] = ticked


def _told(kept: Kept) -> str:
    state = ""
    if kept.archived_on:
        state = f" · archivé le {french_date(kept.archived_on)}"
    return f"dernier contact le {french_date(kept.last_contact)}{state}" + " · supprimé" * kept.deleted


def _files(chosen: list[Kept]) -> str:
    return f"{len(chosen)} dossier" + "s" * (len(chosen) > 1)


@st.dialog("Effacer pour de bon")
def _confirm(chosen: list[Kept]) -> None:
    st.markdown("\n".join(f"- {escape_markdown(one.name)} (n° {one.person_id})" for one in chosen))
    st.caption(_AFTER)
    sure = st.checkbox("J’ai relu cette liste", key="keeping:sure")
    if st.button(f"Effacer {_files(chosen)}", type="primary", disabled=not sure, key="keeping:erase"):
        ids = [one.person_id for one in chosen]
        _do(lambda db: erasure.erase(db, ids, user_name()), f"Effacé : {_files(chosen)}.")


def _do(work: Callable[[Office], object], done: str) -> None:
    """Do it in the name of an administrator, and say so on the next run; or say why not."""
    try:
        work(unrestricted_office(Role.ADMIN))
    except PaletteError as error:
        st.error(str(error))
        return
    st.session_state[_DONE] = done
    st.rerun()
