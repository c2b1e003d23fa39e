"""A second computation of every figure, in pandas, straight from the rows.

Nothing is shared with db/figures/counting.py, db/figures/definitions.py or db/figures/populations.py: definitions are
written anew from domain.md § 4 and from the French sentence of each figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pytest

from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import Period, period_of
from db.model.office import Office
from tests.db.figures.varied import END, LISTED, START, TABLES

AGES = ["Moins de 25 ans", "25–29 ans", "30–39 ans", "40–49 ans", "50–59 ans", "60 ans et plus"]
BANDS = {
    "age": AGES,
    "gender_by_age": AGES,
    "seniority": ["Moins de 6 mois", "6 à 12 mois", "1 à 2 ans", "2 à 5 ans", "5 ans et plus"],
    "lengths": ["Moins de 6 mois", "6 à 12 mois", "1 à 2 ans", "2 à 3 ans", "3 à 5 ans", "5 ans et plus"],
    "ceiling": [
        "Aucune aide",
        "Moins de la moitié",
        "De la moitié au plafond",
        "Plafond atteint",
        "Plafond dépassé (dérogation)",
    ],
}
LISTS = {name: f"list_{name}" for name in LISTED} | {
    "by_reason": "list_exit_reason",
    "obstacles": "list_obstacle",
    "interventions": "list_intervention_domain",
    "aids": "list_aid_type",
    "aids_counted": "list_aid_type",
    "gender_by_domain": "list_domain",
}
MODES = {"standard": "Accompagnement standard", "light": "Accompagnement allégé", "diagnostic": "Diagnostic"}
DIMENSIONS = (*LISTED, "age", "seniority", "mode")
TWICE = {"gender_by_age": ("age", "gender"), "gender_by_domain": ("domain", "gender")}
MONTHLY = ("contracts", "entries", "departures", "portfolio_by_month")
SHARED = tuple(sorted({*DIMENSIONS, *TWICE, *MONTHLY, *LISTS, "lengths", "ceiling"}))
MEANS = ("mean_length_years", "mean_length_years_ongoing")
OF_A_DAY = ("exits_since_january",)
"""What its sentence defines for a day only."""
SECOND = (*TWICE, "contracts", "lengths")
"""Shared out twice: parts that count nobody are not shown."""
Parts = dict[tuple[str, str], Any]
"""(code, second code) -> value."""
Chosen = Mapping[str, tuple[str, ...]]
WHOLE: Chosen = {}


class OfficeFrames:
    """The rows of a file that count, as pandas reads them."""

    def __init__(self, db: Office) -> None:
        found = {name: pd.read_sql(f'SELECT * FROM "{name}" WHERE 1', db) for name in TABLES}
        for frame in found.values():
            for name in frame.columns[frame.columns.str.endswith("_on") | (frame.columns == "birth_date")]:
                frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        self.person = found["person"][found["person"].deleted_at.isna()].set_index("id", drop=False)
        self.rows = {
            name: frame[frame.deleted_at.isna() & frame.person_id.isin(self.person.id)]
            for name, frame in found.items()
            if name != "person"
        }
        self.setting = pd.read_sql("SELECT * FROM setting", db).iloc[0]
        self.lists = {name: pd.read_sql(f"SELECT * FROM {table}", db) for name, table in LISTS.items()}
        stage, benefit = self.rows["stage"], self.rows["benefit"]
        self.accompanied = self._calendar(stage[stage.kind == "accompaniment"])
        self.light = self._calendar(stage[(stage.kind == "accompaniment") & (stage["mode"] == "light")])
        self.portfolio = self._calendar(stage[stage.kind.isin(["diagnostic", "accompaniment"])])
        self.prime = self._calendar(benefit[benefit.kind == "prime"])

    def _calendar(self, spells: pd.DataFrame) -> pd.DataFrame:
        """Persons by days: True where one of these rows holds."""
        days = pd.DataFrame(False, index=self.person.index, columns=pd.date_range(START, END))
        cells = days.to_numpy(copy=True)
        place = {person: row for row, person in enumerate(days.index)}
        for person, first, last in zip(spells.person_id, spells.starts_on, spells.ends_on.fillna(END), strict=True):
            cells[place[person], days.columns.slice_indexer(first, last)] = True
        return pd.DataFrame(cells, index=days.index, columns=days.columns)


def ever(calendar: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    return calendar.loc[:, first:last].any(axis=1)


def whole_years(since: Any, day: pd.Timestamp) -> Any:
    """Birthdays that have passed; 29 February is kept on 1 March."""
    return (int(day.strftime("%Y%m%d")) - (since.dt.year * 10000 + since.dt.month * 100 + since.dt.day)) // 10000


def whole_months(since: Any, day: pd.Timestamp) -> Any:
    """How often the day of the month came round."""
    now = (day.year * 12 + day.month) * 100 + day.day
    return (now - ((since.dt.year * 12 + since.dt.month) * 100 + since.dt.day)) // 100


def banded(values: Any, edges: tuple[float, ...]) -> Any:
    """The number of the band that each value lies in, as text; nothing below the first edge."""
    return pd.cut(values, [*edges, np.inf], right=False, labels=[str(n) for n in range(len(edges))]).astype(object)


def rows(person: Any, code: Any = "", other: Any = "", value: Any = 1) -> pd.DataFrame:
    """What a figure counts: one row each, of a person, in one part of it."""
    persons, values = list(person), value if isinstance(value, int) else list(value)
    columns = {"person": persons, "code": _coded(code), "other": _coded(other), "value": values}
    return pd.DataFrame(columns, index=range(len(persons)))


def _coded(codes: Any) -> Any:
    return codes if isinstance(codes, str) else [code if isinstance(code, str) else "unknown" for code in codes]


@dataclass
class Recount:
    """Every figure of a period, counted anew."""

    office: OfficeFrames
    first: pd.Timestamp
    last: pd.Timestamp

    @property
    def since(self) -> pd.Timestamp:
        """A day's events are those since 1 January."""
        return pd.Timestamp(self.last.year, 1, 1) if self.first == self.last else self.first

    @property
    def first_month(self) -> pd.Timestamp:
        """By month: the months of the period; of a day, the twelve that end with its own."""
        months = 11 if self.first == self.last else 0
        return (self.first.to_period("M") - months).start_time

    @property
    def shown(self) -> pd.Timestamp:
        """The first day of what is shown by month."""
        return self.first_month if self.first == self.last else self.first

    @property
    def months(self) -> list[str]:
        return [str(month) for month in pd.period_range(self.first_month, self.last, freq="M")]

    def dated(self, table: str, day: str) -> pd.DataFrame:
        """The kept rows of a table dated from ``since`` to the last day."""
        found = self.office.rows[table]
        return found[found[day].between(self.since, self.last)]

    @cached_property
    def people(self) -> pd.DataFrame:
        """Everybody, with what shares persons out."""
        office, found = self.office, self.office.person[["id", *LISTED, "birth_date", "rsa_entry_on"]].copy()
        found["years"] = whole_years(found.birth_date, self.last)
        found["months"] = whole_months(found.rsa_entry_on, self.last)
        found["age"] = banded(found.years, (0, 25, 30, 40, 50, 60))
        found["seniority"] = banded(found.months, (0, 6, 12, 24, 60))
        found["followed"] = ever(office.portfolio, self.first, self.last)
        found["accompanied"] = ever(office.accompanied, self.first, self.last)
        found["light"] = ever(office.light, self.first, self.last)
        modes = [found.light, found.accompanied, found.followed]
        found["mode"] = np.select(modes, ["light", "standard", "diagnostic"], default="unknown")
        return found

    @cached_property
    def followed(self) -> pd.DataFrame:
        return self.people[self.people.followed]

    @cached_property
    def figures(self) -> dict[str, pd.DataFrame]:
        """The name of each figure -> what it counts."""
        return (
            self._populations() | self._profile() | self._events() | self._by_month() | self._lengths() | self._aids()
        )

    def _populations(self) -> dict[str, pd.DataFrame]:
        some = self.followed
        quarter = self.last.to_period("Q").start_time
        prime = self.office.prime.loc[some.id, quarter : self.last].all(axis=1)
        return {
            "followed": rows(some.id),
            "portfolio": rows(some.id),
            "accompanied": rows(some.id[some.accompanied]),
            "in_diagnosis": rows(some.id[~some.accompanied]),
            "light": rows(some.id[some.light]),
            "prime_only": rows(some.id[prime]),
            "men": rows(some.id[some.gender == "man"]),
            "fifty_or_over": rows(some.id[some.years >= 50]),
            "bac2_or_over": rows(some.id[some.education.isin(["bac2", "licence", "master", "doctorate"])]),
            "under_two_years": rows(some.id[some.months.between(0, 23)]),
        }

    def _profile(self) -> dict[str, pd.DataFrame]:
        some = self.followed
        twice = {name: rows(some.id, some[code], some[other]) for name, (code, other) in TWICE.items()}
        return {name: rows(some.id, some[name]) for name in DIMENSIONS} | twice | self._obstacles()

    def _obstacles(self) -> dict[str, pd.DataFrame]:
        found = self.office.rows["diagnostic"]
        found = found[found.person_id.isin(self.followed.id) & (found.started_on <= self.last)]
        latest = found.sort_values(["started_on", "id"]).groupby("person_id").tail(1)
        named = latest.assign(code=latest.obstacles.fillna("").str.findall(r'"(\w+)"')).explode("code")
        named = named[named.code.notna()]
        return {"assessed": rows(latest.person_id), "obstacles": rows(named.person_id, named.code)}

    def _events(self) -> dict[str, pd.DataFrame]:
        exits = self.dated("exit", "left_on")
        exits = exits[exits.scope == "rsa"]
        talks = self.dated("intervention", "happened_on")
        return {
            "cer_signed": rows(self.dated("cer", "signed_on").person_id),
            "diagnostics_completed": rows(self.dated("diagnostic", "completed_on").person_id),
            "exits": rows(exits.person_id),
            "exits_since_january": rows(exits.person_id),
            "by_reason": rows(exits.person_id, exits.reason),
            "interventions": rows(talks.person_id, talks.domain),
        }

    def _by_month(self) -> dict[str, pd.DataFrame]:
        inside = self.office.portfolio
        before = inside.shift(1, axis=1, fill_value=False)
        signed = self.office.rows["cer"]
        signed = signed[signed.signed_on.between(self.shown, self.last)]
        ends = pd.DatetimeIndex([min(pd.Period(month).end_time.normalize(), self.last) for month in self.months])
        return {
            "contracts": rows(signed.person_id, signed.signed_on.dt.strftime("%Y-%m"), signed["rank"]),
            "entries": self._where(inside & ~before),
            "departures": self._where(before & ~inside),
            "portfolio_by_month": self._where(inside[ends]),
        }

    def _where(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The persons and months of what is True, from the first day shown to the last."""
        found = cells.loc[:, self.shown : self.last]
        who, when = np.nonzero(found.to_numpy())
        return rows(found.index[who], pd.DatetimeIndex(found.columns[when]).strftime("%Y-%m"))

    def _lengths(self) -> dict[str, pd.DataFrame]:
        """From the first day to the last, or to the end of the period for who is still accompanied the day after."""
        calendar = self.office.accompanied.loc[:, : self.last]
        days = calendar[calendar.any(axis=1)]
        begun, ended = (pd.to_datetime(some.idxmax(axis=1)) for some in (days, days.iloc[:, ::-1]))
        goes_on = (ended == self.last) & self.office.accompanied.loc[days.index, self.last + pd.Timedelta(days=1)]
        found = pd.DataFrame({"years": ((ended - begun).dt.days + 1) / 365.25, "goes_on": goes_on, "id": days.index})
        found = found[goes_on | ended.between(self.since, self.last)]
        state = np.where(found.goes_on, "ongoing", "ended")
        over, still = found[~found.goes_on], found[found.goes_on]
        return {
            "lengths": rows(found.id, banded(found.years, (0, 0.5, 1, 2, 3, 5)), state),
            "mean_length_years": rows(over.id, value=over.years),
            "mean_length_years_ongoing": rows(still.id, value=still.years),
        }

    def _aids(self) -> dict[str, pd.DataFrame]:
        aids = self.office.rows["aid"]
        aids = aids[aids.decision == "granted"]
        aids = aids.assign(day=aids.decided_on.fillna(aids.requested_on))
        now = aids[aids.day.between(self.since, self.last)]
        under = aids[self._under_ceiling(aids.day)].groupby("person_id").granted.sum()
        granted = self.followed.id.map(under).fillna(0)
        return {
            "aids": rows(now.person_id, now.type, value=now.granted.astype(int)),
            "aids_counted": rows(now.person_id, now.type),
            "ceiling": rows(self.followed.id, granted.map(self._ceiling_band)),
        }

    def _under_ceiling(self, day: Any) -> Any:
        """Whether a day lies in the ceiling's period that ends with the last day."""
        match self.office.setting.aid_ceiling_period:
            case "calendar_year":
                return (day <= self.last) & (day.dt.year == self.last.year)
            case "rolling":
                return (day <= self.last) & (day > self.last - pd.DateOffset(years=1))
        return day <= self.last

    def _ceiling_band(self, cents: float) -> str:
        ceiling = self.office.setting.aid_ceiling
        edges = (cents > 0, cents * 2 >= ceiling, cents >= ceiling, cents > ceiling)
        return str(sum(edges))

    def narrowed(self, name: str, chosen: Chosen) -> pd.DataFrame:
        """What a figure counts of the persons somebody chose; a choice of its own parts leaves it whole."""
        found, own = self.figures[name], (name, *TWICE.get(name, ()))
        others = [self._persons_of(other, codes) for other, codes in chosen.items() if other not in own]
        return found[found.person.isin(set.intersection(*others))] if others else found

    def _persons_of(self, name: str, codes: tuple[str, ...]) -> set[int]:
        """Who was chosen: of a dimension anybody, followed or not; of another figure those it counts."""
        found = rows(self.people.id, self.people[name]) if name in DIMENSIONS else self.figures[name]
        return set(found.person[found.code.isin(codes)])

    def among(self, chosen: Chosen) -> set[int]:
        """To whom all that was chosen applies: those followed, or anybody when one of the choices is of events."""
        everybody = [set(self.followed.id)] if set(chosen) <= set(DIMENSIONS) else []
        return set.intersection(*everybody, *(self._persons_of(name, codes) for name, codes in chosen.items()))

    def value(self, name: str, chosen: Chosen) -> Any:
        """The figure: a number, or its parts that are not zero."""
        found = self.narrowed(name, chosen)
        if name in SHARED:
            return parts(found.groupby(["code", "other"]).value.sum().to_dict()) if len(found) else {}
        if name in MEANS:
            return pytest.approx(found.value.mean()) if len(found) else None
        return len(found)

    def labels(self, name: str) -> dict[str, str]:
        """Code -> label of the parts that are always shown, in their order; and of those shown when used."""
        if name == "mode":
            return MODES
        if name in self.office.lists:
            return dict(self.office.lists[name].sort_values("position")[["code", "label"]].to_numpy())
        if name in MONTHLY:
            return {month: month for month in self.months}
        return {str(place): label for place, label in enumerate(BANDS[name])}


def parts(values: Mapping[Any, Any]) -> Parts:
    """Those that count somebody."""
    return {codes: value for codes, value in values.items() if value}


def recount(office: OfficeFrames, when: str) -> Recount:
    period = period_of(when)
    return Recount(office, pd.Timestamp(period.first), pd.Timestamp(period.last))


def told(value: Any) -> Any:
    """What Palette says, as the second computation says it."""
    return parts({(part.code, part.other): part.value for part in value}) if isinstance(value, tuple) else value


def asked(period: Period) -> list[str]:
    return [name for name in FIGURES if period.is_day or name not in OF_A_DAY]


def differing(db: Office, again: Recount, when: str, chosen: Chosen = WHOLE) -> set[str]:
    """The figures on which the two disagree."""
    names = asked(period_of(when))
    taken = counting.take(db, period_of(when), names, chosen)
    return {name for name in names if told(taken[name]) != again.value(name, chosen)}
