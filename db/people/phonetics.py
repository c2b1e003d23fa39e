"""Phonetic keys of French names: spellings that sound alike have the same key.

After Frédéric Brouard's Phonex and Soundex2 (sqlpro.developpez.com, « L’art des Soundex »), reduced to what names need:
nasal vowels, mute endings, « ch », « gn », « eau ». Keys are compared, never shown.
"""

import re
from functools import lru_cache

from db.base.french import fold

_BACK = "(?=[eiy])"
_NASAL = "(?![aeiouyhnmU])"
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        # consonants that are written in several ways
        (r"sch|sh|ch(?=[^rl]|$)", "C"),
        (r"ph", "f"),
        (r"(?<=[a-z])b(?=v)", ""),  # Lefebvre
        (r"(?<=[aeiouy])gn(?=[aeiouy])", "N"),
        (r"h", ""),
        (r"(?<=ba)p(?=t)", ""),  # Baptiste
        (rf"sc{_BACK}", "S"),
        (rf"c{_BACK}", "S"),
        (r"g(?=e[aou])e", "j"),
        (rf"gu{_BACK}", "G"),
        (rf"g{_BACK}", "j"),
        (r"qu|q|ck|c", "k"),
        (r"w", "v"),
        (r"(?<=[aeiouy])s(?=[aeiouy])", "z"),
        # silent endings; a nasal is replaced before its consonant goes (Martin, but Martine)
        (r"(?<=au)l(?=[tdxs]*$)", ""),
        (r"(?<=[^n])s$", ""),  # Martins is another name than Martin
        (r"(?<=.)[tdxzp]+$", ""),
        (r"(?<=..)er$", "e"),
        (r"(?<=r)[kg]s?$", ""),  # Leclerc, Bourg
        # vowels
        (r"oeu|eu", "E"),
        (r"eau|au", "o"),
        (r"ou", "U"),
        (rf"(ai|ei|i|y)[nm]{_NASAL}|u[nm]{_NASAL}", "I"),
        (rf"(?<=[iy])e[nm]{_NASAL}", "I"),
        (rf"[ae][nm]{_NASAL}", "A"),
        (rf"o[nm]{_NASAL}", "O"),
        (r"ai|ei|ay|ey", "e"),
        (r"oi|oy", "W"),
        (r"y", "i"),
        (r"G", "g"),
        (r"S", "s"),
        (r"(.)\1+", r"\1"),
        (r"(?<=..)e$", ""),
    )
)


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """Return the phonetic key of a name, '' without letters. « Le Goff » and « LEGOFF » have the same one."""
    sound = re.sub("[^a-z]", "", fold(name.replace("ç", "ss").replace("Ç", "ss")))
    for pattern, replacement in _RULES:
        sound = pattern.sub(replacement, sound)
    return sound
