"""THE lists of values: data only. Codes are kept in the file, labels are what people read. Source: domain.md § 2.

A fixed list is one that a rule counts on; every other may be extended, renamed and retired by the office.
"""

from db.types import ValueList

GENDERS = ValueList("gender", "Genre", {"woman": "Femme", "man": "Homme", "other": "Autre ou non précisé"})
DOMAINS = ValueList(
    "domain",
    "Domaine d’activité",
    {
        "visual_arts": "Arts plastiques et visuels",
        "crafts": "Artisanat d’art",
        "performing_arts": "Spectacle vivant",
        "literature": "Arts littéraires / Édition",
        "film": "Audiovisuel / Cinéma",
        "other": "Autres",
    },
)
HOUSEHOLDS = ValueList(
    "household",
    "Composition du foyer",
    {
        "alone": "Personne seule",
        "single_parent": "Famille monoparentale",
        "couple": "Couple sans enfant",
        "couple_children": "Couple avec enfant(s)",
        "unknown": "Non renseigné",
    },
)
EDUCATIONS = ValueList(
    "education",
    "Niveau d’études",
    {
        "none": "Sans diplôme",
        "cap": "CAP / BEP",
        "bac": "Bac",
        "bac2": "Bac + 2",
        "licence": "Licence (Bac + 3/4)",
        "master": "Master (Bac + 5)",
        "doctorate": "Doctorat",
        "unknown": "Non renseigné",
    },
)
ORIGINS = ValueList(
    "origin",
    "Origine",
    {"lot": "Originaire du Lot", "chosen": "Installé par choix de vie", "foreign": "Origine étrangère"},
)
ACTIVITIES = ValueList("activity", "Activité", {"declared": "Activité déclarée", "planned": "En projet"})
LEGAL_STATUSES = ValueList(
    "legal_status",
    "Statut juridique",
    {
        "author": "Artiste-auteur",
        "micro": "Micro-entreprise",
        "company": "Entreprise individuelle ou société",
        "intermittent": "Intermittence",
        "employee": "Salariat",
        "association": "Association",
        "cae": "Coopérative d’activité et d’emploi (CAE)",
        "portage": "Portage",
        "none": "Sans statut",
    },
)
TERRITORIES = ValueList("territory", "Territoire", {"cahors": "Cahors", "figeac": "Figeac", "gourdon": "Gourdon"})
AGENTS = ValueList("agent", "Agents", {"cipa": "La CIPA", "colleague": "Une collègue", "replacement": "Remplacement"})
BENEFITS = ValueList(
    "benefit",
    "Situation de droits",
    {
        "rsa": "RSA",
        "rsa_prime": "RSA et prime d’activité",
        "prime": "Prime d’activité uniquement",
        "none": "Aucun",
    },
    fixed=True,
)
OBSTACLES = ValueList(
    "obstacle",
    "Freins",
    {
        "housing": "Logement",
        "mobility": "Mobilité",
        "family": "Contraintes familiales et garde d’enfants",
        "money": "Difficultés financières",
        "paperwork": "Difficultés administratives",
        "digital": "Numérique",
        "french": "Maîtrise du français",
        "training": "Formation",
        "isolation": "Isolement professionnel",
        "workplace": "Atelier ou lieu de travail",
        "rights": "Accès aux droits et aux soins",
    },
)
LEVERS = ValueList(
    "lever",
    "Leviers",
    {
        "fit": "Adéquation profil/projet",
        "training": "Formation",
        "network": "Structures et partenaires",
        "aid": "Aide financière",
        "study": "Étude du projet (jusqu’au deuil du projet et à la réorientation)",
    },
)
INTERVENTION_DOMAINS = ValueList(
    "intervention_domain",
    "Domaine d’intervention",
    {
        "coaching": "Coaching",
        "paperwork": "Réalisation démarches administratives diverses",
        "company": "Création d’entreprise, démarches auprès du CFE",
        "accounting": "Création d’outils de comptabilité",
        "venues": "Recherche de lieux de diffusion",
        "training": "Recherche de formations et leurs financements",
        "network": "Mise en relation avec des partenaires et autres professionnels",
        "funds": "Recherche de fonds et d’aides (FDI)",
        "job": "Recherche d’emploi complémentaire",
        "closing": "Aide à la cessation d’activité",
        "communication": "Stratégie de communication",
    },
)
VERDICTS = ValueList(
    "verdict", "Avis d’orientation", {"yes": "Orientée vers la CIPA", "no": "Non orientée vers la CIPA"}, fixed=True
)
PRESCRIBERS = ValueList(
    "prescriber",
    "Prescripteur",
    {
        "social": "Service social départemental",
        "insertion": "Service Insertion",
        "france_travail": "France Travail",
        "caf": "CAF",
        "association": "Association",
        "self": "La personne elle-même",
        "other": "Autre",
    },
)
STAGE_KINDS = ValueList(
    "stage_kind",
    "Étape",
    {"diagnostic": "Diagnostic", "accompaniment": "Accompagnement", "one_off": "Sollicitation ponctuelle"},
    fixed=True,
)
MODES = ValueList("mode", "Mode", {"standard": "Standard", "light": "Allégé"}, fixed=True)
STATES = ValueList(
    "state",
    "Situation",
    {
        "accompanied": "Accompagnée",
        "light": "Accompagnement allégé",
        "in_diagnosis": "En diagnostic",
        "one_off": "Sollicitation ponctuelle",
        "outside": "Hors portefeuille",
    },
    fixed=True,
)
OUTCOMES = ValueList(
    "outcome",
    "Suite du diagnostic",
    {
        "accompaniment": "Accompagnement",
        "light": "Accompagnement allégé",
        "elsewhere": "Orientation vers un partenaire",
        "redirection": "Réorientation professionnelle",
        "none": "Sans suite",
    },
)
ACTION_STATES = ValueList(
    "action_state",
    "État",
    {"todo": "À faire", "doing": "En cours", "done": "Faite", "dropped": "Abandonnée"},
    fixed=True,
)
CONTRACT_KINDS = ValueList("contract_kind", "Contrat", {"cer": "CER", "engagement": "Contrat d’engagement"}, fixed=True)
RANKS = ValueList("rank", "Rang", {"first": "Premier contrat", "renewal": "Renouvellement"}, fixed=True)
CONTRACT_STATES = ValueList(
    "contract_state", "Validité", {"coming": "À venir", "running": "En cours", "over": "Échu"}, fixed=True
)
AID_TYPES = ValueList(
    "aid_type",
    "Type d’aide",
    {
        "equipment": "Matériel et outillage",
        "training": "Formation",
        "mobility": "Mobilité",
        "communication": "Communication",
        "venue": "Lieu de diffusion ou exposition",
        "company": "Création d’entreprise",
        "accounting": "Comptabilité et gestion",
        "other": "Autre",
    },
)
DECISIONS = ValueList(
    "decision",
    "Décision",
    {"pending": "En attente", "granted": "Accordée", "refused": "Refusée", "withdrawn": "Retirée"},
    fixed=True,
)
EXIT_SCOPES = ValueList(
    "exit_scope", "Sortie de", {"rsa": "RSA", "accompaniment": "Accompagnement seulement"}, fixed=True
)
EXIT_REASONS = ValueList(
    "exit_reason",
    "Motif de sortie",
    {
        "income": "Revenus supérieurs",
        "job": "Emploi salarié",
        "intermittent": "Régime de l’intermittence",
        "company": "Création ou reprise d’activité",
        "moved": "Déménagement hors du Lot",
        "retired": "Retraite",
        "rights": "Fin de droits",
        "other": "Autre",
    },
)
INTERVENTION_KINDS = ValueList(
    "intervention_kind",
    "Nature",
    {
        "meeting": "Entretien",
        "phone": "Téléphone",
        "mail": "Courriel",
        "workshop_visit": "Visite d’atelier",
        "group": "Temps collectif",
        "paperwork": "Démarche",
    },
)
PARTNER_KINDS = ValueList(
    "partner_kind",
    "Catégorie",
    {
        "culture": "Lieu ou structure culturelle",
        "network": "Réseau ou fédération professionnelle",
        "chamber": "Chambre consulaire",
        "administration": "Administration ou organisme",
        "training": "Organisme de formation",
        "company": "Accompagnement à la création",
        "social": "Action sociale",
        "other": "Autre",
    },
)
NEED_STATES = ValueList("need_state", "État", {"open": "À traiter", "doing": "En cours", "met": "Réponse trouvée"})
PROJECT_KINDS = ValueList(
    "project_kind",
    "Nature du projet",
    {"exhibition": "Exposition", "concert": "Concert", "workshop": "Atelier", "other": "Autre"},
)
CEILING_PERIODS = ValueList(
    "ceiling_period",
    "Période du plafond",
    {"all": "Toute la durée du suivi", "calendar_year": "Année civile", "rolling": "12 mois glissants"},
    fixed=True,
)
NOT_ORIENTED = ValueList(
    "not_oriented",
    "Motifs de non-orientation",
    {
        "age": "Artiste âgé de 60 ans et plus",
        "elsewhere": "Accompagné par ailleurs au titre de son activité",
        "mobility": "Pas mobile (permis et véhicule) alors que l’activité le demande",
        "food_job": "En orientation professionnelle (France Travail, emploi alimentaire)",
    },
    fixed=True,
)
FIELD_KINDS = ValueList(
    "field_kind",
    "Genre de champ",
    {
        "text": "Texte court",
        "long": "Texte long",
        "integer": "Nombre entier",
        "euros": "Somme en euros",
        "date": "Date",
        "yes_no": "Oui ou non",
        "choice": "Un choix dans une liste",
        "choices": "Plusieurs choix dans une liste",
        "phone": "Téléphone",
        "email": "Courriel",
        "age": "Âge d’après une date",
        "days_since": "Jours écoulés depuis une date",
        "count_of": "Nombre de lignes du dossier",
        "sum_of": "Total d’un champ du dossier",
        "latest_of": "Dernière date du dossier",
    },
    fixed=True,
)
PRIVACIES = ValueList(
    "privacy", "Publication", {"secret": "Jamais publié", "grouped": "Publié par groupes seulement"}, fixed=True
)

LISTS: tuple[ValueList, ...] = tuple(value for value in list(globals().values()) if isinstance(value, ValueList))
