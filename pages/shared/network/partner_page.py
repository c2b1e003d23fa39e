"""One partner on one page: who it is, how to reach it, who was sent there and what came of it, needs, projects."""

from collections import Counter

import streamlit as st

from db.base.errors import NotFoundError
from db.base.french import french_date, french_number
from db.model.dictionary import ACTION, EXIT, PARTNER
from db.model.fields import Field
from db.model.office import Office
from db.model.types import Context
from db.rows import partners, records
from db.rows.partners import Sent
from db.rows.records import Row
from pages.shared.form import dialog
from pages.shared.network import addresses
from pages.shared.shell.markdown import escape_markdown

_SHOWN_AT_FIRST = 20
_LINKS = ("website", "source_link")
_ELSEWHERE = ("name", "kind", "latitude", "longitude")
"""The fields that the page shows in another way, or not at all."""


def show(db: Office, number: int) -> None:
    """Show the page of a partner, or say that there is none."""
    back = "Qui peut aider ?" if addresses.is_search() else "Réseau"
    st.button(f"← {back}", key="partner:back", type="tertiary", on_click=addresses.close_partner)
    table, context = db.tables[PARTNER.name], records.context(db)
    try:
        partner = records.get(db, table, number)
    except NotFoundError as error:
        st.title("Partenaire")
        st.warning(escape_markdown(str(error)))
        return
    _show_head(partner, context, table.field("kind"))
    sent = partners.sent(db, number)
    _show_figures(sent)
    with st.grid(2, min_column_width=320):
        for section, fields in table.sections.items():
            _show_section(section, [field for field in fields if field.name not in _ELSEWHERE], partner, context)
    _show_sent(db, sent, context)
    _show_rows(db, "Besoins auxquels il répond", partners.needs(db, number), "need", context)
    _show_rows(db, "Projets avec lui", partners.projects(db, number), "project", context)


def _show_head(partner: Row, context: Context, kind: Field) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(escape_markdown(partner.values["name"]), anchor=False, width="stretch")
        if st.button("Modifier", icon=":material/edit:", key="partner:edit"):
            dialog.edit_dialog(PARTNER.name, partner.id)
    facts = (kind.type.show(partner.values["kind"], context), partner.values["town"])
    st.caption(escape_markdown(" · ".join(filter(None, facts))))


def _show_figures(sent: list[Sent]) -> None:
    states = Counter(state for one in sent for _, state in one.actions)
    numbers = (
        (
            "Personnes envoyées",
            len(sent),
            "Avec un entretien ou une démarche auprès de lui, ou une action qu’il porte.",
        ),
        ("Entretiens et démarches", sum(len(one.meetings) for one in sent), "Où ce partenaire est noté."),
        ("Actions portées", states.total(), "Les actions du plan dont il est l’organisme."),
        ("dont faites", states["done"], "À l’état « Faite »."),
    )
    with st.grid(4, min_column_width=125, gap="small"):
        for label, number, why in numbers:
            st.metric(label, french_number(number), help=why)


def _show_section(section: str, fields: list[Field], partner: Row, context: Context) -> None:
    lines, links = [], []
    for field in fields:
        text = field.type.show(partner.values[field.name], context)
        if field.name in _LINKS and text.startswith(("https://", "http://")):
            links.append((field.label, text))
        elif text:
            lines.append(f"{escape_markdown(field.label)} : {escape_markdown(text)}".replace("\n", "  \n"))
    if not lines and not links and section == "Source":
        lines = [":gray[Saisi par l’équipe.]"]
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(section)}**")
        st.markdown("  \n".join(lines) if lines or links else ":gray[Rien n’est renseigné.]")
        for label, address in links:
            st.link_button(label, address, icon=":material/open_in_new:", type="tertiary")


def _show_sent(db: Office, sent: list[Sent], context: Context) -> None:
    st.subheader("Qui y a été envoyé", anchor=False)
    if not sent:
        st.caption("Personne encore : un entretien ou une action du plan qui nomme ce partenaire le dira.")
        return
    st.caption("Une sortie est dite quand elle est venue après ; le fichier ne dit pas qu’elle en vient.")
    show_all = len(sent) > _SHOWN_AT_FIRST and st.toggle(f"Tout montrer ({len(sent)})", key="partner:all")
    with st.container(gap="small"):
        for one in sent if show_all else sent[:_SHOWN_AT_FIRST]:
            name, text = st.columns([2, 5], vertical_alignment="center", gap="small")
            title = escape_markdown(context.title("person", one.person))
            if name.button(title, key=f"partner:person:{one.person}", type="tertiary", icon=":material/person:"):
                st.switch_page("person.py", query_params={"dossier": str(one.person)})
            text.markdown(escape_markdown(_came_of(db, one, context)))


def _came_of(db: Office, one: Sent, context: Context) -> str:
    """« 3 entretiens ou démarches, le dernier le 12/03/2025 · « Passer le permis » : Faite · sortie le …»."""
    parts = []
    if one.meetings:
        count = len(one.meetings)
        noun = "entretiens ou démarches, le dernier le" if count > 1 else "entretien ou démarche, le"
        parts.append(f"{french_number(count)} {noun} {french_date(one.latest)}")
    state, reason = db.tables[ACTION.name].field("state"), db.tables[EXIT.name].field("reason")
    parts += [f"« {objective} » : {state.type.show(code, context)}" for objective, code in one.actions]
    if one.exit:
        parts.append(f"sortie ensuite, le {french_date(one.exit[0])} : {reason.type.show(one.exit[1], context)}")
    return " · ".join(parts)


def _show_rows(db: Office, heading: str, rows: list[Row], table: str, context: Context) -> None:
    if not rows:
        return
    st.subheader(heading, anchor=False)
    shown = [field for field in db.tables[table].fields if field.name in ("state", "kind", "starts_on", "noted_on")]
    for row in rows:
        text, button = st.columns([8, 1], vertical_alignment="center", gap="small")
        facts = " · ".join(filter(None, (field.type.show(row.values[field.name], context) for field in shown)))
        text.markdown(f"**{escape_markdown(context.title(table, row.id))}** :gray[{escape_markdown(facts)}]")
        if button.button("Ouvrir", key=f"partner:{table}:{row.id}", type="tertiary"):
            dialog.edit_dialog(table, row.id)
