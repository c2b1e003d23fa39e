"""What every template may say: French numbers, labels, charts, links of downloads."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment

from partners import charts, french
from partners.prose import Prose
from partners.release_reader import DATABASE, Headline, Published, is_fictional

STATIC = Path(__file__).parent / "static"
_STYLE = sha256((STATIC / "site.css").read_bytes()).hexdigest()[:8]
_OF_THE_PAGE = ("_next", "_size", "_facet", "_dl", "_hide_sql", "_show_sql", "_shape")
"""What shapes a page and not the rows: a download is of all of them."""
_UNITS = {"%": french.percent, "€": french.euros}


def dress(env: Environment, published: Published | None, prose: Prose) -> None:
    """Give an environment of templates its helpers. Nothing published: the few pages there are do without it."""
    env.globals.update(
        published=published,
        prose=prose,
        style=f"/static/site.css?{_STYLE}",
        database_name=DATABASE,
        is_fictional=is_fictional,
        counted=french.counted,
        said=_headline,
        sql_error=french.sql_error,
        lookups=french.LOOKUPS,
        lookups_alone=french.ALONE,
        export=export,
    )
    env.filters["nombre"] = french.number
    env.filters["ici"] = here
    if published:
        env.globals.update(_of(published, prose))


def _of(published: Published, prose: Prose) -> Mapping[str, Any]:
    def conditions(table: str, selections: list[tuple[str, str, str]]) -> str:
        return french.conditions(selections, lambda column: prose.label(column, table))

    def year_of(request: Any) -> int:
        """The year that a page is asked for, or the latest."""
        return year_asked(published, request)

    def chart(table: str, year: int) -> charts.Chart | None:
        return charts.chart_of(published, prose, table, year)

    return {"conditions": conditions, "year_of": year_of, "chart_of": chart, "grouped": lambda: grouped(published, prose)}  # fmt: skip  # noqa: E501


def year_asked(published: Published, request: Any) -> int:
    """The year in an address, where it is a published one; the latest otherwise."""
    asked = request.args.get("annee") or ""
    return int(asked) if asked.isdecimal() and int(asked) in published.years else published.latest


def grouped(published: Published, prose: Prose) -> list[tuple[Mapping[str, str], list[str]]]:
    """The published tables, group by group, in the order of the prose."""
    there = [name for name in prose.tables if name in published.tables]
    return [(group, [name for name in there if prose.tables[name]["groupe"] == group["nom"]]) for group in prose.groups]


def here(address: str) -> str:
    """An address of this site without its host, which is another one behind a proxy."""
    parts = urlsplit(address)
    return f"{parts.path}{'?' * bool(parts.query)}{parts.query}"


def export(request: Any, kind: str, **more: str) -> str:
    """The address of what a page shows, whole, as CSV, JSON or XLSX."""
    kept = [(key, value) for key, value in parse_qsl(request.query_string) if key not in _OF_THE_PAGE]
    query = urlencode([*kept, *more.items()])
    return f"{request.path.partition('.')[0]}.{kind}{'?' * bool(query)}{query}"


def _headline(told: Headline) -> str:
    return _UNITS.get(told.unit, french.number)(told.value)
