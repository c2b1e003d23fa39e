"""Which tables are published. The list follows from the dictionary; no table has more than two criteria. For each field
of the office's own that the administrator has made public, there is also a table of one criterion."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.model.dictionary import TABLES
from db.model.fields import Field, Grouping
from db.model.types import Euros

TOTAL = "total"
"""The name of the number of persons followed, among the public facts."""
BASE = 5
"""Every published number of persons is a multiple of it."""
MAX_SMALL_COUNT = 10
"""A number of persons up to this may not be published exactly, nor follow exactly from the other numbers."""


@dataclass(frozen=True)
class TablePlan:
    """The layout of one published table: a line for each combination of the categories of ``groupings``.

    ``is_partition``: every person counted is in exactly one category, so the lines add up to a total; otherwise each
    line is rounded alone (a person may have several freins). ``has_amounts``: the mean amount granted is published too.
    """

    name: str
    title: str
    groupings: tuple[Grouping, ...]
    unit: str
    """Who is counted, in French for the reader."""
    is_partition: bool = True
    has_amounts: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that contain categories."""
        return tuple(grouping.name for grouping in self.groupings)


def _published(table: str) -> list[Grouping]:
    return [field.published for field in TABLES[table].fields if field.published and not _is_amount(field)]


def _is_amount(field: Field) -> bool:
    return isinstance(field.type, Euros)


ATTRIBUTES: tuple[Grouping, ...] = tuple(_published("person"))
"""What is published about persons, each attribute in coarse categories."""
_BY_NAME = {grouping.name: grouping for grouping in ATTRIBUTES}
FOLLOWED_PERSONS = "personnes suivies dans l’année"


def _suffix(*groupings: Grouping) -> str:
    """Return the version suffix of a table name: changed categories start a new table instead of altering a series."""
    version = max(grouping.version for grouping in groupings)
    return f"_v{version}" if version > 1 else ""


def _plan_crossed(first: Grouping, second: Grouping) -> TablePlan:
    title = f"{first.label} et {second.label[0].lower() + second.label[1:]}"
    name = f"{first.name}_{second.name}{_suffix(first, second)}"
    return TablePlan(name, title, (first, second), FOLLOWED_PERSONS)


CROSSED_PLANS: tuple[TablePlan, ...] = tuple(
    _plan_crossed(_BY_NAME[name], grouping) for name in _BY_NAME for grouping in ATTRIBUTES if name in grouping.crossed
)


def _plan_event(
    name: str, title: str, table: str, unit: str, index: int = 0, is_partition: bool = False, has_amounts: bool = False
) -> TablePlan:
    """Plan a table of the ``index``-th published field of a table of the dictionary."""
    grouping = _published(table)[index]
    return TablePlan(f"{name}{_suffix(grouping)}", title, (grouping,), unit, is_partition, has_amounts)


EXITS_PLAN = _plan_event("sorties", "Sorties du RSA selon le motif", "exit", "personnes sorties du RSA dans l’année", is_partition=True)  # fmt: skip
EVENT_PLANS: tuple[TablePlan, ...] = (
    EXITS_PLAN,
    _plan_event("contrats", "Contrats signés", "cer", "personnes ayant signé un contrat dans l’année"),
    _plan_event("diagnostics", "Diagnostics terminés", "diagnostic", "personnes ayant terminé un diagnostic dans l’année"),
    _plan_event("freins", "Freins à l’insertion", "diagnostic", "personnes suivies dont le dernier diagnostic retient ce frein", 1),
    _plan_event("aides", "Aides financières selon le type", "aid", "personnes ayant reçu une aide de ce type dans l’année", has_amounts=True),
    _plan_event("interventions", "Domaines d’intervention", "intervention", "personnes aidées dans ce domaine dans l’année"),
)  # fmt: skip
"""Tables of events of the year. They count persons, so one person changes a number by at most one."""
PLANS: dict[str, TablePlan] = {plan.name: plan for plan in (*CROSSED_PLANS, *EVENT_PLANS)}


def own_plans(groupings: Iterable[Grouping]) -> tuple[TablePlan, ...]:
    """Return the tables of the office's own fields. Each person followed is in one category; nothing is crossed."""
    return tuple(TablePlan(one.name, one.label, (one,), FOLLOWED_PERSONS) for one in groupings)


_VERSION = _suffix(*ATTRIBUTES)
OTHER_TABLES = (f"profil{_VERSION}", f"personnes_fictives{_VERSION}", "reperes", "attestation")
"""Tables without a plan: each attribute alone, the artificial persons, the exact landmarks, the attestation."""
