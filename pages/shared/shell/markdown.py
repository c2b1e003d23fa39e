"""Stored texts as Streamlit shows them: it reads Markdown in nearly all it shows, labels and messages included."""

import re

_SIGNS = re.compile(
    r"[\\`\[\]<$~|]"
    r"|\*(?=\S)|(?<=\S)\*"  # « Au * » is a label as it stands
    r"|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)"
    r"|:(?=[A-Za-z_+-]|\d+:)"  # colours
    r"|&(?=#?\w+;)"
    r"|^(?:#+|[-+*])(?=\s|$)|^(?:>|=+$|-+$)|(?<=\d)[.)](?=\s)",  # titles, lists and quotations
    re.MULTILINE,
)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_CUT = re.compile(r"(?i)(?<=\bhtt)(?=ps?://)|(?<=\bww)(?=w\.)|(?<=\S)(?=@\S)|(?<=\\:)(?=[\w+-]+[:/])")
"""Where an address, or the name of an icon, is cut in two: Streamlit finds these even when they are escaped."""


def escape_markdown(text: str) -> str:
    """Return the Markdown that shows a text as it is, its line breaks included: no link, formula, icon or list. A text
    without such signs is returned unchanged, so that a label is also what a screen reader reads."""
    escaped = _SIGNS.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", _INDENT.sub("", text))
    return _CUT.sub(":gray[]", escaped).replace("\n", "  \n")


def code_span(text: str) -> str:
    """Return the text as an inline code span on one line, in which an address does not become a link."""
    return "`" + " ".join(text.replace("`", "’").split()) + "`"
