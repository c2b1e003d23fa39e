"""Functions and values for every template: French numbers, labels, charts, addresses of downloads."""

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
_PAGE_PARAMETERS = ("_next", "_size", "_facet", "_dl", "_hide_sql", "_show_sql", "_shape")
"""Parameters of a page that a download leaves out."""
_UNITS = {"%": french.percent, "€": french.euros}


def add_helpers(env: Environment, published: Published | None, prose: Prose) -> None:
    """Add the helpers to a template environment. ``published`` may be None for the pages that need no release."""
    env.globals.update(
        published=published,
        prose=prose,
        style=f"/static/site.css?{_STYLE}",
        database_name=DATABASE,
        is_fictional=is_fictional,
        counted=french.counted,
        format_headline=_format_headline,
        sql_error=french.sql_error,
        lookups=french.LOOKUPS,
        lookups_without_value=french.LOOKUPS_WITHOUT_VALUE,
        download_address=download_address,
    )
    env.filters["french_number"] = french.number
    env.filters["without_host"] = without_host
    if published:
        env.globals.update(_release_helpers(published, prose))


def _release_helpers(published: Published, prose: Prose) -> Mapping[str, Any]:
    def conditions(table: str, selections: list[tuple[str, str, str]]) -> str:
        return french.conditions(selections, lambda column: prose.label(column, table))

    def year_of(request: Any) -> int:
        return requested_year(published, request)

    def chart_of(table: str, year: int) -> charts.Chart | None:
        return charts.make_chart(published, prose, table, year)

    def groups() -> list[tuple[Mapping[str, str], list[str]]]:
        return tables_by_group(published, prose)

    return {"conditions": conditions, "year_of": year_of, "chart_of": chart_of, "tables_by_group": groups}


def requested_year(published: Published, request: Any) -> int:
    """Return the year in an address if it is published, otherwise the latest."""
    year = request.args.get("annee") or ""
    return int(year) if year.isdecimal() and int(year) in published.years else published.latest


def tables_by_group(published: Published, prose: Prose) -> list[tuple[Mapping[str, str], list[str]]]:
    """Return each group of the prose with its published tables."""
    names = [name for name in prose.tables if name in published.tables]
    return [(group, [name for name in names if prose.tables[name]["groupe"] == group["nom"]]) for group in prose.groups]


def without_host(address: str) -> str:
    """Return an address of this site without its host, which differs behind a proxy."""
    parts = urlsplit(address)
    return f"{parts.path}{'?' * bool(parts.query)}{parts.query}"


def download_address(request: Any, kind: str, **parameters: str) -> str:
    """Return the address of all rows that a page is about, as CSV, JSON or XLSX."""
    kept = [(key, value) for key, value in parse_qsl(request.query_string) if key not in _PAGE_PARAMETERS]
    query = urlencode([*kept, *parameters.items()])
    return f"{request.path.partition('.')[0]}.{kind}{'?' * bool(query)}{query}"


def _format_headline(headline: Headline) -> str:
    return _UNITS.get(headline.unit, french.number)(headline.value)
