"""The numbers of one chart, before it is drawn: rows, series, one sentence. Screen, deck, PDF and sheets draw from it.
Sums are in euros, shares in percent, as people read them."""

from dataclasses import dataclass

from db.figures.definitions import FIGURES
from reports.content import quantities


@dataclass(frozen=True)
class ChartRow:
    """One row of a chart: a value for each series. ``note``: shown beside the number (« 12 aides »)."""

    code: str
    label: str
    values: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True)
class ChartData:
    """A chart ready to be drawn in the way that ``shape`` names (reports/charts/drawing.py)."""

    name: str
    title: str
    shape: str
    """« bars », « stacked », « grouped », « pyramid », « months », « balance », « line », « marks »."""
    unit: str
    """What the values count (Figure.unit); « cents » here means euros, « percent » percent."""
    rows: tuple[ChartRow, ...]
    series: tuple[tuple[str, str], ...]
    """Code and label of each value of a row."""
    base: float
    """What shares are taken of; 0 where shares make no sense."""
    figure: str
    chooses: tuple[str, ...]
    """The figures of which a click selects a code: that of the row, then that of the series."""
    scheme: str = ""
    """The colour scheme: of the rows when there is one series, otherwise of the series."""
    marks: tuple[tuple[str, float], ...] = ()
    """(code of a row, national reference)."""
    reading: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(figure of ``chooses``, the codes selected of it). What was not selected is drawn pale and counts in ``base``."""
    among: tuple[str, ...] = ()
    """The labels of what is selected of other figures: every number is of these persons alone."""

    def source(self, title: str) -> str:
        """Return what the numbers are of, for the chart on its own: « Bilan 2022 · Femme »."""
        return " · ".join((title, *self.among))

    def is_chosen(self, code: str, series: str) -> bool:
        """Return whether a bar belongs to the selection of its own figures; all do when there is none."""
        codes = self.picks(code, series)
        return all(codes[name] in selected for name, selected in self.chosen if name in codes)

    def picks(self, code: str, series: str) -> dict[str, str]:
        """Return what a click on a bar selects: figure -> code. In a balance, each series is a figure."""
        if self.shape == "balance":
            return {series: code}
        return dict(zip(self.chooses, (code, series), strict=False))

    @property
    def alt(self) -> str:
        """The alternative text."""
        return f"{self.title}. {self.reading}"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for row in self.rows for value in row.values) and not (self.marks and self.rows)

    @property
    def means(self) -> str:
        """The definition of the figure."""
        return FIGURES[self.figure].means

    @property
    def header(self) -> tuple[str, ...]:
        """The headings of its table."""
        values = [label for _, label in self.series] if len(self.series) > 1 else [self.measure]
        return ("", *values, *(["National (%)"] if self.marks else []), *(["%"] if self.base else []))

    @property
    def units(self) -> tuple[str, ...]:
        """The unit of each column of its table, but for the first (see ``quantities.decimals``)."""
        return (
            *(self.unit for _ in self.series),
            *(["national"] if self.marks else []),
            *(["percent"] if self.base else []),
        )

    @property
    def measure(self) -> str:
        """The title of its value axis: « Personnes », « Euros », « % »."""
        word = {"cents": "Euros", "percent": "%"}.get(self.unit)
        return word or quantities.unit_word(self.unit).capitalize()

    def line(self, row: ChartRow) -> tuple[str | float | None, ...]:
        """Return one line of the table: label, numbers, share in percent."""
        national = [dict(self.marks).get(row.code)] if self.marks else []
        share = [100 * sum(row.values) / self.base] if self.base else []
        return (row.label, *row.values, *national, *share)

    @property
    def headings(self) -> list[str]:
        """The headings of the table on paper."""
        names = {"%": "Part", "National (%)": "National"}
        return [self.title, *(names.get(name, name) for name in self.header[1:])]

    def text_line(self, row: ChartRow) -> list[str]:
        """Return one line of the table as text."""
        national = [quantities.number(dict(self.marks)[row.code], "national")] if self.marks else []
        share = [quantities.share(sum(row.values), self.base)] if self.base else []
        return [row.label, *map(self.number, row.values), *national, *share]

    @property
    def total(self) -> list[str]:
        """The total line, where shares are of the sum of the rows; otherwise empty."""
        is_whole = self.base and self.base == sum(sum(row.values) for row in self.rows)
        return ["Ensemble", self.number(self.base), quantities.share(1, 1)] if is_whole else []

    def number(self, value: float) -> str:
        """Format one of its values."""
        return quantities.number(value * 100 if self.unit == "cents" else value, self.unit)

    def bar_label(self, row: ChartRow, index: int = 0) -> str:
        """Return the number of a row as shown beside its bar: « 45 · 32,4 % », « 491,00 € · 15 aides »."""
        value = row.values[index]
        share = [quantities.share(value, self.base)] if self.base and len(self.series) == 1 and not row.note else []
        return " · ".join([self.number(value), *share, *filter(None, [row.note])])
