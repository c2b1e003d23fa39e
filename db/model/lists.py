"""THE lists of values: data only. Codes are kept in the file, labels are what people read. Source: domain.md § 2.

A fixed list is one that a rule counts on; every other may be extended, renamed and retired by the office. What offices
write instead of these values in their own spreadsheets stands in import_synonyms.toml.
"""
# fmt: off

from collections.abc import Mapping

from db.model import attachment_rules, import_synonyms
from db.model.types import ValueList


def _list(
    name: str, label: str, values: Mapping[str, str], fixed: bool = False, tones: Mapping[str, str] = {}
) -> ValueList:
    return ValueList(name, label, values, fixed, import_synonyms.of_values(name, values), tones)


GENDERS = _list("gender", "Genre", {"woman": "Femme", "man": "Homme", "other": "Autre ou non précisé"})
DOMAINS = _list(
    "domain", "Domaine d’activité", {
        "visual_arts": "Arts plastiques et visuels", "crafts": "Artisanat d’art",
        "performing_arts": "Spectacle vivant", "literature": "Arts littéraires / Édition",
        "film": "Audiovisuel / Cinéma", "other": "Autres",
    },
)
HOUSEHOLDS = _list(
    "household", "Composition du foyer", {
        "alone": "Personne seule", "single_parent": "Famille monoparentale", "couple": "Couple sans enfant",
        "couple_children": "Couple avec enfant(s)", "unknown": "Non renseigné",
    },
)
EDUCATIONS = _list(
    "education", "Niveau d’études", {
        "none": "Sans diplôme", "cap": "CAP / BEP", "bac": "Bac", "bac2": "Bac + 2", "licence": "Licence (Bac + 3/4)",
        "master": "Master (Bac + 5)", "doctorate": "Doctorat", "unknown": "Non renseigné",
    },
)
ORIGINS = _list(
    "origin",
    "Origine",
    {"lot": "Originaire du Lot", "chosen": "Installé par choix de vie", "foreign": "Origine étrangère"},
)
ACTIVITIES = _list("activity", "Activité", {"declared": "Activité déclarée", "planned": "En projet"})
LEGAL_STATUSES = _list(
    "legal_status", "Statut juridique", {
        "author": "Artiste-auteur", "micro": "Micro-entreprise", "company": "Entreprise individuelle ou société",
        "intermittent": "Intermittence", "employee": "Salariat", "association": "Association",
        "cae": "Coopérative d’activité et d’emploi (CAE)", "portage": "Portage", "none": "Sans statut",
    },
)
TERRITORIES = _list("territory", "Territoire", {"cahors": "Cahors", "figeac": "Figeac", "gourdon": "Gourdon"})
AGENTS = _list("agent", "Agents", {"cipa": "La CIPA", "colleague": "Une collègue", "replacement": "Remplacement"})
BENEFITS = _list(
    "benefit", "Situation de droits", {
        "rsa": "RSA", "rsa_prime": "RSA et prime d’activité", "prime": "Prime d’activité uniquement",
        "are": "ARE spectacle", "ass": "ASS", "none": "Aucun",
    }, fixed=True,
)
OBSTACLES = _list(
    "obstacle", "Freins", {
        "housing": "Logement", "mobility": "Mobilité", "family": "Contraintes familiales et garde d’enfants",
        "money": "Difficultés financières", "paperwork": "Difficultés administratives", "digital": "Numérique",
        "french": "Maîtrise du français", "training": "Formation", "isolation": "Isolement professionnel",
        "workplace": "Atelier ou lieu de travail", "rights": "Accès aux droits et aux soins",
        "carer": "Aide à un proche (proche aidant)",
    },
)
LEVERS = _list(
    "lever", "Leviers", {
        "fit": "Adéquation profil/projet", "training": "Formation", "network": "Structures et partenaires",
        "aid": "Aide financière", "study": "Étude du projet (jusqu’au deuil du projet et à la réorientation)",
    },
)
INTERVENTION_DOMAINS = _list(
    "intervention_domain", "Domaine d’intervention", {
        "coaching": "Coaching", "paperwork": "Réalisation démarches administratives diverses",
        "company": "Création d’entreprise, démarches auprès du guichet unique (INPI)",
        "accounting": "Création d’outils de comptabilité", "venues": "Recherche de lieux de diffusion",
        "training": "Recherche de formations et leurs financements",
        "network": "Mise en relation avec des partenaires et autres professionnels",
        "funds": "Recherche de fonds et d’aides (FDI)", "job": "Recherche d’emploi complémentaire",
        "closing": "Aide à la cessation d’activité", "communication": "Stratégie de communication",
    },
)
VERDICTS = _list(
    "verdict", "Avis d’orientation", {
        "yes": "Orientée vers la CIPA", "no": "Non orientée vers la CIPA",
    }, fixed=True,
)
VERDICT_STATES = _list(
    "verdict_state", "Avis", {
        **VERDICTS.values,
        **{f"unanswered_{count}": f"{count} question{'s' * (count > 1)} sans réponse" for count in range(1, 7)},
    }, fixed=True,
    tones={"yes": "done", "no": "stopped", **{f"unanswered_{count}": "waiting" for count in range(1, 7)}},
)
PRESCRIBERS = _list(
    "prescriber", "Prescripteur", {
        "social": "Service social départemental", "insertion": "Service Insertion",
        "france_travail": "France Travail", "caf": "CAF", "association": "Association",
        "self": "La personne elle-même", "other": "Autre",
    },
)
PATHWAYS = _list(
    "pathway", "Parcours d’orientation", {
        "social": "Social", "socioprofessional": "Socioprofessionnel", "professional": "Professionnel",
    }, fixed=True,
)
ORGANISATIONS = _list(
    "organisation", "Organisme référent", {
        "department": "Conseil départemental", "france_travail": "France Travail", "delegate": "Organisme délégataire",
        "mission_locale": "Mission locale", "cap_emploi": "Cap emploi",
    },
)
STAGE_KINDS = _list(
    "stage_kind", "Étape", {
        "diagnostic": "Diagnostic", "accompaniment": "Accompagnement", "one_off": "Sollicitation ponctuelle",
    }, fixed=True,
)
MODES = _list("mode", "Mode", {"standard": "Standard", "light": "Allégé"}, fixed=True)
STATES = _list(
    "state", "Situation", {
        "accompanied": "En accompagnement", "light": "Accompagnement allégé", "in_diagnosis": "En diagnostic",
        "one_off": "Sollicitation ponctuelle", "new": "À situer", "outside": "Hors portefeuille",
    }, fixed=True,
    tones={
        "accompanied": "running", "light": "partly", "in_diagnosis": "partly", "one_off": "partly", "new": "waiting",
        "outside": "stopped",
    },
)
OUTCOMES = _list(
    "outcome", "Suite du diagnostic", {
        "accompaniment": "Accompagnement", "light": "Accompagnement allégé",
        "elsewhere": "Orientation vers un partenaire", "redirection": "Réorientation professionnelle",
        "none": "Sans suite",
    },
)
ACTION_STATES = _list(
    "action_state", "État", {
        "todo": "À faire", "doing": "En cours", "done": "Faite", "dropped": "Abandonnée",
    }, fixed=True,
    tones={"todo": "waiting", "doing": "partly", "done": "done", "dropped": "stopped"},
)
ACTION_KINDS = _list(  # article R5411-15 of the Code du travail
    "action_kind", "Nature de l’action", {
        "workplace": "1° Mise en situation professionnelle", "training": "2° Formation",
        "job_search": "3° Recherche d’emploi", "support": "4° Accompagnement social et professionnel",
        "rights": "5° Accès aux droits et levée des freins", "activity": "6° Pérenniser ou développer une activité",
    }, fixed=True,
)
SUPERVISIONS = _list("supervision", "Encadrement", {"supervised": "Encadrée", "alone": "En autonomie"}, fixed=True)
GROUP_FORMS = _list("group_form", "Forme", {"individual": "Individuelle", "collective": "Collective"}, fixed=True)
CONTRACT_KINDS = _list("contract_kind", "Contrat", {"cer": "CER", "engagement": "Contrat d’engagement"}, fixed=True)
RANKS = _list(
    "rank", "Rang", {"first": "Premier contrat", "renewal": "Renouvellement", "update": "Actualisation"}, fixed=True
)
ARRANGEMENTS = _list(
    "arrangement", "Durée hebdomadaire", {
        "full": "15 h ou plus", "adapted": "Aménagée", "none": "Sans durée, à sa demande",
    }, fixed=True,
)
CONTRACT_STATES = _list(
    "contract_state", "État", {
        "draft": "Projet", "coming": "Signé", "running": "En cours", "to_update": "À actualiser", "over": "Terminé",
    }, fixed=True,
    tones={
        "draft": "waiting", "coming": "partly", "running": "running", "to_update": "waiting", "over": "stopped",
    },
)
CONTRACT_PARTS = _list(  # what article L5411-6 of the Code du travail asks for
    "contract_part", "À compléter", {
        "diagnostic": "Diagnostic", "referent": "Référent unique", "objectives": "Objectifs",
        "person": "Engagements de la personne", "office": "Engagements du Département", "hours": "Durée hebdomadaire",
        "plan": "Plan d’action", "update": "Prochaine actualisation",
    }, fixed=True,
)
CONTRACT_SITUATIONS = _list(
    "contract_situation", "Contrat d’engagement", {
        "signed": "Signé", "prepared": "Préparé", "cer": "CER en cours", "lapsed": "Contrat terminé",
        "none": "Aucun contrat",
    }, fixed=True,
    tones={"signed": "done", "prepared": "partly", "cer": "waiting", "lapsed": "waiting", "none": "waiting"},
)
CONTRACT_DEADLINES = _list(
    "contract_deadline", "Échéance", {"soon": "Bientôt échu", "followed": "Suivant signé"}, fixed=True
)
AID_TYPES = _list(
    "aid_type", "Type d’aide", {
        "equipment": "Matériel et outillage", "training": "Formation", "mobility": "Mobilité",
        "communication": "Communication", "venue": "Lieu de diffusion ou exposition",
        "company": "Création d’entreprise", "accounting": "Comptabilité et gestion", "other": "Autre",
    },
)
DECISIONS = _list(
    "decision", "Décision", {
        "pending": "En attente", "granted": "Accordée", "refused": "Refusée", "withdrawn": "Retirée",
    }, fixed=True,
    tones={"pending": "waiting", "granted": "done", "refused": "stopped", "withdrawn": "stopped"},
)
EXIT_SCOPES = _list(
    "exit_scope", "Sortie de", {"rsa": "RSA", "accompaniment": "Accompagnement seulement"}, fixed=True,
)
EXIT_REASONS = _list(
    "exit_reason", "Motif de sortie", {
        "income": "Revenus supérieurs", "job": "Emploi salarié", "intermittent": "Régime de l’intermittence",
        "company": "Création ou reprise d’activité", "moved": "Déménagement hors du Lot", "retired": "Retraite",
        "rights": "Fin de droits", "elsewhere": "Autre organisme référent",
        "struck_off": "Suppression ou radiation", "other": "Autre",
    },
)
AFTER_EXITS = _list(
    "after_exit", "Que devient la personne", {
        "out": "Toujours sortie", "back": "Revenue au RSA", "unknown": "Sans nouvelles",
    }, fixed=True,
    tones={"out": "done", "back": "waiting", "unknown": "stopped"},
)
REMINDERS = _list(
    "reminder", "Ce qui attend", {
        "to_settle": "Rendez-vous passés, suite à noter",
        "without_follow_up": "Absences sans suite",
        "without_note": "Rendez-vous sans compte rendu",
        "without_contact": "Sans contact",
        "new": "Personnes à situer, sans étape",
        "to_sign": "Contrats à signer",
        "contract_ends": "Contrats bientôt échus",
        "rights_end": "Droits qui se terminent",
        "late": "Actions en retard",
        "undecided": "Orientations sans avis",
        "pending": "Diagnostics à terminer",
        "aid": "Aides en attente de décision",
        "unpaid": "Aides accordées, pas encore payées",
        "to_replace": "CER à remplacer avant le 01/01/2027",
        "missing": "Contrats d’engagement à compléter",
        "to_ask": "Nouvelles à prendre après une sortie",
        "archive": "Dossiers à archiver",
    }, fixed=True,
)
INTERVENTION_KINDS = _list(
    "intervention_kind", "Nature", {
        "meeting": "Entretien", "phone": "Téléphone", "mail": "Courriel", "workshop_visit": "Visite d’atelier",
        "group": "Temps collectif", "paperwork": "Démarche",
    },
)
APPOINTMENT_WAYS = _list(
    "appointment_way", "Lieu ou moyen", {
        "office": "Au bureau", "workshop": "À l’atelier ou à domicile", "phone": "Téléphone", "video": "Visio",
        "elsewhere": "Ailleurs",
    },
)
APPOINTMENT_STATES = _list(
    "appointment_state", "État", {
        "planned": "Prévu", "confirmed": "Confirmé", "came": "Venu", "excused": "Excusé", "absent": "Absent",
        "moved": "Reporté",
    }, fixed=True,
    tones={
        "planned": "waiting", "confirmed": "partly", "came": "done", "excused": "stopped", "absent": "stopped",
        "moved": "stopped",
    },
)
CALENDAR_NAMES = _list(
    "calendar_name", "Dans les agendas", {"initials": "Les initiales", "number": "Le numéro du dossier"}, fixed=True
)
PARTNER_KINDS = _list(
    "partner_kind", "Catégorie", {
        "culture": "Lieu ou structure culturelle", "network": "Réseau ou fédération professionnelle",
        "chamber": "Chambre consulaire", "administration": "Administration ou organisme",
        "training": "Organisme de formation", "company": "Accompagnement à la création", "social": "Action sociale",
        "other": "Autre",
    },
)
NEED_STATES = _list(
    "need_state", "État", {"open": "À traiter", "doing": "En cours", "met": "Réponse trouvée"},
    tones={"open": "waiting", "doing": "partly", "met": "done"},
)
PROJECT_KINDS = _list(
    "project_kind",
    "Nature du projet",
    {"exhibition": "Exposition", "concert": "Concert", "workshop": "Atelier", "other": "Autre"},
)
ATTACHMENT_KINDS = _list(
    "attachment_kind", "Nature de la pièce", {
        "signed_contract": "Contrat signé", "quote": "Devis", "registration": "K-bis ou extrait de registre",
        "portfolio": "Portfolio", "proof": "Justificatif", "sent_letter": "Courrier envoyé", "other": "Autre",
    },
)
VOICES = _list(
    "voice", "Dans les mots de",
    {"person": "La personne", "officer": "L’équipe", "together": "Tous deux, ensemble"}, fixed=True,
)
CARD_KINDS = _list("card_kind", "Carte", {"obstacle": "Frein", "driver": "Moteur", "step": "Étape"}, fixed=True)
BOARD_PATHS = _list("board_path", "Parcours", {"a": "A", "b": "B", "c": "C"}, fixed=True)
FILE_FORMATS = _list("file_format", "Format du fichier", attachment_rules.FORMATS, fixed=True)
CEILING_PERIODS = _list(
    "ceiling_period", "Période du plafond", {
        "all": "Toute la durée du suivi", "calendar_year": "Année civile", "rolling": "12 mois glissants",
    }, fixed=True,
)
NOT_ORIENTED = _list(
    "not_oriented", "Motifs de non-orientation", {
        "age": "Artiste âgé de 60 ans et plus", "elsewhere": "Accompagné par ailleurs au titre de son activité",
        "mobility": "Pas mobile (permis et véhicule) alors que l’activité le demande",
        "food_job": "En orientation professionnelle (France Travail, emploi alimentaire)",
    }, fixed=True,
)
FIELD_KINDS = _list(
    "field_kind", "Genre de champ", {
        "text": "Texte court", "long": "Texte long", "integer": "Nombre entier", "euros": "Somme en euros",
        "date": "Date", "yes_no": "Oui ou non", "choice": "Un choix dans une liste",
        "choices": "Plusieurs choix dans une liste", "phone": "Téléphone", "email": "Courriel",
        "age": "Âge d’après une date", "days_since": "Jours écoulés depuis une date",
        "count_of": "Nombre de lignes du dossier", "sum_of": "Total d’un champ du dossier",
        "latest_of": "Dernière date du dossier",
    }, fixed=True,
)
PRIVACIES = _list(
    "privacy", "Publication", {"secret": "Jamais publié", "grouped": "Publié par groupes seulement"}, fixed=True
)

LISTS: tuple[ValueList, ...] = tuple(value for value in list(globals().values()) if isinstance(value, ValueList))
