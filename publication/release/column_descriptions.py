"""The generated part of datasette_metadata.yml: what each column of each published table means, as the dictionary says.

`python -m publication.release.column_descriptions` writes it anew between its two marks; a test
fails when it is stale. The rest is prose.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from db.model.dictionary import TABLES
from publication.release import public_file
from publication.release.release import Release, Sheet
from publication.release.tables import ATTRIBUTES, FOLLOWED, PLANS

PATH = Path(__file__).parents[2] / "datasette_metadata.yml"
_FIRST = "# --- généré par `python -m publication.release.column_descriptions` : ne pas modifier à la main ---\n"
_LAST = "# --- fin de ce qui est généré ---\n"
_LABELS = {
    "annee": "Année",
    "nature": "Nature",
    "personnes": "Personnes",
    "part": "Part",
    "montant_moyen": "Montant moyen",
    "montant": "Montant",
    "critere": "Critère",
    "categorie": "Catégorie",
    "tableau": "Tableau",
    "nombre": "Nombre",
    "source": "Source",
    "mesure": "Mesure",
    "valeur": "Valeur",
}
_MEANINGS = {
    "nature": "Rappelle sur chaque ligne que cette personne n’existe pas.",
    "annee": "Année dont la photographie est prise au 31 décembre.",
    "montant_moyen": "Montant moyen par personne, en euros, arrondi à 100 € ; vide pour moins de dix personnes.",
    "montant": "Personnes arrondies × montant moyen arrondi, en euros.",
    "critere": "Le critère regardé seul.",
    "categorie": "La catégorie de ce critère.",
    "tableau": "Ce que le nombre compte : le total, ou le tableau dont il est une ligne.",
    "nombre": "Nombre exact, sans arrondi.",
    "source": "Qui a rendu ce nombre public.",
    "mesure": "Ce qui a été mesuré ou vérifié avant la publication.",
    "valeur": "Ce qui a été trouvé.",
}


def block() -> str:
    """The generated part, marks included."""
    columns = {name: _described(name, names) for name, names in _columns().items()}
    lines = [_FIRST, "colonnes:\n"]
    for name, described in columns.items():
        text = yaml.safe_dump(described, allow_unicode=True, sort_keys=False, width=1000)
        lines.append(f"  {name}: &{name}\n" + "".join(f"    {line}\n" for line in text.splitlines()))
    return "".join([*lines, _LAST])


def _columns() -> dict[str, list[str]]:
    """Every published table and its columns, as the public file would be written for nobody."""
    return {name: [column.split()[0] for column in columns] for name, columns, _ in public_file.contents([_nobody()])}


def _nobody() -> Release:
    margins = {one.name: Sheet((one.name,), (one.labels,), np.zeros(len(one.labels), dtype=np.int64)) for one in ATTRIBUTES}  # fmt: skip  # noqa: E501
    tables = {}
    for name, plan in PLANS.items():
        labels = tuple(one.labels for one in plan.groupings)
        persons = np.zeros([len(one) for one in labels], dtype=np.int64)
        tables[name] = Sheet(plan.columns, labels, persons, (None,) * len(labels[0]) if plan.money else ())
    return Release(2000, 0, 0, margins, tables)


def _described(table: str, columns: list[str]) -> Mapping[str, Any]:
    groupings = {one.name: one for one in (*ATTRIBUTES, *(one for plan in PLANS.values() for one in plan.groupings))}
    found: dict[str, Any] = {
        "columns": {column: _spaced(_meaning(table, column)) for column in columns},
        "libelles": {column: groupings[column].label if column in groupings else _LABELS[column] for column in columns},
    }
    categories = {column: list(groupings[column].labels) for column in columns if column in groupings}
    if table == public_file.PROFILE:
        categories = {"critere": [one.label for one in ATTRIBUTES]}
    if categories:
        found["categories"] = categories
    if table != public_file.ARTIFICIAL:
        beside = ("personnes", "part", "montant_moyen", "montant", "nombre", "source", "valeur")
        found["cles"] = [column for column in columns if column not in beside]
    return found


def _meaning(table: str, column: str) -> str:
    plan = PLANS.get(table)
    of = plan.of if plan else FOLLOWED
    if column == "personnes":
        return f"Nombre de {of}, arrondi à un multiple de 5 ; 0 veut dire « aucune ou quelques personnes »."
    if column == "part":
        whole = "du total de l’année" if plan and plan.parts else "des personnes suivies dans l’année"
        return f"Pourcentage {whole}, calculé sur les nombres arrondis."
    return _MEANINGS.get(column) or _help(column)


def _spaced(text: str) -> str:
    """French punctuation never begins a line."""
    for loose, tied in ((" :", "\u00a0:"), (" ;", "\u00a0;"), ("« ", "«\u00a0"), (" »", "\u00a0»")):
        text = text.replace(loose, tied)
    return text


def _help(column: str) -> str:
    """What is published under that name, and in which categories."""
    for field in _published():
        grouping = field.published
        if grouping is not None and grouping.name == column:
            if len(grouping.labels) == 1:
                return f"{grouping.label} : une seule catégorie, « {grouping.labels[0]} »."
            return f"{grouping.label}, en catégories larges : {' ; '.join(grouping.labels)}."
    raise KeyError(column)


def _published() -> Iterator[Any]:
    return (field for table in TABLES.values() for field in table.fields if field.published)


def renewed(text: str) -> str:
    """The file with its generated part anew."""
    before, _, rest = text.partition(_FIRST)
    return before + block() + rest.partition(_LAST)[2]


def main() -> None:
    """Write it."""
    PATH.write_text(renewed(PATH.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
