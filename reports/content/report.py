"""« Photo-bilan »: the content of the report of a year, a day or a period, for screen, deck, PDF and sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.base.french import french_date
from db.figures import counting
from db.figures.counting import FigureValues
from db.figures.definitions import FIGURES
from db.figures.periods import Period
from db.model.office import Office
from reports.content import plots, quantities
from reports.content.chart_data import ChartData


@dataclass(frozen=True)
class Number:
    """A headline number. ``before``: a year earlier. None: a mean over no rows."""

    name: str
    label: str
    value: float | None
    before: float | None
    unit: str
    means: str

    @property
    def short(self) -> str:
        """A shorter label."""
        return FIGURES[self.name].short or self.label

    @property
    def text(self) -> str:
        """« 139 », « 2,5 ans »."""
        return quantities.number(self.value, self.unit)

    @property
    def change(self) -> str:
        """The change since a year before: « + 4 », « − 2 », « = », or ''."""
        return "" if self.value is None else quantities.change(self.value, self.before, self.unit)


@dataclass(frozen=True)
class Section:
    """Charts under one heading."""

    title: str
    charts: tuple[ChartData, ...]


@dataclass(frozen=True)
class Report:
    """A report. ``known_on``: the ISO day of « ce que l’on savait », '' for what was true."""

    period: Period
    known_on: str
    numbers: tuple[Number, ...]
    shares: tuple[Number, ...]
    """Shares of the persons followed, in percent: men, 50 or over…"""
    sections: tuple[Section, ...]
    figures: FigureValues

    @property
    def title(self) -> str:
        """« Bilan 2022 », « Photo au 06/03/2023 »."""
        return self.period.title

    @property
    def source(self) -> str:
        """What the numbers are of, for a chart on its own."""
        as_of = f" · ce que l’on savait au {french_date(self.known_on)}" if self.known_on else ""
        return f"{self.title}{as_of}"

    @property
    def compared(self) -> str:
        """What changes are relative to: « depuis 2021 », « depuis le 06/03/2022 »."""
        before = self.period.before
        if self.period.is_ahead:
            return "par rapport à un an plus tôt, quand la période aura commencé"
        if self.period.state:
            return f"par rapport aux mêmes jours de {before.first.year}"
        if before.is_year:
            return f"depuis {before.first.year}"
        return f"depuis le {french_date(before.last.isoformat())}" if before.is_day else "par rapport à un an plus tôt"

    @property
    def basis(self) -> str:
        """Whether it shows what was true or what was known, and whether the period is still running."""
        basis = "Ce qui était vrai, d’après tout ce qui est enregistré aujourd’hui"
        if self.known_on:
            basis = f"Ce que l’on savait au {french_date(self.known_on)}"
        return f"{basis} ; période {self.period.state}" if self.period.state else basis

    @property
    def charts(self) -> tuple[ChartData, ...]:
        """Every chart, in order."""
        return tuple(chart for section in self.sections for chart in section.charts)


_YEAR = ("followed", "accompanied", "cer_signed", "diagnostics_completed", "exits", "mean_length_years")
_DAY = ("portfolio", "accompanied", "light", "in_diagnosis", "prime_only", "exits_since_january")
_SECTIONS: Mapping[str, str] = {
    "Focus sur les sorties": "sorties durees nouvelles",
    "La typologie du public": "genre age pyramide reperes foyer anciennete etudes origine territoire",
    "Les domaines d’activité": "domaine domaine-genre",
    "L’accompagnement": "mode portefeuille mouvements contrats engagement signature actions freins interventions"
    " rendez-vous",
    "Les aides": "aides plafond",
}
"""Heading -> names of its charts."""


def headline_figures(period: Period) -> tuple[str, ...]:
    """Return the headline figures of a period."""
    return _DAY if period.is_day else _YEAR


def photo_figures(period: Period) -> tuple[str, ...]:
    """Return the figures of its photo, without those that only charts show."""
    counted = counting.DAY if period.is_day else counting.YEAR
    return tuple(dict.fromkeys((*headline_figures(period), "by_reason", *counted)))


def required_figures(period: Period) -> tuple[str, ...]:
    """Return every figure of its report."""
    return tuple(dict.fromkeys((*photo_figures(period), *plots.NEEDS)))


def part_labels(report: Report) -> dict[tuple[str, str], str]:
    """Return (figure, code) -> « Motif de sortie : Emploi salarié », for every part of every figure."""
    return {
        (name, part.code): f"{FIGURES[name].label} : {part.label}"
        for name, parts in report.figures.items()
        if isinstance(parts, tuple)
        for part in parts
    }


def make(db: Office, period: Period, known_on: str = "") -> Report:
    """Return the report of a period, counted in ``db``: the office file, or the file as of a day. A period that was not
    over on that day is counted up to it, and compared with the same days a year before; one that has not begun is
    compared with nothing."""
    today = date.today()
    period = period.until(min(date.fromisoformat(known_on), today) if known_on else today)
    figures = counting.count_figures(db, period, required_figures(period))
    names = (*headline_figures(period), *_SHARES, "gender")
    figures_before = None if period.is_ahead else counting.count_figures(db, period.before, names)
    charts = plots.make_charts(figures)
    return Report(
        period,
        known_on,
        tuple(_number(name, figures, figures_before) for name in headline_figures(period)),
        tuple(_share(name, figures, figures_before) for name in _SHARES),
        tuple(Section(title, tuple(charts[name] for name in names.split())) for title, names in _SECTIONS.items()),
        figures,
    )


def _number(name: str, figures: FigureValues, before: FigureValues | None) -> Number:
    figure, earlier = FIGURES[name], before[name] if before else None
    return Number(name, figure.label, figures[name], earlier, figure.unit, figure.means)


_SHARES = ("men", "fifty_or_over", "bac2_or_over", "under_two_years")


def _share(name: str, figures: FigureValues, before: FigureValues | None) -> Number:
    """Return a share of the persons followed in percent; None when there are none."""
    figure, earlier = FIGURES[name], _percent(name, before) if before else None
    return Number(name, figure.label, _percent(name, figures), earlier, "percent", figure.means)


def _percent(name: str, figures: FigureValues) -> float | None:
    total = sum(part.value for part in figures["gender"])
    return 100 * figures[name] / total if total else None
