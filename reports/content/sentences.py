"""The French sentence of each chart, with its numbers; it is also the title of its slide."""

from collections.abc import Callable

from db.figures.counting import Taken
from db.figures.definitions import NATIONAL
from reports.content.chart_data import ChartData, ChartRow
from reports.content.quantities import NARROW, counted, number, share

NOTHING = "Rien à montrer pour cette période."


def of(picture: ChartData, taken: Taken) -> str:
    """Return the sentence of a chart."""
    if picture.empty:
        return NOTHING
    return _SAYS.get(picture.name, _first)(picture, taken)


def _total(picture: ChartData) -> float:
    return sum(sum(row.values) for row in picture.rows)


def _value(picture: ChartData, code: str) -> float:
    return sum(sum(row.values) for row in picture.rows if row.code == code)


def _largest(picture: ChartData) -> ChartRow:
    known = [row for row in picture.rows if row.code != "unknown" and any(row.values)] or list(picture.rows)
    return max(known, key=lambda row: sum(row.values))


def _leaders(picture: ChartData) -> str:
    """Return « Cahors d’abord », or « Cahors et Figeac à égalité »."""
    most = sum(_largest(picture).values)
    labels = [row.label for row in picture.rows if sum(row.values) == most and row.code != "unknown"]
    if len(labels) < 2:
        return f"{_largest(picture).label} d’abord"
    if picture.name != "territoire":  # places keep their capitals
        labels[1:] = map(_low, labels[1:])
    return f"{', '.join(labels[:-1])} et {labels[-1]} à égalité"


def _low(label: str) -> str:
    """Return a label for use within a sentence: « Bac + 2 », « RSA » and « CAP / BEP » keep their capitals."""
    return label if label[:2].isupper() or label.startswith("Bac") else label[0].lower() + label[1:]


def _first(picture: ChartData, taken: Taken) -> str:
    """Return « Personne seule d’abord : 90 personnes, soit 65 %. »"""
    value = sum(_largest(picture).values)
    part = f", soit {share(value, picture.base)}" if picture.base else ""
    return f"{_leaders(picture)} : {counted(value, picture.unit)}{part}."


def _gender(picture: ChartData, taken: Taken) -> str:
    men = share(_value(picture, "man"), _total(picture))
    return f"{men} d’hommes, contre {NATIONAL['men']}{NARROW}% au niveau national."


def _age(picture: ChartData, taken: Taken) -> str:
    older = sum(sum(row.values) for row in picture.rows if row.code in ("4", "5"))
    part, national = share(older, picture.base), f"{NATIONAL['fifty_or_over']}{NARROW}%"
    return f"{part} ont 50 ans ou plus, contre {national} au niveau national."


def _national(picture: ChartData, taken: Taken) -> str:
    men, older = (row.values[0] for row in picture.rows)
    return (
        f"{_gap(men - NATIONAL['men'])} pour la part d’hommes, {_gap(older - NATIONAL['fifty_or_over'])}"
        " pour celle des 50 ans ou plus, par rapport au niveau national."
    )


def _gap(points: float) -> str:
    whole = round(abs(points))
    sign = "" if not whole else f"+{NARROW}" if points > 0 else f"−{NARROW}"
    return f"{sign}{whole} point{'s' * (whole >= 2)}"


def _pyramid(picture: ChartData, taken: Taken) -> str:
    row = _largest(picture)
    if row.code == "unknown":
        return "Les âges ne sont pas renseignés."
    parts = [
        f"{number(value)} {_GENDERS.get(code, _low(label))}{'s' * (value >= 2 and code in _GENDERS)}"
        for (code, label), value in zip(picture.series, row.values, strict=True)
        if value or code in _GENDERS
    ]
    return f"La tranche la plus nombreuse est celle des {_low(row.label)} : {', '.join(parts)}."


_GENDERS = {"woman": "femme", "man": "homme"}


def _by_domain(picture: ChartData, taken: Taken) -> str:
    """Name the domains with the largest and smallest share of women; domains with very few persons are left out."""
    codes = [code for code, _ in picture.series]
    if "woman" not in codes:
        return _first(picture, taken)
    place = codes.index("woman")
    rows = [row for row in picture.rows if sum(row.values) >= 5 and row.code not in ("other", "unknown")]
    if len(rows) < 2:
        return _first(picture, taken)
    ordered = sorted(rows, key=lambda row: row.values[place] / sum(row.values))
    low, high = ordered[0], ordered[-1]
    return (
        f"Part des femmes : de {share(low.values[place], sum(low.values))} ({_low(low.label)})"
        f" à {share(high.values[place], sum(high.values))} ({_low(high.label)})."
    )


def _education(picture: ChartData, taken: Taken) -> str:
    return f"{share(taken['bac2_or_over'], picture.base)} ont un niveau Bac + 2 ou plus."


def _seniority(picture: ChartData, taken: Taken) -> str:
    return f"{share(taken['under_two_years'], picture.base)} sont au RSA depuis moins de 2 ans."


def _obstacles(picture: ChartData, taken: Taken) -> str:
    most = _largest(picture).values[0]
    told = f"{counted(most, 'person')} sur {number(picture.base)} ayant un diagnostic"
    return f"{_leaders(picture)} : {told}, soit {share(most, picture.base)}."


def _contracts(picture: ChartData, taken: Taken) -> str:
    first, renewed = (sum(row.values[place] for row in picture.rows) for place in (0, 1))
    parts = f"{_many(first, 'premier')} et {_many(renewed, 'renouvellement')}"
    return f"{counted(first + renewed, 'contract')}, dont {parts}."


def _many(value: float, word: str) -> str:
    return f"{number(value)} {word}{'s' * (value >= 2)}"


def _balance(picture: ChartData, taken: Taken) -> str:
    came, left = (sum(row.values[place] for row in picture.rows) for place in (0, 1))
    moved = came - left
    words = "reste égal" if not moved else f"{'gagne' if moved > 0 else 'perd'} {counted(abs(moved), 'person')}"
    return f"{_many(came, 'entrée')}, {_many(left, 'sortie')} : le portefeuille {words}."


def _portfolio(picture: ChartData, taken: Taken) -> str:
    values = [row.values[0] for row in picture.rows]
    last = f"{counted(values[-1], 'person')} à la fin"
    return f"{last}, entre {number(min(values))} et {number(max(values))} au fil des mois."


def _exits(picture: ChartData, taken: Taken) -> str:
    most = _largest(picture).values[0]
    told = f"{_low(_leaders(picture))} ({number(most)}, soit {share(most, picture.base)})"
    return f"{counted(picture.base, 'exit')} du RSA : {told}."


def _lengths(picture: ChartData, taken: Taken) -> str:
    told = []
    for name, word, place in (("mean_length_years", "terminé", 0), ("mean_length_years_ongoing", "en cours", 1)):
        count = sum(row.values[place] for row in picture.rows)
        if count:
            state = word + "s" * (count >= 2 and word == "terminé")
            told.append(f"{number(taken[name], 'years')} pour {_many(count, 'accompagnement')} {state}")
    return f"En moyenne, {' et '.join(told)}."


def _aids(picture: ChartData, taken: Taken) -> str:
    row = _largest(picture)
    count = sum(part.value for part in taken["aids_counted"])
    return (
        f"{number(picture.base * 100, 'cents')} accordés en {counted(count, 'aid')} ;"
        f" {_low(row.label)} d’abord ({share(row.values[0], picture.base)})."
    )


def _ceiling(picture: ChartData, taken: Taken) -> str:
    reached = _value(picture, "3") + _value(picture, "4")
    aided = picture.base - _value(picture, "0") - _value(picture, "unknown")
    return (
        f"{counted(aided, 'person')} sur {number(picture.base)} {'ont' if aided >= 2 else 'a'} reçu une aide ;"
        f" {number(reached)} {'ont' if reached >= 2 else 'a'} atteint le plafond."
    )


_SAYS: dict[str, Callable[[ChartData, Taken], str]] = {
    "genre": _gender,
    "age": _age,
    "reperes": _national,
    "pyramide": _pyramid,
    "domaine-genre": _by_domain,
    "etudes": _education,
    "anciennete": _seniority,
    "freins": _obstacles,
    "contrats": _contracts,
    "mouvements": _balance,
    "portefeuille": _portfolio,
    "sorties": _exits,
    "durees": _lengths,
    "aides": _aids,
    "plafond": _ceiling,
}
