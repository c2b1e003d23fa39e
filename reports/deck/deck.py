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
    "aides": ("plafond",),
}
"""Chart that gives a slide its title -> charts beside it. Any other has its own slide."""


def pptx_bytes(report: Report, tick: Progress = ignore_progress) -> bytes:
    """Return the deck. ``tick`` is called before each slide; what it raises cancels the work."""
    deck = template.blank()
    steps = _steps(report)
    for place, (what, make) in enumerate(steps):
        tick(place / len(steps), what)
        make(deck)
    tick(1.0, "Enregistrement du diaporama")
    return _saved(deck, report)


def _steps(report: Report) -> list[tuple[str, Callable[[Deck], None]]]:
    """Yield each slide: a description, and the function that makes it."""
    slides = deck_slides
    steps: list[tuple[str, Callable[[Deck], None]]] = [
        ("La couverture", partial(slides.cover, report=report)),
        ("L’essentiel", partial(slides.headline, report=report)),
    ]
    for section in report.sections:
        for group in groups(section.pictures):
            steps.append((section.title, partial(slides.charts, report=report, section=section.title, pictures=group)))
    for columns in slides.profile_pages(report):
        steps.append(("Le détail en chiffres", partial(slides.profile, report=report, columns=columns)))
    return [*steps, ("Définitions et méthode", partial(slides.method, report=report))]


def groups(pictures: Sequence[ChartData]) -> list[list[ChartData]]:
    """Return the charts of each slide that have something to show."""
    named = {picture.name: picture for picture in pictures}
    beside = {name for lead in named for name in _BESIDE.get(lead, ())}
    found = []
    for lead in pictures:
        if lead.name not in beside:
            together = [lead, *(named[name] for name in _BESIDE.get(lead.name, ()) if name in named)]
            found.append([picture for picture in together if not picture.empty])
    return [group for group in found if group]


def _saved(deck: Deck, report: Report) -> bytes:
    template.repaint_notes(deck)
    _in_french(deck.element)
    _in_french(deck.notes_master.element)
    for place, slide in enumerate(deck.slides):
        if place:
            deck_slides.add_foot(slide, report, place + 1)
        _in_french(slide.element)
        _in_french(slide.notes_slide.element)
        for shape in slide.shapes:
            if shape.has_chart:
                chart: Any = shape
                _in_french(chart.chart._chartSpace)
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
    about.keywords, about.comments, about.category = "bilan, publics artistes, RSA", report.truth, "Bilan"
    about.created = about.modified = datetime.now().replace(microsecond=0)
    about.revision = 1
