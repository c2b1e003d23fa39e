"""The report as a deck (PPTX, 16:9): messages as titles, native charts and tables, definitions in the notes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from db.base.progress import Progress, ignore_progress
from db.base.version import PRODUCT
from reports.content.chart_data import ChartData
from reports.content.report import Report
from reports.deck import slides as deck_slides
from reports.deck import template

_BESIDE: Mapping[str, tuple[str, ...]] = {
    "sorties": ("durees",),
    "genre": ("reperes",),
    "age": ("pyramide",),
    "foyer": ("anciennete",),
    "etudes": ("origine", "territoire"),
    "domaine": ("domaine-genre",),
    "portefeuille": ("mouvements",),
    "contrats": ("mode",),
    "engagement": ("signature",),
    "aides": ("plafond",),
}
"""Chart that gives a slide its title -> charts beside it. Any other has its own slide."""


def pptx_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the deck. ``tick`` is called before each slide; what it raises cancels the work."""
    deck = template.blank()
    steps = _steps(report)
    for index, (label, make) in enumerate(steps):
        tick(index / len(steps), label)
        make(deck)
    tick(1.0, "Enregistrement du diaporama")
    return _saved(deck, report)


def _steps(report: Report) -> list[tuple[str, Callable[[Deck], None]]]:
    """Yield each slide: a description, and the function that makes it."""
    slides = deck_slides
    steps: list[tuple[str, Callable[[Deck], None]]] = [
        ("La couverture", partial(slides.add_cover, report=report)),
        ("L’essentiel", partial(slides.add_headline, report=report)),
    ]
    for section in report.sections:
        add = partial(slides.add_charts, report=report, section=section.title)
        steps += [(section.title, partial(add, charts=group)) for group in groups(section.charts)]
    for columns in slides.profile_pages(report):
        steps.append(("Le détail en chiffres", partial(slides.add_profile, report=report, columns=columns)))
    return [*steps, ("Définitions et méthode", partial(slides.add_method, report=report))]


def groups(charts: Sequence[ChartData]) -> list[list[ChartData]]:
    """Return the charts of each slide that have something to show."""
    by_name = {chart.name: chart for chart in charts}
    beside = {name for lead in by_name for name in _BESIDE.get(lead, ())}
    chart_groups = []
    for lead in charts:
        if lead.name not in beside:
            group = [lead, *(by_name[name] for name in _BESIDE.get(lead.name, ()) if name in by_name)]
            chart_groups.append([chart for chart in group if not chart.empty])
    return [group for group in chart_groups if group]


def _saved(deck: Deck, report: Report) -> bytes:
    template.repaint_notes(deck)
    _in_french(deck.element)
    _in_french(deck.notes_master.element)
    for index, slide in enumerate(deck.slides):
        if index:
            deck_slides.add_foot(slide, report, index + 1)
        _in_french(slide.element)
        _in_french(slide.notes_slide.element)
        for shape in slide.shapes:
            if shape.has_chart:
                frame: Any = shape
                _in_french(frame.chart._chartSpace)
    _name(deck, report)
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def _in_french(element: Any) -> None:
    """Mark every text as French, for spelling and screen readers."""
    for run in list(element.iter(qn("a:r"))):
        run.get_or_add_rPr()
    for properties in element.iter(qn("a:rPr"), qn("a:defRPr"), qn("a:endParaRPr")):
        properties.set("lang", "fr-FR")


def _name(deck: Deck, report: Report) -> None:
    """Set the properties of the file."""
    about = deck.core_properties
    about.title, about.subject, about.language = report.title, deck_slides.OFFICE, "fr-FR"
    about.author = about.last_modified_by = PRODUCT
    about.keywords, about.comments, about.category = "bilan, publics artistes, RSA", report.basis, "Bilan"
    about.created = about.modified = datetime.now().replace(microsecond=0)
    about.revision = 1
