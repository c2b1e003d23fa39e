"""What the letters of Palette say, in order: data only (blocks.py). Nobody's gender is told by an agreement: what would
agree is worded otherwise, and the salutation follows what the person declares (letter_fields.py).

No letter holds a note of the team, nor what a file says of somebody's situation beyond its own subject.
"""
# fmt: off

from reports.documents.blocks import HEADING, SIGNED, TABLE, TEXT, Block, DocumentKind, spaced

DOTS = "……………………………………………………"
"""A line to fill in by hand."""
_SHORT = "…………………"
PIECES, DEADLINE, REASON = "pieces", "deadline", "reason"
"""What may be asked when a letter is printed (``asks``): the missing pieces, one a line; an ISO day; why an aid is
refused."""


def _text(text: str, when: str = "") -> Block:
    return Block(TEXT, spaced(text), when)


_HELLO = _text("{{ document.appel }}")
_END = (
    _text("{{ document.politesse }}"),
    Block(SIGNED, f"{{{{ document.signataire or '{DOTS[:35]}' }}}}\n{{{{ document.qualite or '{DOTS[:35]}' }}}}"),
)


def _letter(
    name: str, title: str, sources: tuple[str, ...], subject: str, blocks: tuple[Block, ...],
    asks: tuple[str, ...] = (),
) -> DocumentKind:
    return DocumentKind(name, title, (_HELLO, *blocks, *_END), sources, spaced(subject), asks)


_WHEN = "le {{ rendez_vous.jour }} à {{ rendez_vous.heure }}"
_WHERE = (
    "{% if rendez_vous.ou %}, {{ rendez_vous.ou }}{% endif %}"
    "{% if rendez_vous.lieu %}, {{ rendez_vous.lieu }}{% endif %}"
)
_DECIDED = "orientation.parcours_d_orientation or orientation.organisme_referent"
_REQUEST = (
    "Vous avez demandé le {{ aide.demandee_le }} une aide financière ({{ aide.type_d_aide|lower }})"
    "{% if aide.montant_demande %} de {{ aide.montant_demande }}{% endif %}."
)
LETTERS: tuple[DocumentKind, ...] = (
    _letter("convocation", "Convocation", ("appointment",), "Convocation à un rendez-vous", (
        _text(f"Nous vous donnons rendez-vous {_WHEN}{_WHERE}."),
        _text("Durée prévue : {{ rendez_vous.duree }}.", "rendez_vous.duree"),
        _text(
            "Si ce jour ne vous convient pas, prévenez-nous dès que possible, par courrier, par courriel ou par"
            " téléphone : nous conviendrons d’une autre date. Vous pouvez venir avec la personne de votre choix."
        ),
    )),
    _letter(
        "relance", "Relance", ("appointment", "person"),
        "{% if rendez_vous.jour %}Votre rendez-vous du {{ rendez_vous.date }}{% else %}Reprendre contact{% endif %}", (
        _text(f"Nous vous avions donné rendez-vous {_WHEN}, et ce rendez-vous n’a pas eu lieu.", "rendez_vous.jour"),
        _text(
            "Notre dernier échange date du {{ suivi.dernier_contact }}, et nous sommes sans nouvelles de votre part"
            " depuis.", "not rendez_vous.jour and suivi.dernier_contact",
        ),
        _text("Nous n’avons pas encore pu échanger avec vous.", "not rendez_vous.jour and not suivi.dernier_contact"),
        _text(
            "Nous souhaitons reprendre contact avec vous pour faire le point sur votre projet. Merci de nous proposer"
            " une date, par courrier, par courriel ou par téléphone. Si vous avez eu un empêchement, ou si votre"
            " situation a changé, dites-le-nous : nous en tiendrons compte."
        ),
    )),
    _letter(
        "avis", "Avis d’orientation", ("orientation",),
        "Avis sur la demande d’accompagnement du {{ orientation.demandee_le }}", (
        _text(
            "Une demande d’accompagnement par le service qui suit les publics artistes nous est parvenue pour vous le"
            " {{ orientation.demandee_le }}."
        ),
        _text(
            f"L’avis rendu le {{{{ orientation.avis_rendu_le or '{_SHORT}' }}}} est le suivant :"
            " « {{ orientation.avis }} »."
        ),
        _text("Raisons : {{ orientation.raisons }}.", "orientation.raisons"),
        _text(f"Motif : {DOTS * 2}", "orientation.motif_a_remplir"),
        _text(
            f"Parcours décidé par le Département : {{{{ orientation.parcours_d_orientation or '{_SHORT}' }}}}."
            f" Organisme référent : {{{{ orientation.organisme_referent or '{_SHORT}' }}}}.", _DECIDED,
        ),
        _text("{{ orientation.mention }}", "orientation.mention"),
        _text("{{ document.recours }}", _DECIDED),
    )),
    _letter("attestation", "Attestation d’accompagnement", ("person",), "Attestation d’accompagnement", (
        _text(
            "Nous attestons que {{ personne.prenom }} {{ personne.nom }} {% if suivi.en_cours %}bénéficie{% else %}a"
            " bénéficié{% endif %} de l’accompagnement de notre service :"
        ),
        Block(TABLE, "Périodes d’accompagnement", each="etapes", item="etape", columns=(
            ("Étape", "{{ etape.etape }}", 12), ("Du", "{{ etape.du }}", 6),
            ("Au", "{{ etape.au or 'en cours' }}", 6),
        )),
        _text(
            "Cette attestation est remise à {{ personne.prenom }} {{ personne.nom }}, à sa demande, pour faire valoir"
            " ses droits."
        ),
    )),
    _letter("aide", "Décision d’aide", ("aid",), "Décision sur votre demande d’aide du {{ aide.demandee_le }}", (
        _text(_REQUEST),
        _text(
            "Cette aide vous est accordée{% if aide.decidee_le %} par décision du {{ aide.decidee_le }}{% endif %},"
            " pour un montant de {{ aide.montant_accorde }}.", "aide.accordee",
        ),
        _text(
            "Cette aide ne vous est pas accordée{% if aide.decidee_le %} (décision du {{ aide.decidee_le }})"
            "{% endif %}.", "aide.refusee",
        ),
        _text(f"Motif : {{{{ aide.motif_du_refus or '{DOTS * 2}' }}}}", "aide.refusee"),
        Block(HEADING, "Voies et délais de recours"),
        _text("{{ document.recours_aides }}"),
    ), asks=(REASON,)),
    _letter(
        "pieces", "Pièces manquantes", ("aid",),
        "Votre demande d’aide du {{ aide.demandee_le }} : pièces manquantes", (
        _text(f"{_REQUEST} Il manque, pour l’examiner :"),
        _text("{{ document.pieces }}"),
        _text(f"Merci de nous les faire parvenir avant le {{{{ document.date_limite or '{_SHORT}' }}}}."),
        _text(
            "Jusqu’à cette date, ou jusqu’à leur réception si elle vient avant, le délai au terme duquel le silence de"
            " l’administration vaut rejet de la demande est suspendu (code des relations entre le public et"
            " l’administration, article L114-5)."
        ),
        _text(
            "Si l’une de ces pièces est difficile à obtenir, dites-le-nous : nous chercherons une solution avec vous."
        ),
    ), asks=(PIECES, DEADLINE)),
    _letter("fin", "Fin d’accompagnement", ("exit", "stage"), "Fin de votre accompagnement", (
        _text(
            "L’accompagnement de notre service{% if fin.depuis %}, commencé le {{ fin.depuis }},{% endif %} a pris fin"
            " le {{ fin.le }}."
        ),
        _text("Nous vous remercions de votre confiance et vous souhaitons une bonne continuation dans vos projets."),
        _text(
            "Vous pouvez reprendre contact avec nous si votre situation change. Nous pourrons aussi vous demander, dans"
            " quelques mois, où en est votre projet ; vous restez libre de répondre."
        ),
        _text(
            "Vous pouvez demander à consulter et à faire corriger les informations qui vous concernent, en écrivant à"
            " notre service."
        ),
    )),
)
"""The letters, in the order in which they are offered."""
