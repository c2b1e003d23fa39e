"""What the documents of contracts say, in order: data only (blocks.py). ``part`` names what the law asks of a « contrat
d’engagement » (Code du travail, articles L5411-6 and R5411-14, R5411-15).
"""
# fmt: off

from reports.documents.blocks import HEADING, QUOTE, SIGNATURES, TABLE, TEXT, Block, DocumentKind

PARTS = {
    "parties": "les deux parties", "diagnostic": "1. le diagnostic sur lequel il repose",
    "office": "2. les engagements de l’organisme référent, qui nomme le référent unique",
    "person": "3. les engagements de la personne", "plan": "4. le plan d’action : objectifs, calendrier, intensité",
    "hours": "4. la durée hebdomadaire", "project": "5. les éléments essentiels du projet d’activité",
    "recourse": "6. les droits, et les voies et délais de recours", "update": "sa durée et son actualisation",
    "signatures": "les signatures",
}
"""What every « contrat d’engagement » holds -> in words."""

_PARTIES = Block(
    TEXT, "Ce contrat lie {{ personne.prenom }} {{ personne.nom }}{% if personne.date_de_naissance %}, date de"
    " naissance : {{ personne.date_de_naissance }}{% endif %}{% if personne.commune %}, demeurant"
    " {{ personne.adresse }} {{ personne.code_postal }} {{ personne.commune }}{% endif %}, et l’organisme référent :"
    " {{ document.service }}, représenté par {{ contrat.referent_unique or '…………………' }}, référent unique.",
    part="parties",
)
_DIAGNOSTIC = Block(
    TEXT, "Ce contrat repose sur le diagnostic établi avec {{ personne.prenom }} {{ personne.nom }}"
    "{% if diagnostic.termine_le %} et terminé le {{ diagnostic.termine_le }}{% endif %}.", part="diagnostic",
)
_VERDICT = Block(TEXT, "{{ document.avis }}", when="document.avis")
_OFFICE = (
    Block(TEXT, "Référent unique : {{ contrat.referent_unique or '…………………' }}.", part="office"),
    Block(TEXT, "{{ contrat.engagements_du_departement }}", when="contrat.engagements_du_departement"),
)
_PERSON = (
    Block(
        TEXT, "{{ personne.prenom }} {{ personne.nom }} s’engage à participer avec assiduité aux actions du plan, et à"
        " donner des informations exactes sur sa situation. Seules les actions écrites dans ce contrat peuvent lui"
        " être demandées.", part="person",
    ),
    Block(TEXT, "{{ contrat.engagements_de_la_personne }}", when="contrat.engagements_de_la_personne"),
    Block(QUOTE, "{{ contrat.paroles_de_la_personne }}", when="contrat.paroles_de_la_personne"),
)
_HOURS = Block(
    TEXT, "Durée hebdomadaire : {% if contrat.heures_par_semaine %}{{ contrat.heures_par_semaine }} par semaine"
    "{% else %}{{ contrat.duree_hebdomadaire or '…………………' }}{% endif %}"
    "{% if contrat.heures_par_semaine and contrat.duree_hebdomadaire %} ({{ contrat.duree_hebdomadaire }}){% endif %}.",
    part="hours",
)
_PLAN = Block(
    TABLE, "Ce qui sera fait, avec qui et pour quand", when="actions", each="actions", part="plan", columns=(
        ("Objectif", "{{ action.objectif }}", 7), ("Nature", "{{ action.nature_de_l_action }}", 6),
        ("Heures", "{{ action.heures_par_semaine }}", 3),
        ("Comment", "{{ action.comment }}", 4), ("Échéance", "{{ action.echeance }}", 4),
    ),
)
_NO_PLAN = Block(TEXT, "Aucune action n’est encore inscrite dans ce contrat.", when="not actions")
_DURATION = Block(
    TEXT, "Ce contrat prend effet le {{ contrat.du }}{% if contrat.au %} et se termine le {{ contrat.au }}{% endif %}."
    "{% if contrat.prochaine_actualisation %} Il sera actualisé le {{ contrat.prochaine_actualisation }} au plus tard,"
    " ou dès que la situation change.{% else %} Il est actualisé périodiquement, d’un commun accord.{% endif %}",
    part="update",
)
_RECOURSE = (
    Block(
        TEXT, "Chacun peut demander à modifier ce contrat quand la situation change. {{ personne.prenom }}"
        " {{ personne.nom }} peut consulter et faire corriger les informations qui la ou le concernent.",
    ),
    Block(TEXT, "{{ document.recours }}", part="recourse"),
)
SIGNATORIES = (
    "{{ personne.prenom }} {{ personne.nom }}",
    "Le référent unique{% if contrat.referent_unique %}, {{ contrat.referent_unique }}{% endif %}",
)
"""Over the two places to sign."""
_SIGNATURES = Block(
    SIGNATURES, "Fait à {{ document.commune }}, le {{ contrat.signe_le or '…………………' }}, en deux exemplaires.",
    part="signatures",
)


def _engagement(*opening: Block) -> tuple[Block, ...]:
    return (
        _PARTIES, *opening,
        Block(HEADING, "1. Le diagnostic"), _DIAGNOSTIC, _VERDICT,
        Block(HEADING, "2. Ce à quoi le Département s’engage"), *_OFFICE,
        Block(HEADING, "3. Ce à quoi {{ personne.prenom }} {{ personne.nom }} s’engage"), *_PERSON,
        Block(HEADING, "4. Le plan d’action"),
        Block(TEXT, "{{ contrat.objectifs }}", when="contrat.objectifs"), _HOURS, _PLAN, _NO_PLAN,
        Block(HEADING, "5. Le projet d’activité"),
        Block(TEXT, "{{ contrat.projet_d_activite }}", when="contrat.projet_d_activite", part="project"),
        Block(TEXT, "Ce contrat ne porte pas de projet d’activité.", when="not contrat.projet_d_activite"),
        Block(HEADING, "6. Durée, droits et recours"), _DURATION, *_RECOURSE, _SIGNATURES,
    )


_REVIEW = (
    Block(HEADING, "Ce que le contrat précédent a permis", when="actions_precedentes or precedent.bilan"),
    Block(
        TABLE, "Ce que chaque action est devenue", when="actions_precedentes", each="actions_precedentes", columns=(
            ("Objectif", "{{ action.objectif }}", 14), ("Échéance", "{{ action.echeance }}", 5),
            ("État", "{{ action.etat }}", 5),
        ),
    ),
    Block(TEXT, "{{ precedent.bilan }}", when="precedent.bilan"),
)
CONTRACTS: tuple[DocumentKind, ...] = (
    DocumentKind("engagement", "Contrat d’engagement", _engagement()),
    DocumentKind("actualisation", "Actualisation du contrat d’engagement", _engagement(*_REVIEW)),
    DocumentKind("cer", "Contrat d’engagements réciproques (CER)", (
        _PARTIES,
        Block(HEADING, "Objectifs"), Block(TEXT, "{{ contrat.objectifs or '…………………' }}"),
        Block(HEADING, "Ce à quoi le Département s’engage"), *_OFFICE,
        Block(HEADING, "Ce à quoi {{ personne.prenom }} {{ personne.nom }} s’engage"),
        Block(TEXT, "{{ contrat.engagements_de_la_personne or '…………………' }}"),
        Block(HEADING, "Le plan d’action", when="actions"),
        Block(
            TABLE, "Ce qui sera fait et pour quand", when="actions", each="actions", columns=(
                ("Objectif", "{{ action.objectif }}", 18), ("Échéance", "{{ action.echeance }}", 6),
            ),
        ),
        Block(HEADING, "Durée, droits et recours"),
        Block(TEXT, "Du {{ contrat.du }} au {{ contrat.au or '…………………' }}."), *_RECOURSE, _SIGNATURES,
    )),
)
"""The documents of contracts."""
