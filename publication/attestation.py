"""What is published beside the numbers of a year: how they were made, who attacks them, what he gains."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from db.base.french import french_number
from publication.audit.auditor import Verdict
from publication.draw.draw import scale
from publication.inference.simulated_keys import KEYS, MAX_GAIN
from publication.release import public_file
from publication.release.release import Release
from publication.release.rounding import AMOUNT_BASE
from publication.release.tables import ATTRIBUTES, BASE


def make(release: Release, measured: Mapping[str, str], verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Return what is published beside the numbers, in the order in which it is shown.

    Nothing in it is measured with the true numbers, but the level of noise, which hardly ever depends on one person.
    With an exact mean distance, or the success of an attack, somebody who knows everybody but one person could try each
    profile of that person and keep the one that gives the same.
    """
    passed = [str(verdict.attack.number) for verdict in verdicts if verdict.passed]
    return {
        "Photographie": f"31/12/{release.year}",
        "Base d’arrondi": f"{BASE} personnes ; montants moyens : {AMOUNT_BASE} €",
        "Version des catégories": str(max(grouping.version for grouping in ATTRIBUTES)),
        "Nombres exacts": "aucun, sauf ce qui avait déjà été rendu public",
        public_file.LEVEL: f"{release.level} (bruit × {french_number(scale(release.level), 2)})",
        **measured,
        "Écart au vrai": "deux à trois personnes par nombre en moyenne, rarement dix",
        "Qui attaque": "quelqu’un qui connaît toutes les personnes sauf une, toutes les années et toute la méthode",
        "Ce qu’il ne sait pas": "la clé secrète ; il en essaie des centaines",
        "Ce qu’il gagne": (
            f"au plus {french_number(100 * MAX_GAIN)} points de probabilité sur ce que les parts publiées disent d’une "
            f"personne, critère par critère, en moyenne sur {KEYS // 2} clés ; au-delà, rien n’est publié"
        ),
        "Attaques tentées et repoussées": (
            f"{len(passed)} sur {len(verdicts)} ({', '.join(passed)}) ; ce n’est pas une preuve"
        ),
        "Bibliothèques": ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    }
