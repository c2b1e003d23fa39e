"""The MAPPI method: its ten points, and the conditions that the file refuses of its boards and cards, as SQL on NEW.

Source: docs/domain.md § 3 (b2c-fr.com). A board points to its strategic step: there is never more than one. While it
points to none, its only step is the strategic one, and a second is refused.
"""

POINTS = (
    "Définir l’objectif final du parcours",
    "Identifier la question problème (la décision centrale)",
    "Poser les éléments de diagnostic",
    "Identifier ce qui est frein et moteur au niveau du parcours",
    "Formaliser un objectif sur chaque frein",
    "Prioriser les objectifs",
    "Repérer l’étape stratégique et la poser sur l’échelle calendaire",
    "Organiser le parcours autour de cette étape selon l’ordre logique des étapes",
    "Combler les « inter-étapes » dans une logique d’efficience",
    "Choisir le parcours préféré",
)
"""The ten points of the method, word for word."""

_STEPS = "SELECT 1 FROM card c WHERE c.board_id = {board} AND c.kind = 'step' AND c.deleted_at IS NULL"

STRATEGIC_IS_NO_STEP = (
    "NEW.strategic_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM card c"
    " WHERE c.id = NEW.strategic_id AND c.board_id = NEW.id AND c.kind = 'step')"
)
STRATEGIC_IS_GONE = f"NEW.strategic_id IS NULL AND (SELECT count(*) FROM ({_STEPS.format(board='NEW.id')})) > 1"
STRATEGIC_COMES_FIRST = (
    "NEW.kind = 'step' AND EXISTS (SELECT 1 FROM board b WHERE b.id = NEW.board_id AND b.strategic_id IS NULL)"
    f" AND EXISTS ({_STEPS.format(board='NEW.board_id')} AND c.id <> NEW.id)"
)
STRATEGIC_STAYS = (
    "EXISTS (SELECT 1 FROM board b WHERE b.strategic_id = NEW.id AND b.deleted_at IS NULL"
    " AND (NEW.kind <> 'step' OR b.id <> NEW.board_id))"
)
OF_ANOTHER = (
    "EXISTS (SELECT 1 FROM board b WHERE b.id = NEW.board_id AND b.person_id <> NEW.person_id)"
    " OR EXISTS (SELECT 1 FROM action a WHERE a.id = NEW.action_id AND a.person_id <> NEW.person_id)"
)
