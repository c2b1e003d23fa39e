"""What every picture must say, recounted in pandas: its numbers, the base of its shares, its sentence.

Nothing is shared with reports/content: sentences are written anew from pandas' numbers and bases. A picture is of the
persons of every selection but those of its own figures, whose other parts it shows too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from tests.db.figures.recount import TWICE, Chosen, Recount

N = "\u202f"
FIGURES: Mapping[str, tuple[str, ...]] = {
    "genre": ("gender",),
    "age": ("age",),
    "reperes": (),
    "pyramide": ("gender_by_age",),
    "domaine": ("domain",),
    "domaine-genre": ("gender_by_domain",),
    "foyer": ("household",),
    "etudes": ("education",),
    "origine": ("origin",),
    "anciennete": ("seniority",),
    "territoire": ("territory",),
    "mode": ("mode",),
    "freins": ("obstacles",),
    "interventions": ("interventions",),
    "rendez-vous": ("appointments",),
    "nouvelles": ("news",),
    "contrats": ("contracts",),
    "engagement": ("engagement",),
    "signature": ("signing",),
    "actions": ("action_kinds",),
    "mouvements": ("entries", "departures"),
    "portefeuille": ("portfolio_by_month",),
    "sorties": ("by_reason",),
    "durees": ("lengths",),
    "aides": ("aids",),
    "plafond": ("ceiling",),
}
"""Picture -> the figures that it shows."""
UNITS = {
    "interventions": "entretien ou démarche",
    "rendez-vous": "rendez-vous",
    "nouvelles": "sortie",
    "contrats": "contrat",
    "sorties": "sortie",
    "signature": "orientation",
    "actions": "action",
}
"""Picture -> what it counts, other than persons."""
PLURALS = {
    "rendez-vous": "rendez-vous",
    "entretien ou démarche": "entretiens et démarches",
    "personne accompagnée": "personnes accompagnées",
}
WITHOUT_SHARES = ("reperes", "pyramide", "domaine-genre", "contrats", "mouvements", "portefeuille", "durees")
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
MONTHLY = ("contrats", "mouvements", "portefeuille")
BANDS = ("age", "etudes", "anciennete", "plafond", "pyramide", "signature")
SERIES = {
    "contrats": {"first": "premier contrat", "renewal": "renouvellement ou actualisation"},
    "durees": {"ended": "terminés", "ongoing": "en cours"},
    "mouvements": {"entries": "entrée", "departures": "sortie"},
}
"""Picture -> code and name of each series, within a sentence."""
GENDERS = {"woman": "femme", "man": "homme"}


# --- numbers in French ---


def french(value: Any, digits: int = 0) -> str:
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{exact:,}".replace(",", N).replace(".", ",")


def counted(value: float, word: str) -> str:
    plural = PLURALS.get(word, f"{word}s")
    return f"{french(value)} {plural if value >= 2 else word}"


def percent(part: float, whole: float) -> str:
    share = 100 * part / whole
    if 0 < share < 0.05:
        return f"moins de 0,1{N}%"
    return f"plus de 99,9{N}%" if 99.95 <= share < 100 else f"{french(share, 1)}{N}%"


def euros(cents: float) -> str:
    return f"{french(cents / 100, 2)}{N}€"


def years(value: float) -> str:
    said = french(value, 1)
    return f"{said}{N}an{'s' * (float(said.replace(',', '.')) >= 2)}"


def points(difference: float) -> str:
    size = round(abs(difference), 1)
    sign = "" if not size else f"+{N}" if difference > 0 else f"−{N}"
    return f"{sign}{french(size, 1)} point{'s' * (size >= 2)}"


def lower_first(label: str) -> str:
    return label if label[:2].isupper() or label.startswith("Bac") else label[0].lower() + label[1:]


# --- one picture ---


@dataclass
class Picture:
    """One picture of a period under a selection."""

    name: str
    office: Recount
    chosen: Chosen

    @property
    def own(self) -> tuple[str, ...]:
        """The figures whose selection is shown in the picture instead of narrowing it."""
        return tuple(part for figure in FIGURES[self.name] for part in TWICE.get(figure, (figure,)))

    @property
    def is_filtered(self) -> bool:
        return bool(set(self.chosen) - set(self.own))

    def frame(self, figure: str) -> pd.DataFrame:
        """Return what a figure counts of the persons of every selection but the picture's own."""
        frame = self.office.figures[figure]
        for other, codes in self.chosen.items():
            if other not in self.own:
                frame = frame[frame.person.isin(self.office.persons_of(other, codes))]
        return frame

    @cached_property
    def values(self) -> dict[tuple[str, str], float]:
        """(code of the row, code of the series) -> its number, without zeros; sums in cents."""
        found: dict[tuple[str, str], float] = {}
        for figure in FIGURES[self.name]:
            sums: dict[Any, Any] = self.frame(figure).groupby(["code", "other"]).value.sum().to_dict()
            for (code, other), value in sums.items():
                series = figure if self.name == "mouvements" else other
                if value and (self.name not in MONTHLY or code <= f"{pd.Timestamp.today():%Y-%m}"):
                    found[code, series] = int(value)
        return found

    @cached_property
    def labels(self) -> dict[str, str]:
        """Code -> label of every row that it shows, in order."""
        known = self.office.labels(FIGURES[self.name][0])
        if self.name in MONTHLY:
            return self._month_labels(known)
        with_value = {code for code, _ in self.values}
        kept = {code for code in with_value if code in known}
        offered = len(self.own) == 1 and self.name != "durees"  # what nobody has is a row where it was selected…
        wanted = set(self.chosen.get(self.own[0], ())) - {"film"} if offered else set()  # …but film, which is retired
        kept |= set(known) if self.name in BANDS else wanted & set(known)
        kept -= {"unknown"} if "unknown" not in with_value and "unknown" not in wanted else set()
        ordered = {code: label for code, label in known.items() if code in kept}
        rest = {code: "Non renseigné" for code in sorted(with_value) if code not in known}
        return ordered | rest

    def _month_labels(self, months: Mapping[str, str]) -> dict[str, str]:
        shown = [code for code in months if code <= f"{pd.Timestamp.today():%Y-%m}"]
        with_year = len({code[:4] for code in shown}) > 1
        return {code: MONTHS[int(code[5:]) - 1] + f" {code[2:4]}" * with_year for code in shown}

    def row(self, code: str) -> float:
        """Return the number of a row, all series together."""
        return sum(value for (row, _), value in self.values.items() if row == code)

    @cached_property
    def base(self) -> float:
        """Return what shares are of; 0 where there are none."""
        if self.name in WITHOUT_SHARES:
            return 0
        return len(self.frame("assessed")) if self.name == "freins" else sum(self.values.values())

    @property
    def population(self) -> pd.DataFrame:
        """The persons followed, of every selection."""
        people = self.office.followed
        for other, codes in self.chosen.items():
            people = people[people.id.isin(self.office.persons_of(other, codes))]
        return people

    @cached_property
    def shares(self) -> dict[str, float]:
        """The shares beside national ones, in percent. That of what is selected itself is left out."""
        people = self.population
        parts = {"men": ("gender", people.gender == "man"), "fifty_or_over": ("age", people.years >= 50)}
        return {
            name: 100 * int(part.sum()) / len(people)
            for name, (figure, part) in parts.items()
            if len(people) and figure not in self.chosen
        }

    # --- the sentence ---

    @property
    def sentence(self) -> str:
        """Return what the picture must say."""
        nothing = "Rien à montrer avec ces filtres." if self.chosen else "Rien à montrer pour cette période."
        if self.name == "reperes":
            return self._beside_national() if self.shares else nothing
        if not self.values:
            return nothing
        selected = [name for name in self.own if name in self.chosen]
        if selected and (self.name == "mouvements" or self.own[0] in selected):
            return self._of_selected()
        if selected:
            crossed = self._pyramide if self.name == "pyramide" else self._domaine_genre
            return crossed(self.chosen["gender"])
        return getattr(self, f"_{self.name.replace('-', '_')}", self._largest)()

    def _of_selected(self) -> str:
        lines = []
        for code, label in self.labels.items():
            series = {key: name for key, name in self.series.items() if self._is_selected(code, key)}
            if not series:
                continue
            if self.name == "mouvements":
                moves = [counted(self.values.get((code, key), 0), name) for key, name in series.items()]
                lines.append(f"{label} : {', '.join(moves)}")
                continue
            value = sum(self.values.get((code, key), 0) for key in series)
            text = euros(value) if self.name == "aides" else counted(value, UNITS.get(self.name, "personne"))
            if self.series != {"": ""}:
                text += f" ({', '.join(f'{name} : {self._number(code, key)}' for key, name in series.items())})"
            if self.name == "aides":
                text += f" ({counted(self._aids(code), 'aide')})"
            if self.base:
                whole = euros(self.base) if self.name == "aides" else french(self.base)
                whose = " ayant un diagnostic" * (self.name == "freins")
                text += f" sur {whole}{whose}, soit {percent(value, self.base)}"
            lines.append(f"{label} : {text}")
        said = " ; ".join(lines)
        return f"{said[0].upper()}{said[1:]}." if lines else "Rien à montrer avec ces filtres."

    def _is_selected(self, code: str, series: str) -> bool:
        if self.name == "mouvements":
            return code in self.chosen.get(series, ())
        codes = dict(zip(self.own, (code, series), strict=False))
        return all(codes[name] in self.chosen[name] for name in codes if name in self.chosen)

    def _number(self, code: str, series: str) -> str:
        return french(self.values.get((code, series), 0))

    @property
    def series(self) -> dict[str, str]:
        if self.name in ("pyramide", "domaine-genre"):
            labels, used = self.office.labels("gender"), {other for _, other in self.values}
            both = ("woman", "man") if self.name == "pyramide" else ()
            known = {code: lower_first(label) for code, label in labels.items() if code in used or code in both}
            return known | ({"unknown": "non renseigné"} if "unknown" in used else {})
        return SERIES.get(self.name, {"": ""})

    def _aids(self, code: str) -> int:
        frame = self.frame("aids_counted")
        return int((frame.code == code).sum())

    def notes(self, code: str) -> list[str]:
        """Return what stands beside the number of a bar instead of its share."""
        return [counted(self._aids(code), "aide")] if self.name == "aides" else []

    def _level(self, national: int) -> str:
        whose = " de l’ensemble des bénéficiaires du RSA" * self.is_filtered
        return f"{national}{N}%{whose} au niveau national"

    def _leaders(self) -> tuple[str, float]:
        """Return « Cahors d’abord » or « Cahors et Figeac à égalité », and the number."""
        rows = {code: self.row(code) for code in self.labels}
        known = {code: value for code, value in rows.items() if code != "unknown" and value}
        highest = max(known.values(), default=rows.get("unknown", 0))
        labels = [self.labels[code] for code, value in (known or {"unknown": highest}).items() if value == highest]
        if len(labels) == 1:
            return f"{labels[0]} d’abord", highest
        if self.name != "territoire":
            labels[1:] = map(lower_first, labels[1:])
        return f"{', '.join(labels[:-1])} et {labels[-1]} à égalité", highest

    def _largest(self) -> str:
        leaders, value = self._leaders()
        part = f", soit {percent(value, self.base)}" if self.base else ""
        return f"{leaders} : {counted(value, UNITS.get(self.name, 'personne'))}{part}."

    def _genre(self) -> str:
        return f"{percent(self.row('man'), self.base)} d’hommes, contre {self._level(46)}."

    def _age(self) -> str:
        older = int((self.population.years >= 50).sum())
        return f"{percent(older, len(self.population))} ont 50 ans ou plus, contre {self._level(26)}."

    def _beside_national(self) -> str:
        national, whose = {"men": 46, "fifty_or_over": 26}, {"men": "d’hommes", "fifty_or_over": "des 50 ans ou plus"}
        parts = [
            f"{points(share - national[name])} pour {'celle' if index else 'la part'} {whose[name]}"
            for index, (name, share) in enumerate(self.shares.items())
        ]
        level = "à l’ensemble des bénéficiaires du RSA au" if self.is_filtered else "au"
        return f"{', '.join(parts)}, par rapport {level} niveau national."

    def _etudes(self) -> str:
        degree = self.population.education.isin(["bac2", "licence", "master", "doctorate"])
        return f"{percent(int(degree.sum()), len(degree))} ont un niveau Bac + 2 ou plus."

    def _anciennete(self) -> str:
        recent = self.population.months.between(0, 23)
        return f"{percent(int(recent.sum()), len(recent))} sont au RSA depuis moins de 2 ans."

    def _pyramide(self, genders: tuple[str, ...] = ()) -> str:
        kept = {key: name for key, name in self.series.items() if not genders or key in genders}
        values = {code: sum(self.values.get((code, key), 0) for key in kept) for code in self.labels}
        known = {code: value for code, value in values.items() if code != "unknown" and value}
        if not any(values.values()):
            return "Rien à montrer avec ces filtres."
        if not known:
            return "Les âges ne sont pas renseignés."
        code = max(known, key=known.__getitem__)
        parts = [
            self._people(key, name, self.values.get((code, key), 0))
            for key, name in kept.items()
            if key in GENDERS or self.values.get((code, key))
        ]
        return f"La tranche la plus nombreuse est celle des {lower_first(self.labels[code])} : {', '.join(parts)}."

    def _people(self, code: str, name: str, value: float) -> str:
        return counted(value, GENDERS[code]) if code in GENDERS else f"{french(value)} {name}"

    def _domaine_genre(self, genders: tuple[str, ...] = ()) -> str:
        kept = {key: name for key, name in self.series.items() if not genders or key in genders}
        values = {code: sum(self.values.get((code, key), 0) for key in kept) for code in self.labels}
        if not any(values.values()):
            return "Rien à montrer avec ces filtres."
        shown = Picture(
            self.name, self.office, {name: codes for name, codes in self.chosen.items() if name != "gender"}
        )
        shown.__dict__["values"] = {key: value for key, value in self.values.items() if key[1] in kept}
        shown.__dict__["labels"] = self.labels
        leaders, highest = shown._leaders()
        if len(kept) == 1:
            return f"{leaders} : {self._people(*next(iter(kept.items())), highest)}."
        large = {code: value for code, value in values.items() if value >= 5 and code not in ("other", "unknown")}
        if "woman" not in kept or len(large) < 2:
            return f"{leaders} : {counted(highest, 'personne')}."
        share = {code: self.values.get((code, "woman"), 0) / value for code, value in large.items()}
        ordered = sorted(large, key=share.__getitem__)
        said = [
            f"{percent(self.values.get((code, 'woman'), 0), large[code])} ({lower_first(self.labels[code])})"
            for code in (ordered[0], ordered[-1])
        ]
        return f"Part des femmes : de {said[0]} à {said[1]}."

    def _freins(self) -> str:
        leaders, value = self._leaders()
        ratio = f"{counted(value, 'personne')} sur {french(self.base)} ayant un diagnostic"
        return f"{leaders} : {ratio}, soit {percent(value, self.base)}."

    def _of_series(self, series: str) -> float:
        return sum(value for (_, other), value in self.values.items() if other == series)

    def _contrats(self) -> str:
        first, renewals = self._of_series("first"), self._of_series("renewal")
        parts = f"{counted(first, 'premier')} et {counted(renewals, 'renouvellement')}"
        return f"{counted(first + renewals, 'contrat')}, dont {parts}."

    def _engagement(self) -> str:
        without, running = self.base - self.row("signed"), len(self.frame("contracts_in_force"))
        who = counted(without, "personne accompagnée")
        has = f"{'n’ont' if without >= 2 else 'n’a'} pas de contrat d’engagement signé"
        said = f"{who} sur {french(self.base)} {has}, soit {percent(without, self.base)}"
        if not without:
            said = "Chaque personne accompagnée a un contrat d’engagement signé"
        return f"{said} ; {counted(running, 'contrat')} en cours, CER compris."

    def _signature(self) -> str:
        in_time, waited = self.row("month"), self.frame("mean_days_to_sign")
        said = (
            f"{counted(in_time, 'orientation')} sur {french(self.base)} suivie{'s' * (in_time >= 2)} d’un contrat signé"
        )
        said += f" dans le mois, soit {percent(in_time, self.base)}"
        if len(waited):
            days = french(waited.value.mean())
            said += f" ; en moyenne {days}{N}jour{'s' * (int(days) >= 2)} de la notification à la signature"
        return f"{said}."

    def _actions(self) -> str:
        said, timed = self._largest().removesuffix("."), self.frame("mean_contract_hours")
        if len(timed):
            hours = french(timed.value.mean(), 1)
            word = f"heure{'s' * (float(hours.replace(',', '.')) >= 2)}"
            said += f" ; en moyenne {hours}{N}{word} par semaine et par contrat d’engagement"
        return f"{said}."

    def _mouvements(self) -> str:
        came, left = self._of_series("entries"), self._of_series("departures")
        more = f"{'gagne' if came > left else 'perd'} {counted(abs(came - left), 'personne')}"
        change = "reste égal" if came == left else more
        return f"{counted(came, 'entrée')}, {counted(left, 'sortie')} : le portefeuille {change}."

    def _portefeuille(self) -> str:
        values = [self.row(code) for code in self.labels]
        between = f"entre {french(min(values))} et {french(max(values))} au fil des mois"
        return f"{counted(values[-1], 'personne')} à la fin, {between}."

    def _sorties(self) -> str:
        leaders, value = self._leaders()
        share = f"{french(value)}, soit {percent(value, self.base)}"
        return f"{counted(self.base, 'sortie')} du RSA : {lower_first(leaders)} ({share})."

    def _durees(self) -> str:
        parts = []
        for series, figure, words in (
            ("ended", "mean_length_years", ("accompagnement terminé", "accompagnements terminés")),
            ("ongoing", "mean_length_years_ongoing", ("accompagnement en cours", "accompagnements en cours")),
        ):
            number = self._of_series(series)
            if number:
                frame = self.frame(figure)
                assert len(frame) == number  # the mean is over as many persons as are said
                parts.append(f"{years(frame.value.mean())} pour {french(number)} {words[number >= 2]}")
        return f"En moyenne, {' et '.join(parts)}."

    def _aides(self) -> str:
        rows = {code: self.row(code) for code in self.labels}
        known = {code: value for code, value in rows.items() if code != "unknown" and value} or rows
        code = max(known, key=known.__getitem__)
        number = len(self.frame("aids_counted"))
        first = f"{lower_first(self.labels[code])} d’abord ({percent(known[code], self.base)})"
        return f"{euros(self.base)} accordés en {counted(number, 'aide')} ; {first}."

    def _plafond(self) -> str:
        aided, reached = self.base - self.row("0") - self.row("unknown"), self.row("3") + self.row("4")
        return (
            f"{counted(aided, 'personne')} sur {french(self.base)} {'ont' if aided >= 2 else 'a'} reçu une aide ;"
            f" {french(reached)} {'ont' if reached >= 2 else 'a'} atteint le plafond."
        )
