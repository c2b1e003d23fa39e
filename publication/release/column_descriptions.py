"""The generated part of datasette_metadata.yml: the meaning of each column of each published table.

`python -m publication.release.column_descriptions` renews it between its two marks, from the dictionary; a test fails
when it is stale. The rest of that file is written by hand.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from db.model.dictionary import TABLES
from db.model.fields import Grouping
from publication.release import public_file
from publication.release.release import PublishedTable, Release
from publication.release.tables import ATTRIBUTES, FOLLOWED_PERSONS, PLANS

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


def generated_block() -> str:
    """Return the generated part, with its two marks."""
    columns = {name: _describe_table(name, names) for name, names in _table_columns().items()}
    lines = [_FIRST, "colonnes:\n"]
    for name, description in columns.items():
        text = yaml.safe_dump(description, allow_unicode=True, sort_keys=False, width=1000)
        lines.append(f"  {name}: &{name}\n" + "".join(f"    {line}\n" for line in text.splitlines()))
    return "".join([*lines, _LAST])


def _table_columns() -> dict[str, list[str]]:
    """Return the columns of every published table, from the public file of an empty release."""
    return {
        name: [column.split()[0] for column in columns] for name, columns, _ in public_file.contents([_empty_release()])
    }


def _empty_release() -> Release:
    margins = {}
    for grouping in ATTRIBUTES:
        persons = np.zeros(len(grouping.labels), dtype=np.int64)
        margins[grouping.name] = PublishedTable((grouping.name,), (grouping.labels,), persons)
    tables = {}
    for name, plan in PLANS.items():
        labels = tuple(grouping.labels for grouping in plan.groupings)
        persons = np.zeros([len(names) for names in labels], dtype=np.int64)
        means = (None,) * len(labels[0]) if plan.has_amounts else ()
        tables[name] = PublishedTable(plan.columns, labels, persons, means)
    return Release(2000, 0, margins, tables)


def _describe_table(table: str, columns: list[str]) -> Mapping[str, Any]:
    """Return the YAML keys of one table: columns, libelles, categories, cles."""
    planned = (grouping for plan in PLANS.values() for grouping in plan.groupings)
    groupings = {grouping.name: grouping for grouping in (*ATTRIBUTES, *planned)}
    description: dict[str, Any] = {
        "columns": {column: _no_break_spaces(_describe_column(table, column)) for column in columns},
        "libelles": {column: groupings[column].label if column in groupings else _LABELS[column] for column in columns},
    }
    categories = {column: list(groupings[column].labels) for column in columns if column in groupings}
    if table == public_file.PROFILE:
        categories = {"critere": [grouping.label for grouping in ATTRIBUTES]}
    if categories:
        description["categories"] = categories
    if table != public_file.ARTIFICIAL:
        values = ("personnes", "part", "montant_moyen", "montant", "nombre", "source", "valeur")
        description["cles"] = [column for column in columns if column not in values]
    return description


def _describe_column(table: str, column: str) -> str:
    plan = PLANS.get(table)
    if column == "personnes":
        unit = plan.unit if plan else FOLLOWED_PERSONS
        return f"Nombre de {unit}, arrondi à un multiple de 5 ; 0 veut dire « aucune ou quelques personnes »."
    if column == "part":
        whole = "du total de l’année" if plan and plan.is_partition else "des personnes suivies dans l’année"
        return f"Pourcentage {whole}, calculé sur les nombres arrondis."
    return _MEANINGS.get(column) or _describe_grouping(column)


def _no_break_spaces(text: str) -> str:
    """Tie French punctuation to its word, so that no line begins with it."""
    for loose, tied in ((" :", "\u00a0:"), (" ;", "\u00a0;"), ("« ", "«\u00a0"), (" »", "\u00a0»")):
        text = text.replace(loose, tied)
    return text


def _describe_grouping(column: str) -> str:
    """Return the label and categories of the grouping that is published in this column. Raises KeyError without one."""
    for grouping in _published_groupings():
        if grouping.name == column:
            if len(grouping.labels) == 1:
                return f"{grouping.label} : une seule catégorie, « {grouping.labels[0]} »."
            return f"{grouping.label}, en catégories larges : {' ; '.join(grouping.labels)}."
    raise KeyError(column)


def _published_groupings() -> Iterator[Grouping]:
    return (field.published for table in TABLES.values() for field in table.fields if field.published)


def with_block(text: str) -> str:
    """Return the text of the file with its generated part renewed."""
    before, _, rest = text.partition(_FIRST)
    return before + generated_block() + rest.partition(_LAST)[2]


def main() -> None:
    """Renew the generated part of datasette_metadata.yml."""
    PATH.write_text(with_block(PATH.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
