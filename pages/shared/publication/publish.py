"""Publish a year: why numbers are rounded, published beside true numbers, the auditor's verdicts, the button."""

import os
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from db.base.errors import PaletteError
from db.base.folders import office_path
from db.base.french import french_number
from db.base.progress import Progress
from db.figures import counting
from db.model.office import Office
from db.model.roles import Role
from db.rows import records
from db.storage import connection
from pages.shared.shell import jobs
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import unrestricted_office, user_name
from publication import prepared, publish
from publication.audit.auditor import ATTACKS, Verdict
from publication.audit.comparison import ComparedTable
from publication.prepared import Outcome
from publication.publish import Preview
from publication.release import ledger, public_facts
from reports import file_process
from reports.content import quantities
from reports.file_process import FromOffice

_JOB, _CHECK = "publish", "publish-check"


def explain() -> None:
    """Show a short explanation for first-time users."""
    st.markdown(
        "Les partenaires voient **des groupes, jamais des personnes**. Chaque nombre publié est un **multiple de 5**, "
        "tous les tableaux s’additionnent au même total, et **0 veut dire « aucune ou quelques personnes »**."
    )
    with st.expander("Pourquoi arrondir ?"):
        st.markdown(
            "« 2 femmes de plus de 50 ans en artisanat d’art » : quelqu’un les reconnaîtrait. Masquer les petits "
            "nombres ne suffit pas : en soustrayant les autres du total, on les retrouve. Arrondis ensemble, ils sont "
            "introuvables, et les grandes lignes restent justes :"
        )
        st.table(_EXAMPLE, hide_index=True)
        st.markdown(
            "Avant d’être arrondi, chaque nombre est déplacé de quelques personnes, au hasard, avec une clé secrète : "
            "qui connaît tout le monde sauf une personne n’apprend presque rien sur elle (5 points au plus sur ce que "
            "les parts publiées disent déjà). Avant chaque mise en ligne, un **auditeur** tente "
            f"{len(ATTACKS)} attaques sur les chiffres ; une seule qui réussit, et rien n’est publié."
        )


_EXAMPLE = pd.DataFrame(
    [
        ("Femmes de plus de 50 ans en artisanat d’art", "2", "0"),
        ("Femmes", "64", "65"),
        ("Personnes suivies", "139", "140"),
    ],
    columns=["Exemple", "Vrai", "Publié"],
)


def show_online(db: Office) -> None:
    """Show the years online, a link to the site, and a button that audits them again."""
    years = list(publish.releases_online(ledger.read_entries(db)))
    st.subheader("En ligne")
    if not years:
        st.info("Rien n’est publié pour l’instant.")
        return
    site = os.environ.get("PALETTE_SITE")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Années : **{', '.join(map(str, years))}**", width="content")
        if site:
            st.link_button("Voir le site des partenaires", site, icon=":material/open_in_new:")
        if st.button("Vérifier de nouveau", icon=":material/shield:", key="publish:check"):
            check_again()
    jobs.show(_CHECK)
    verdicts: Sequence[Verdict] | None = jobs.result(_CHECK)
    if verdicts is not None:
        show_verdicts(verdicts)


def check_again() -> None:
    """Start an audit of what is online; the next run shows it."""
    make = partial(publish.check_as_bytes, private=office_path(), path=publish.public_path())
    work = FromOffice(make, office_path(), None)
    jobs.start(_CHECK, "L’auditeur", lambda tick: prepared.verdicts_from_bytes(file_process.make(work, tick)))


# --- prepare a year


def prepare(db: Office) -> None:
    """Show a choice of years, the published numbers beside the true ones, and the button to publish."""
    st.subheader("Publier une année")
    first, last = counting.first_year(db), int(records.today()[:4]) - 1
    if first is None or first > last:
        st.info("Aucune année entière dans le fichier : une publication porte sur une année finie.")
        return
    year = st.selectbox("Année", range(last, first - 1, -1), key="publish:year", width=130)
    try:
        with st.spinner("Calcul des chiffres arrondis…"):
            preview = _preview(db, year)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    _show_headline(preview)
    _show_button(db, year, preview)
    _show_comparison(preview)


def _preview(db: Office, year: int) -> Preview:
    key = ("preview", year, len(ledger.read_entries(db)), _facts_modified())
    return connection.remembered(db, key, lambda: publish.preview(db, office_path(), year))


def _facts_modified() -> float:
    """Return the modification time of the public facts, 0 without a file."""
    path = public_facts.path_beside(office_path())
    return path.stat().st_mtime if path.exists() else 0.0


def _show_headline(preview: Preview) -> None:
    with st.container(horizontal=True):
        st.metric("Personnes suivies, au vrai", quantities.number(preview.total), border=True)
        st.metric("Dans les tableaux publiés", quantities.number(preview.release.rounded), border=True)
        distance = f"{french_number(preview.distance, 1)} personne{'s' * (preview.distance >= 2)}"
        st.metric("Écart moyen au vrai", distance, border=True, help="Par nombre publié, à la hausse ou à la baisse.")


def _show_button(db: Office, year: int, preview: Preview) -> None:
    if reason := publish.why_refused(db, year):
        st.warning(reason, icon=":material/key:")
    elif preview.published:
        st.caption(
            f"{year} est en ligne avec ces chiffres. Une année publiée ne change plus, même si le fichier change."
        )
    else:
        label, icon = f"Publier {year}", ":material/public:"
        busy = jobs.running(_JOB)  # a second click would start the job again
        st.button(
            label, type="primary", icon=icon, key="publish:go", on_click=_start, args=(year, user_name()), disabled=busy
        )
    jobs.show(_JOB)
    outcome: Outcome | None = jobs.result(_JOB)
    if outcome is not None and outcome.year == year:
        _show_outcome(outcome)


def _start(year: int, name: str) -> None:
    db, private, to = unrestricted_office(Role.PILOTE), office_path(), publish.public_path()
    there = FromOffice(partial(publish.prepare_as_bytes, private=private, year=year), private, None)

    def release(tick: Progress) -> Outcome:
        publish.adopt_online(db, to)
        return publish.place(db, private, prepared.from_bytes(file_process.make(there, tick)), to, name)

    jobs.start(_JOB, f"Publier {year}", release)


def _show_outcome(outcome: Outcome) -> None:
    show = {"new": st.success, "refused": st.error}.get(outcome.kind, st.info)
    show(escape_markdown(outcome.sentence))
    if outcome.verdicts:
        show_verdicts(outcome.verdicts)
    if outcome.secrets:
        with st.expander("Ce que l’auditeur a mesuré au vrai, pour l’équipe seulement"):
            st.table(pd.DataFrame(outcome.secrets.items(), columns=["Mesure", "Valeur"]), hide_index=True)
    if outcome.measures:
        with st.expander("Attestation, publiée avec les chiffres"):
            st.table(pd.DataFrame(outcome.measures.items(), columns=["Mesure", "Valeur"]), hide_index=True)


def show_verdicts(verdicts: Sequence[Verdict]) -> None:
    """Show each attack, what it tries, and whether it was withstood."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    label = "toutes repoussées" if not failed else f"{len(failed)} réussies" if len(failed) > 1 else "une réussie"
    with st.expander(f"Les {len(verdicts)} attaques de l’auditeur : {label}", expanded=bool(failed)):
        lines = [
            (str(one.attack.number), one.attack.title, one.attack.tries, "Repoussée" if one.passed else "Réussie")
            for one in verdicts
        ]
        st.table(pd.DataFrame(lines, columns=["N°", "Attaque", "Ce qu’elle tente", "Résultat"]), hide_index=True)
        for verdict in failed:
            for reason in verdict.reasons[:20]:
                st.error(escape_markdown(f"{verdict.attack.title} : {reason}"))


def _show_comparison(preview: Preview) -> None:
    """Show one table at a time: true, published, difference."""
    titles = {table.name: table.title for table in preview.tables}
    name = st.selectbox("Tableau", titles, format_func=titles.__getitem__, key="publish:table")
    table = next(table for table in preview.tables if table.name == name)
    st.table(_to_frame(table), hide_index=True)
    st.caption(f"{table.unit[0].upper()}{table.unit[1:]}. La colonne « Vrai » ne quitte jamais ce fichier.")


def _to_frame(table: ComparedTable) -> pd.DataFrame:
    lines = [
        (
            *cell.labels,
            quantities.number(cell.true),
            quantities.number(cell.published),
            quantities.change(cell.published, cell.true),
        )
        for cell in table.cells
    ]
    return pd.DataFrame(lines, columns=[*table.headings, "Vrai", "Publié", "Écart"])
