"""One number of decimals for each kind of number (docs/domain.md § 4), whatever shows it."""

import re

DECIMALS = {"%": 1, "€": 2, "an": 1, "ans": 1, "point": 1, "points": 1, "heure": 1, "heures": 1}
QUOTED = ("46 %", "26 %", "100 %")
"""The national levels, as the source prints them, and the whole in the sentence on rounding."""
_NUMBER = re.compile(r"([0-9]+)(?:,([0-9]+))? ?(%|€|ans?|points?|heures?)(?!\w)")


def wrong_decimals(text: str) -> tuple[int, list[str]]:
    """Return how many numbers stand before a sign or word of a unit, and those with other decimals than their kind.
    Whole years are of labels: « 50 ans ou plus »."""
    found = list(_NUMBER.finditer(text.replace("\u202f", " ").replace("\u00a0", " ")))
    wrong = [
        one[0]
        for one in found
        if len(one[2] or "") != DECIMALS[one[3]] and one[0] not in QUOTED and not (one[3][:2] == "an" and not one[2])
    ]
    return len(found), wrong
