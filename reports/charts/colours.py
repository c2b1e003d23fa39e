"""Colours: one value has one colour on every chart, in every file, in light and in dark.

Every colour has a contrast of 3:1 (WCAG 1.4.11) on the light page, the dark page and on paper, and the colours of one
chart can be told apart by colour-blind readers (protanopia, deuteranopia, tritanopia);
tests/reports/charts/test_colours.py checks both.
"""

from collections.abc import Sequence
from zlib import crc32

INK = "#2C7A8C"
"""Colour of what has no colour of its own."""
NATIONAL = "#8A5A00"
"""Colour of the mark of a national reference."""
_QUIET = "#7B756C"
"""« Autre », « Non renseigné »: less visible than the others."""

_OF: dict[str, dict[str, str]] = {
    "gender": {"woman": "#B4561F", "man": "#2F6FB0", "other": _QUIET},
    "domain": {
        "visual_arts": "#7A56B3",
        "crafts": "#A8791A",
        "performing_arts": "#D8577B",
        "literature": "#3B8A4E",
        "film": "#5787C6",
        "other": _QUIET,
    },
    "mode": {"standard": "#2C7A8C", "light": "#6E9A3A", "diagnostic": "#9A6B4F"},
    "rank": {"first": "#6E9A3A", "renewal": "#2C7A8C"},
    "length": {"ended": "#9A6B4F", "ongoing": "#2C7A8C"},
    "balance": {"entries": "#2C7A8C", "departures": "#9A6B4F"},
}
SPARE: Sequence[str] = ("#638733", "#935493", "#96451B", "#6C8DB4", "#A53636")
"""For values that an office adds to a coloured list; chosen by the code of the value."""


def colour(scheme: str, code: str) -> str:
    """Return the colour of a value of a scheme (mostly a list); the ink when the scheme has none."""
    if scheme not in _OF:
        return _QUIET if code == "unknown" else INK
    return _OF[scheme].get(code) or (_QUIET if code == "unknown" else SPARE[crc32(code.encode()) % len(SPARE)])
