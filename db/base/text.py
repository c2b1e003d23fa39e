"""Text as it may be stored."""

import re

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters (SQLite cuts a text at a NUL), lone surrogates, and the noncharacters U+FFFE and U+FFFF: no
spreadsheet opens a file that holds one."""


def storable(text: str) -> str:
    """Return the text without the characters that cannot be stored or exported; line ends and tabs stay."""
    return _UNSTORABLE.sub("", text)
