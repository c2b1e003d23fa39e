"""The line of years of one person: rights, stages, contracts, aids and exits on one time axis, and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from db.base.french import french_date
from db.model.dictionary import AID, BENEFIT, CER, EXIT, STAGE
from db.model.office import Office
from db.model.types import Context
from db.rows import records
from db.rows.records import Row
from reports.charts.colours import INK
from reports.charts.drawing import INSIDE

_LANES = {
    BENEFIT.name: ("Droits", "#7B756C"), STAGE.name: ("Étapes", INK), CER.name: ("Contrats", "#7A56B3"),
    AID.name: ("Aides", "#A8791A"), EXIT.name: ("Sorties", "#B4561F"),
}  # fmt: skip
"""Table -> its lane and colour. A lane is named at its left, so that nothing rests on the colour."""
_LANE = 30
_NARROW = 260
"""Pixels of the axis on a telephone: a bar has its text only where it would fit there."""
_LETTER = 6.6


@dataclass(frozen=True)
class Span:
    """What lasted from one ISO day to another, or happened on one day (``last`` equal to ``first``). ``open``: it goes
    on today."""

    lane: str
    colour: str
    text: str
    first: str
    last: str
    open: bool = False

    @property
    def is_moment(self) -> bool:
        """Whether it happened on one day."""
        return self.first == self.last and not self.open

    @property
    def words(self) -> str:
        """« Étapes : Accompagnement, du 01/02/2025 au 03/04/2026 »."""
        days = (
            f"le {french_date(self.first)}"
            if self.is_moment
            else f"du {french_date(self.first)} au {french_date(self.last)}"
        )
        return f"{self.lane}\u00a0: {self.text}, " + (f"depuis le {french_date(self.first)}" if self.open else days)


def spans(db: Office, person_id: int, today: str) -> list[Span]:
    """Return what is drawn, in order of time. What lies in the future is cut at its own end; what has no end goes on
    until ``today``."""
    context = records.context(db)
    found = [
        _span(db, table, row, context, today)
        for table in _LANES
        for row in records.of_person(db, db.tables[table], person_id)
    ]
    return sorted((one for one in found if one), key=lambda one: (one.first, one.last))


def _span(db: Office, table: str, row: Row, context: Context, today: str) -> Span | None:
    values, (lane, colour) = row.values, _LANES[table]

    def shown(name: str) -> str:
        return db.tables[table].column(name).type.show(values[name], context)

    match table:
        case AID.name:
            text = " · ".join(filter(None, (shown("type"), shown("granted") or shown("decision").lower())))
            return Span(lane, colour, text, values["requested_on"], values["requested_on"])
        case EXIT.name:
            return Span(lane, colour, shown("reason"), values["left_on"], values["left_on"])
        case CER.name if not values["signed_on"]:
            return None  # a draft is not yet part of the story
        case STAGE.name if values["mode"] == "light":
            text = f"{shown('kind')} allégé"
        case _:
            text = shown("kind")
    is_open = values["ends_on"] is None
    last = max(today, values["starts_on"]) if is_open else values["ends_on"]
    return Span(lane, colour, text, values["starts_on"], last, is_open)


def alt_text(found: Sequence[Span]) -> str:
    """Return the picture in words, for a screen reader."""
    return "Ligne des années. " + " ; ".join(span.words for span in found) + "."


def specification(found: Sequence[Span], today: str) -> dict[str, Any]:
    """Return the Vega-Lite specification, as wide as its container. ``found``: not empty."""
    first, last = min(one.first for one in found), max(today, *(one.last for one in found))
    whole = max(1, (date.fromisoformat(last) - date.fromisoformat(first)).days)
    lanes = [lane for lane, _ in _LANES.values() if any(one.lane == lane for one in found)]
    data = [
        {
            "lane": one.lane, "colour": one.colour, "first": one.first, "last": one.last, "words": one.words,
            "text": _fitting(one, whole), "moment": one.is_moment,
        }
        for one in found
    ]  # fmt: skip
    years = whole > 3 * 365
    axis = alt.Axis(
        title=None,
        labelExpr=f"timeFormat(datum.value, '{'%Y' if years else '%m/%Y'}')",
        tickCount="year" if years else 6,
        labelOverlap=True,
        grid=True,
        gridOpacity=0.25,
    )
    y = alt.Y("lane:N", sort=lanes, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=80))
    base = alt.Chart(alt.NamedData("spans")).encode(
        x=alt.X("first:T", axis=axis, scale=alt.Scale(domain=[first, last], padding=6)),
        y=y,
        color=alt.Color("colour:N", scale=None),
        tooltip=alt.Tooltip("words:N", title=" "),
        description="words:N",
    )
    bars = base.transform_filter("!datum.moment").mark_bar(height=18, cornerRadius=3).encode(x2="last:T")
    texts = (
        base.transform_filter("!datum.moment")
        .mark_text(align="left", dx=5, fontSize=11, aria=False)
        .encode(text="text:N", color=alt.value("white"))
        .properties(name=INSIDE)
    )
    moments = base.transform_filter("datum.moment").mark_point(shape="diamond", size=120, filled=True, opacity=1)
    now = (
        alt.Chart(alt.NamedData("today"))
        .mark_rule(strokeDash=[3, 3], color="#B4561F", aria=False)
        .encode(x="day:T", tooltip=alt.Tooltip("words:N", title=" "))
    )
    layers = [(bars, False), (texts, False), (moments, True)]
    kept = [layer for layer, is_moment in layers if any(one.is_moment is is_moment for one in found)]
    drawn = alt.layer(*kept, now).properties(width="container", height=_LANE * len(lanes))
    specification: dict[str, Any] = drawn.to_dict(validate=False)
    specification["datasets"] = {
        "spans": data,
        "today": [{"day": today, "words": f"Aujourd’hui, le {french_date(today)}"}],
    }
    specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    return specification


def _fitting(span: Span, whole: int) -> str:
    """Return the text of a bar where it fits on a telephone, else \'\'."""
    days = (date.fromisoformat(span.last) - date.fromisoformat(span.first)).days
    return span.text if days / whole * _NARROW > _LETTER * len(span.text) + 8 else ""
