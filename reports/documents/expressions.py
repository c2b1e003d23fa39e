"""The expressions that a template may hold, and nothing more: fields, conditions, and one loop at a time.

Jinja, which fills in the templates, is a language: an office's template could compute for hours or look into the
server. So each expression is read as a tree first, and only what is listed here may stand in it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reports.documents.fields import LISTS, Data

ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PLAIN = ENVIRONMENT.overlay(autoescape=False)
_CLOSING = re.compile(r"\s*-?[%}]\}$")
_MARKED = re.compile(r"^(?:p|tr|tc|r) ")
_FILTERS = frozenset({"upper", "lower", "capitalize", "default"})
_ALLOWED = (
    nodes.Name, nodes.Const, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Filter,
)  # fmt: skip


def plain_text(template: str, data: Data) -> str:
    """Return a text of Palette with its fields filled in."""
    return _PLAIN.from_string(template).render(data)


@dataclass
class Scope:
    """The fields that are known, and the blocks that are open, while the tags of a template are read in order.
    ``fields``: « contrat.signe_le ». ``problems``: what is wrong with a tag, in French, without its place."""

    fields: frozenset[str]
    open: list[tuple[str, str, str]] = field(default_factory=list)
    """« for » or « if », with the name of one item and the list of it, innermost last."""

    def read(self, tag: str) -> str:
        """Take a tag as the next one; return what is wrong with it, '' when nothing is."""
        if tag.startswith("{#"):
            return ""
        text = _MARKED.sub("", _CLOSING.sub("", tag)[2:].lstrip("- ").strip())
        if tag.startswith("{{"):
            return self._expression(text)
        word, _, rest = text.partition(" ")
        match word:
            case "if":
                self.open.append(("if", "", ""))
                return self._expression(rest)
            case "elif":
                return self._expression(rest) if self.open and self.open[-1][0] == "if" else "« elif » sans « if »"
            case "else":
                return "" if self.open else "« else » sans « if »"
            case "for":
                return self._loop(rest)
            case "endif" | "endfor":
                return self._close(word.removeprefix("end"))
        return f"« {word} » n’est pas permis"

    def left_open(self) -> str:
        """Return what is wrong at the end of a part, '' when nothing is."""
        return f"« {self.open[-1][0]} » n’est pas refermé" if self.open else ""

    @property
    def lists(self) -> list[str]:
        """The lists that this document has."""
        return [name for name in LISTS if any(field.startswith(f"{name}.") for field in self.fields)]

    def _loops(self) -> str:
        lists = self.lists
        if not lists:
            return "ce document n’a rien à parcourir"
        return f"seules {' et '.join(lists)} se parcourent"

    def _close(self, word: str) -> str:
        if not self.open or self.open[-1][0] != word:
            return f"« end{word} » sans « {word} »"
        self.open.pop()
        return ""

    def _loop(self, text: str) -> str:
        found = re.fullmatch(r"(\w+) in (\w+)", text.strip())
        if not found or found[2] not in self.lists:
            self.open.append(("for", "", ""))
            return f"« for {text.strip()} » : {self._loops()}"
        if any(kind == "for" for kind, _, _ in self.open):
            return "une boucle dans une autre"
        self.open.append(("for", found[1], found[2]))
        return ""

    def _expression(self, text: str) -> str:
        try:
            parsed = ENVIRONMENT.parse("{{ " + text + " }}").body[0]
        except TemplateSyntaxError:
            return f"« {text} » ne se lit pas"
        if not isinstance(parsed, nodes.Output) or len(parsed.nodes) != 1:
            return f"« {text} » ne se lit pas"
        return next(self._wrong(parsed.nodes[0]), "")

    def _wrong(self, node: nodes.Node) -> Iterator[str]:
        """Yield what is wrong in an expression."""
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            if self._known(node.node.name, node.attr):
                return
            yield f"« {node.node.name}.{node.attr} » n’est pas un champ connu"
        elif isinstance(node, nodes.Name):
            if node.name not in self.lists and node.name != "logo":
                yield f"« {node.name} » n’est pas un champ connu"
        elif not isinstance(node, _ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
            yield "ce calcul n’est pas permis"
        else:
            for child in node.iter_child_nodes():
                yield from self._wrong(child)

    def _known(self, group: str, name: str) -> bool:
        lists = [items for kind, item, items in self.open if kind == "for" and item == group]
        return f"{lists[-1] if lists else group}.{name}" in self.fields and (bool(lists) or group not in LISTS)


def problems_of(paragraphs: Sequence[str], fields: frozenset[str]) -> list[tuple[int, str, str]]:
    """Return what is wrong in the paragraphs of one part of a template: number from 1, text, reason in French."""
    scope, found = Scope(fields), []
    opened = 0
    for number, text in enumerate(paragraphs, start=1):
        before = len(scope.open)
        for tag in TAG.findall(text):
            if reason := scope.read(tag):
                found.append((number, text, reason))
        rest = TAG.sub("", text)
        if any(sign in rest for sign in ("{{", "}}", "{%", "%}")):
            found.append((number, text, "une accolade n’est pas refermée dans le même paragraphe"))
        opened = number if len(scope.open) > before else opened
    if reason := scope.left_open():
        found.append((opened, paragraphs[opened - 1], reason))
    return found
