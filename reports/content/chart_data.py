"""The numbers of one chart, before it is drawn: rows, series, one sentence. Screen, deck, PDF and sheets draw from it.

Sums are in euros, shares in percent, as people read them.
"""

from dataclasses import dataclass

from db.figures.definitions import FIGURES
from reports.content import quantities


@dataclass(frozen=True)
class ChartRow:
    """One line of a chart: a value for each series. ``note`` goes beside the number (« 12 aides »)."""

    code: str
    label: str
    values: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True)
class ChartData:
    """A chart ready to be drawn, in any of the ways ``shape`` names (see reports/charts/drawing.py)."""

    name: str
    title: str
    shape: str
    """« bars », « stacked », « grouped », « pyramid », « months », « balance », « line », « marks »."""
    unit: str
    """What the values count: see Figure.unit; « cents » here means euros, « percent » percent."""
    rows: tuple[ChartRow, ...]
    series: tuple[tuple[str, str], ...]
    """Code and label of each value of a row."""
    base: float
    """What shares are taken of; 0 where a share would say nothing."""
    figure: str
    chooses: tuple[str, ...]
    """The figures of which a click chooses a code: that of the row, then that of the series."""
    scheme: str = ""
    """Whose colours: of the rows for one series, of the series otherwise."""
    marks: tuple[tuple[str, float], ...] = ()
    """ChartRow's code and the national reference."""
    reading: str = ""

    def picks(self, code: str, series: str) -> dict[str, str]:
        """What a click on one bar chooses: figure -> code. A balance draws two figures, each a series."""
        if self.shape == "balance":
            return {series: code}
        return dict(zip(self.chooses, (code, series), strict=False))

    @property
    def alt(self) -> str:
        """What is said to who does not see it."""
        return f"{self.title}. {self.reading}"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for row in self.rows for value in row.values) and not (self.marks and self.rows)

    @property
    def means(self) -> str:
        """The definition of what is counted."""
        return FIGURES[self.figure].means

    @property
    def header(self) -> tuple[str, ...]:
        """The headings of the table of its numbers."""
        values = [label for _, label in self.series] if len(self.series) > 1 else [self.measure]
        return ("", *values, *(["National (%)"] if self.marks else []), *(["%"] if self.base else []))

    @property
    def measure(self) -> str:
        """The name of its axis of numbers: « Personnes », « Euros », « % »."""
        named = {"cents": "Euros", "percent": "%"}.get(self.unit)
        return named or quantities.unit_word(self.unit).capitalize()

    def line(self, row: ChartRow) -> tuple[str | float | None, ...]:
        """One line of that table: label, numbers, the share in percent."""
        national = [dict(self.marks).get(row.code)] if self.marks else []
        part = [100 * sum(row.values) / self.base] if self.base else []
        return (row.label, *row.values, *national, *part)

    @property
    def headings(self) -> list[str]:
        """The headings of that table as it is read on paper."""
        names = {"%": "Part", "National (%)": "National"}
        return [self.title, *(names.get(name, name) for name in self.header[1:])]

    def told(self, row: ChartRow) -> list[str]:
        """The same line as it is read: French numbers, shares to the hundredth."""
        national = [quantities.share(dict(self.marks)[row.code], 100)] if self.marks else []
        part = [quantities.share(sum(row.values), self.base, 2)] if self.base else []
        return [row.label, *map(self._number, row.values), *national, *part]

    @property
    def total(self) -> list[str]:
        """The line of the whole, where the shares are of the sum of the rows; otherwise nothing."""
        whole = self.base and self.base == sum(sum(row.values) for row in self.rows)
        return ["Ensemble", self._number(self.base), f"100{quantities.NARROW}%"] if whole else []

    def _number(self, value: float) -> str:
        return quantities.number(value * 100 if self.unit == "cents" else value, self.unit)

    def said(self, row: ChartRow, place: int = 0) -> str:
        """The number of a row as it stands beside its bar: « 45 · 32 % », « 491 € · 15 aides »."""
        value = row.values[place]
        text = self._number(value)
        part = [quantities.share(value, self.base)] if self.base and len(self.series) == 1 and not row.note else []
        return " · ".join([text, *part, *filter(None, [row.note])])
