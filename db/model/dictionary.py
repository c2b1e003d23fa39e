"""THE declarations: every table and field of the office file. Data only; edit here, and file, grid, form, import, history follow.

Source: domain.md § 1 and § 3. Order is the order of screens. No health data: nothing here asks for an illness or a diagnosis of one.
Laid out by hand, a field a line, so that a table reads as a table; the formatter would make it four times as long.
"""
# fmt: off

from collections.abc import Iterable

from db.model import (
    appointment_rules,
    attachment_rules,
    board_rules,
    contract_rules,
    domain_rules,
    import_synonyms,
    lists,
    published_groups,
    waiting_rules,
)
from db.model.coded_texts import Degrees, Siret
from db.model.fields import TODAY, Computed, Field, Follows, Highlight, Privacy, Rule, Table
from db.model.import_synonyms import with_synonyms
from db.model.types import (
    Choice,
    Choices,
    Date,
    Email,
    Euros,
    Integer,
    LongText,
    Phone,
    Reference,
    References,
    Text,
    Time,
    YesNo,
)

SECRET, GROUPED = Privacy.SECRET, Privacy.GROUPED
_PERSON_HELP = "La personne concernée : tapez le début de son nom."
_RECOURSE = (
    "Une décision relative au RSA (suspension, réduction, radiation) peut être contestée dans les deux mois qui suivent"
    " sa réception, d’abord par un recours administratif adressé au président du conseil départemental (code de l’action"
    " sociale et des familles, articles L262-47 et R262-88)\u00a0; puis, dans les deux mois de sa réponse ou du silence gardé"
    " deux mois, devant le tribunal administratif."
)
"""What a new office file prints as « voies et délais de recours », until the office writes its own."""
_AID_RECOURSE = (
    "Cette décision peut être contestée dans les deux mois qui suivent sa réception\u00a0: par un recours gracieux adressé au"
    " président du conseil départemental, ou par un recours devant le tribunal administratif (code de justice administrative,"
    " article R421-1), par courrier ou sur www.telerecours.fr. Un recours gracieux fait dans ce délai l’interrompt (code des"
    " relations entre le public et l’administration, article L411-2)\u00a0: le tribunal peut encore être saisi dans les deux mois"
    " de la réponse ou, sans réponse, dans les deux mois qui suivent un silence de deux mois."
)
"""The same for aids, which the office grants by itself: no appeal comes before that to the court."""


def _person() -> Field:
    return Field("person_id", "Personne", Reference("person"), required=True, privacy=SECRET, help=_PERSON_HELP)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _note(label: str = "Note", section: str = "") -> Field:
    return Field("note", label, LongText(), privacy=SECRET, section=section, shown=False, help="Jamais de donnée de santé, de religion ou d’opinion.")


def _ends_after_start(strictly: bool = False) -> Rule:
    return Rule(
        "ends_after_start",
        "ends_on",
        "la fin doit venir après le début" if strictly else "la fin ne peut pas venir avant le début",
        f"NEW.ends_on {'<=' if strictly else '<'} NEW.starts_on",
        watches=("starts_on", "ends_on"),
    )


PERSON = with_synonyms(Table(
    "person", "Personne", "Personnes", title=("last_name", "first_name"), order=("last_name", "first_name"),
    key=("last_name", "first_name", "birth_date"),
    fields=(
        Field("last_name", "Nom", Text(80), required=True, privacy=SECRET, section="Identité", help="Nom d’usage."),
        Field("first_name", "Prénom", Text(80), required=True, privacy=SECRET, section="Identité", help="Prénom d’usage."),
        Field("artist_name", "Nom d’artiste", Text(80), privacy=SECRET, section="Identité", shown=False, help="Pseudonyme ou nom de scène."),
        Field("birth_date", "Date de naissance", Date(max="2020-12-31"), privacy=GROUPED, section="Identité", published=published_groups.AGE, help="Sert à l’âge et à l’avis d’orientation (60 ans et plus)."),
        Field("gender", "Genre", Choice(lists.GENDERS), required=True, privacy=GROUPED, section="Identité", published=published_groups.GENDER, help="Tel que la personne le déclare."),
        Field("phone", "Téléphone", Phone(), privacy=SECRET, section="Contact", help="05 65 00 00 00 ou +33…"),
        Field("email", "Courriel", Email(), privacy=SECRET, section="Contact", shown=False, help="nom@domaine.fr"),
        Field("address", "Adresse", Text(), privacy=SECRET, section="Contact", shown=False, help="Numéro et voie, lieu-dit."),
        Field("postcode", "Code postal", Text(5, digits=5), privacy=SECRET, section="Contact", shown=False, help="Cinq chiffres."),
        Field("town", "Commune", Text(80), privacy=SECRET, section="Contact", help="Commune de résidence."),
        Field("territory", "Territoire", Choice(lists.TERRITORIES), privacy=SECRET, section="Contact", help="Secteur de suivi."),
        Field("domain", "Domaine d’activité", Choice(lists.DOMAINS), privacy=GROUPED, section="Activité", published=published_groups.DOMAIN, help="Domaine principal, tel que la personne le décrit."),
        Field("craft", "Discipline", Text(80), privacy=SECRET, section="Activité", help="Céramiste, comédienne, relieur…"),
        Field("activity", "Activité", Choice(lists.ACTIVITIES), privacy=SECRET, section="Activité", shown=False, help="Déclarée, ou encore en projet."),
        Field("legal_status", "Statut juridique", Choice(lists.LEGAL_STATUSES), privacy=SECRET, section="Activité", shown=False, help="Statut sous lequel l’activité est exercée."),
        Field("website", "Site ou page", Text(), privacy=SECRET, section="Activité", shown=False, help="Adresse d’un site, d’une page, d’un portfolio."),
        Field("household", "Composition du foyer", Choice(lists.HOUSEHOLDS), privacy=GROUPED, section="Situation", published=published_groups.HOUSEHOLD, help="Au sens de l’allocation."),
        Field("education", "Niveau d’études", Choice(lists.EDUCATIONS), privacy=GROUPED, section="Situation", shown=False, published=published_groups.EDUCATION, help="Diplôme le plus élevé."),
        Field("origin", "Origine", Choice(lists.ORIGINS), privacy=GROUPED, section="Situation", shown=False, published=published_groups.ORIGIN, help="Comment la personne est arrivée dans le Lot."),
        Field("licence", "Permis", YesNo(), privacy=SECRET, section="Situation", shown=False, help="A le permis de conduire."),
        Field("vehicle", "Véhicule", YesNo(), privacy=SECRET, section="Situation", shown=False, help="Dispose d’un véhicule."),
        Field("rsa_entry_on", "Entrée au RSA", Date(min="1988-12-01"), privacy=GROUPED, section="Situation", shown=False, published=published_groups.SENIORITY, help="Premier jour dans le dispositif du RSA ; sert à l’ancienneté."),
        Field("agent", "Suivi par", Choice(lists.AGENTS), privacy=SECRET, section="Suivi", shown=False, help="La personne de l’équipe qui accompagne."),
        _note("Notes", "Suivi"),
        Field("archived_on", "Archivé le", Date(), privacy=SECRET, section="Suivi", shown=False, set_later=True, help="Un dossier archivé quitte les listes et la recherche ; les chiffres le comptent toujours. Vide : dossier courant."),
    ),
    computed=(
        Computed("state", "Situation", Choice(lists.STATES), domain_rules.STATE, "Calculée du jour : étapes en cours aujourd’hui. « À situer » : aucune étape encore."),
        Computed("contract_end", "Fin du contrat", Date(), contract_rules.CONTRACT_END, "Fin du contrat en cours aujourd’hui, ou son actualisation s’il n’a pas de fin."),
        Computed("aid_left", "Aide restante", Euros(), domain_rules.AID_LEFT, "Ce qui reste sous le plafond."),
        Computed("last_contact", "Dernier contact", Date(), domain_rules.LAST_CONTACT, "Dernier entretien ou dernière démarche."),
        Computed("next_appointment", "Prochain rendez-vous", Date(), appointment_rules.NEXT_APPOINTMENT, "Prévu ou confirmé, aujourd’hui ou plus tard."),
        Computed("without_appointment", "Sans prochain rendez-vous", YesNo(), appointment_rules.WITHOUT_APPOINTMENT, "De qui est en accompagnement ou en diagnostic : aucun rendez-vous n’est prévu.", shown=False),
        Computed("missed", "Absences de suite", Integer(0, 1_000), appointment_rules.MISSED_IN_A_ROW, "Rendez-vous manqués sans excuse depuis le dernier où la personne est venue.", shown=False),
        Computed("contract_ends_soon", "Contrat à renouveler", YesNo(), contract_rules.PERSON_CONTRACT_ENDS_SOON, "Échéance dans le délai d’alerte des réglages, sans contrat suivant signé.", shown=False),
        Computed("without_contact", "Sans contact", YesNo(), waiting_rules.WITHOUT_CONTACT, "En accompagnement ou en diagnostic, sans contact depuis le délai des réglages.", shown=False),
        Computed("engagement", "Contrat d’engagement", Choice(lists.CONTRACT_SITUATIONS), contract_rules.CONTRACT_SITUATION, "De qui est accompagné aujourd’hui : chacun doit en avoir un au 1er janvier 2027.", shown=False),
        Computed("age", "Âge", Integer(0, 130, "ans"), domain_rules.age("t.birth_date", ":today"), "Âge aujourd’hui.", shown=False),
    ),
    highlights=(
        Highlight("state", "warning", "Diagnostic encore ouvert à côté de l’accompagnement", domain_rules.PERSON_DIAGNOSTIC_LEFT_OPEN),
        Highlight("contract_end", "warning", "Contrat bientôt à échéance ou à actualiser", contract_rules.PERSON_CONTRACT_ENDS_SOON),
        Highlight("contract_end", "good", "Contrat suivant signé", contract_rules.PERSON_CONTRACT_NEXT_SIGNED),
        Highlight("missed", "danger", "Trois absences de suite, ou plus", f"{appointment_rules.MISSED_IN_A_ROW} >= {appointment_rules.MANY_MISSED}"),
        Highlight("aid_left", "warning", "Plafond des aides presque atteint", f"{domain_rules.AID_LEFT} <= (SELECT aid_alert FROM setting)"),
    ),
))

ORIENTATION = with_synonyms(Table(
    "orientation", "Orientation", "Orientations", title=("requested_on", "person_id"), order=("-requested_on",),
    key=("person_id", "requested_on"),
    fields=(
        _person(),
        Field("requested_on", "Demandée le", Date(), required=True, default=TODAY, privacy=SECRET, section="Demande", help="Jour où la demande est arrivée."),
        Field("referrer", "Référent", Text(80), privacy=SECRET, section="Demande", shown=False, help="Qui suit la personne au titre du RSA."),
        Field("prescriber", "Prescripteur", Choice(lists.PRESCRIBERS), privacy=SECRET, section="Demande", help="Qui a fait la demande."),
        Field("reasons", "Motifs de la demande", LongText(), privacy=SECRET, section="Demande", shown=False, help="Ce qui est attendu de l’accompagnement."),
        Field("accompanied_elsewhere", "Accompagnée par ailleurs", YesNo(), privacy=SECRET, section="Critères", shown=False, help="Déjà accompagnée au titre de son activité."),
        Field("needs_mobility", "Mobilité nécessaire", YesNo(), privacy=SECRET, section="Critères", shown=False, help="L’activité demande d’être mobile (permis et véhicule)."),
        Field("food_job", "Emploi alimentaire", YesNo(), privacy=SECRET, section="Critères", shown=False, help="Orientée vers France Travail pour un emploi alimentaire."),
        Field("override", "Avis contraire", Choice(lists.VERDICTS), privacy=SECRET, section="Avis", shown=False, help="À remplir seulement pour s’écarter de l’avis calculé."),
        Field("override_reason", "Motif de l’avis contraire", LongText(), privacy=SECRET, section="Avis", shown=False, help="Obligatoire quand l’avis calculé est écarté."),
        Field("decided_on", "Avis rendu le", Date(), privacy=SECRET, section="Avis", help="Jour où l’avis a été donné."),
        Field("pathway", "Parcours d’orientation", Choice(lists.PATHWAYS), privacy=SECRET, section="Orientation", shown=False, help="Celui que le Département a décidé."),
        Field("organisation", "Organisme référent", Choice(lists.ORGANISATIONS), privacy=SECRET, section="Orientation", shown=False, help="Qui signe le contrat d’engagement avec la personne."),
        Field("notified_on", "Notifiée le", Date(), privacy=SECRET, section="Orientation", help="Jour où la personne a été informée de son orientation : le contrat se signe dans le mois."),
        _note(section="Orientation"),
    ),
    rules=(
        Rule("override_needs_reason", "override_reason", "un avis contraire demande un motif écrit", "NEW.override IS NOT NULL AND NEW.override_reason IS NULL"),
        Rule("decided_after_request", "decided_on", "l’avis ne peut pas précéder la demande", "NEW.decided_on < NEW.requested_on", watches=("requested_on", "decided_on")),
        Rule("notified_after_request", "notified_on", "la notification ne peut pas précéder la demande", "NEW.notified_on < NEW.requested_on", watches=("requested_on", "notified_on")),
    ),
    computed=(
        Computed("verdict", "Avis", Choice(lists.VERDICT_STATES), domain_rules.VERDICT, "Calculé selon les critères, une fois tous connus, ou l’avis contraire s’il y en a un."),
        Computed("verdict_reasons", "Raisons", Choices(lists.NOT_ORIENTED), domain_rules.VERDICT_REASONS, "Critères de non-orientation remplis."),
        Computed("sign_before", "À signer avant le", Date(), contract_rules.SIGN_BEFORE, "Un mois après la notification."),
        Computed("to_sign", "Contrat à signer", YesNo(), contract_rules.CONTRACT_TO_SIGN, "Dernière orientation notifiée, sans contrat d’engagement signé depuis.", shown=False),
    ),
    highlights=(
        Highlight("verdict", "warning", "L’avis attend des réponses sur les critères", domain_rules.VERDICT_OPEN),
        Highlight("sign_before", "warning", "Contrat d’engagement à signer", contract_rules.CONTRACT_TO_SIGN),
        Highlight("sign_before", "danger", "Contrat d’engagement en retard : un mois est passé depuis la notification", contract_rules.CONTRACT_LATE),
    ),
))

STAGE = with_synonyms(Table(
    "stage", "Étape de parcours", "Étapes de parcours", title=("kind", "starts_on"), order=("-starts_on",),
    key=("person_id", "kind", "starts_on"),
    fields=(
        _person(),
        Field("kind", "Étape", Choice(lists.STAGE_KINDS), required=True, privacy=SECRET, help="Diagnostic, accompagnement, ou sollicitation ponctuelle."),
        Field("mode", "Mode", Choice(lists.MODES), privacy=SECRET, help="Pour un accompagnement : standard ou allégé."),
        Field("starts_on", "Du", Date(), required=True, default=TODAY, privacy=SECRET, help="Premier jour, compris."),
        Field("ends_on", "Au", Date(), privacy=SECRET, help="Dernier jour, compris ; vide tant que l’étape dure."),
        _note(),
    ),
    rules=(
        _ends_after_start(),
        Rule("mode_for_accompaniment", "mode", "le mode ne vaut que pour un accompagnement", "NEW.kind <> 'accompaniment' AND NEW.mode IS NOT NULL", watches=("kind", "mode")),
        Rule("one_of_a_kind", "starts_on", "une autre étape du même genre couvre déjà ces jours", domain_rules.overlaps_same_person("stage"), watches=("person_id", "kind", "starts_on", "ends_on", "deleted_at")),
        Rule(
            "accompaniment_needs_duties", "kind",
            "un accompagnement demande une situation « soumise aux droits et devoirs » le premier jour : ajoutez-la d’abord dans les droits",
            "NEW.kind = 'accompaniment' AND NOT EXISTS (SELECT 1 FROM benefit b WHERE b.person_id = NEW.person_id"
            f" AND b.subject_to_duties = 1 AND {domain_rules.in_force('b', 'NEW.starts_on')})",
            watches=("person_id", "kind", "starts_on", "deleted_at"),
        ),
    ),
    highlights=(
        Highlight("ends_on", "warning", "Diagnostic encore ouvert alors que la personne est accompagnée", domain_rules.STAGE_BESIDE_ACCOMPANIMENT),
    ),
))

BENEFIT = with_synonyms(Table(
    "benefit", "Situation de droits", "Situations de droits", title=("kind", "starts_on"), order=("-starts_on",),
    key=("person_id", "kind", "starts_on"),
    fields=(
        _person(),
        Field("kind", "Droits", Choice(lists.BENEFITS), required=True, privacy=SECRET, help="Prestation versée sur la période."),
        Field("subject_to_duties", "Soumise aux droits et devoirs", YesNo(), required=True, default=Follows("kind", {"rsa": 1, "rsa_prime": 1, "prime": 0, "are": 0, "ass": 0, "none": 0}), privacy=SECRET, help="Condition de l’accompagnement ; par défaut, oui avec le RSA, non sans lui."),
        Field("starts_on", "Du", Date(), required=True, default=TODAY, privacy=SECRET, help="Premier jour, compris."),
        Field("ends_on", "Au", Date(), privacy=SECRET, help="Dernier jour, compris ; vide tant que la situation dure."),
        _note(),
    ),
    rules=(
        _ends_after_start(),
        Rule("one_at_a_time", "starts_on", "une autre situation de droits couvre déjà ces jours : terminez-la d’abord", domain_rules.overlaps_same_person("benefit"), watches=("person_id", "starts_on", "ends_on", "deleted_at")),
    ),
    computed=(Computed("ends_soon", "Bientôt terminés", YesNo(), waiting_rules.RIGHTS_END, "Se terminent dans le délai d’alerte des réglages, sans autres droits ensuite.", shown=False),),
    highlights=(Highlight("ends_on", "warning", "Droits bientôt terminés, sans suite", waiting_rules.RIGHTS_END),),
))

DIAGNOSTIC = with_synonyms(Table(
    "diagnostic", "Diagnostic", "Diagnostics", feminine=False, title=("started_on", "person_id"),
    order=("-started_on",), key=("person_id", "started_on"),
    fields=(
        _person(),
        Field("started_on", "Commencé le", Date(), required=True, default=TODAY, privacy=SECRET, section="Diagnostic", help="Premier entretien."),
        Field("completed_on", "Terminé le", Date(), privacy=GROUPED, section="Diagnostic", published=published_groups.DIAGNOSTIC, help="Vide tant que le diagnostic n’est pas achevé."),
        Field("skills", "Acquis", LongText(), privacy=SECRET, section="Bilan", help="Formation, expériences, savoir-faire, réalisations."),
        Field("potential", "Potentiels", LongText(), privacy=SECRET, section="Bilan", help="Ce qui peut se développer."),
        Field("obstacles", "Freins", Choices(lists.OBSTACLES), privacy=GROUPED, section="Bilan", published=published_groups.OBSTACLE, help="Freins à l’insertion professionnelle. Jamais une maladie ni un diagnostic médical."),
        Field("resources", "Ressources mobilisables", LongText(), privacy=SECRET, section="Bilan", shown=False, help="Entourage, réseau, lieux, matériel."),
        Field("levers", "Leviers", Choices(lists.LEVERS), privacy=SECRET, section="Conclusion", help="Leviers à actionner."),
        Field("outcome", "Suite donnée", Choice(lists.OUTCOMES), privacy=SECRET, section="Conclusion", help="Ce qui est décidé avec la personne."),
        Field("conclusion", "Conclusion", LongText(), privacy=SECRET, section="Conclusion", shown=False, help="Synthèse partagée avec la personne."),
    ),
    rules=(
        Rule("completed_after_start", "completed_on", "la fin ne peut pas précéder le début", "NEW.completed_on < NEW.started_on", watches=("started_on", "completed_on")),
    ),
    computed=(Computed("pending", "À terminer", YesNo(), domain_rules.DIAGNOSTIC_PENDING, "Pas encore terminé, période de diagnostic ou d’accompagnement en cours.", shown=False),),
    highlights=(
        Highlight("completed_on", "warning", "Diagnostic encore ouvert alors que la personne est accompagnée", domain_rules.DIAGNOSTIC_BESIDE_ACCOMPANIMENT),
    ),
))

CER = with_synonyms(Table(
    "cer", "Contrat", "Contrats", feminine=False, title=("kind", "starts_on"), order=("-starts_on",),
    key=("person_id", "kind", "starts_on"),
    fields=(
        _person(),
        Field("kind", "Contrat", Choice(lists.CONTRACT_KINDS), required=True, default="engagement", privacy=SECRET, section="Contrat", help="Le contrat d’engagement remplace le CER depuis le 1er janvier 2025."),
        Field("rank", "Rang", Choice(lists.RANKS), required=True, default="first", privacy=SECRET, section="Contrat", help="Premier contrat, renouvellement d’un CER, actualisation d’un contrat d’engagement."),
        Field("replaces_id", "Remplace", Reference("cer"), privacy=SECRET, section="Contrat", shown=False, help="Le contrat que celui-ci remplace."),
        Field("referent", "Référent unique", Text(80), privacy=SECRET, section="Contrat", shown=False, help="La personne nommée par l’organisme référent, qui suit ce contrat."),
        Field("signed_on", "Signé le", Date(), privacy=GROUPED, section="Dates", published=published_groups.CONTRACT, help="Jour de la signature ; vide tant que c’est un projet."),
        Field("starts_on", "Du", Date(), required=True, default=TODAY, privacy=SECRET, section="Dates", help="Premier jour, compris."),
        Field("ends_on", "Au", Date(), privacy=SECRET, section="Dates", help="Dernier jour, compris. Un CER en a un ; un contrat d’engagement peut ne pas en avoir."),
        Field("next_update_on", "Prochaine actualisation", Date(), privacy=SECRET, section="Dates", help="Jour convenu pour actualiser le contrat d’engagement."),
        Field("early_start_reason", "Motif d’un début antérieur", Text(), privacy=SECRET, section="Dates", shown=False, help="À dire quand le contrat commence avant sa signature."),
        Field("arrangement", "Durée hebdomadaire", Choice(lists.ARRANGEMENTS), privacy=SECRET, section="Heures", shown=False, help="15 h au moins, aménagée, ou sans durée à la demande de la personne. Jamais la cause."),
        Field("hours", "Heures par semaine", Integer(1, 35, "h"), privacy=SECRET, section="Heures", help="En heures entières."),
        Field("objectives", "Objectifs", LongText(), privacy=SECRET, section="Engagements", shown=False, help="Ce que le contrat vise."),
        Field("project", "Projet d’activité", LongText(), privacy=SECRET, section="Engagements", shown=False, help="Ses éléments essentiels, et les démarches que la personne doit accomplir."),
        Field("person_commitments", "Engagements de la personne", LongText(), privacy=SECRET, section="Engagements", shown=False, help="Ce que la personne s’engage à faire."),
        Field("person_words", "Paroles de la personne", LongText(), privacy=SECRET, section="Engagements", shown=False, help="Son projet dans ses mots, tels quels ; imprimés à part."),
        Field("office_commitments", "Engagements du Département", LongText(), privacy=SECRET, section="Engagements", shown=False, help="Ce que le Département s’engage à faire."),
        Field("reviewed_on", "Bilan le", Date(), privacy=SECRET, section="Bilan", shown=False, help="Jour du bilan de fin de contrat."),
        Field("review", "Bilan", LongText(), privacy=SECRET, section="Bilan", shown=False, help="Ce qui a été atteint, ce qui reste."),
    ),
    rules=(
        _ends_after_start(strictly=True),
        Rule("cer_is_signed", "signed_on", "un CER a une date de signature ; seul un contrat d’engagement commence en projet", "NEW.kind = 'cer' AND NEW.signed_on IS NULL", watches=("kind", "signed_on")),
        Rule("cer_has_end", "ends_on", "un CER a une date de fin", "NEW.kind = 'cer' AND NEW.ends_on IS NULL", watches=("kind", "ends_on")),
        Rule("update_after_start", "next_update_on", "l’actualisation ne peut pas venir avant le début", "NEW.next_update_on < NEW.starts_on", watches=("starts_on", "next_update_on")),
        Rule("rank_of_kind", "rank", "un CER se renouvelle, un contrat d’engagement s’actualise", "(NEW.kind = 'cer' AND NEW.rank = 'update') OR (NEW.kind = 'engagement' AND NEW.rank = 'renewal')", watches=("kind", "rank")),
        Rule("full_hours", "hours", "« 15 h ou plus » demande au moins 15 heures ; en dessous, la durée est « Aménagée »", "NEW.arrangement = 'full' AND NEW.hours < 15", watches=("arrangement", "hours")),
        Rule("adapted_hours", "hours", "une durée « Aménagée » est de moins de 15 heures", "NEW.arrangement = 'adapted' AND NEW.hours >= 15", watches=("arrangement", "hours")),
        Rule("no_hours", "hours", "« Sans durée » ne porte pas d’heures", "NEW.arrangement = 'none' AND NEW.hours IS NOT NULL", watches=("arrangement", "hours")),
        Rule(
            "signed_before_start", "starts_on", "le contrat commence avant d’être signé : dites pourquoi dans « Motif d’un début antérieur »",
            "NEW.starts_on < NEW.signed_on AND NEW.early_start_reason IS NULL",
            watches=("starts_on", "signed_on", "early_start_reason"),
        ),
        Rule(
            "only_renewals_replace", "replaces_id", "un premier contrat ne remplace qu’un CER ; choisissez « Renouvellement » ou « Actualisation »",
            "NEW.replaces_id IS NOT NULL AND NEW.rank = 'first' AND NOT (NEW.kind = 'engagement' AND EXISTS (SELECT 1 FROM cer o"
            " WHERE o.id = NEW.replaces_id AND o.kind = 'cer'))",
            watches=("replaces_id", "rank", "kind"),
        ),
        Rule(
            "replaces_earlier", "replaces_id", "le contrat remplacé doit être un contrat antérieur de la même personne",
            "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cer o WHERE o.id = NEW.replaces_id AND o.person_id = NEW.person_id"
            " AND o.id <> NEW.id AND o.starts_on < NEW.starts_on)",
            watches=("replaces_id", "person_id", "starts_on"),
        ),
        Rule(
            "no_overlap", "starts_on", "un autre contrat de la personne couvre déjà ces jours ; seul un contrat qui le remplace peut le chevaucher",
            domain_rules.overlaps_same_person("cer"),
            watches=("person_id", "starts_on", "ends_on", "replaces_id", "deleted_at"),
        ),
    ),
    computed=(
        Computed("validity", "État", Choice(lists.CONTRACT_STATES), contract_rules.CONTRACT_STATE, "D’après ses dates, aujourd’hui."),
        Computed("plan_hours", "Heures du plan", Integer(0, 1_000, "h"), contract_rules.PLAN_HOURS, "Heures par semaine des actions du plan, sans celles qui sont abandonnées.", shown=False),
        Computed("missing", "À compléter", Choices(lists.CONTRACT_PARTS), contract_rules.CONTRACT_MISSING, "Ce que la loi demande dans un contrat d’engagement et qui n’est pas rempli."),
        Computed("due_on", "À échéance le", Date(), contract_rules.CONTRACT_DUE, "Le premier des deux jours : fin, ou prochaine actualisation.", shown=False),
        Computed("ends_soon", "Bientôt échu", YesNo(), contract_rules.ENDS_SOON, "Se termine ou s’actualise dans le délai d’alerte des réglages, sans contrat suivant signé.", shown=False),
        Computed("deadline", "Échéance", Choice(lists.CONTRACT_DEADLINES), contract_rules.CONTRACT_DEADLINE, "Bientôt échu, ou déjà suivi d’un contrat signé."),
        Computed("to_replace", "À remplacer", YesNo(), contract_rules.CER_TO_REPLACE, "CER encore en cours, à remplacer avant le 1er janvier 2027 par un contrat d’engagement, qui n’est pas signé."),
    ),
    highlights=(
        Highlight("ends_on", "warning", "Contrat bientôt à échéance ou à actualiser", contract_rules.ENDS_SOON),
        Highlight("ends_on", "good", "Contrat suivant signé", contract_rules.ENDS_SOON_BUT_NEXT_SIGNED),
        Highlight("plan_hours", "warning", "Le plan compte moins d’heures que le contrat", contract_rules.PLAN_TOO_SHORT),
        Highlight("to_replace", "warning", "CER à remplacer par un contrat d’engagement avant le 01/01/2027", contract_rules.CER_TO_REPLACE),
    ),
))

ACTION = with_synonyms(Table(
    "action", "Action du plan", "Actions du plan", title=("objective",), order=("due_on",),
    key=("person_id", "objective"),
    fields=(
        _person(),
        Field("diagnostic_id", "Diagnostic", Reference("diagnostic"), privacy=SECRET, shown=False, help="Le diagnostic dont l’action découle."),
        Field("cer_id", "Contrat", Reference("cer"), privacy=SECRET, shown=False, help="Le contrat qui porte l’action."),
        Field("objective", "Objectif", Text(300), required=True, privacy=SECRET, help="Ce que la personne vise, en une phrase."),
        Field("obstacle", "Frein levé", Choice(lists.OBSTACLES), privacy=SECRET, help="Le frein que l’action doit lever."),
        Field("domain", "Domaine d’intervention", Choice(lists.INTERVENTION_DOMAINS), privacy=SECRET, shown=False, help="Un des onze domaines d’intervention."),
        Field("kind", "Nature de l’action", Choice(lists.ACTION_KINDS), privacy=SECRET, help="Une des six natures de la loi ; 6° pour l’activité de l’artiste."),
        Field("hours", "Heures par semaine", Integer(0, 35, "h"), privacy=SECRET, help="En heures entières ; elles s’additionnent dans le contrat."),
        Field("supervision", "Encadrement", Choice(lists.SUPERVISIONS), privacy=SECRET, shown=False, help="Encadrée, ou en autonomie."),
        Field("group_form", "Forme", Choice(lists.GROUP_FORMS), privacy=SECRET, shown=False, help="Individuelle ou collective."),
        Field("partner_id", "Portée par", Reference("partner"), privacy=SECRET, shown=False, help="L’organisme qui porte l’action ; vide : l’organisme référent."),
        Field("due_on", "Échéance", Date(), privacy=SECRET, help="Pour quand."),
        Field("state", "État", Choice(lists.ACTION_STATES), required=True, default="todo", privacy=SECRET, help="Où en est l’action."),
        _note(),
    ),
    rules=(
        Rule("belongs_to_a_plan", "diagnostic_id", "une action appartient à un diagnostic ou à un contrat", "NEW.diagnostic_id IS NULL AND NEW.cer_id IS NULL", watches=("diagnostic_id", "cer_id")),
        Rule(
            "same_person", "person_id", "le diagnostic ou le contrat est celui d’une autre personne",
            "EXISTS (SELECT 1 FROM diagnostic d WHERE d.id = NEW.diagnostic_id AND d.person_id <> NEW.person_id)"
            " OR EXISTS (SELECT 1 FROM cer c WHERE c.id = NEW.cer_id AND c.person_id <> NEW.person_id)",
            watches=("person_id", "diagnostic_id", "cer_id"),
        ),
    ),
    computed=(Computed("late", "En retard", YesNo(), domain_rules.ACTION_LATE, "Échéance passée, action ni faite ni abandonnée.", shown=False),),
    highlights=(Highlight("due_on", "danger", "Échéance passée", domain_rules.ACTION_LATE),),
))

AID = with_synonyms(Table(
    "aid", "Aide financière", "Aides", title=("type", "requested_on"), order=("-requested_on",),
    key=("person_id", "type", "requested_on"),
    fields=(
        _person(),
        Field("requested_on", "Demandée le", Date(), required=True, default=TODAY, privacy=SECRET, section="Demande", help="Jour de la demande."),
        Field("type", "Type d’aide", Choice(lists.AID_TYPES), required=True, privacy=GROUPED, section="Demande", published=published_groups.AID, help="À quoi sert l’aide."),
        Field("requested", "Montant demandé", Euros(), privacy=SECRET, section="Demande", help="En euros."),
        Field("decision", "Décision", Choice(lists.DECISIONS), required=True, default="pending", privacy=SECRET, section="Décision", help="Seules les aides accordées comptent sous le plafond."),
        Field("granted", "Montant accordé", Euros(), privacy=GROUPED, section="Décision", published=published_groups.AMOUNT, help="En euros ; le plafond s’applique à la somme accordée à la personne."),
        Field("decided_on", "Décidée le", Date(), privacy=SECRET, section="Décision", shown=False, help="Jour de la décision ; dit à quelle période du plafond l’aide compte."),
        Field("paid_on", "Payée le", Date(), privacy=SECRET, section="Décision", shown=False, help="Jour du versement."),
        Field("other_funders", "Autres financeurs", Text(), privacy=SECRET, section="Décision", shown=False, help="Qui d’autre participe, et pour combien."),
        Field("override_reason", "Motif de dépassement", LongText(), privacy=SECRET, section="Décision", shown=False, help="Obligatoire pour passer le plafond ; reste dans l’historique."),
        _note(section="Décision"),
    ),
    rules=(
        Rule("granted_needs_sum", "granted", "une aide accordée demande un montant accordé", "NEW.decision = 'granted' AND NEW.granted IS NULL", watches=("decision", "granted")),
        Rule("sum_needs_decision", "decision", "un montant accordé demande la décision « Accordée »", "NEW.decision <> 'granted' AND NEW.granted IS NOT NULL", watches=("decision", "granted")),
        Rule("decided_after_request", "decided_on", "la décision ne peut pas précéder la demande", "NEW.decided_on < NEW.requested_on", watches=("requested_on", "decided_on")),
        Rule(
            "ceiling", "granted", "le plafond des aides serait dépassé",
            domain_rules.PASSES_CEILING,
            watches=("person_id", "requested_on", "decided_on", "decision", "granted", "override_reason", "deleted_at"),
            spared_when=domain_rules.CEILING_NO_WORSE,
        ),
    ),
    computed=(
        Computed("left", "Reste sous le plafond", Euros(), domain_rules.AID_LEFT_OF_ROW, "Ce qui reste à la personne, aides accordées déduites."),
        Computed("left_if_granted", "Resterait si accordée", Euros(), domain_rules.AID_LEFT_IF_GRANTED, "Ce qui resterait sous le plafond si l’aide en attente était accordée en entier."),
        Computed("unpaid", "À payer", YesNo(), waiting_rules.UNPAID, "Accordée, et pas payée depuis le délai des réglages.", shown=False),
    ),
    highlights=(
        Highlight("left_if_granted", "danger", "Accordée en entier, l’aide dépasserait le plafond", f"{domain_rules.AID_LEFT_IF_GRANTED} < 0"),
        Highlight("left", "warning", "Plafond presque atteint", f"{domain_rules.AID_LEFT_OF_ROW} <= (SELECT aid_alert FROM setting)"),
    ),
))

EXIT = with_synonyms(Table(
    "exit", "Sortie", "Sorties", title=("left_on", "person_id"), order=("-left_on",),
    key=("person_id", "left_on", "scope"),
    fields=(
        _person(),
        Field("left_on", "Sortie le", Date(), required=True, default=TODAY, privacy=SECRET, help="Dernier jour dans le dispositif."),
        Field("scope", "Sortie de", Choice(lists.EXIT_SCOPES), required=True, default="rsa", privacy=SECRET, help="Du RSA, ou de l’accompagnement seulement."),
        Field("reason", "Motif", Choice(lists.EXIT_REASONS), required=True, privacy=GROUPED, published=published_groups.EXITS, help="Ce qui a permis ou causé la sortie."),
        Field("last_payment_on", "Dernier versement", Date(), privacy=SECRET, shown=False, help="Dernier RSA versé ; le droit s’éteint plus tard."),
        Field("asked_on", "Nouvelles prises le", Date(), privacy=SECRET, shown=False, set_later=True, help="Quelques mois après la sortie, une seule fois."),
        Field("became", "Que devient la personne", Choice(lists.AFTER_EXITS), privacy=SECRET, shown=False, set_later=True, help="Toujours sortie, revenue au RSA, ou sans nouvelles."),
        Field("news", "Nouvelles", Text(300), privacy=SECRET, shown=False, set_later=True, help="En une ligne, avec ses mots."),
        _note(),
    ),
    rules=(
        Rule("asked_after", "asked_on", "les nouvelles se prennent après la sortie", "NEW.asked_on < NEW.left_on", watches=("left_on", "asked_on")),
        Rule("answer_has_day", "became", "dites quel jour les nouvelles ont été prises", "NEW.became IS NOT NULL AND NEW.asked_on IS NULL", watches=("became", "asked_on")),
    ),
    computed=(Computed("to_ask", "Nouvelles à prendre", YesNo(), waiting_rules.TO_ASK, "Le délai des réglages est passé depuis la sortie du RSA, et personne n’a demandé de nouvelles.", shown=False),),
))

APPOINTMENT = with_synonyms(Table(
    "appointment", "Rendez-vous", "Rendez-vous", feminine=False, title=("planned_on", "person_id"), order=("-planned_on", "-starts_at"),
    key=("person_id", "planned_on", "starts_at"),
    fields=(
        _person(),
        Field("planned_on", "Jour", Date(), required=True, default=TODAY, privacy=SECRET, help="Jour du rendez-vous."),
        Field("starts_at", "Heure", Time(), required=True, privacy=SECRET, help="14h30, 14:30 ou 9h."),
        Field("minutes", "Durée", Integer(5, 600, "min"), required=True, default=60, privacy=SECRET, help="En minutes ou en heures : 45, 1h30."),
        Field("way", "Lieu ou moyen", Choice(lists.APPOINTMENT_WAYS), required=True, default="office", privacy=SECRET, help="Au bureau, à l’atelier, au téléphone…"),
        Field("place", "Adresse ou lien", Text(200), privacy=SECRET, shown=False, help="Si ce n’est pas au bureau : où, ou le lien de la visio."),
        Field("purpose", "Objet", Text(200), privacy=SECRET, help="Ce qui est prévu, en une phrase."),
        Field("state", "État", Choice(lists.APPOINTMENT_STATES), required=True, default="planned", privacy=SECRET, help="Prévu, confirmé, puis ce qui est arrivé."),
        Field("agent", "Avec", Choice(lists.AGENTS), privacy=SECRET, help="La personne de l’équipe."),
        _note(),
    ),
    computed=(
        Computed("to_settle", "Suite à noter", YesNo(), appointment_rules.TO_SETTLE, "Le jour est passé : venu, excusé, absent ou reporté ?", shown=False),
        Computed("without_note", "Sans compte rendu", YesNo(), appointment_rules.WITHOUT_NOTE, "La personne est venue, et aucun entretien de ce jour n’est noté.", shown=False),
        Computed("without_follow_up", "Absence sans suite", YesNo(), appointment_rules.WITHOUT_FOLLOW_UP, "Manqué sans excuse, et depuis ce jour ni contact, ni autre rendez-vous, ni sortie.", shown=False),
        Computed("missed", "Absence n°", Integer(0, 1_000), appointment_rules.MISSED_SO_OFTEN, "Combien cela fait d’absences de suite, sans excuse.", shown=False),
    ),
    highlights=(
        Highlight("starts_at", "warning", "Chevauche un autre rendez-vous de la même personne de l’équipe", appointment_rules.DOUBLE_BOOKED),
        Highlight("state", "warning", "Le jour est passé : notez ce qui est arrivé", appointment_rules.TO_SETTLE),
        Highlight("state", "danger", "Trois absences de suite, ou plus", f"{appointment_rules.MISSED_SO_OFTEN} >= {appointment_rules.MANY_MISSED}"),
    ),
))

INTERVENTION = with_synonyms(Table(
    "intervention", "Entretien ou démarche", "Entretiens et démarches", feminine=False, title=("happened_on", "domain"), order=("-happened_on",),
    key=("person_id", "happened_on", "domain"),
    fields=(
        _person(),
        Field("happened_on", "Date", Date(), required=True, default=TODAY, privacy=SECRET, help="Jour du contact ou de la démarche."),
        Field("domain", "Domaine d’intervention", Choice(lists.INTERVENTION_DOMAINS), required=True, privacy=GROUPED, published=published_groups.INTERVENTION, help="Un des onze domaines d’intervention."),
        Field("kind", "Nature", Choice(lists.INTERVENTION_KINDS), privacy=SECRET, help="Entretien, téléphone, courriel…"),
        Field("minutes", "Durée", Integer(0, 1440, "min"), privacy=SECRET, help="En minutes ou en heures : 45, 1h30, 0,75 h."),
        Field("partner_id", "Partenaire", Reference("partner"), privacy=SECRET, help="Partenaire sollicité, s’il y en a un."),
        Field("appointment_id", "Rendez-vous", Reference("appointment"), privacy=SECRET, shown=False, help="Le rendez-vous dont c’est le compte rendu."),
        Field("note", "Note", LongText(lines=12), privacy=SECRET, shown=False, help="Paragraphes et listes (« - » en début de ligne). Jamais de donnée de santé, de religion ou d’opinion."),
    ),
    rules=(
        Rule("same_person", "appointment_id", "le rendez-vous est celui d’une autre personne", "EXISTS (SELECT 1 FROM appointment a WHERE a.id = NEW.appointment_id AND a.person_id <> NEW.person_id)", watches=("person_id", "appointment_id")),
    ),
))

PARTNER = with_synonyms(Table(
    "partner", "Partenaire", "Partenaires", feminine=False, title=("name",), order=("name",), key=("name",),
    source_key=("source", "source_id"), source_day="source_date", alike=(("siret",), ("name", "town")),
    fields=(
        Field("name", "Nom", Text(120), required=True, privacy=SECRET, section="Partenaire", help="Organisme ou personne ressource."),
        Field("kind", "Catégorie", Choice(lists.PARTNER_KINDS), privacy=SECRET, section="Partenaire", help="Nature du partenaire."),
        Field("helps_with", "Aide sur les freins", Choices(lists.OBSTACLES), privacy=SECRET, section="Partenaire", help="Les freins sur lesquels il aide, d’après ce que vous savez de lui."),
        Field("description", "Description", LongText(), privacy=SECRET, section="Partenaire", shown=False, help="Ce qu’il fait, pour qui."),
        Field("contact", "Contact", Text(120), privacy=SECRET, section="Joindre", help="Interlocuteur."),
        Field("phone", "Téléphone", Phone(), privacy=SECRET, section="Joindre", help="05 65 00 00 00 ou +33…"),
        Field("email", "Courriel", Email(), privacy=SECRET, section="Joindre", help="nom@domaine.fr"),
        Field("website", "Site", Text(), privacy=SECRET, section="Joindre", shown=False, help="Adresse du site."),
        Field("opening_hours", "Horaires d’accueil", LongText(1_000), privacy=SECRET, section="Joindre", shown=False, help="Quand il reçoit."),
        Field("address", "Adresse", Text(), privacy=SECRET, section="Lieu", shown=False, help="Numéro et voie, lieu-dit."),
        Field("address_more", "Complément d’adresse", Text(), privacy=SECRET, section="Lieu", shown=False, help="Bâtiment, étage."),
        Field("postcode", "Code postal", Text(5, digits=5), privacy=SECRET, section="Lieu", shown=False, help="Cinq chiffres."),
        Field("town", "Commune", Text(80), privacy=SECRET, section="Lieu", help="Où il se trouve."),
        Field("latitude", "Latitude", Degrees(bound=90), privacy=SECRET, section="Lieu", shown=False, help="En degrés ; sert aux distances."),
        Field("longitude", "Longitude", Degrees(), privacy=SECRET, section="Lieu", shown=False, help="En degrés ; sert aux distances."),
        Field("siret", "SIRET", Siret(), privacy=SECRET, section="Lieu", shown=False, help="Quatorze chiffres, espaces admis ; la clé est vérifiée."),
        Field("source", "Source", Text(80), privacy=SECRET, section="Source", shown=False, help="Qui a décrit la structure dans data·inclusion ; vide : le bureau."),
        Field("source_id", "Identifiant dans la source", Text(), privacy=SECRET, section="Source", shown=False, help="Celui du fichier importé : il fait retrouver la structure la fois suivante."),
        Field("source_date", "Mise à jour dans la source", Date(), privacy=SECRET, section="Source", shown=False, help="Jour où la source a revu cette description."),
        Field("source_link", "Page dans la source", Text(500), privacy=SECRET, section="Source", shown=False, help="L’adresse de la description d’origine."),
        _note(section="Source"),
    ),
    rules=(
        Rule(
            "one_of_the_source", "source_id", "un autre partenaire porte déjà cet identifiant de la même source",
            "NEW.source_id IS NOT NULL AND EXISTS (SELECT 1 FROM partner o WHERE o.source_id = NEW.source_id AND o.source IS NEW.source"
            " AND o.id <> NEW.id AND o.deleted_at IS NULL)",
            watches=("source", "source_id", "deleted_at"),
        ),
    ),
))

NEED = with_synonyms(Table(
    "need", "Besoin recensé", "Besoins recensés", feminine=False, title=("title",), order=("-noted_on",),
    key=("title",),
    fields=(
        Field("title", "Besoin", Text(160), required=True, privacy=SECRET, help="En une phrase, sans nommer personne."),
        Field("noted_on", "Noté le", Date(), required=True, default=TODAY, privacy=SECRET, help="Jour où le besoin est apparu."),
        Field("domain", "Domaine d’activité", Choice(lists.DOMAINS), privacy=SECRET, help="Qui est concerné."),
        Field("territory", "Territoire", Choice(lists.TERRITORIES), privacy=SECRET, help="Où."),
        Field("obstacle", "Frein", Choice(lists.OBSTACLES), privacy=SECRET, help="Le frein en cause."),
        Field("state", "État", Choice(lists.NEED_STATES), required=True, default="open", privacy=SECRET, help="Où en est la réponse."),
        Field("answer", "Réponse", LongText(), privacy=SECRET, help="Réponse trouvée ou proposée pour l’offre d’insertion."),
        Field("partners", "Réponse avec", References("partner"), privacy=SECRET, shown=False, help="Les partenaires qui y répondent, ou pourraient le faire."),
        _note(),
    ),
))

PROJECT = with_synonyms(Table(
    "project", "Projet collectif", "Projets collectifs", feminine=False, title=("name",), order=("-starts_on",),
    key=("name", "starts_on"),
    fields=(
        Field("name", "Projet", Text(160), required=True, privacy=SECRET, help="Nom du projet."),
        Field("kind", "Nature du projet", Choice(lists.PROJECT_KINDS), privacy=SECRET, help="Exposition, concert, atelier…"),
        Field("starts_on", "Du", Date(), privacy=SECRET, help="Premier jour, compris."),
        Field("ends_on", "Au", Date(), privacy=SECRET, help="Dernier jour, compris."),
        Field("place", "Lieu", Text(120), privacy=SECRET, help="Lieu et commune."),
        Field("partner_id", "Partenaire", Reference("partner"), privacy=SECRET, help="Partenaire principal."),
        Field("participants", "Participants", References("person"), privacy=SECRET, help="Personnes qui prennent part au projet."),
        _note(),
    ),
    rules=(_ends_after_start(),),
))

SETTING = Table(
    "setting", "Réglage", "Réglages", feminine=False, title=("aid_ceiling",), order=("aid_ceiling",),
    fields=(
        Field("aid_ceiling", "Plafond des aides par personne", Euros(), required=True, default=900_00, privacy=SECRET, section="Aides", help="900 € d’après le dispositif départemental."),
        Field("aid_ceiling_period", "Période du plafond", Choice(lists.CEILING_PERIODS), required=True, default="all", privacy=SECRET, section="Aides", help="Sur quelle durée les aides s’additionnent."),
        Field("aid_alert", "Signaler quand il reste au plus", Euros(), required=True, default=150_00, privacy=SECRET, section="Aides", help="Signale les personnes proches du plafond."),
        Field("contract_alert_months", "Signaler un contrat avant sa fin", Integer(0, 24, "mois"), required=True, default=1, privacy=SECRET, section="Contrats", help="Combien de mois avant l’échéance un contrat est signalé."),
        Field("engagement_card", "Montrer l’échéance du 1er janvier 2027", YesNo(), required=True, default=1, privacy=SECRET, section="Contrats", help="La carte d’« Aujourd’hui » qui compte les contrats d’engagement à signer."),
        Field("contact_months", "Signaler qui est sans contact depuis", Integer(1, 24, "mois"), required=True, default=3, privacy=SECRET, section="Ce qui attend", help="En accompagnement ou en diagnostic."),
        Field("late_days", "Signaler une action en retard de", Integer(0, 365, "j"), required=True, default=1, privacy=SECRET, section="Ce qui attend", help="Jours passés depuis son échéance."),
        Field("unpaid_days", "Signaler une aide accordée, pas payée depuis", Integer(0, 365, "j"), required=True, default=30, privacy=SECRET, section="Ce qui attend", help="Jours passés depuis la décision."),
        Field("exit_months", "Prendre des nouvelles après une sortie", Integer(1, 24, "mois"), required=True, default=6, privacy=SECRET, section="Ce qui attend", help="« Que devient-elle ? », demandé une fois, pendant six mois."),
        Field("letterhead", "En-tête", LongText(300), required=True, default="Département du Lot\nAccompagnement des publics artistes", privacy=SECRET, section="Documents", help="En haut des contrats et des lettres, à côté du logo."),
        Field("document_town", "Fait à", Text(80), required=True, default="Cahors", privacy=SECRET, section="Documents", help="La commune où les documents se signent."),
        Field("recourse", "Voies de recours (RSA)", LongText(2_000), required=True, default=_RECOURSE, privacy=SECRET, section="Documents", help="Imprimées dans chaque contrat et dans l’avis d’orientation : faites-les relire par votre service juridique."),
        Field("aid_recourse", "Voies de recours (aides)", LongText(2_000), required=True, default=_AID_RECOURSE, privacy=SECRET, section="Documents", help="Imprimées dans chaque décision d’aide : faites-les relire par votre service juridique."),
        Field("signatory", "Signataire des lettres", Text(80), privacy=SECRET, section="Documents", help="Prénom et nom de qui signe ; vide : une ligne à remplir."),
        Field("signatory_capacity", "Qualité du signataire", Text(160), privacy=SECRET, section="Documents", help="Sa fonction, imprimée sous son nom (code des relations entre le public et l’administration, article L212-1)."),
        Field("calendar_name", "Nommer une personne par", Choice(lists.CALENDAR_NAMES), required=True, default="initials", privacy=SECRET, section="Agenda", help="Ce que les agendas abonnés (.ics) montrent d’elle. Jamais son nom."),
        Field("department", "Département du bureau", Text(3), required=True, default="46", privacy=SECRET, section="Réseau", help="Son code (46, 2A, 971) : de la liste nationale des structures, seules celles du département s’importent."),
        Field("idle_minutes", "Déconnecter après inactivité", Integer(5, 480, "min"), required=True, default=60, privacy=SECRET, section="Connexions", help="Sans clic ni frappe aussi longtemps, il faut se connecter de nouveau."),
        Field("session_hours", "Se reconnecter au moins toutes les", Integer(1, 24, "h"), required=True, default=12, privacy=SECRET, section="Connexions", help="Même en travaillant sans arrêt."),
        Field("archive_months", "Proposer l’archivage après", Integer(6, 120, "mois"), required=True, default=24, privacy=SECRET, section="Conservation", help="Mois sans aucun contact, étape en cours comprise."),
        Field("erase_months", "Proposer l’effacement après", Integer(0, 120, "mois"), required=True, default=12, privacy=SECRET, section="Conservation", help="Mois passés aux archives."),
        Field("trace_months", "Garder les traces de consultation", Integer(6, 36, "mois"), required=True, default=12, privacy=SECRET, section="Conservation", help="Qui a ouvert un dossier, qui a téléchargé quoi."),
    ),
    rules=(
        Rule(
            "known_department", "department", "un code de département s’écrit 46, 2A ou 971",
            "NOT (NEW.department GLOB '[0-9][0-9]' OR NEW.department GLOB '2[AB]' OR NEW.department GLOB '97[0-9]' OR NEW.department GLOB '98[0-9]')",
            watches=("department",),
        ),
    ),
)

FILES: dict[str, Table] = {
    table.name: table
    for table in (
        PERSON, ORIENTATION, STAGE, BENEFIT, DIAGNOSTIC, ACTION, CER, AID, EXIT, APPOINTMENT, INTERVENTION, PARTNER, NEED, PROJECT,
    )
}
"""The tables that the team fills in, by name."""
import_synonyms.check_names(FILES, lists.LISTS)

ATTACHMENT = Table(
    "attachment", "Pièce jointe", "Pièces jointes", title=("name",), order=("-added_on",), key=("person_id", "name"),
    fields=(
        _person(),
        Field("name", "Nom", Text(120), required=True, privacy=SECRET, help="Celui du fichier, ou un autre plus clair."),
        Field("kind", "Nature", Choice(lists.ATTACHMENT_KINDS), privacy=SECRET, help="Ce que c’est : contrat signé, devis, K-bis…"),
        Field("added_on", "Ajoutée le", Date(), required=True, default=TODAY, privacy=SECRET, help="Jour où la pièce a été déposée."),
        Field("cer_id", "Contrat", Reference("cer"), privacy=SECRET, help="Le contrat que la pièce concerne, s’il y en a un."),
        Field("aid_id", "Aide financière", Reference("aid"), privacy=SECRET, help="L’aide que la pièce concerne, s’il y en a une."),
        Field("format", "Format", Choice(lists.FILE_FORMATS), required=True, privacy=SECRET, measured=True, help="Reconnu d’après le contenu du fichier."),
        Field("size", "Taille", Integer(1, attachment_rules.LARGEST, "octets"), required=True, privacy=SECRET, measured=True, help="En octets."),
        _note(),
    ),
    rules=(
        Rule("with_file", "name", "le fichier de cette pièce n’est plus là, ou n’est pas celui-ci", attachment_rules.WITHOUT_FILE, watches=("format", "size", "deleted_at")),
        Rule("total", "size", "les pièces d’une personne font 200 Mo au plus ; supprimez-en une, ou allégez celle-ci", attachment_rules.TOO_MUCH, watches=("person_id", "size", "deleted_at")),
        Rule("same_person", "person_id", "le contrat ou l’aide est d’une autre personne", attachment_rules.OF_ANOTHER, watches=("person_id", "cer_id", "aid_id")),
    ),
)

SET_ASIDE = Table(
    "set_aside", "Rappel écarté", "Rappels écartés", feminine=False, title=("kind", "person_id"), order=("-until",), key=("person_id", "kind", "of_row"),
    fields=(
        _person(),
        Field("kind", "Rappel", Choice(lists.REMINDERS), required=True, privacy=SECRET, help="Ce qui attendait."),
        Field("of_row", "Ligne", Integer(1, 2**53), required=True, privacy=SECRET, help="Le numéro de la ligne qui attendait."),
        Field("until", "Jusqu’au", Date(), privacy=SECRET, help="Jour où le rappel revient ; vide : il ne revient pas."),
        _note(),
    ),
)

BOARD = Table(
    "board", "Tableau MAPPI", "Tableaux MAPPI", feminine=False, title=("starts_on",), order=("-starts_on",), key=("person_id", "starts_on"),
    fields=(
        _person(),
        Field("starts_on", "Commencé le", Date(), required=True, default=TODAY, privacy=SECRET, section="Tableau", help="Jour où le tableau est ouvert avec la personne."),
        Field("ends_on", "Jusqu’au", Date(), privacy=SECRET, section="Tableau", help="Dernier jour où il sert, compris ; vide : c’est le tableau en cours."),
        Field("goal", "Objectif final", LongText(1_000), privacy=SECRET, section="Cap", help="Ce que la personne veut atteindre au bout du parcours."),
        Field("goal_voice", "Objectif final, dans les mots de", Choice(lists.VOICES), privacy=SECRET, section="Cap", help="Qui l’a dit ainsi."),
        Field("question", "Question problème", LongText(1_000), privacy=SECRET, section="Cap", help="La décision centrale, posée comme une question."),
        Field("question_voice", "Question problème, dans les mots de", Choice(lists.VOICES), privacy=SECRET, section="Cap", help="Qui l’a posée ainsi."),
        Field("elements", "Éléments de diagnostic", LongText(), privacy=SECRET, section="Cap", help="Ce que l’on sait de la situation. Jamais une maladie ni un diagnostic médical."),
        Field("elements_voice", "Éléments, dans les mots de", Choice(lists.VOICES), privacy=SECRET, section="Cap", help="Qui les a dits ainsi."),
        Field("chosen", "Parcours choisi", Choice(lists.BOARD_PATHS), privacy=SECRET, section="Choix", help="Celui que la personne préfère."),
        Field("chosen_on", "Choisi le", Date(), privacy=SECRET, section="Choix", help="Jour où la personne a choisi."),
        Field("strategic_id", "Étape stratégique", Reference("card"), privacy=SECRET, measured=True, help="L’étape autour de laquelle le parcours s’organise : une seule."),
        Field("note", "Note de l’équipe", LongText(), privacy=SECRET, section="Choix", help="Jamais imprimée sur la feuille de la personne. Jamais de donnée de santé, de religion ou d’opinion."),
    ),
    rules=(
        _ends_after_start(),
        Rule("one_at_a_time", "starts_on", "un autre tableau de la personne couvre déjà ces jours : il n’y en a qu’un en cours", domain_rules.overlaps_same_person("board"), watches=("person_id", "starts_on", "ends_on", "deleted_at")),
        Rule("choice_is_dated", "chosen_on", "un parcours choisi a sa date, et une date son parcours", "(NEW.chosen IS NULL) <> (NEW.chosen_on IS NULL)", watches=("chosen", "chosen_on")),
        Rule("strategic_is_step", "strategic_id", "l’étape stratégique est une étape de ce tableau", board_rules.STRATEGIC_IS_NO_STEP, watches=("strategic_id",)),
        Rule("strategic_kept", "strategic_id", "un tableau de plusieurs étapes en a une qui est stratégique", board_rules.STRATEGIC_IS_GONE, watches=("strategic_id", "deleted_at")),
    ),
)
CARD = Table(
    "card", "Carte MAPPI", "Cartes MAPPI", title=("kind", "text"), order=("kind", "rank"), key=("board_id", "kind", "text"),
    fields=(
        _person(),
        Field("board_id", "Tableau", Reference("board"), required=True, privacy=SECRET, help="Le tableau de la carte."),
        Field("kind", "Carte", Choice(lists.CARD_KINDS), required=True, privacy=SECRET, help="Frein, moteur ou étape."),
        Field("text", "Texte", Text(300), required=True, privacy=SECRET, help="En une phrase. Jamais une maladie ni un diagnostic médical."),
        Field("voice", "Dans les mots de", Choice(lists.VOICES), privacy=SECRET, help="Qui l’a dit ainsi."),
        Field("obstacle", "Frein de la liste", Choice(lists.OBSTACLES), privacy=SECRET, help="Pour un frein : celui des listes de Palette, s’il y en a un."),
        Field("objective", "Objectif", Text(300), privacy=SECRET, help="Pour un frein : ce que la personne vise pour le lever, un seul."),
        Field("rank", "Rang", Integer(1, 1_000), privacy=SECRET, measured=True, help="Son rang parmi les cartes du même genre ; vide : à la suite."),
        Field("due_on", "Jour", Date(), privacy=SECRET, help="Pour une étape : quand elle doit être atteinte."),
        Field("paths", "Parcours", Choices(lists.BOARD_PATHS), privacy=SECRET, help="Pour une étape : le ou les parcours où elle est."),
        Field("action_id", "Action du plan", Reference("action"), privacy=SECRET, measured=True, help="L’action que la carte est devenue."),
        _note("Note de l’équipe"),
    ),
    rules=(
        Rule("same_person", "person_id", "le tableau ou l’action est d’une autre personne", board_rules.OF_ANOTHER, watches=("person_id", "board_id", "action_id")),
        Rule("only_obstacle", "objective", "un frein de la liste et un objectif ne valent que pour un frein", "NEW.kind <> 'obstacle' AND (NEW.obstacle IS NOT NULL OR NEW.objective IS NOT NULL)", watches=("kind", "obstacle", "objective")),
        Rule("step_has_day", "due_on", "une étape a son jour", "NEW.kind = 'step' AND NEW.due_on IS NULL", watches=("kind", "due_on")),
        Rule("step_has_path", "paths", "une étape est sur un parcours au moins", "NEW.kind = 'step' AND NEW.paths IS NULL", watches=("kind", "paths")),
        Rule("only_step", "due_on", "un jour et des parcours ne valent que pour une étape", "NEW.kind <> 'step' AND (NEW.due_on IS NOT NULL OR NEW.paths IS NOT NULL)", watches=("kind", "due_on", "paths")),
        Rule("strategic_first", "kind", "dites d’abord quelle étape du tableau est stratégique", board_rules.STRATEGIC_COMES_FIRST, watches=("board_id", "kind", "deleted_at")),
        Rule("strategic_stays", "kind", "cette carte est l’étape stratégique de son tableau", board_rules.STRATEGIC_STAYS, watches=("board_id", "kind", "deleted_at")),
    ),
)

WORK: dict[str, Table] = FILES | {table.name: table for table in (ATTACHMENT, BOARD, CARD, SET_ASIDE)}
"""The tables that hold the team's work: those it fills in, and what it keeps beside them. An attachment comes with its file
alone (db/attachments), boards and cards are made in the dossier, and a button sets a reminder aside
(db/people/waiting.py); none of them is imported, or counts in a figure."""

OWN_FIELD = Table(
    "own_field", "Champ", "Champs", feminine=False, title=("label",), order=("of_table", "place"),
    fields=(
        Field("of_table", "Table", Text(40), required=True, privacy=SECRET, help="La table du champ."),
        Field("name", "Nom dans le fichier", Text(60), required=True, privacy=SECRET, help="Ne change jamais."),
        Field("label", "Intitulé", Text(60), required=True, privacy=SECRET, help="Comme on le lit dans la grille et le formulaire."),
        Field("kind", "Genre", Choice(lists.FIELD_KINDS), privacy=SECRET, help="Vide : un champ de Palette, que le bureau nomme ou range autrement."),
        Field("list_name", "Liste", Text(80), privacy=SECRET, help="D’où viennent les choix."),
        Field("source", "Calculé d’après", Text(120), privacy=SECRET, help="Le champ ou la table dont la valeur découle."),
        Field("help", "Aide", Text(300), privacy=SECRET, help="Une phrase, montrée à qui remplit."),
        Field("section", "Rubrique", Text(60), privacy=SECRET, help="Sous quel titre du formulaire."),
        Field("privacy", "Publication", Choice(lists.PRIVACIES), required=True, default="secret", privacy=SECRET, help="Jamais publié, tant que personne ne dit le contraire."),
        Field("published", "Publié comme", LongText(1_500), privacy=SECRET, help="Le tableau public, puis les valeurs qui y ont leur ligne ; figé quand on l’a dit."),
        Field("place", "Rang", Integer(), required=True, default=0, privacy=SECRET, help="L’ordre dans le formulaire et la grille."),
        Field("shown", "Montré d’emblée", YesNo(), required=True, default=1, privacy=SECRET, help="Si la grille montre la colonne avant qu’on en choisisse."),
        Field("hidden", "Masqué", YesNo(), required=True, default=0, privacy=SECRET, help="Ce qu’il contient reste dans le fichier."),
    ),
    rules=(
        # Names become names of columns and tables: letters, figures and nothing that SQL could misread.
        Rule("plain_name", "name", "le nom d’un champ dans le fichier n’a que des lettres", "NEW.name GLOB '*[^a-z0-9_]*' OR (NEW.kind IS NOT NULL AND NEW.name NOT GLOB 'own_[a-z0-9]*')", watches=("name", "kind")),
        Rule("known_table", "of_table", "cette table n’existe pas", f"NEW.of_table NOT IN ({_codes(FILES)})", watches=("of_table",)),
        Rule("known_list", "list_name", "cette liste n’existe pas", f"NEW.kind IN ('choice', 'choices') AND (NEW.list_name IS NULL OR NEW.list_name GLOB '*[^a-z0-9_]*' OR (NEW.list_name NOT GLOB 'own_*' AND NEW.list_name NOT IN ({_codes(one.name for one in lists.LISTS)})))", watches=("kind", "list_name")),
        # Only a choice field of a person may be published, as groups written in this form (office_groups.py).
        Rule("published_choice", "published", "seul un choix dans une liste, d’une personne, peut être publié", "NEW.published IS NOT NULL AND NOT (NEW.privacy IS 'grouped' AND NEW.of_table IS 'person' AND NEW.kind IS 'choice' AND NEW.published GLOB 'champ*_' || substr(NEW.name, 5) || ' : ?*' || char(10) || '[a-z]* : ?*' AND length(NEW.published) - length(replace(NEW.published, char(10), '')) <= 5)", watches=("published", "privacy", "of_table", "kind")),
        Rule("one_each", "name", "ce champ existe déjà", "EXISTS (SELECT 1 FROM own_field o WHERE o.of_table = NEW.of_table AND o.name = NEW.name AND o.id <> NEW.id AND o.deleted_at IS NULL)"),
        Rule("kept_name", "name", "le nom d’un champ dans le fichier ne change pas", "EXISTS (SELECT 1 FROM history h WHERE h.table_name = 'own_field' AND h.row_id = NEW.id AND h.action = 'insert' AND (json_extract(h.after, '$.name') <> NEW.name OR json_extract(h.after, '$.of_table') <> NEW.of_table OR json_extract(h.after, '$.kind') IS NOT NEW.kind))", watches=("name", "of_table", "kind")),
    ),
)

OWN_VALUE = Table(
    "own_value", "Valeur de liste", "Valeurs de listes", title=("label",), order=("of_list", "place"),
    fields=(
        Field("of_list", "Liste", Text(80), required=True, privacy=SECRET, help="La liste de la valeur."),
        Field("code", "Code", Text(60), required=True, privacy=SECRET, help="Gardé dans le fichier ; ne change jamais."),
        Field("label", "Valeur", Text(120), required=True, privacy=SECRET, help="Comme on la lit."),
        Field("place", "Rang", Integer(), required=True, default=0, privacy=SECRET, help="L’ordre dans la liste."),
        Field("retired", "Retirée", YesNo(), required=True, default=0, privacy=SECRET, help="N’est plus proposée ; les lignes qui l’ont la gardent."),
        Field("own", "Ajoutée par le bureau", YesNo(), required=True, default=0, privacy=SECRET, help="Ou valeur de Palette, nommée autrement."),
    ),
    rules=(
        Rule("plain_code", "code", "le code d’une valeur n’a que des lettres", "NEW.code GLOB '*[^a-z0-9_]*' OR NEW.of_list GLOB '*[^a-z0-9_]*'", watches=("code", "of_list")),
        Rule("one_each", "code", "cette valeur existe déjà", "EXISTS (SELECT 1 FROM own_value o WHERE o.of_list = NEW.of_list AND o.code = NEW.code AND o.id <> NEW.id AND o.deleted_at IS NULL)"),
    ),
)

OFFICE: dict[str, Table] = {table.name: table for table in (SETTING, OWN_FIELD, OWN_VALUE)}
"""What the office sets for itself: its limits (one row), its fields and values beside those declared here (db/model/effective_dictionary.py)."""
TABLES: dict[str, Table] = WORK | OFFICE
"""Every table by name."""
