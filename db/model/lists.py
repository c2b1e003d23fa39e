"""THE lists of values: data only. Codes are kept in the file, labels are what people read. Source: domain.md § 2.

A fixed list is one that a rule counts on; every other may be extended, renamed and retired by the office. Synonyms are
what offices write in files of their own; they are read when such a file is brought in, and shown as guesses.
"""
# fmt: off

from db.model.types import ValueList

GENDERS = ValueList(
    "gender", "Genre", {"woman": "Femme", "man": "Homme", "other": "Autre ou non précisé"},
    synonyms={
        "woman": ("F", "Mme", "Madame", "Mlle", "Mademoiselle", "Féminin", "Fem", "W"),
        "man": ("H", "M", "M.", "Mr", "Monsieur", "Masculin", "Masc", "Hom"),
        "other": ("Autre", "NB", "Non binaire", "X", "Non précisé"),
    },
)
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
    synonyms={
        "visual_arts": ("Arts visuels", "Arts plastiques", "AP", "Plasticien"),
        "crafts": ("Artisanat", "Métiers d’art", "AA", "Artisan d’art"),
        "performing_arts": ("Spectacle", "Arts de la scène", "SV", "Musique", "Danse", "Théâtre", "Cirque"),
        "literature": ("Littérature", "Édition", "Écriture", "Arts littéraires"),
        "film": ("Audiovisuel", "Cinéma", "Vidéo"), "other": ("Autre",),
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
    synonyms={
        "alone": ("Seul", "Seule", "Célibataire", "Isolé", "Isolée", "Personne isolée"),
        "single_parent": ("Monoparentale", "Monoparental", "Seule avec enfant", "Seul avec enfant(s)", "Parent isolé"),
        "couple": ("Couple sans enfants",),
        "couple_children": ("Couple avec enfants", "Couple avec enfant"),
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
    synonyms={
        "none": ("Aucun", "Sans", "Aucun diplôme"), "cap": ("CAP", "BEP"),
        "bac": ("Baccalauréat", "Niveau bac", "Bac pro"), "bac2": ("BTS", "DUT", "DEUG", "Bac+2"),
        "licence": ("Licence", "Bac+3", "Bac+4", "L3", "Maîtrise", "BUT"),
        "master": ("Master", "Bac+5", "DNSEP", "M2", "DEA", "DESS"), "doctorate": ("Doctorat", "Bac+8", "Thèse"),
    },
)
ORIGINS = ValueList(
    "origin",
    "Origine",
    {"lot": "Originaire du Lot", "chosen": "Installé par choix de vie", "foreign": "Origine étrangère"},
    synonyms={
        "lot": ("Lot", "Lotois", "Lotoise", "Du Lot"),
        "chosen": ("Choix de vie", "Installé", "Installée par choix de vie", "Néo-rural"),
        "foreign": ("Étranger", "Étrangère", "Origine étrangere"),
    },
)
ACTIVITIES = ValueList(
    "activity", "Activité", {"declared": "Activité déclarée", "planned": "En projet"},
    synonyms={
        "declared": ("Déclarée", "Déclaré", "Oui", "Activité"),
        "planned": ("Projet", "Non déclarée", "Porteur de projet"),
    },
)
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
    synonyms={
        "author": ("Artiste auteur", "AA", "MDA", "Maison des artistes", "Agessa", "URSSAF artistes-auteurs"),
        "micro": ("Micro entreprise", "Auto-entrepreneur", "Autoentrepreneur", "AE", "ME", "Microentreprise"),
        "company": ("EI", "Entreprise individuelle", "Société", "SARL", "EURL", "SASU"),
        "intermittent": ("Intermittent", "Intermittente", "Intermittent du spectacle"),
        "employee": ("Salarié", "Salariée"), "association": ("Asso",), "cae": ("CAE", "Coopérative"),
        "portage": ("Portage salarial",), "none": ("Sans", "Aucun"),
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
    synonyms={
        "rsa": ("RSA socle",), "rsa_prime": ("RSA + prime d’activité", "RSA + PA", "RSA et PA"),
        "prime": ("Prime d’activité", "PA", "Prime d’activité seule"), "none": ("Sans droits",),
    },
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
    "verdict",
    "Avis d’orientation",
    {"yes": "Orientée vers la CIPA", "no": "Non orientée vers la CIPA"},
    fixed=True,
    synonyms={
        "yes": ("Orientée", "Favorable"), "no": ("Non orientée", "Défavorable"),
    },
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
    synonyms={
        "social": ("AS", "Assistante sociale", "Service social", "MSD"), "insertion": ("Insertion", "SI"),
        "france_travail": ("Pôle emploi", "FT", "PE"), "caf": ("Caisse d’allocations familiales",),
        "association": ("Asso",), "self": ("Elle-même", "Lui-même", "Spontanée", "Personne elle-même"),
    },
)
STAGE_KINDS = ValueList(
    "stage_kind",
    "Étape",
    {"diagnostic": "Diagnostic", "accompaniment": "Accompagnement", "one_off": "Sollicitation ponctuelle"},
    fixed=True,
    synonyms={
        "diagnostic": ("Diag",), "accompaniment": ("Accompagnée", "Accomp.", "Suivi"),
        "one_off": ("Ponctuelle", "Sollicitation", "Ponctuel"),
    },
)
MODES = ValueList(
    "mode", "Mode", {"standard": "Standard", "light": "Allégé"}, fixed=True,
    synonyms={
        "standard": ("Normal", "Classique"), "light": ("Allégée", "Léger"),
    },
)
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
    synonyms={
        "todo": ("Non commencée", "Prévue", "À venir"), "doing": ("Commencée",),
        "done": ("Fait", "Terminée", "Réalisée", "OK"), "dropped": ("Abandon", "Annulée"),
    },
)
CONTRACT_KINDS = ValueList(
    "contract_kind", "Contrat", {"cer": "CER", "engagement": "Contrat d’engagement"}, fixed=True,
    synonyms={
        "cer": ("Contrat d’engagements réciproques", "Contrat d’engagement réciproque"),
        "engagement": ("CE", "Engagement"),
    },
)
RANKS = ValueList(
    "rank", "Rang", {"first": "Premier contrat", "renewal": "Renouvellement"}, fixed=True,
    synonyms={
        "first": ("1er", "1er contrat", "Premier", "1", "Initial"), "renewal": ("Renouv.", "Renouvelé", "Suite"),
    },
)
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
    synonyms={
        "equipment": ("Matériel", "Outillage", "Achat de matériel", "Équipement"),
        "training": ("Formations", "Stage"), "mobility": ("Transport", "Déplacement", "Permis"),
        "communication": ("Com", "Site internet"), "venue": ("Exposition", "Lieu", "Salon"),
        "company": ("Création", "Création entreprise"), "accounting": ("Comptabilité", "Gestion"),
        "other": ("Divers",),
    },
)
DECISIONS = ValueList(
    "decision",
    "Décision",
    {"pending": "En attente", "granted": "Accordée", "refused": "Refusée", "withdrawn": "Retirée"},
    fixed=True,
    synonyms={
        "pending": ("En cours", "À décider", "En instruction"),
        "granted": ("Accordé", "Accord", "Favorable", "Oui", "Acceptée", "Validée", "OK"),
        "refused": ("Refusé", "Refus", "Défavorable", "Non", "Rejetée"),
        "withdrawn": ("Retiré", "Annulée", "Abandon"),
    },
)
EXIT_SCOPES = ValueList(
    "exit_scope", "Sortie de", {"rsa": "RSA", "accompaniment": "Accompagnement seulement"}, fixed=True,
    synonyms={
        "rsa": ("Du RSA", "Sortie du RSA"), "accompaniment": ("Accompagnement", "De l’accompagnement"),
    },
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
    synonyms={
        "income": ("Revenus", "Ressources supérieures", "Hausse de revenus"),
        "job": ("Emploi", "CDI", "CDD", "Salarié"), "intermittent": ("Intermittence", "Intermittent"),
        "company": ("Création d’entreprise", "Création d’activité"),
        "moved": ("Déménagement", "Départ", "Déménagé"),
        "retired": ("Retraité", "Retraitée"), "rights": ("Fin des droits",),
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
    synonyms={
        "meeting": ("RDV", "Rendez-vous", "Entretien individuel"), "phone": ("Tél.", "Appel", "Tel"),
        "mail": ("Mail", "E-mail", "Email"), "workshop_visit": ("Visite", "Atelier"),
        "group": ("Collectif", "Réunion"), "paperwork": ("Démarches",),
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
