"""« Qui peut aider ? »: an obstacle, a commune, and the partners that could help, with why each is named."""

from functools import partial

import streamlit as st

from db.base.errors import NotFoundError
from db.base.french import french_number
from db.model.dictionary import PARTNER, PERSON
from db.model.lists import OBSTACLES
from db.model.office import Office
from db.model.types import Context, Phone
from db.people import places, who_helps
from db.people.places import Places, Position
from db.people.who_helps import Helper
from db.rows import records
from pages.shared.network import addresses
from pages.shared.shell.addresses import NO_NUMBER
from pages.shared.shell.markdown import escape_markdown

_TOWN, _FOR = "network:town", "network:for"
_KEPT = "network:near"
"""What was typed as the commune: Streamlit forgets a widget while a partner's page is shown."""
_SHOWN_AT_FIRST = 12
_ORDER = (
    "D’abord ceux dont le fichier dit qu’ils aident sur ce frein, puis ceux chez qui des personnes ont été envoyées"
    " dans le domaine d’une telle action, enfin ceux dont la description en parle. Les plus proches viennent d’abord"
    " (10, 25, 50 km, au-delà, inconnue), puis qui a le plus fait. À vol d’oiseau ; « environ » : celle de la commune."
)


def show(db: Office) -> None:
    """Show the search and its answer."""
    _show_way_back()
    st.title("Qui peut aider ?", anchor=False)
    context, known = records.context(db), places.read(db)
    st.session_state.setdefault(_TOWN, st.session_state.get(_KEPT, ""))
    _take_person(db)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        obstacle = _ask_obstacle(context)
        typed = st.text_input("Près de (commune ou code postal)", key=_TOWN, width=280, placeholder="Figeac, 46100…")
    st.session_state[_KEPT] = typed
    if not obstacle:
        st.caption("Choisissez un frein : Palette dira quels partenaires pourraient aider, et pourquoi.")
        return
    town, near = _near(known, typed)
    helpers = who_helps.find(db, obstacle, known, near)
    if not helpers:
        st.info(
            "Rien dans le fichier ne dit qu’un partenaire aide sur ce frein. Dites-le dans sa fiche (« Aide sur les"
            " freins »), ou importez la liste des structures de data·inclusion."
        )
        return
    count = len(helpers)
    where = f" près de {escape_markdown(town)}" if town and near else ""
    st.markdown(f"**{french_number(count)} partenaire{'s' * (count > 1)}**{where}", help=_ORDER)
    for helper in helpers[: count if _wants_all(count) else _SHOWN_AT_FIRST]:
        _show(db, helper, obstacle, context, bool(near))


def _show_way_back() -> None:
    """Go back to the person's file that the search was opened from, or to the grid."""
    number = addresses.person()
    if not number:
        st.button("← Réseau", key="helps:back", type="tertiary", on_click=addresses.close_search)
    elif st.button("← Dossier", key="helps:back", type="tertiary"):
        st.switch_page("person.py", query_params={"dossier": str(number)})


def _wants_all(count: int) -> bool:
    return count > _SHOWN_AT_FIRST and st.toggle(f"Tout montrer ({count})", key="helps:all")


def _take_person(db: Office) -> None:
    """Begin with the commune of the person in the address, once: it can then be typed over."""
    number = addresses.person()
    if number == 0:
        st.warning(NO_NUMBER)
    if not number or st.session_state.get(_FOR) == number:
        return
    st.session_state[_FOR] = number
    try:
        st.session_state[_TOWN] = records.get(db, db.tables[PERSON.name], number).values["town"] or ""
    except NotFoundError:
        st.warning("La personne que nomme l’adresse n’existe plus : dites la commune.")


def _ask_obstacle(context: Context) -> str | None:
    labels = context.labels[OBSTACLES.name]
    codes = [code for code in labels if code not in context.retired.get(OBSTACLES.name, ())]
    current = addresses.obstacle()
    if current and current not in codes:
        codes.append(current)
    chosen: str | None = st.selectbox(
        "Frein", codes, index=codes.index(current) if current else None, placeholder="Choisir un frein",
        format_func=lambda code: labels.get(code, code), key=f"helps:obstacle:{current}", width=340,
    )  # fmt: skip
    if chosen and chosen != current:
        st.query_params[addresses.OBSTACLE] = chosen
        st.rerun()
    return chosen


def _near(known: Places, typed: str) -> tuple[str, Position | None]:
    """Return the commune that was typed and where it is; ask when the text may be several, or only resembles one."""
    if not typed.strip():
        return "", None
    found = known.find(typed)
    if not found:
        st.warning(
            f"« {escape_markdown(typed)} » n’est la commune d’aucun partenaire ni d’aucune personne du fichier :"
            " les distances sont inconnues."
        )
        return "", None
    own = places.key(found[0])
    if len(found) > 1 or places.key(typed) not in (own, known.postcodes.get(own)):
        _ask_town(found)
        return "", None
    position = known.position(found[0])
    if position is None:
        st.caption(f"{escape_markdown(found[0])} : aucun partenaire n’y a de position connue, les distances manquent.")
    return found[0], position


def _ask_town(found: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Est-ce :", width="content")
        for town in found[:8]:
            st.button(escape_markdown(town), key=f"helps:town:{town}", on_click=partial(_choose_town, town))


def _choose_town(town: str) -> None:
    st.session_state[_TOWN] = town


def _show(db: Office, helper: Helper, obstacle: str, context: Context, has_place: bool) -> None:
    kind = db.tables[PARTNER.name].field("kind").type.show(helper.kind, context)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                f"**{escape_markdown(helper.name)}**", key=f"helps:{helper.id}", type="tertiary",
                on_click=addresses.open_partner, args=(helper.id,),
            )  # fmt: skip
            if has_place:
                st.markdown(_distance(helper), width="content")
        phone = Phone().show(helper.phone, context)
        facts = " · ".join(filter(None, (kind, helper.town, phone)))
        reasons = " ; ".join(_reasons(helper, context.labels[OBSTACLES.name].get(obstacle, obstacle)))
        st.markdown("  \n".join([f":gray[{escape_markdown(facts)}]"] * bool(facts) + [escape_markdown(reasons)]))


def _distance(helper: Helper) -> str:
    if helper.distance is None:
        return ":gray[distance inconnue]"
    if helper.is_near and helper.distance < 0.5:
        return "**dans la commune**"
    about = "environ " * helper.is_near
    return f"**{about}{french_number(round(helper.distance))} km**" if helper.distance >= 1 else "**moins de 1 km**"


def _reasons(helper: Helper, label: str) -> list[str]:
    """Return why a partner is named, in French: « 3 actions « Mobilité » portées, dont 2 faites »."""
    reasons = [f"aide sur « {label} », d’après sa fiche"] * helper.says_so
    if helper.carried:
        several = "s" * (helper.carried > 1)
        done = f", dont {helper.done} faite{'s' * (helper.done > 1)}" if helper.done else ", aucune faite encore"
        reasons.append(f"{french_number(helper.carried)} action{several} « {label} » portée{several}{done}")
    if helper.sent:
        who = "personnes y ont été envoyées" if helper.sent > 1 else "personne y a été envoyée"
        reasons.append(f"{french_number(helper.sent)} {who} dans le domaine d’une telle action")
    if helper.needs:
        noun = "besoins recensés" if helper.needs > 1 else "besoin recensé"
        reasons.append(f"répond à {french_number(helper.needs)} {noun}")
    if helper.word:
        reasons.append("son nom ou sa description en parle, sans plus")
    return [reason[0].upper() + reason[1:] if not index else reason for index, reason in enumerate(reasons)]
