"""Populations: the persons and rows that figures count, as tables of one WITH clause. Source: docs/domain.md § 4.

Each figure of definitions.py selects from these tables, so that « followed » means the same in every figure; SQLite
evaluates only the tables that a statement uses. ``:first`` and ``:last`` bound the period, its events begin on
``:since`` (db/figures/periods.py). Deleted rows and rows of deleted persons never count. *Dimensions* divide persons by
a code: a list of the file, or bands of a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.model import contract_rules, domain_rules
from db.model.lists import DOMAINS, EDUCATIONS, GENDERS, HOUSEHOLDS, ORIGINS, TERRITORIES

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
SENIORITY_BANDS = {"Moins de 6 mois": 0, "6 à 12 mois": 6, "1 à 2 ans": 12, "2 à 5 ans": 24, "5 ans et plus": 60}
"""Label -> the first whole month of the band; each band stops before the next begins."""
LENGTH_BANDS = {
    "Moins de 6 mois": 0,
    "6 à 12 mois": 0.5,
    "1 à 2 ans": 1,
    "2 à 3 ans": 2,
    "3 à 5 ans": 3,
    "5 ans et plus": 5,
}
"""Label -> the shortest length, in years, of the band."""
CEILING_PARTS = {
    "0": "Aucune aide",
    "1": "Moins de la moitié",
    "2": "De la moitié au plafond",
    "3": "Plafond atteint",
    "4": "Plafond dépassé (dérogation)",
}
CEILING_PART = """CASE WHEN cents = 0 THEN '0' WHEN cents > ceiling THEN '4' WHEN cents = ceiling THEN '3'
  WHEN 2 * cents >= ceiling THEN '2' ELSE '1' END"""
"""SQL on ``aided``, exact to the cent."""
SIGNINGS = {"month": "Dans le mois", "later": "Après un mois", "unsigned": "Pas signé"}
ENGAGEMENT_SINCE = "2025-01-01"
"""First day of the « contrat d’engagement » in law."""
MODES = {"standard": "Accompagnement standard", "light": "Accompagnement allégé", "diagnostic": "Diagnostic"}


def band(value: str, bands: Mapping[str, float]) -> str:
    """SQL: the index of the value's band; NULL below zero (not yet born, not yet on the RSA)."""
    starts = list(bands.values())
    cases = " ".join(f"WHEN {value} >= {start} THEN '{starts.index(start)}'" for start in reversed(starts))
    return f"CASE {cases} END"


def _values(labels: dict[str, str]) -> str:
    """SQL: codes and labels as rows, shaped like a list of the file."""
    rows = ", ".join(f"('{code}', '{label}', {index}, 0)" for index, (code, label) in enumerate(labels.items()))
    return f"(code, label, position, retired) AS (VALUES {rows})"


def _bands(bands: Mapping[str, float]) -> str:
    return _values({str(index): label for index, label in enumerate(bands)})


def listed(codes: tuple[str, ...]) -> str:
    """SQL: the codes, for IN."""
    return "(" + ", ".join(f"'{code}'" for code in codes) + ")"


def kept(row: str) -> str:
    """SQL: neither the row nor its person is deleted."""
    return f"{row}.deleted_at IS NULL AND {row}.person_id NOT IN (SELECT id FROM gone)"


@dataclass(frozen=True)
class Dimension:
    """What divides persons: SQL on ``p`` (the person) and ``f`` (followed, or NULL), and the table of its labels.
    ``bands``: the SQL measures, and the bands turn the measure into a code."""

    sql: str
    values: str
    bands: Mapping[str, float] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """SQL: the code."""
        return self.banded(self.sql)

    def banded(self, measured: str) -> str:
        """SQL: the code of the measure."""
        return band(measured, self.bands) if self.bands else measured


DIMENSIONS = {
    "gender": Dimension("p.gender", GENDERS.table),
    "origin": Dimension("p.origin", ORIGINS.table),
    "household": Dimension("p.household", HOUSEHOLDS.table),
    "education": Dimension("p.education", EDUCATIONS.table),
    "domain": Dimension("p.domain", DOMAINS.table),
    "territory": Dimension("p.territory", TERRITORIES.table),
    "age": Dimension(domain_rules.age("p.birth_date", ":last"), "age_band", AGE_BANDS),
    "seniority": Dimension(domain_rules.months("p.rsa_entry_on", ":last"), "seniority_band", SENIORITY_BANDS),
    "mode": Dimension(
        "CASE WHEN f.light THEN 'light' WHEN f.accompanied THEN 'standard' WHEN f.id THEN 'diagnostic' END", "mode"
    ),
}
_MEASURED = ", ".join(f"{item.sql} AS {name}" for name, item in DIMENSIONS.items())
_PROFILE = ", ".join(f"{item.banded(name)} AS {name}" for name, item in DIMENSIONS.items())
_FOLLOWED = f"+s.kind IN {listed(domain_rules.FOLLOWED)} AND {kept('+s')}"
_FOREVER = "9999-12-30"
"""The last day of a stage without one; the day after still has four digits for its year."""
_AID_DAY = domain_rules.AID_DAY.format(aid="a")

WITH = f"""WITH RECURSIVE
gone AS MATERIALIZED (SELECT id FROM person WHERE deleted_at IS NOT NULL),
followed AS MATERIALIZED (
  SELECT s.person_id AS id, max(s.kind = 'accompaniment') AS accompanied,
         max(s.kind = 'accompaniment' AND s.mode IS 'light') AS light
  FROM stage s
  WHERE {_FOLLOWED} AND {domain_rules.in_force_during("+s", ":first", ":last")}
  GROUP BY s.person_id),
measured AS MATERIALIZED (SELECT f.id, {_MEASURED} FROM followed f JOIN person p ON p.id = f.id),
profile AS MATERIALIZED (SELECT id, {_PROFILE} FROM measured),
prime_only AS (
  SELECT b.person_id AS id FROM benefit b
  WHERE b.kind = 'prime' AND {domain_rules.in_force_during("b", ":quarter", ":last")}
    AND +b.person_id IN (SELECT id FROM followed)
  GROUP BY b.person_id
  HAVING sum({domain_rules.days_within("b", ":quarter", ":last")}) = julianday(:last) - julianday(:quarter) + 1),
exits AS MATERIALIZED (
  SELECT e.person_id AS id, e.reason FROM exit e
  WHERE {kept("e")} AND e.scope = 'rsa' AND e.left_on BETWEEN :since AND :last),
spans AS MATERIALIZED (
  SELECT s.person_id AS id, min(s.starts_on) AS begun,
         max(iif(s.starts_on <= :last, coalesce(s.ends_on, '9999'), NULL)) AS ended,
         max({domain_rules.in_force("s", ":last")}) AND max({domain_rules.in_force("s", ":next")}) AS goes_on
  FROM stage s
  WHERE +s.kind = 'accompaniment' AND +s.starts_on <= :next AND {kept("+s")}
  GROUP BY s.person_id),
lengths AS MATERIALIZED (
  SELECT id, goes_on, (julianday(iif(goes_on, :last, ended)) - julianday(begun) + 1) / 365.25 AS years FROM spans
  WHERE goes_on OR ended BETWEEN :since AND :last),
month AS MATERIALIZED (
  SELECT :month AS first UNION ALL SELECT date(first, '+1 month') FROM month WHERE date(first, '+1 month') <= :last),
months(code, label, position, retired, last) AS MATERIALIZED (
  SELECT substr(first, 1, 7), substr(first, 1, 7), first, 0, min(date(first, '+1 month', '-1 day'), :last) FROM month),
stretches AS MATERIALIZED (
  SELECT id, first, last, until, max(first, coalesce(date(until, '+1 day'), '')) AS own FROM (
    SELECT s.person_id AS id, s.starts_on AS first, coalesce(s.ends_on, '{_FOREVER}') AS last,
           max(coalesce(s.ends_on, '{_FOREVER}')) OVER (
             PARTITION BY s.person_id ORDER BY s.starts_on
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
    FROM stage s
    WHERE {_FOLLOWED} AND {domain_rules.in_force_during("+s", "date(:shown, '-1 day')", ":last")})),
entries AS (
  SELECT id, first AS day FROM stretches
  WHERE first BETWEEN :shown AND :last AND (until IS NULL OR first > date(until, '+1 day'))),
departures AS (
  SELECT DISTINCT r.id, date(r.last, '+1 day') AS day FROM stretches r
  WHERE r.last BETWEEN date(:shown, '-1 day') AND date(:last, '-1 day') AND NOT EXISTS (
    SELECT 1 FROM stage s
    WHERE s.person_id = r.id AND {_FOLLOWED} AND +s.starts_on <= date(r.last, '+1 day')
      AND coalesce(s.ends_on, '{_FOREVER}') > r.last)),
assessed AS MATERIALIZED (
  SELECT d.person_id AS id, d.obstacles, max(d.started_on || (1000000000000 + d.id)) FROM diagnostic d
  WHERE {kept("d")} AND d.started_on <= :last AND d.person_id IN (SELECT id FROM followed) GROUP BY d.person_id),
aided AS MATERIALIZED (
  SELECT f.id, (SELECT aid_ceiling FROM setting) AS ceiling, coalesce((
    SELECT sum(a.granted) FROM aid a WHERE a.person_id = f.id AND {domain_rules.counts_under_ceiling("a")}
      AND {_AID_DAY} <= :last AND {domain_rules.same_ceiling_period(_AID_DAY, ":last")}), 0) AS cents
  FROM followed f),
engaged AS MATERIALIZED (
  SELECT a.id, {contract_rules.contract_situation("a.id", ":last")} AS situation FROM (
    SELECT DISTINCT s.person_id AS id FROM stage s
    WHERE +s.kind = 'accompaniment' AND {domain_rules.in_force("+s", ":last")} AND {kept("+s")}) a
  WHERE :last >= '{ENGAGEMENT_SINCE}'),
running AS MATERIALIZED (
  SELECT c.id, c.person_id, c.kind, c.hours FROM cer c
  WHERE {kept("c")} AND {contract_rules.contract_in_force("c", ":last")}),
notified AS (
  SELECT r.id, r.person_id, r.notified_on AS since, {contract_rules.month_later("r.notified_on")} AS due, (
    SELECT min(c.signed_on) FROM cer c WHERE c.person_id = r.person_id AND c.deleted_at IS NULL
      AND c.kind = 'engagement' AND c.signed_on BETWEEN r.notified_on AND :last) AS signed
  FROM orientation r WHERE {kept("r")} AND r.notified_on <= :last AND {domain_rules.verdict("r")} <> 'no'),
signing AS MATERIALIZED (
  SELECT n.person_id AS id, julianday(n.signed) - julianday(n.since) AS days,
         CASE WHEN n.signed <= n.due THEN 'month' WHEN n.signed IS NULL THEN 'unsigned' ELSE 'later' END AS state
  FROM notified n
  WHERE n.due BETWEEN :since AND :last AND NOT EXISTS (
    SELECT 1 FROM exit e WHERE e.person_id = n.person_id AND e.deleted_at IS NULL
      AND e.left_on BETWEEN n.since AND n.due AND e.left_on < coalesce(n.signed, '9999'))
    AND NOT EXISTS (
    SELECT 1 FROM orientation o WHERE o.person_id = n.person_id AND o.deleted_at IS NULL
      AND o.notified_on <= n.due AND o.notified_on <= coalesce(n.signed, '9999')
      AND (o.notified_on, o.id) > (n.since, n.id))),
signing_state{_values(SIGNINGS)},
age_band{_bands(AGE_BANDS)},
seniority_band{_bands(SENIORITY_BANDS)},
length_band{_bands(LENGTH_BANDS)},
ceiling_part{_values(CEILING_PARTS)},
mode{_values(MODES)}
"""
# The plus before a column keeps SQLite from an index on that column alone: followed, spans and stretches read the
# stages in the order of stage_by_person_and_day, which holds all that is asked of them, so that nothing is looked up
# or sorted.
# prime_only: rows of one person never share a day (rule « one_at_a_time »), so the days they cover add up; here the
# plus makes SQLite start from the few rows of that kind.
# spans: what began after the period is left out, so that a return years later never changes a published figure; the
# day after it is looked at so that a new stage begun on 1 January carries on what ended on 31 December.
# stretches: the stages near enough to the period, each with the days from « own » to « last » that no earlier one of
# its person covers, none when « own » is later. ``until``: the last day of the earlier ones. A day in the portfolio
# is in exactly one stretch; an entry begins one that touches no earlier one; a departure is dated on the first day
# outside, so that the portfolio of a month's last day is that of the month before, with the entries and without the
# departures of the month.
# aided: materialized, as the part of the ceiling asks for the sum several times.
# assessed: the latest diagnostic, and among those of one day the one with the greatest number, which has 13 digits
# here.
# notified, signing: an orientation is counted once, in the period in which its month ends, so that nobody who still has
# time to sign lowers a share. Left out: who left within that month without signing, and what another orientation,
# notified within it and before the signature, stands for.
