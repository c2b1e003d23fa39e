"""The menu: which tables are published, as the dictionary says; nothing else ever is. Never more than two criteria.

Beside them, a table of one criterion for each field of the office's own that somebody there said to be published.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from db.model.dictionary import TABLES
from db.model.fields import Field, Grouping
from db.model.types import Euros

BASE = 5
"""Every published number of persons is a multiple of it."""
SMALL = 10
"""A number of persons up to it may never be published as it is, nor be told by the others."""


@dataclass(frozen=True)
class Plan:
    """One published table: a line for each combination of the categories of ``groupings``.

    ``parts``: every person counted falls into one category, so that the table adds up. Otherwise each line stands alone
    (somebody may have several freins). ``money``: beside the persons, the mean of what was granted them.
    """

    name: str
    title: str
    groupings: tuple[Grouping, ...]
    of: str
    """Who is counted, as its reader says it."""
    parts: bool = True
    money: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold categories."""
        return tuple(grouping.name for grouping in self.groupings)


def _published(table: str) -> list[Grouping]:
    return [item.published for item in TABLES[table].fields if item.published and not _is_sum(item)]


def _is_sum(field: Field) -> bool:
    return isinstance(field.type, Euros)


ATTRIBUTES: tuple[Grouping, ...] = tuple(_published("person"))
"""What is published of a person, each in coarse categories."""
_BY_NAME = {grouping.name: grouping for grouping in ATTRIBUTES}
FOLLOWED = "personnes suivies dans l’année"


def _suffix(*groupings: Grouping) -> str:
    """A table whose categories changed bears another name: a new series, not a bend in the old one."""
    version = max(grouping.version for grouping in groupings)
    return f"_v{version}" if version > 1 else ""


def _crossed(one: Grouping, other: Grouping) -> Plan:
    title = f"{one.label} et {other.label[0].lower() + other.label[1:]}"
    return Plan(f"{one.name}_{other.name}{_suffix(one, other)}", title, (one, other), FOLLOWED)


CROSSED: tuple[Plan, ...] = tuple(
    _crossed(_BY_NAME[name], grouping) for name in _BY_NAME for grouping in ATTRIBUTES if name in grouping.crossed
)


def _alone(
    name: str, title: str, table: str, of: str, place: int = 0, parts: bool = False, money: bool = False
) -> Plan:
    grouping = _published(table)[place]
    return Plan(f"{name}{_suffix(grouping)}", title, (grouping,), of, parts, money)


EXITS = _alone("sorties", "Sorties du RSA selon le motif", "exit", "personnes sorties du RSA dans l’année", parts=True)
ALONE: tuple[Plan, ...] = (
    EXITS,
    _alone("contrats", "Contrats signés", "cer", "personnes ayant signé un contrat dans l’année"),
    _alone("diagnostics", "Diagnostics terminés", "diagnostic", "personnes ayant terminé un diagnostic dans l’année"),
    _alone("freins", "Freins à l’insertion", "diagnostic", "personnes suivies dont le dernier diagnostic retient ce frein", 1),
    _alone("aides", "Aides financières selon le type", "aid", "personnes ayant reçu une aide de ce type dans l’année", money=True),
    _alone("interventions", "Domaines d’intervention", "intervention", "personnes aidées dans ce domaine dans l’année"),
)  # fmt: skip
"""Events of the year, each counted once a person: one person never moves a number by more than one."""
PLANS: dict[str, Plan] = {plan.name: plan for plan in (*CROSSED, *ALONE)}


def own(groupings: Iterable[Grouping]) -> tuple[Plan, ...]:
    """The tables of the office's own fields: every person followed is in one category, and nothing is crossed."""
    return tuple(Plan(one.name, one.label, (one,), FOLLOWED) for one in groupings)


_all = _suffix(*ATTRIBUTES)
TABLES_OF_ALL = (f"profil{_all}", f"personnes_fictives{_all}", "reperes", "attestation")
"""Beside the plans: each attribute alone, the artificial persons, the exact landmarks, what was checked."""
