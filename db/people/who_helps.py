"""Which partners could help with an obstacle near a commune, and why each is named.

First those of which the file says so: the office noted that they help with it, they carry actions against it, or they
answer a need. Then those where persons were sent in the domain of such an action. Last those whose description merely
mentions it. Within each distance, who did most comes first.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.base.french import fold
from db.model.office import Office
from db.people import places
from db.people.places import Places, Position

_WORDS = {
    "housing": ("logement", "hebergement", "loyer"), "mobility": ("mobilite", "transport", "permis de conduire"),
    "family": ("garde d'enfant", "creche", "parentalite"), "money": ("surendettement", "microcredit", "budget"),
    "paperwork": ("demarches administratives", "france services", "ecrivain public"),
    "digital": ("numerique", "informatique"), "french": ("francais", "fle", "illettrisme"),
    "training": ("formation",), "isolation": ("lien social", "isolement"),
    "workplace": ("atelier", "coworking", "tiers-lieu"), "rights": ("acces aux droits", "acces aux soins"),
    "carer": ("aidant",),
}  # fmt: skip
"""Obstacle -> words by which a description mentions it, folded."""
_BANDS = (10, 25, 50)
"""Kilometres: partners within one band are sorted by what they did."""


@dataclass(frozen=True)
class Helper:
    """One partner. ``distance``: in kilometres, None when unknown. ``is_near``: whether it is that of its commune only.
    ``carried``, ``done``: actions against the obstacle; ``sent``: persons who were sent there in the domain of such
    an action of theirs; ``needs``: needs it answers; ``word``: of its description, '' when more than that is known."""

    id: int
    name: str
    kind: str | None
    town: str | None
    phone: str | None
    distance: float | None
    is_near: bool
    says_so: bool
    carried: int
    done: int
    sent: int
    needs: int
    word: str

    @property
    def weight(self) -> int:
        """How much the file knows of its help."""
        return 3 * self.says_so + 2 * self.carried + 2 * self.done + self.sent + self.needs

    @property
    def rank(self) -> tuple[Any, ...]:
        """Sorts helpers: what is known before what is near to it or only described, nearer bands first."""
        is_known = self.says_so or self.carried or self.needs
        band = len(_BANDS) + 1 if self.distance is None else bisect_left(_BANDS, self.distance)
        far = float("inf") if self.distance is None else self.distance
        return (0 if is_known else 1 if self.sent else 2, band, -self.weight, far, fold(self.name))


_PARTNERS = """SELECT id, name, kind, town, postcode, latitude, longitude, helps_with, description, phone FROM partner
  WHERE deleted_at IS NULL"""
_CARRIED = """SELECT partner_id, count(*), sum(state = 'done') FROM action
  WHERE obstacle = ? AND partner_id IS NOT NULL AND state <> 'dropped' AND deleted_at IS NULL GROUP BY partner_id"""
_SENT = """SELECT i.partner_id, count(DISTINCT i.person_id) FROM intervention i
  WHERE i.partner_id IS NOT NULL AND i.deleted_at IS NULL AND EXISTS (SELECT 1 FROM action a
    WHERE a.person_id = i.person_id AND a.obstacle = ? AND a.domain = i.domain
      AND a.state <> 'dropped' AND a.deleted_at IS NULL)
  GROUP BY i.partner_id"""
_NEEDS = """SELECT j.value, count(*) FROM need n, json_each(n.partners) j
  WHERE n.obstacle = ? AND n.deleted_at IS NULL GROUP BY j.value"""


def find(db: Office, obstacle: str, known: Places, near: Position | None) -> list[Helper]:
    """Return the partners that could help, best first. ``near``: from where the distances count."""
    carried = {partner: (count, done) for partner, count, done in db.execute(_CARRIED, (obstacle,))}
    sent, needs = (Counter(dict(db.execute(sql, (obstacle,)).fetchall())) for sql in (_SENT, _NEEDS))
    names = ("id", "name", "kind", "town", "postcode", "latitude", "longitude", "helps_with", "description", "phone")
    helpers = []
    for row in db.execute(_PARTNERS):
        partner = dict(zip(names, row, strict=True))
        number = partner["id"]
        says_so = f'"{obstacle}"' in (partner["helps_with"] or "")
        count, done = carried.get(number, (0, 0))
        is_known = says_so or count or sent[number] or needs[number]
        word = "" if is_known else _word(obstacle, partner)
        if is_known or word:
            distance, is_near = _distance(partner, known, near)
            helpers.append(
                Helper(
                    number, partner["name"], partner["kind"], partner["town"], partner["phone"], distance, is_near,
                    says_so, count, done, sent[number], needs[number], word,
                )
            )  # fmt: skip
    return sorted(helpers, key=lambda helper: helper.rank)


def _word(obstacle: str, partner: Mapping[str, Any]) -> str:
    text = fold(f"{partner['name']} {partner['description'] or ''}").replace("’", "'")
    return next((word for word in _WORDS.get(obstacle, ()) if re.search(rf"\b{re.escape(word)}s?\b", text)), "")


def _distance(partner: Mapping[str, Any], known: Places, near: Position | None) -> tuple[float | None, bool]:
    if near is None:
        return None, False
    own = places.position_of(partner["latitude"], partner["longitude"])
    there = own or known.position(partner["town"], partner["postcode"])
    return (places.kilometres(near, there), own is None) if there else (None, False)
