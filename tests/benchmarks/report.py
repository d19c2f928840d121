"""What sections hand over, and how it is shown: Markdown for people, JSON for programs."""

import dataclasses

BEGIN = "<!-- Below this line, tests/benchmark --write replaces everything. -->"


@dataclasses.dataclass
class Table:
    """Rows of cells that are texts or numbers."""

    columns: list
    rows: list = dataclasses.field(default_factory=list)

    def markdown(self):
        rule = ["---"] + ["--:"] * (len(self.columns) - 1)
        return "\n".join(_row(cells) for cells in (self.columns, rule, *self.rows))


@dataclasses.dataclass
class Aim:
    """What a figure should be: at least, or at most, a bound."""

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    def markdown(self):
        met = self.value >= self.at_least if self.at_most is None else self.value <= self.at_most
        bound = f"≥ {self.at_least}" if self.at_most is None else f"≤ {self.at_most}"
        verdict = "met" if met else "**not met**"
        return f"- Aim: {self.what} {bound}: {_cell(self.value)}, {verdict}."


@dataclasses.dataclass
class Section:
    """The result of a section."""

    title: str
    measured: str
    tables: list
    aims: list = dataclasses.field(default_factory=list)
    figures: dict = dataclasses.field(default_factory=dict)

    def markdown(self):
        parts = [f"## {self.title}", self.measured, *(table.markdown() for table in self.tables)]
        if self.aims:
            parts.append("\n".join(aim.markdown() for aim in self.aims))
        return "\n\n".join(parts)


def kept(section, circumstances):
    """A section as it is kept in JSON, with its Markdown."""
    where = (
        f"{circumstances['date']}, commit {circumstances['commit']}; {circumstances['machine']}; "
        f"other work kept {circumstances['others']:.2f} processors busy meanwhile."
    )
    return {
        **circumstances,
        **dataclasses.asdict(section),
        "markdown": f"{section.markdown()}\n\n{where}",
    }


def write(document, sections):
    """Puts kept sections into a document."""
    head = document.read_text().partition(BEGIN)[0]
    parts = [section["markdown"] for section in sections]
    document.write_text(head + "\n\n".join([BEGIN, *parts]) + "\n")


def _row(cells):
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(cell):
    if not isinstance(cell, float):
        return str(cell)
    digits = 0 if cell >= 100 else 1 if cell >= 10 else 2 if cell >= 1 else 3
    return f"{cell:.{digits}f}"
