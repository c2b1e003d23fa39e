"""The declaration of every chart (``PLOTS``): the figures it needs, and how their parts become rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from db.figures.counting import Chosen, FigureValues, Share
from db.figures.definitions import FIGURES, NATIONAL
from db.figures.populations import UNKNOWN
from db.model.lists import GENDERS
from reports.content import quantities, sentences
from reports.content.chart_data import ChartData, ChartRow

MONTHLY = ("months", "balance", "line")
"""The shapes that show one value for each month."""
ENDED, ONGOING = ("ended", "Terminés"), ("ongoing", "En cours")


@dataclass(frozen=True)
class Plot:
    """One chart: the figures it needs, and how their parts become rows."""

    name: str
    title: str
    needs: tuple[str, ...]
    draw: Callable[["Plot", FigureValues, Chosen], ChartData]
    scheme: str = ""
    shape: str = "bars"
    base: str = "sum"
    """What shares are of: « sum » of the values, the name of a figure, or '' for no shares."""
    keeps_zeros: bool = False
    """Bands and months keep zeros; other lists leave them out."""


# --- how parts become rows ---
# « chosen »: what is selected of any figure. A chart shows all parts of its own figures, selected or not.


def _shares(plot: Plot, figures: FigureValues, chosen: Chosen) -> list[Share]:
    name = plot.needs[0]
    parts: tuple[Share, ...] = figures[name]
    return [
        part
        for part in parts
        if part.value or (plot.keeps_zeros and part.code != "unknown") or part.code in chosen.get(name, ())
    ]


def _simple(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """One bar for each value."""
    name = plot.needs[0]
    unit = FIGURES[name].unit
    rows = tuple(
        ChartRow(part.code, part.label, (_in_unit(part.value, unit),)) for part in _shares(plot, figures, chosen)
    )
    base = sum(row.values[0] for row in rows) if plot.base == "sum" else (figures[plot.base] if plot.base else 0)
    return ChartData(
        plot.name, plot.title, plot.shape, unit, rows, (("", plot.title),), base, name, (name,), plot.scheme
    )


def _in_unit(value: float, unit: str) -> float:
    return value / 100 if unit == "cents" else value


def _crossed(
    plot: Plot, figures: FigureValues, series: list[tuple[str, str]], labels: list[tuple[str, str]]
) -> tuple[ChartRow, ...]:
    """A row for each label and a value for each series, zeros included."""
    values = {(part.code, part.other): part.value for part in figures[plot.needs[0]]}
    return tuple(
        ChartRow(code, label, tuple(values.get((code, other), 0) for other, _ in series)) for code, label in labels
    )


def _by_gender(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """Rows divided by gender. Bands, and both sides of a pyramid, are kept without persons. Only the crossed figure
    tells what has persons: those of the rows and of the series alone are of the selected persons."""
    name, dimension = plot.needs[:2]
    parts: tuple[Share, ...] = figures[name]
    listed = [part for part in figures[dimension] if plot.keeps_zeros and part.code != "unknown"]
    rows = {part.code: part.label for part in parts} | {part.code: part.label for part in listed}
    ordered = dict.fromkeys([*(part.code for part in listed), *(part.code for part in parts if part.value)])
    genders = {part.code: part.label for part in figures["gender"]}
    for part in parts:  # of somebody who is not among the selected persons
        genders.setdefault(part.other, {**GENDERS.values, "unknown": UNKNOWN}.get(part.other, part.other))
    has_persons = {part.other for part in parts if part.value} | {part.code for part in figures["gender"] if part.value}
    both = ("woman", "man") if plot.shape == "pyramid" else ()
    series = [(code, label) for code, label in genders.items() if code in has_persons or code in both]
    crossed = _crossed(plot, figures, series, [(code, rows[code]) for code in ordered])
    chooses = (dimension, "gender")
    return ChartData(plot.name, plot.title, plot.shape, "person", crossed, tuple(series), 0, name, chooses, "gender")


def _months(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """Contracts signed each month, first ones and renewals."""
    series = [("first", "Premier contrat"), ("renewal", "Renouvellement ou actualisation")]
    rows = _crossed(plot, figures, series, _months_of(figures))
    return ChartData(
        plot.name, plot.title, plot.shape, "contract", rows, tuple(series), 0, "contracts", ("contracts",), "rank"
    )


def _months_of(figures: FigureValues) -> list[tuple[str, str]]:
    """Return the months that have begun; the portfolio of later ones is unknown."""
    this_month = f"{date.today():%Y-%m}"
    codes = [part.code for part in figures["portfolio_by_month"] if part.code <= this_month]
    with_year = len({code[:4] for code in codes}) > 1
    return [(code, quantities.month(code, with_year)) for code in codes]


def _balance(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """Entries and departures of each month."""
    values = {name: {part.code: part.value for part in figures[name]} for name in ("entries", "departures")}
    rows = tuple(
        ChartRow(code, label, (values["entries"].get(code, 0), values["departures"].get(code, 0)))
        for code, label in _months_of(figures)
    )
    series = (("entries", "Entrées"), ("departures", "Sorties"))
    return ChartData(
        plot.name, plot.title, plot.shape, "person", rows, series, 0, "entries", ("entries", "departures"), "balance"
    )


def _portfolio(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    chart = _simple(plot, figures, chosen)
    labels = dict(_months_of(figures))
    return replace(chart, rows=tuple(replace(row, label=labels[row.code]) for row in chart.rows if row.code in labels))


def _lengths(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    labels = list({part.code: part.label for part in figures["lengths"]}.items())
    rows = _crossed(plot, figures, [ENDED, ONGOING], labels)
    return ChartData(
        plot.name, plot.title, plot.shape, "person", rows, (ENDED, ONGOING), 0, "lengths", ("lengths",), "length"
    )


def _aids(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """Sums by type, with the number of aids."""
    chart = _simple(plot, figures, chosen)
    counts = {part.code: part.value for part in figures["aids_counted"]}
    notes = {code: quantities.with_unit(count, "aid") for code, count in counts.items()}
    return replace(chart, rows=tuple(replace(row, note=notes.get(row.code, "")) for row in chart.rows))


def _national(plot: Plot, figures: FigureValues, chosen: Chosen) -> ChartData:
    """Our shares beside the national ones. The share of what is selected itself is left out: it says nothing."""
    codes = chosen.get("gender")
    total = sum(part.value for part in figures["gender"] if not codes or part.code in codes)
    names = [name for name in NATIONAL if total and not chosen.get(_DIVIDED[name])]
    rows = tuple(ChartRow(name, FIGURES[name].label, (100 * figures[name] / total,)) for name in names)
    national = tuple((name, NATIONAL[name]) for name in names)
    return ChartData(
        plot.name, plot.title, plot.shape, "percent", rows, (("", "Ici"),), 0, "fifty_or_over", (), marks=national
    )


_DIVIDED = {"men": "gender", "fifty_or_over": "age"}
"""A share beside a national one -> the figure of which it is a part."""


# --- the charts, in the order of the screen ---

# fmt: off
PLOTS: tuple[Plot, ...] = (
    Plot("genre", "Genre", ("gender",), _simple, "gender"),
    Plot("age", "Âge", ("age",), _simple, keeps_zeros=True),
    Plot("reperes", "Au regard du niveau national", ("gender", *NATIONAL), _national, shape="marks"),
    Plot("pyramide", "Pyramide des âges", ("gender_by_age", "age", "gender"), _by_gender, shape="pyramid", keeps_zeros=True),
    Plot("domaine", "Domaine d’activité", ("domain",), _simple, "domain"),
    Plot("domaine-genre", "Genre par domaine", ("gender_by_domain", "domain", "gender"), _by_gender, shape="stacked"),
    Plot("foyer", "Composition du foyer", ("household",), _simple),
    Plot("etudes", "Niveau d’études", ("education", "bac2_or_over"), _simple, keeps_zeros=True),
    Plot("origine", "Origine", ("origin",), _simple),
    Plot("anciennete", "Ancienneté au RSA", ("seniority", "under_two_years"), _simple, keeps_zeros=True),
    Plot("territoire", "Territoire", ("territory",), _simple),
    Plot("mode", "Mode de suivi", ("mode",), _simple, "mode"),
    Plot("freins", "Freins repérés", ("obstacles", "assessed"), _simple, base="assessed"),
    Plot("interventions", "Domaines d’intervention", ("interventions",), _simple),
    Plot("rendez-vous", "Rendez-vous", ("appointments",), _simple),
    Plot("contrats", "Contrats signés par mois", ("contracts", "portfolio_by_month"), _months, shape="months"),
    Plot("engagement", "Contrat d’engagement des personnes accompagnées", ("engagement", "contracts_in_force"), _simple),
    Plot("signature", "Signature du contrat après l’orientation", ("signing", "mean_days_to_sign"), _simple, keeps_zeros=True),
    Plot("actions", "Nature des actions", ("action_kinds", "mean_contract_hours"), _simple),
    Plot("mouvements", "Entrées et sorties du portefeuille", ("entries", "departures", "portfolio_by_month"), _balance, shape="balance"),
    Plot("portefeuille", "Portefeuille à la fin de chaque mois", ("portfolio_by_month",), _portfolio, shape="line", base="", keeps_zeros=True),
    Plot("sorties", "Motifs de sortie du RSA", ("by_reason",), _simple),
    Plot("nouvelles", "Que deviennent les personnes sorties", ("news",), _simple),
    Plot("durees", "Durée de l’accompagnement", ("lengths", "mean_length_years", "mean_length_years_ongoing"), _lengths, shape="grouped"),
    Plot("aides", "Aides accordées par type", ("aids", "aids_counted"), _aids),
    Plot("plafond", "Aides reçues, au regard du plafond", ("ceiling",), _simple, keeps_zeros=True),
)
# fmt: on
BY_NAME: dict[str, Plot] = {plot.name: plot for plot in PLOTS}
NEEDS: tuple[str, ...] = tuple(dict.fromkeys(name for plot in PLOTS for name in plot.needs))
"""Every figure that the charts need."""


def make_chart(name: str, figures: FigureValues, chosen: Chosen | None = None) -> ChartData:
    """Return the chart of that name, with its sentence. ``chosen``: the selection with which ``figures`` are counted."""
    plot = BY_NAME[name]
    some = {figure: codes for figure, codes in (chosen or {}).items() if codes}
    chart = plot.draw(plot, figures, some)
    own = tuple((figure, codes) for figure, codes in some.items() if figure in chart.chooses)
    among = tuple(selected(figures, figure, codes) for figure, codes in some.items() if figure not in chart.chooses)
    chart = replace(chart, chosen=own, among=among)
    return replace(chart, reading=sentences.chart_sentence(chart, figures))


def make_charts(figures: FigureValues, chosen: Chosen | None = None) -> dict[str, ChartData]:
    """Return every chart by name, in order. ``chosen``: the selection with which ``figures`` are counted."""
    return {plot.name: make_chart(plot.name, figures, chosen) for plot in PLOTS}


def selected(figures: FigureValues, name: str, codes: tuple[str, ...]) -> str:
    """Return the labels of a selection: « Femme », « Cahors, Figeac »."""
    labels = {part.code: part.label for part in figures.get(name, ())}
    texts = [labels.get(code, code) for code in codes]
    if FIGURES[name].values == "months":
        texts = [quantities.month(text, with_year=True) for text in texts]
    return ", ".join(texts)
