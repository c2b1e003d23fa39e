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
    "appointments": "list_appointment_state",
    "news": "list_after_exit",
    "aids": "list_aid_type",
    "aids_counted": "list_aid_type",
    "gender_by_domain": "list_domain",
    "engagement": "list_contract_situation",
    "action_kinds": "list_action_kind",
}
MODES = {"standard": "Accompagnement standard", "light": "Accompagnement allégé", "diagnostic": "Diagnostic"}
SIGNINGS = {"month": "Dans le mois", "later": "Après un mois", "unsigned": "Pas signé"}
DIMENSIONS = (*LISTED, "age", "seniority", "mode")
TWICE = {"gender_by_age": ("age", "gender"), "gender_by_domain": ("domain", "gender")}
TOGETHER = {
    "entries": ("departures",),
    "departures": ("entries",),
    "assessed": ("obstacles",),
    "aids_counted": ("aids",),
    "contracts_in_force": ("engagement",),
    "mean_days_to_sign": ("signing",),
    "mean_contract_hours": ("action_kinds",),
}
"""Figure -> the figures beside which it stands in one picture, or of whose shares it is the base."""
MONTHLY = ("contracts", "entries", "departures", "portfolio_by_month")
SHARED = tuple(sorted({*DIMENSIONS, *TWICE, *MONTHLY, *LISTS, "lengths", "ceiling", "signing"}))
MEANS = ("mean_length_years", "mean_length_years_ongoing", "mean_days_to_sign", "mean_contract_hours")
OF_A_DAY = ("exits_since_january",)
"""Figures defined for a single day only."""
SHARED_TWICE = (*TWICE, "contracts", "lengths")
"""Divided by two dimensions: parts that are zero are not shown."""
Parts = dict[tuple[str, str], Any]
"""(code, second code) -> value."""
Chosen = Mapping[str, tuple[str, ...]]
EVERYBODY: Chosen = {}


class OfficeFrames:
    """The rows of a file that are not deleted, as data frames."""

    def __init__(self, db: Office) -> None:
        frames = {name: pd.read_sql(f'SELECT * FROM "{name}" WHERE 1', db) for name in TABLES}
        for frame in frames.values():
            for name in frame.columns[frame.columns.str.endswith("_on") | (frame.columns == "birth_date")]:
                frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        self.person = frames["person"][frames["person"].deleted_at.isna()].set_index("id", drop=False)
        self.rows = {
            name: frame[frame.deleted_at.isna() & frame.person_id.isin(self.person.id)]
            for name, frame in frames.items()
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
        """Return persons by days: True on the days of one of these rows."""
        days = pd.DataFrame(False, index=self.person.index, columns=pd.date_range(START, END))
        cells = days.to_numpy(copy=True)
        positions = {person: row for row, person in enumerate(days.index)}
        for person, first, last in zip(spells.person_id, spells.starts_on, spells.ends_on.fillna(END), strict=True):
            cells[positions[person], days.columns.slice_indexer(first, last)] = True
        return pd.DataFrame(cells, index=days.index, columns=days.columns)


def is_true_within(calendar: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    return calendar.loc[:, first:last].any(axis=1)


def whole_years(since: Any, day: pd.Timestamp) -> Any:
    """Count the birthdays passed; that of 29 February falls on 1 March."""
    return (int(day.strftime("%Y%m%d")) - (since.dt.year * 10000 + since.dt.month * 100 + since.dt.day)) // 10000


def whole_months(since: Any, day: pd.Timestamp) -> Any:
    """Count the whole months since a day."""
    now = (day.year * 12 + day.month) * 100 + day.day
    return (now - ((since.dt.year * 12 + since.dt.month) * 100 + since.dt.day)) // 100


def band_numbers(values: Any, edges: tuple[float, ...]) -> Any:
    """Return the number of the band of each value, as text; NaN below the first edge."""
    return pd.cut(values, [*edges, np.inf], right=False, labels=[str(n) for n in range(len(edges))]).astype(object)


def counted_rows(person: Any, code: Any = "", other: Any = "", value: Any = 1) -> pd.DataFrame:
    """Return what a figure counts: a row for each, with its person, the codes of its part, and its value."""
    persons, values = list(person), value if isinstance(value, int) else list(value)
    columns = {"person": persons, "code": _coded(code), "other": _coded(other), "value": values}
    return pd.DataFrame(columns, index=range(len(persons)))


def _coded(codes: Any) -> Any:
    return codes if isinstance(codes, str) else [code if isinstance(code, str) else "unknown" for code in codes]


@dataclass
class Recount:
    """Every figure of a period, counted a second time."""

    office: OfficeFrames
    first: pd.Timestamp
    last: pd.Timestamp

    @property
    def since(self) -> pd.Timestamp:
        """The first day of the events counted: 1 January for a period of one day."""
        return pd.Timestamp(self.last.year, 1, 1) if self.first == self.last else self.first

    @property
    def first_month(self) -> pd.Timestamp:
        """The first month shown: of a period its own; of a day, the first of the twelve that end with its month."""
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
        """Return the rows of a table dated from ``since`` to the last day; deleted ones are left out."""
        frame = self.office.rows[table]
        return frame[frame[day].between(self.since, self.last)]

    @cached_property
    def people(self) -> pd.DataFrame:
        """Every person, with the values of the dimensions and of the populations."""
        office, people = self.office, self.office.person[["id", *LISTED, "birth_date", "rsa_entry_on"]].copy()
        people["years"] = whole_years(people.birth_date, self.last)
        people["months"] = whole_months(people.rsa_entry_on, self.last)
        people["age"] = band_numbers(people.years, (0, 25, 30, 40, 50, 60))
        people["seniority"] = band_numbers(people.months, (0, 6, 12, 24, 60))
        people["followed"] = is_true_within(office.portfolio, self.first, self.last)
        people["accompanied"] = is_true_within(office.accompanied, self.first, self.last)
        people["light"] = is_true_within(office.light, self.first, self.last)
        modes = [people.light, people.accompanied, people.followed]
        people["mode"] = np.select(modes, ["light", "standard", "diagnostic"], default="unknown")
        return people

    @cached_property
    def followed(self) -> pd.DataFrame:
        return self.people[self.people.followed]

    @cached_property
    def figures(self) -> dict[str, pd.DataFrame]:
        """The name of each figure -> what it counts."""
        people, rows = self._populations() | self._profile(), self._events() | self._by_month() | self._aids()
        return people | rows | self._lengths() | self._contracts() | self._signing()

    def _populations(self) -> dict[str, pd.DataFrame]:
        people = self.followed
        quarter = self.last.to_period("Q").start_time
        prime = self.office.prime.loc[people.id, quarter : self.last].all(axis=1)
        return {
            "followed": counted_rows(people.id),
            "portfolio": counted_rows(people.id),
            "accompanied": counted_rows(people.id[people.accompanied]),
            "in_diagnosis": counted_rows(people.id[~people.accompanied]),
            "light": counted_rows(people.id[people.light]),
            "prime_only": counted_rows(people.id[prime]),
            "men": counted_rows(people.id[people.gender == "man"]),
            "fifty_or_over": counted_rows(people.id[people.years >= 50]),
            "bac2_or_over": counted_rows(people.id[people.education.isin(["bac2", "licence", "master", "doctorate"])]),
            "under_two_years": counted_rows(people.id[people.months.between(0, 23)]),
        }

    def _profile(self) -> dict[str, pd.DataFrame]:
        people = self.followed
        twice = {name: counted_rows(people.id, people[code], people[other]) for name, (code, other) in TWICE.items()}
        return {name: counted_rows(people.id, people[name]) for name in DIMENSIONS} | twice | self._obstacles()

    def _obstacles(self) -> dict[str, pd.DataFrame]:
        diagnostics = self.office.rows["diagnostic"]
        diagnostics = diagnostics[diagnostics.person_id.isin(self.followed.id) & (diagnostics.started_on <= self.last)]
        latest = diagnostics.sort_values(["started_on", "id"]).groupby("person_id").tail(1)
        named = latest.assign(code=latest.obstacles.fillna("").str.findall(r'"(\w+)"')).explode("code")
        named = named[named.code.notna()]
        return {"assessed": counted_rows(latest.person_id), "obstacles": counted_rows(named.person_id, named.code)}

    def _events(self) -> dict[str, pd.DataFrame]:
        exits = self.dated("exit", "left_on")
        exits = exits[exits.scope == "rsa"]
        talks = self.dated("intervention", "happened_on")
        appointments = self.dated("appointment", "planned_on")
        appointments = appointments[appointments.state.isin(["came", "excused", "absent"])]
        news = self.dated("exit", "asked_on")
        news = news[news.became.notna()]
        return {
            "cer_signed": counted_rows(self.dated("cer", "signed_on").person_id),
            "diagnostics_completed": counted_rows(self.dated("diagnostic", "completed_on").person_id),
            "exits": counted_rows(exits.person_id),
            "exits_since_january": counted_rows(exits.person_id),
            "by_reason": counted_rows(exits.person_id, exits.reason),
            "interventions": counted_rows(talks.person_id, talks.domain),
            "appointments": counted_rows(appointments.person_id, appointments.state),
            "news": counted_rows(news.person_id, news.became),
        }

    def _by_month(self) -> dict[str, pd.DataFrame]:
        inside = self.office.portfolio
        before = inside.shift(1, axis=1, fill_value=False)
        signed = self.office.rows["cer"]
        signed = signed[signed.signed_on.between(self.shown, self.last)]
        ends = pd.DatetimeIndex([min(pd.Period(month).end_time.normalize(), self.last) for month in self.months])
        follows = np.where((signed["rank"] != "first") | signed.replaces_id.notna(), "renewal", "first")
        return {
            "contracts": counted_rows(signed.person_id, signed.signed_on.dt.strftime("%Y-%m"), follows),
            "entries": self._where(inside & ~before),
            "departures": self._where(before & ~inside),
            "portfolio_by_month": self._where(inside[ends]),
        }

    def _where(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return the persons and months of the cells that are True, from the first day shown to the last."""
        shown = cells.loc[:, self.shown : self.last]
        persons, days = np.nonzero(shown.to_numpy())
        return counted_rows(shown.index[persons], pd.DatetimeIndex(shown.columns[days]).strftime("%Y-%m"))

    def _lengths(self) -> dict[str, pd.DataFrame]:
        """Count years from the first day to the last, or to the end of the period while the accompaniment goes on."""
        calendar = self.office.accompanied.loc[:, : self.last]
        days = calendar[calendar.any(axis=1)]
        begun, ended = (pd.to_datetime(some.idxmax(axis=1)) for some in (days, days.iloc[:, ::-1]))
        goes_on = (ended == self.last) & self.office.accompanied.loc[days.index, self.last + pd.Timedelta(days=1)]
        lengths = pd.DataFrame({"years": ((ended - begun).dt.days + 1) / 365.25, "goes_on": goes_on, "id": days.index})
        lengths = lengths[goes_on | ended.between(self.since, self.last)]
        state = np.where(lengths.goes_on, "ongoing", "ended")
        over, still = lengths[~lengths.goes_on], lengths[lengths.goes_on]
        return {
            "lengths": counted_rows(lengths.id, band_numbers(lengths.years, (0, 0.5, 1, 2, 3, 5)), state),
            "mean_length_years": counted_rows(over.id, value=over.years),
            "mean_length_years_ongoing": counted_rows(still.id, value=still.years),
        }

    def _aids(self) -> dict[str, pd.DataFrame]:
        aids = self.office.rows["aid"]
        aids = aids[aids.decision == "granted"]
        aids = aids.assign(day=aids.decided_on.fillna(aids.requested_on))
        now = aids[aids.day.between(self.since, self.last)]
        under = aids[self._under_ceiling(aids.day)].groupby("person_id").granted.sum()
        granted = self.followed.id.map(under).fillna(0)
        return {
            "aids": counted_rows(now.person_id, now.type, value=now.granted.astype(int)),
            "aids_counted": counted_rows(now.person_id, now.type),
            "ceiling": counted_rows(self.followed.id, granted.map(self._ceiling_band)),
        }

    @cached_property
    def signed(self) -> pd.DataFrame:
        """The contracts signed by the last day, with whether they are over."""
        contracts, exits, day = self.office.rows["cer"], self.office.rows["exit"], self.last
        begun = contracts[contracts.signed_on.notna() & (contracts.starts_on <= day)]
        both = contracts.merge(exits, on="person_id", suffixes=("", "_exit"))
        left = both[both.ends_on.isna() & (both.left_on >= both.starts_on) & (both.left_on < day)]
        over = (contracts.ends_on < day) | contracts.id.isin(begun.replaces_id) | contracts.id.isin(left.id)
        return contracts.assign(over=over)[contracts.signed_on <= day]

    def _contracts(self) -> dict[str, pd.DataFrame]:
        signed, actions = self.signed, self.office.rows["action"]
        running = signed[~signed.over & (signed.starts_on <= self.last)]
        inside = self.office.accompanied.loc[:, self.last]
        ids = inside.index[inside & (self.last.year >= 2025)].to_series()
        has = [
            ids.isin(signed.person_id[~signed.over & (signed.kind == "engagement")]),
            ids.isin(running.person_id),
            ids.isin(signed.person_id),
        ]
        planned = actions[actions.cer_id.isin(running.id) & actions.kind.notna() & (actions.state != "dropped")]
        timed = running[(running.kind == "engagement") & running.hours.notna()]
        return {
            "engagement": counted_rows(ids, list(np.select(has, ["signed", "cer", "lapsed"], default="none"))),
            "contracts_in_force": counted_rows(running.person_id),
            "action_kinds": counted_rows(planned.person_id, planned.kind),
            "mean_contract_hours": counted_rows(timed.person_id, value=timed.hours),
        }

    @cached_property
    def asked(self) -> pd.DataFrame:
        """The notified orientations that ask for a contract, with the day by which it is to be signed."""
        people = self.office.person[["birth_date", "licence", "vehicle"]]
        asked = self.office.rows["orientation"].merge(people, left_on="person_id", right_index=True)
        born, at = (
            (day.dt.year * 10000 + day.dt.month * 100 + day.dt.day) for day in (asked.birth_date, asked.requested_on)
        )
        stuck = (asked.needs_mobility == 1) & ((asked.licence == 0) | (asked.vehicle == 0))
        old, elsewhere = (at - born) // 10000 >= 60, asked.accompanied_elsewhere == 1
        refused = old | elsewhere | stuck | (asked.food_job == 1)
        agreed: pd.DataFrame = asked[asked.override.eq("yes") | (asked.override.isna() & ~refused)]
        return agreed.assign(due=pd.to_datetime([day + pd.DateOffset(months=1) for day in agreed.notified_on]))

    def _signing(self) -> dict[str, pd.DataFrame]:
        signed = self.signed[self.signed.kind == "engagement"]
        signatures, exits = list(signed[["person_id", "signed_on"]].to_numpy()), self.office.rows["exit"]
        left = list(exits[["person_id", "left_on"]].to_numpy())
        every = list(self.office.rows["orientation"][["person_id", "notified_on", "id"]].dropna().to_numpy())
        asked = self.asked[self.asked.due.between(self.since, self.last)]
        rows = []
        for person, notified, due, number in asked[["person_id", "notified_on", "due", "id"]].to_numpy():
            days = sorted(day for who, day in signatures if who == person and day >= notified)
            settled = days[0] if days else pd.Timestamp.max
            again = [day for who, day, other in every if who == person and (day, other) > (notified, number)]
            gone = [day for who, day in left if who == person and notified <= day <= due and day < settled]
            if not gone and not [day for day in again if day <= due and day <= settled]:
                state = "unsigned" if not days else "month" if settled <= due else "later"
                rows.append((person, state, (settled - notified).days if days else None))
        found = pd.DataFrame(rows, columns=["person", "state", "days"])
        waited = found[found.days.notna()]
        return {
            "signing": counted_rows(found.person, found.state),
            "mean_days_to_sign": counted_rows(waited.person, value=waited.days),
        }

    def _under_ceiling(self, day: Any) -> Any:
        """Return whether each day lies in the ceiling's period that ends with the last day."""
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
        """Return what a figure counts of the selected persons; a selection of its own parts, or of those of a figure
        shown with it, does not narrow it."""
        counted, own = self.figures[name], (name, *TWICE.get(name, ()), *TOGETHER.get(name, ()))
        others = [self.persons_of(other, codes) for other, codes in chosen.items() if other not in own]
        return counted[counted.person.isin(set.intersection(*others))] if others else counted

    def persons_of(self, name: str, codes: tuple[str, ...]) -> set[int]:
        """Return the persons of these codes: of a dimension followed or not; of another figure those it counts."""
        counted = counted_rows(self.people.id, self.people[name]) if name in DIMENSIONS else self.figures[name]
        return set(counted.person[counted.code.isin(codes)])

    def among(self, chosen: Chosen) -> set[int]:
        """Return the persons of every selection: those followed, or any person when one of them is of events."""
        everybody = [set(self.followed.id)] if set(chosen) <= set(DIMENSIONS) else []
        return set.intersection(*everybody, *(self.persons_of(name, codes) for name, codes in chosen.items()))

    def value(self, name: str, chosen: Chosen) -> Any:
        """Return the figure: a number, or its parts that are not zero."""
        counted = self.narrowed(name, chosen)
        if name in SHARED:
            return non_zero_parts(counted.groupby(["code", "other"]).value.sum().to_dict()) if len(counted) else {}
        if name in MEANS:
            return pytest.approx(counted.value.mean()) if len(counted) else None
        return len(counted)

    def labels(self, name: str) -> dict[str, str]:
        """Return code -> label, in order, of the parts that are always shown and of those shown when used."""
        if name in ("mode", "signing"):
            return MODES if name == "mode" else SIGNINGS
        if name in self.office.lists:
            return dict(self.office.lists[name].sort_values("position")[["code", "label"]].to_numpy())
        if name in MONTHLY:
            return {month: month for month in self.months}
        return {str(index): label for index, label in enumerate(BANDS[name])}


def non_zero_parts(values: Mapping[Any, Any]) -> Parts:
    """Leave out the parts whose value is zero."""
    return {codes: value for codes, value in values.items() if value}


def recount(office: OfficeFrames, when: str) -> Recount:
    period = period_of(when)
    return Recount(office, pd.Timestamp(period.first), pd.Timestamp(period.last))


def as_parts(value: Any) -> Any:
    """Return a value counted by db/figures in the form of ``Recount.value``."""
    return (
        non_zero_parts({(part.code, part.other): part.value for part in value}) if isinstance(value, tuple) else value
    )


def figures_of(period: Period) -> list[str]:
    """Return the names of the figures defined for a period."""
    return [name for name in FIGURES if period.is_day or name not in OF_A_DAY]


def list_differences(db: Office, expected: Recount, when: str, chosen: Chosen = EVERYBODY) -> set[str]:
    """Return the names of the figures on which the two computations disagree."""
    names = figures_of(period_of(when))
    counted = counting.count_figures(db, period_of(when), names, chosen)
    return {name for name in names if as_parts(counted[name]) != expected.value(name, chosen)}
