"""How a field of the office's own is published: the chosen groups, kept as text so that nothing changes them.

A line for the table and what it is called (« champ_label : Label de qualité »), then one for each value that is a
category of its own (« own_or : Or »). Every other value, and none, goes to REST. A value or a field that is renamed or
retired later changes nothing: to publish the new words, save the groups again, which starts a new series of its own.
"""

import re

from db.model.fields import Grouping

REST = "Autre ou non précisé"
MOST = 5
"""Most values that are categories of their own."""
NAME = re.compile(r"champ[0-9]*_[a-z0-9_]+")
"""What such tables are called in the public file; none of Palette's own is."""
_BETWEEN = " : "


def grouping(column: str, label: str, values: dict[str, str], series: int = 1) -> Grouping:
    """The categories of a person's column. ``values``: code -> label; ``series``: later ones bear another name."""
    name = f"champ{series if series > 1 else ''}_{column.partition('_')[2]}"
    return Grouping(name, label, column, {label: (code,) for code, label in values.items()}, REST)


def text_of(grouping: Grouping) -> str:
    """As it is kept in the file."""
    values = [(code, label) for label, codes in grouping.categories.items() for code in codes]
    return "\n".join(_BETWEEN.join(line) for line in [(grouping.name, grouping.label), *values])


def read(column: str, text: str) -> Grouping | None:
    """What ``text_of`` wrote of a person's column; None for what it never writes, which publishes nothing."""
    (name, label), *values = (
        (first, label) for first, _, label in (line.partition(_BETWEEN) for line in text.split("\n"))
    )
    if not (NAME.fullmatch(name) and label and values and all(code and said for code, said in values)):
        return None
    return Grouping(name, label, column, {said: (code,) for code, said in values}, REST)


def same(one: Grouping, other: Grouping) -> bool:
    """Whether both have the same groups, names apart."""
    return (one.label, one.categories) == (other.label, other.categories)
