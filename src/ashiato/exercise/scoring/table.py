"""The score as plain text: a row a figure, a column a solver, and what each figure means."""

from ashiato.exercise.scoring.figures import Figure, figures, show
from ashiato.exercise.scoring.score import Score


def cell(figure: Figure) -> str:
    """Write a figure, and how many questions it is a share of."""
    text = show(figure.value, figure.unit)
    return f"{text} of {figure.basis}" if figure.basis and figure.value is not None else text


def aligned(rows: list[list[str]]) -> str:
    """Set rows of equal length in columns of equal width."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows)
    return "\n".join(lines) + "\n"


def render(score: Score, *beside: Score) -> str:
    """Write scores as one table, a column each; the last column says what the figure means.

    A figure for which no column has a basis is left out.
    """
    solvers = (score, *beside)
    rows = zip(*(figures(s) for s in solvers), strict=True)
    known = (row for row in rows if any(figure.value for figure in row) or _is_told(row))
    table = [["", *(s.solver for s in solvers), "what it means"]]
    table += [[row[0].name, *map(cell, row), row[0].meaning] for row in known]
    return aligned(table)


def _is_told(row: tuple[Figure, ...]) -> bool:
    """Whether a row says something: a share that nothing was answered for does not."""
    answered = not row[0].name.endswith(": answered")
    return answered and any(figure.value is not None for figure in row)
