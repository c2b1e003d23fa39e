"""Escape text typed by people before it is shown as Markdown."""


def escape_markdown(text: str) -> str:
    """Return the text with every Markdown sign escaped and its line breaks kept."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)
    return escaped.replace("\n", "  \n")


def code_span(text: str) -> str:
    """Return the text as an inline code span on one line, in which an address does not become a link."""
    return "`" + " ".join(text.replace("`", "’").split()) + "`"
