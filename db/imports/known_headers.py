"""The headers known for a table: labels and synonyms of its fields, and those of the person its rows belong to."""

import dataclasses
from collections.abc import Container, Mapping, Sequence

from rapidfuzz import fuzz

from db.imports import resemblance
from db.imports.text_keys import header_key, header_keys, without_brackets
from db.model.dictionary import PERSON
from db.model.fields import OfficeTable
from db.model.import_synonyms import WHOLE_NAME
from db.rows.round_trip_text import ROW_NUMBER

NAME = "person.name"
"""The column that holds both names of a person."""
BY_NAME, BY_SYNONYM = "nom", "synonyme"
_MIN_SIMILARITY = 88
_MIN_SIMILAR_LENGTH = 6
"""Characters; shorter headers are not compared by similarity."""


@dataclasses.dataclass(frozen=True)
class KnownHeaders:
    """The headers known for one table. ``known``: header key -> (field, how); ``texts``: header key -> the label or
    synonym; ``computed``: header key -> label."""

    table: OfficeTable
    known: Mapping[str, tuple[str, str]]
    texts: Mapping[str, str]
    labels: Mapping[str, str]
    computed: Mapping[str, str]

    def find(self, texts: Sequence[str]) -> tuple[str, str]:
        """Return (field, how) for the possible texts of a header, or ('', ''). Of a header on two lines, the lower one
        is enough unless the upper one names somebody else (« Conjoint »); the upper one alone is not."""
        for text in _whole(texts):
            for key in header_keys(text):
                if key in self.known:
                    return self.known[key]
        return "", ""

    def resembling(self, texts: Sequence[str], taken: Container[str]) -> str:
        """Return the field whose label or synonym a header resembles, or ''. ``taken``: fields left out."""
        best, score = "", 0.0
        for text in texts:
            bare = without_brackets(text)
            for spelling in dict.fromkeys((text, bare)):
                key = header_key(spelling)
                for known, (name, _) in self.known.items():
                    if name in taken or not resemblance.same_subject(text, self.texts[known]):
                        continue
                    similarity = 100.0 if key == known else _similarity(key, known)
                    if similarity > score:
                        best, score = name, similarity
        return best


def _similarity(key: str, known: str) -> float:
    if min(len(key), len(known)) < _MIN_SIMILAR_LENGTH:
        return 0
    return fuzz.ratio(key, known, score_cutoff=_MIN_SIMILARITY)


def _whole(texts: Sequence[str]) -> Sequence[str]:
    """Return the texts of a header that say the whole of it; see ``_joined``."""
    if len(texts) < 4:
        return texts
    return texts[:2] if resemblance.names_somebody_else(texts[3]) else texts[:3]


def headers_of(table: OfficeTable) -> KnownHeaders:
    """Return the labels and synonyms of a table's fields, and those of the key fields of its person."""
    known: dict[str, tuple[str, str]] = {"n°": (ROW_NUMBER, BY_NAME)}
    texts = {"n°": ROW_NUMBER}
    labels = {ROW_NUMBER: ROW_NUMBER, **{field.name: field.label for field in table.fields}}
    named = [(field.name, field.label, field.synonyms) for field in table.fields]
    if table.name == PERSON.name:
        named.append((NAME, "Nom Prénom", WHOLE_NAME))
        labels[NAME] = "Nom et prénom"
    if table.belongs_to_person:
        for key in PERSON.key:
            field = PERSON.field(key)
            named.append((f"{PERSON.name}.{key}", field.label, field.synonyms))
            labels[f"{PERSON.name}.{key}"] = f"{PERSON.label} : {field.label}"
    for name, label, _ in named:
        for key in header_keys(label):
            known.setdefault(key, (name, BY_NAME))
            texts.setdefault(key, label)
    for name, _, synonyms in named:
        for synonym in synonyms:
            for key in header_keys(synonym):
                known.setdefault(key, (name, BY_SYNONYM))
                texts.setdefault(key, synonym)
    computed = {key: field.label for field in table.computed for key in header_keys(field.label) if key not in known}
    return KnownHeaders(table, known, texts, labels, computed)
