"""The one definition of every figure of a year and of a day. Source: domain.md § 4.

A photo is one SQL statement, so that all its figures come from the same state of the file. A day is a period of one
day, a year one of twelve months; both go through the same SQL. Deleted rows never count, nor rows of a deleted person.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlite_utils

from db import connection, rules
from db.dictionary import PERSON
from db.errors import InvalidError, Problem
from db.lists import EXIT_REASONS

UNKNOWN = "Non renseigné"
AGE_BANDS = {
    "Moins de 25 ans": 0,
    "25–29 ans": 25,
    "30–39 ans": 30,
    "40–49 ans": 40,
    "50–59 ans": 50,
    "60 ans et plus": 60,
}
"""Label -> the first age, in whole years, of the band."""
SENIORITY_BANDS = {
    "Moins de 6 mois": 0,
    "6 à 12 mois": 6,
    "1 à 2 ans": 12,
    "2 à 5 ans": 24,
    "5 ans et plus": 60,
}
"""Label -> the first whole month of the band; each band stops before the next begins."""

_CHOICES = ("gender", "origin", "household", "education", "domain")
PROFILE = (*_CHOICES, "age", "seniority")
"""The figures that share the population out: label -> count."""

LABELS = {
    "followed": "Personnes suivies",
    "portfolio": "Personnes en portefeuille",
    "accompanied": "Personnes accompagnées",
    "in_diagnosis": "Personnes en période de diagnostic",
    "light": "Accompagnements allégés",
    "prime_only": "Prime d’activité uniquement, depuis le début du trimestre",
    "cer_signed": "CER et contrats d’engagement signés",
    "diagnostics_completed": "Diagnostics réalisés",
    "exits": "Sorties du RSA",
    "exits_since_january": "Sorties du RSA depuis le 1er janvier",
    **{name: PERSON.field(name).label for name in _CHOICES},
    "age": "Âge",
    "seniority": "Ancienneté au RSA",
    "fifty_or_over": "50 ans ou plus",
    "bac2_or_over": "Bac + 2 ou plus",
    "under_two_years": "Au RSA depuis moins de 2 ans",
    "mean_length_years": "Durée moyenne des accompagnements terminés",
    "mean_length_years_ongoing": "Durée moyenne des accompagnements en cours",
}
"""Key of a photo -> what a person reads."""


@dataclass(frozen=True)
class Period:
    """The days a photo is about, both inclusive."""

    first: date
    last: date

    @property
    def parameters(self) -> dict[str, str]:
        """What the SQL below calls ``:first``, ``:last``, ``:next`` (the day after), ``:january`` and ``:quarter``."""
        last = self.last
        days = {
            "first": self.first,
            "last": last,
            "next": last + timedelta(days=1),
            "january": last.replace(month=1, day=1),
            "quarter": last.replace(month=(last.month - 1) // 3 * 3 + 1, day=1),
        }
        return {name: day.isoformat() for name, day in days.items()}


def period_of(when: str) -> Period:
    """« 2022 » -> that year; « 2023-03-06 » -> that day. Raises InvalidError for anything else."""
    try:
        if re.fullmatch(r"(19|20)[0-9]{2}", when):
            return Period(date(int(when), 1, 1), date(int(when), 12, 31))
        if re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", when):
            return Period(date.fromisoformat(when), date.fromisoformat(when))
    except ValueError:
        pass  # 2023-02-29 looks like a date and is none
    raise InvalidError([Problem(f"« {when} » n’est ni une année (2022) ni une date (2023-03-06).")])


# --- Who is counted: the tables of the WITH clause. SQLite reads only those that a figure asks for. ---


def _in(codes: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in codes) + ")"


def _band(value: str, bands: dict[str, int]) -> str:
    """SQL: the place of the value's band; NULL before zero, as somebody not yet born or not yet in the RSA has none."""
    starts = list(bands.values())
    cases = " ".join(f"WHEN {value} >= {start} THEN '{starts.index(start)}'" for start in reversed(starts))
    return f"CASE {cases} END"


def _band_list(bands: dict[str, int]) -> str:
    """SQL: the bands as rows, shaped like a list of the file."""
    rows = ", ".join(f"('{place}', '{label}', {place}, 0)" for place, label in enumerate(bands))
    return f"(code, label, position, retired) AS (VALUES {rows})"


def _kept(row: str) -> str:
    """SQL: neither the row nor its person was deleted."""
    return f"{row}.deleted_at IS NULL AND {row}.person_id NOT IN (SELECT id FROM gone)"


_WITH = f"""WITH
gone AS MATERIALIZED (SELECT id FROM person WHERE deleted_at IS NOT NULL),
followed AS MATERIALIZED (
  SELECT s.person_id AS id, max(s.kind = 'accompaniment') AS accompanied,
         max(s.kind = 'accompaniment' AND s.mode IS 'light') AS light
  FROM stage s
  WHERE s.kind IN {_in(rules.FOLLOWED)} AND {rules.in_force_during("s", ":first", ":last")} AND {_kept("s")}
  GROUP BY s.person_id),
profile AS MATERIALIZED (
  SELECT {", ".join(f"p.{name}" for name in _CHOICES)},
         {rules.age("p.birth_date", ":last")} AS years, {rules.months("p.rsa_entry_on", ":last")} AS months
  FROM followed f JOIN person p ON p.id = f.id),
prime_only AS (
  SELECT b.person_id FROM benefit b
  WHERE b.kind = 'prime' AND {rules.in_force_during("b", ":quarter", ":last")}
    AND +b.person_id IN (SELECT id FROM followed)
  GROUP BY b.person_id
  HAVING sum({rules.days_within("b", ":quarter", ":last")}) = julianday(:last) - julianday(:quarter) + 1),
exits AS MATERIALIZED (
  SELECT e.reason FROM exit e
  WHERE {_kept("e")} AND e.scope = 'rsa' AND e.left_on BETWEEN :january AND :last),
spans AS MATERIALIZED (
  SELECT min(s.starts_on) AS begun, max(iif(s.starts_on <= :last, coalesce(s.ends_on, '9999'), NULL)) AS ended,
         max({rules.in_force("s", ":last")}) AND max({rules.in_force("s", ":next")}) AS goes_on
  FROM stage s
  WHERE s.kind = 'accompaniment' AND {_kept("s")}
  GROUP BY s.person_id),
age_band{_band_list(AGE_BANDS)},
seniority_band{_band_list(SENIORITY_BANDS)}
"""
# Stages are read in the order of stage_by_person_and_day, which holds all that is asked of them: nothing is sorted.
# prime_only: rows of one person never share a day (rule « one_at_a_time »), so the days they cover add up; the plus
# keeps SQLite from looking each person up: it starts from the few rows of that kind.
# spans: what began after the period is left out, so that a return years later never changes a published figure;
# the day after is looked at so that a new stage begun on 1 January carries on what ended on 31 December.

# --- What is counted: each figure is SELECT position, label, value; the label is NULL for a single number. ---


def _number(value: str, source: str) -> str:
    return f"SELECT 0 AS position, NULL AS label, {value} AS value FROM {source}"


def _dated(table: str, column: str) -> str:
    """SQL: how many kept rows are dated in the year, up to the last day of the period."""
    return _number("count(*)", f"{table} r WHERE {_kept('r')} AND r.{column} BETWEEN :january AND :last")


def _shares(source: str, code: str, values: str) -> str:
    """SQL: label -> count for every value of a list still offered or in use; what is missing is « Non renseigné »."""
    used = f"SELECT coalesce({code}, 'unknown') AS code, count(*) AS value FROM {source} GROUP BY 1"
    return f"""SELECT min(position) AS position, label, sum(value) AS value FROM (
      SELECT position, label, 0 AS value FROM {values} WHERE NOT retired
      UNION ALL SELECT coalesce(l.position, 1e9), coalesce(l.label, '{UNKNOWN}'), u.value
      FROM ({used}) u LEFT JOIN {values} l ON l.code = u.code) GROUP BY label"""


def _mean_length(last: str, which: str) -> str:
    """SQL: the mean length in years from the first to the last day, both counted; NULL when nobody is concerned."""
    return _number(f"avg(julianday({last}) - julianday(begun) + 1) / 365.25", f"spans WHERE {which}")


_ACCOMPANIED = _number("coalesce(sum(accompanied), 0)", "followed")
_PROFILE = {
    **{name: _shares("profile", name, f"list_{name}") for name in _CHOICES},
    "age": _shares("profile", _band("years", AGE_BANDS), "age_band"),
    "seniority": _shares("profile", _band("months", SENIORITY_BANDS), "seniority_band"),
    "fifty_or_over": _number("count(*)", "profile WHERE years >= 50"),
    "bac2_or_over": _number("count(*)", f"profile WHERE education IN {_in(rules.BAC2_OR_OVER)}"),
    "under_two_years": _number("count(*)", "profile WHERE months BETWEEN 0 AND 23"),
}
_YEAR = {
    "followed": _number("count(*)", "followed"),
    "accompanied": _ACCOMPANIED,
    "cer_signed": _dated("cer", "signed_on"),
    "diagnostics_completed": _dated("diagnostic", "completed_on"),
    "exits": _number("count(*)", "exits"),
    "by_reason": _shares("exits", "reason", EXIT_REASONS.table),
    **_PROFILE,
    "mean_length_years": _mean_length("ended", "ended BETWEEN :first AND :last AND NOT goes_on"),
    "mean_length_years_ongoing": _mean_length(":last", "goes_on"),
}
_SUMMARY = {
    "portfolio": _number("count(*)", "followed"),
    "accompanied": _ACCOMPANIED,
    "in_diagnosis": _number("count(*)", "followed WHERE NOT accompanied"),
    "light": _number("coalesce(sum(light), 0)", "followed"),
    "prime_only": _number("count(*)", "prime_only"),
    "exits_since_january": _number("count(*)", "exits"),
}
_DAY = {**_SUMMARY, **_PROFILE}


def _take(db: sqlite_utils.Database, figures: dict[str, str], period: Period) -> dict[str, Any]:
    """Count the figures and put the answer together: number, or label -> number in the order of the list."""
    parts = " UNION ALL ".join(f"SELECT '{name}', * FROM ({sql})" for name, sql in figures.items())
    rows = db.execute(f"{_WITH} SELECT * FROM ({parts}) ORDER BY 2, 3", period.parameters)
    found: dict[str, Any] = {name: {} for name in figures}
    for name, _, label, value in rows:
        if label is None:
            found[name] = value
        else:
            found[name][label] = value
    return found


def photo(db: sqlite_utils.Database, when: str) -> dict[str, Any]:
    """Every figure of a year (« 2022 ») or of a day (« 2023-03-06 »), ready for JSON; LABELS says what each is.

    Raises InvalidError for anything else. A mean over nobody is None.
    """
    period = period_of(when)
    if period.first == period.last:
        return _take(db, _DAY, period)
    year = _take(db, _YEAR, period)
    year["exits"] = {"total": year["exits"], "by_reason": year.pop("by_reason")}
    return year


def summary(db: sqlite_utils.Database, day: str) -> dict[str, int]:
    """The headline counts of a day, those of its photo, without the profile. Raises InvalidError for what is no day."""
    period = period_of(day)
    if period.first != period.last:
        raise InvalidError([Problem(f"« {day} » n’est pas une date (2023-03-06).")])
    return connection.remembered(db, ("summary", day), lambda: _take(db, _SUMMARY, period))
