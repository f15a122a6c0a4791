"""The census as a table of organisations, kinds of log and months."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from ashiato.core.records import CensusCell, CensusStatus
from ashiato.report.frame import Row, label, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links
from ashiato.report.words import SPACE, counted, number, phrase

_MOST_MONTHS = 18
_SEEN = frozenset({CensusStatus.HIT, CensusStatus.PROBABLE, CensusStatus.POSSIBLE})
_BLIND = frozenset({CensusStatus.NO_COVERAGE, CensusStatus.REFUSED})


def matrix(links: Links) -> Html | None:
    """Set what each kind of log shows month by month; whoever shows nothing is folded away."""
    cells = sorted(links.case.cells, key=lambda c: (c.organisation, c.log_kind, c.start))
    if not cells:
        return None
    seen = {row.organisation for row in links.case.census if row.status in _SEEN}
    shown = [c for c in cells if c.organisation in seen]
    rest = [c for c in cells if c.organisation not in seen]
    months = _months(cells)
    return tag(
        "div",
        tag("h3", "By kind of log and month"),
        note(phrase("matrix", "reading"), _left_out(months)),
        _table("Organisations with a match, by kind of log and month", shown, months[0]),
        _folded(rest, months[0]),
        class_="matrix",
    )


def _folded(cells: Sequence[CensusCell], months: Sequence[datetime]) -> Html | None:
    if not cells:
        return None
    names = {c.organisation for c in cells}
    said = f"{counted(len(names), 'organisation')} without a match, by kind of log and month"
    return tag("details", tag("summary", said), _table(said, cells, months))


def _table(caption: str, cells: Sequence[CensusCell], months: Sequence[datetime]) -> Html | None:
    if not cells:
        return None
    heads = ["Organisation", "Logs", *(_name(month) for month in months)]
    return table(caption, heads, list(_rows(cells, months)))


def _rows(cells: Sequence[CensusCell], months: Sequence[datetime]) -> Iterator[Row]:
    for name, of_one in groupby(cells, key=lambda c: c.organisation):
        kinds = [(k, list(v)) for k, v in groupby(of_one, key=lambda c: c.log_kind)]
        for kind, found in kinds:
            if not _is_blind(found):
                yield Row((name, kind, *(_cell(found, month) for month in months)))
        blind = [(kind, found) for kind, found in kinds if _is_blind(found)]
        if blind:
            said = ", ".join(kind for kind, _ in blind)
            yield Row((name, said, *(_cell(blind[0][1], month) for month in months)))


def _is_blind(cells: Iterable[CensusCell]) -> bool:
    """Whether a kind of log shows nothing at all, not even a match outside the window."""
    return all(c.status in _BLIND and not c.excluded and not c.repeated for c in cells)


def _cell(cells: Iterable[CensusCell], month: datetime) -> Child:
    cell = next((c for c in cells if c.start <= month < c.end), None)
    if cell is None:
        return ""
    if cell.status in _BLIND and not cell.excluded and not cell.repeated:
        return tag("span", _word(cell.status), class_="blind")
    count = f" {number(cell.sightings)}" if cell.sightings else ""
    said = [label(_word(cell.status) + count, f"census-{cell.status}")]
    beside = [(cell.excluded, "excluded"), (cell.repeated, "repeated")]
    said += [tag("small", f"+{number(n)}{SPACE}{what}") for n, what in beside if n]
    if cell.days:
        said.append(tag("small", f"{cell.covered} of {counted(cell.days, 'day')}"))
    return said


def _word(status: CensusStatus) -> str:
    return phrase("matrix", status.value)


def _months(cells: Iterable[CensusCell]) -> tuple[list[datetime], int]:
    """Give the last months in which anybody's rows say anything, and how many are left out."""
    telling = sorted({c.start for c in cells if not _is_blind([c])})
    return telling[-_MOST_MONTHS:], max(0, len(telling) - _MOST_MONTHS)


def _left_out(months: tuple[Sequence[datetime], int]) -> str:
    left = months[1]
    return f" {counted(left, 'earlier month')} stand there alone." if left else ""


def _name(month: datetime) -> str:
    return f"{month:%Y-%m}"
