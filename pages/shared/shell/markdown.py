"""Text that somebody typed, so that markdown leaves it alone."""


def escape_markdown(text: str) -> str:
    """The text with every sign of markdown escaped; lines stay lines."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)
    return escaped.replace("\n", "  \n")


def code_span(text: str) -> str:
    """The text as it is typed, on one line: an address stays an address and becomes no link."""
    return "`" + " ".join(text.replace("`", "’").split()) + "`"
