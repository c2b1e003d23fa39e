"""Text as it may be stored."""

import unicodedata

_UNPRINTED = ("Cc", "Cs")
"""Unicode categories of control characters and lone surrogates; SQLite cuts a text at a NUL."""
_NONCHARACTERS = "\ufffe\uffff"
"""No spreadsheet opens a file that holds one."""


def storable(text: str) -> str:
    """Return the text without the characters that cannot be stored or exported; line ends and tabs stay."""
    return "".join(filter(_is_storable, text))


def _is_storable(character: str) -> bool:
    return character in "\n\t\r" or (
        unicodedata.category(character) not in _UNPRINTED and character not in _NONCHARACTERS
    )
