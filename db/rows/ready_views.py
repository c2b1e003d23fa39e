"""Views of a grid that every office has from the start. Nobody owns them; those that people save: saved_views.py."""

from collections.abc import Mapping
from typing import Any

from db.model.lists import AGENTS
from db.model.types import Context
from db.rows.saved_views import Grid, Look

_IN_PORTFOLIO = ["accompanied", "light", "in_diagnosis", "new"]
_VIEWS: Mapping[Grid, Mapping[str, Mapping[str, Any]]] = {
    Grid("person", "caseload"): {
        "À renouveler": {"contract_ends_soon": [1]},
        "Sans contact": {"without_contact": [1]},
        "Sans prochain rendez-vous": {"without_appointment": [1]},
        "Sans contrat": {"engagement": ["prepared", "lapsed", "none"]},
        "Anciens": {"state": ["outside"]},
    },
    Grid("cer", "cer"): {"À renouveler": {"ends_soon": [1]}},
}
MINE = "Mes dossiers"


def of_grid(grid: Grid, look: Look, who: str, context: Context) -> dict[str, Look]:
    """Return the name -> the look of each ready view of a grid. ``look``: its default one, of which a view changes the
    filters alone. ``who``: the account; its own files are those of the colleague of the same name, if there is one."""
    chosen = dict(_VIEWS.get(grid, {}))
    mine = [code for code, label in context.labels[AGENTS.name].items() if label == who]
    if grid == Grid("person", "caseload") and mine:
        chosen = {MINE: {"agent": mine, "state": _IN_PORTFOLIO}, **chosen}
    return {name: Look(filters, "", look.columns, look.sort) for name, filters in chosen.items()}
