"""The French sentence of each chart, with its numbers; it is also the title of its slide."""

from collections.abc import Callable
from dataclasses import replace

from db.base.french import capitalised
from db.figures.counting import FigureValues
from db.figures.definitions import NATIONAL
from reports.content.chart_data import ChartData, ChartRow
from reports.content.quantities import number, points, share, with_unit

NOTHING = "Rien à montrer pour cette période."
NOTHING_SELECTED = "Rien à montrer avec ces filtres."


def chart_sentence(chart: ChartData, figures: FigureValues) -> str:
    """Return the sentence of a chart. Where something is selected of the chart itself, the sentence is of that alone:
    what it would say of the rest says nothing of the selected persons."""
    if chart.empty:
        return NOTHING_SELECTED if chart.chosen or chart.among else NOTHING
    if chart.chosen and (chart.shape == "balance" or chart.chooses[0] in dict(chart.chosen)):
        return _selected_sentence(chart)
    shown = _without_other_series(chart)
    if not shown.series or shown.empty:
        return NOTHING_SELECTED
    return _SENTENCES.get(chart.name, _largest_sentence)(shown, figures)


def _selected_sentence(chart: ChartData) -> str:
    """Return « Femme : 65 personnes sur 142, soit 45,8 %. », or « Mars : 5 contrats (premier contrat : 2…). »"""
    lines = []
    for row in chart.rows:
        bars = [
            (code, label, value)
            for (code, label), value in zip(chart.series, row.values, strict=True)
            if chart.is_chosen(row.code, code) and chart.picks(row.code, code).keys() & dict(chart.chosen).keys()
        ]
        if bars:
            lines.append(f"{row.label} : {_quantity(chart, row, bars)}")
    return capitalised(f"{' ; '.join(lines)}.") if lines else NOTHING_SELECTED


def _quantity(chart: ChartData, row: ChartRow, bars: list[tuple[str, str, float]]) -> str:
    total = sum(value for *_, value in bars)
    if chart.shape == "balance":
        return ", ".join(_plural(value, "entrée" if code == "entries" else "sortie") for code, _, value in bars)
    if len(chart.series) > 1:
        parts = ", ".join(f"{_lower_first(label)} : {number(value)}" for _, label, value in bars)
        return f"{with_unit(total, chart.unit)} ({parts})"
    text = chart.number(total) if chart.unit == "cents" else with_unit(total, chart.unit)
    note = f" ({row.note})" if row.note else ""
    if not chart.base:
        return f"{text}{note}"
    return f"{text}{note} sur {chart.number(chart.base)}{_BASES.get(chart.name, '')}, soit {share(total, chart.base)}"


_BASES = {"freins": " ayant un diagnostic"}
"""What the persons of a base are, where they are not simply those of the chart."""


def _without_other_series(chart: ChartData) -> ChartData:
    """Return the chart without the series that are not selected, where some of a crossed figure are."""
    codes = dict(chart.chosen).get(chart.chooses[-1]) if len(chart.chooses) > 1 else None
    if not codes:
        return chart
    kept = [index for index, (code, _) in enumerate(chart.series) if code in codes]
    return replace(
        chart,
        series=tuple(chart.series[index] for index in kept),
        rows=tuple(replace(row, values=tuple(row.values[index] for index in kept)) for row in chart.rows),
    )


def _national_level(chart: ChartData, name: str) -> str:
    """Return « 26 % au niveau national »; under a filter, that it is not of the selected persons only."""
    whose = " de l’ensemble des bénéficiaires du RSA" if chart.among else ""
    return f"{number(NATIONAL[name], 'national')}{whose} au niveau national"


def _total(chart: ChartData) -> float:
    return sum(sum(row.values) for row in chart.rows)


def _value(chart: ChartData, code: str) -> float:
    return sum(sum(row.values) for row in chart.rows if row.code == code)


def _largest(chart: ChartData) -> ChartRow:
    rows = [row for row in chart.rows if row.code != "unknown" and any(row.values)] or list(chart.rows)
    return max(rows, key=lambda row: sum(row.values))


def _leaders(chart: ChartData) -> str:
    """Return « Cahors d’abord », or « Cahors et Figeac à égalité »."""
    highest = sum(_largest(chart).values)
    labels = [row.label for row in chart.rows if sum(row.values) == highest and row.code != "unknown"]
    if len(labels) < 2:
        return f"{_largest(chart).label} d’abord"
    if chart.name != "territoire":  # places keep their capitals
        labels[1:] = map(_lower_first, labels[1:])
    return f"{', '.join(labels[:-1])} et {labels[-1]} à égalité"


def _lower_first(label: str) -> str:
    """Return a label for use within a sentence: « Bac + 2 », « RSA » and « CAP / BEP » keep their capitals."""
    return label if label[:2].isupper() or label.startswith("Bac") else label[0].lower() + label[1:]


def _largest_sentence(chart: ChartData, figures: FigureValues) -> str:
    """Return « Personne seule d’abord : 90 personnes, soit 65 %. »"""
    value = sum(_largest(chart).values)
    part = f", soit {share(value, chart.base)}" if chart.base else ""
    return f"{_leaders(chart)} : {with_unit(value, chart.unit)}{part}."


def _gender(chart: ChartData, figures: FigureValues) -> str:
    return f"{share(_value(chart, 'man'), _total(chart))} d’hommes, contre {_national_level(chart, 'men')}."


def _age(chart: ChartData, figures: FigureValues) -> str:
    older = sum(sum(row.values) for row in chart.rows if row.code in ("4", "5"))
    return f"{share(older, chart.base)} ont 50 ans ou plus, contre {_national_level(chart, 'fifty_or_over')}."


def _national(chart: ChartData, figures: FigureValues) -> str:
    whose = {"men": "d’hommes", "fifty_or_over": "des 50 ans ou plus"}
    parts = [
        f"{points(row.values[0] - NATIONAL[row.code])} pour {'celle' if index else 'la part'} {whose[row.code]}"
        for index, row in enumerate(chart.rows)
    ]
    level = "à l’ensemble des bénéficiaires du RSA au" if chart.among else "au"
    return f"{', '.join(parts)}, par rapport {level} niveau national."


def _pyramid(chart: ChartData, figures: FigureValues) -> str:
    row = _largest(chart)
    if row.code == "unknown":
        return "Les âges ne sont pas renseignés."
    parts = [
        _people(code, label, value)
        for (code, label), value in zip(chart.series, row.values, strict=True)
        if value or code in _GENDERS
    ]
    return f"La tranche la plus nombreuse est celle des {_lower_first(row.label)} : {', '.join(parts)}."


_GENDERS = {"woman": "femme", "man": "homme"}


def _people(code: str, label: str, value: float) -> str:
    """Return « 4 femmes », « 1 autre ou non précisé »."""
    return f"{number(value)} {_GENDERS.get(code, _lower_first(label))}{'s' * (value >= 2 and code in _GENDERS)}"


def _by_domain(chart: ChartData, figures: FigureValues) -> str:
    """Name the domains with the largest and smallest share of women; domains with very few persons are left out."""
    codes = [code for code, _ in chart.series]
    if len(codes) == 1:
        return f"{_leaders(chart)} : {_people(*chart.series[0], sum(_largest(chart).values))}."
    if "woman" not in codes:
        return _largest_sentence(chart, figures)
    women = codes.index("woman")
    rows = [row for row in chart.rows if sum(row.values) >= 5 and row.code not in ("other", "unknown")]
    if len(rows) < 2:
        return _largest_sentence(chart, figures)
    ordered = sorted(rows, key=lambda row: row.values[women] / sum(row.values))
    lowest, highest = ordered[0], ordered[-1]
    return (
        f"Part des femmes : de {share(lowest.values[women], sum(lowest.values))} ({_lower_first(lowest.label)})"
        f" à {share(highest.values[women], sum(highest.values))} ({_lower_first(highest.label)})."
    )


def _education(chart: ChartData, figures: FigureValues) -> str:
    return f"{share(figures['bac2_or_over'], chart.base)} ont un niveau Bac + 2 ou plus."


def _seniority(chart: ChartData, figures: FigureValues) -> str:
    return f"{share(figures['under_two_years'], chart.base)} sont au RSA depuis moins de 2 ans."


def _obstacles(chart: ChartData, figures: FigureValues) -> str:
    count = _largest(chart).values[0]
    ratio = f"{with_unit(count, 'person')} sur {number(chart.base)} ayant un diagnostic"
    return f"{_leaders(chart)} : {ratio}, soit {share(count, chart.base)}."


def _contracts(chart: ChartData, figures: FigureValues) -> str:
    first, renewals = (sum(row.values[index] for row in chart.rows) for index in (0, 1))
    parts = f"{_plural(first, 'premier')} et {_plural(renewals, 'renouvellement')}"
    return f"{with_unit(first + renewals, 'contract')}, dont {parts}."


def _engagement(chart: ChartData, figures: FigureValues) -> str:
    without = chart.base - _value(chart, "signed")
    running = f"{with_unit(figures['contracts_in_force'], 'contract')} en cours, CER compris."
    if not without:
        return f"Chaque personne accompagnée a un contrat d’engagement signé ; {running}"
    who = f"{_plural(without, 'personne')} accompagnée{'s' * (without >= 2)} sur {number(chart.base)}"
    have = f"{'n’ont' if without >= 2 else 'n’a'} pas de contrat d’engagement signé"
    return f"{who} {have}, soit {share(without, chart.base)} ; {running}"


def _signing(chart: ChartData, figures: FigureValues) -> str:
    in_time, days = _value(chart, "month"), figures["mean_days_to_sign"]
    which = f"{with_unit(in_time, 'orientation')} sur {number(chart.base)} suivie{'s' * (in_time >= 2)}"
    mean = "" if days is None else f" ; en moyenne {number(days, 'days')} de la notification à la signature"
    return f"{which} d’un contrat signé dans le mois, soit {share(in_time, chart.base)}{mean}."


def _actions(chart: ChartData, figures: FigureValues) -> str:
    hours = figures["mean_contract_hours"]
    mean = "" if hours is None else f" ; en moyenne {number(hours, 'hours')} par semaine et par contrat d’engagement"
    return f"{_largest_sentence(chart, figures).removesuffix('.')}{mean}."


def _plural(value: float, word: str) -> str:
    return f"{number(value)} {word}{'s' * (value >= 2)}"


def _balance(chart: ChartData, figures: FigureValues) -> str:
    entries, departures = (sum(row.values[index] for row in chart.rows) for index in (0, 1))
    change = entries - departures
    words = "reste égal" if not change else f"{'gagne' if change > 0 else 'perd'} {with_unit(abs(change), 'person')}"
    return f"{_plural(entries, 'entrée')}, {_plural(departures, 'sortie')} : le portefeuille {words}."


def _portfolio(chart: ChartData, figures: FigureValues) -> str:
    values = [row.values[0] for row in chart.rows]
    last = f"{with_unit(values[-1], 'person')} à la fin"
    return f"{last}, entre {number(min(values))} et {number(max(values))} au fil des mois."


def _exits(chart: ChartData, figures: FigureValues) -> str:
    count = _largest(chart).values[0]
    reason = f"{_lower_first(_leaders(chart))} ({number(count)}, soit {share(count, chart.base)})"
    return f"{with_unit(chart.base, 'exit')} du RSA : {reason}."


def _lengths(chart: ChartData, figures: FigureValues) -> str:
    means = []
    for name, word, index in (("mean_length_years", "terminé", 0), ("mean_length_years_ongoing", "en cours", 1)):
        count = sum(row.values[index] for row in chart.rows)
        if count:
            label = word + "s" * (count >= 2 and word == "terminé")
            means.append(f"{number(figures[name], 'years')} pour {_plural(count, 'accompagnement')} {label}")
    return f"En moyenne, {' et '.join(means)}."


def _aids(chart: ChartData, figures: FigureValues) -> str:
    row = _largest(chart)
    count = sum(part.value for part in figures["aids_counted"])
    return (
        f"{number(chart.base * 100, 'cents')} accordés en {with_unit(count, 'aid')} ;"
        f" {_lower_first(row.label)} d’abord ({share(row.values[0], chart.base)})."
    )


def _ceiling(chart: ChartData, figures: FigureValues) -> str:
    reached = _value(chart, "3") + _value(chart, "4")
    aided = chart.base - _value(chart, "0") - _value(chart, "unknown")
    return (
        f"{with_unit(aided, 'person')} sur {number(chart.base)} {'ont' if aided >= 2 else 'a'} reçu une aide ;"
        f" {number(reached)} {'ont' if reached >= 2 else 'a'} atteint le plafond."
    )


_SENTENCES: dict[str, Callable[[ChartData, FigureValues], str]] = {
    "genre": _gender,
    "age": _age,
    "reperes": _national,
    "pyramide": _pyramid,
    "domaine-genre": _by_domain,
    "etudes": _education,
    "anciennete": _seniority,
    "freins": _obstacles,
    "contrats": _contracts,
    "engagement": _engagement,
    "signature": _signing,
    "actions": _actions,
    "mouvements": _balance,
    "portefeuille": _portfolio,
    "sorties": _exits,
    "durees": _lengths,
    "aides": _aids,
    "plafond": _ceiling,
}
