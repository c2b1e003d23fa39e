"""In which coarse categories a field may be published: data only. A field with none is never published.

Each grouping is one column of the public file. Every person falls into one category: what a list gains later, and
what was never filled in, goes to ``rest``, so that an empty category never tells who is « non renseigné ». Changing
categories wants a new ``version``: it starts a new series of tables. Source: publication.md, « Menu ».
"""

from collections.abc import Mapping

from db.model.fields import Grouping
from db.model.lists import AID_TYPES, INTERVENTION_DOMAINS, OBSTACLES
from db.model.types import ValueList


def _each(values: ValueList, but: tuple[str, ...] = (), labels: Mapping[str, str] = {}) -> dict[str, tuple[str, ...]]:
    """Every value of a list as a category of its own, ``but`` some that came after the series had begun; ``labels``:
    those that are published under the label that they had then."""
    return {labels.get(code, label): (code,) for code, label in values.values.items() if code not in but}


GENDER = Grouping(
    "genre",
    "Genre",
    "gender",
    {"Femmes": ("woman",)},
    rest="Hommes, autre ou non précisé",  # apart, the few others would be derived by subtraction
)
AGE = Grouping("age", "Âge", "age", {"50 ans et plus": ("4", "5")}, "Moins de 50 ans")
DOMAIN = Grouping(
    "domaine",
    "Domaine d’activité",
    "domain",
    {
        "Arts plastiques et visuels": ("visual_arts",),
        "Artisanat d’art": ("crafts",),
        "Spectacle vivant": ("performing_arts",),
    },
    "Autres domaines",
    ("genre",),
)
HOUSEHOLD = Grouping(
    "foyer",
    "Foyer",
    "household",
    {"Personne seule": ("alone",), "Famille monoparentale": ("single_parent",)},
    "Couple ou non renseigné",
    ("genre", "age"),
)
EDUCATION = Grouping(
    "etudes",
    "Niveau d’études",
    "education",
    {"Bac + 2 et plus": ("bac2", "licence", "master", "doctorate")},
    "Moins de Bac + 2 ou non renseigné",
    ("domaine", "age"),
)
ORIGIN = Grouping(
    "origine",
    "Origine",
    "origin",
    {"Originaire du Lot": ("lot",), "Origine étrangère": ("foreign",)},
    "Installée par choix de vie ou non renseigné",
)
SENIORITY = Grouping(
    "anciennete",
    "Ancienneté au RSA",
    "seniority",
    {"Moins de 2 ans": ("0", "1", "2")},
    "2 ans et plus ou non renseigné",
    ("age", "etudes", "foyer"),
)
EXITS = Grouping(
    "motif",
    "Motif de sortie du RSA",
    "by_reason",
    {"Revenus supérieurs": ("income",), "Emploi salarié": ("job",), "Régime de l’intermittence": ("intermittent",)},
    "Autres motifs",
)
OBSTACLE = Grouping("frein", "Frein", "obstacles", _each(OBSTACLES, but=("carer",)), "Autre frein")
_AS_PUBLISHED = {"company": "Création d’entreprise, démarches auprès du CFE"}
INTERVENTION = Grouping(
    "intervention",
    "Domaine d’intervention",
    "interventions",
    _each(INTERVENTION_DOMAINS, labels=_AS_PUBLISHED),
    "Autre domaine",
)
AID = Grouping(
    "aide",
    "Type d’aide",
    "aids",
    {
        AID_TYPES.values["equipment"]: ("equipment",),
        "Formation et mobilité": ("training", "mobility"),
        "Communication et lieux de diffusion": ("communication", "venue"),
    },
    "Création d’entreprise, gestion et autres",
)
AMOUNT = Grouping("montant", "Montant accordé", "aids", {}, "")
CONTRACT = Grouping("contrat", "Contrat signé dans l’année", "cer_signed", {}, "Personnes ayant signé un contrat")
DIAGNOSTIC = Grouping(
    "diagnostic",
    "Diagnostic terminé dans l’année",
    "diagnostics_completed",
    {},
    "Personnes ayant terminé un diagnostic",
)
