"""Drawings as inline SVG: lengths in per cent of the width, so that they fit every page.

Colours are classes of the style sheet; no drawing says by colour alone what its text does not say.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from ashiato.core.tenancy import Tenancy, TenancyStatus
from ashiato.core.time import FIRST, LAST
from ashiato.report.html import Html, tag
from ashiato.report.words import band, percent, phrase

_BAR, _ROW, _AXIS = 12, 36, 26
_TICKS = 6
_EDGE = 0.06
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)


def _pc(share: float) -> str:
    return f"{round(min(1.0, max(0.0, share)) * 100, 2):g}%"


def _svg(*children: Html, height: int, label: str, class_: str) -> Html:
    return tag(
        "svg", *children, width="100%", height=height, role="img", aria_label=label, class_=class_
    )


def probability_bar(p: float, p90: tuple[float, float] | None, *, label: str = "") -> Html:
    """Draw an estimate as a stroke in its 90 % interval, on a scale from 0 to 1."""
    lo, hi = p90 or (p, p)
    said = f"{label} {percent(p)}".strip() + (f", interval {band(p90)}" if p90 else "")
    ticks = [
        tag("line", x1=_pc(t), x2=_pc(t), y1=4, y2=16, class_="tick") for t in (0.25, 0.5, 0.75)
    ]
    return _svg(
        tag("rect", x=0, y=8, width="100%", height=4, rx=2, class_="track"),
        *ticks,
        tag("rect", x=_pc(lo), y=5, width=_pc(hi - lo), height=10, rx=2, class_="interval"),
        tag("line", x1=_pc(p), x2=_pc(p), y1=1, y2=19, class_="point"),
        height=20,
        label=said,
        class_="bar",
    )


def weight_bar(decibans: float, most: float) -> Html:
    """Draw a weight of evidence from the middle: for to the right, against to the left."""
    share = 0.0 if most <= 0 else min(1.0, abs(decibans) / most) / 2
    left = 0.5 if decibans >= 0 else 0.5 - share
    side = "for" if decibans >= 0 else "against"
    return _svg(
        tag("rect", x=_pc(left), y=3, width=_pc(share), height=8, class_=side),
        tag("line", x1="50%", x2="50%", y1=0, y2=14, class_="zero"),
        height=14,
        label=f"{side} {abs(decibans):.1f} dB",
        class_="weight",
    )


def parts_bar(parts: Sequence[tuple[str, int]], *, label: str) -> Html:
    """Draw how a whole falls into parts; ``parts`` are (class, count)."""
    total = sum(count for _, count in parts)
    shapes, at = [], 0
    for name, count in parts:
        if count:
            shapes.append(
                tag(
                    "rect", x=_pc(at / total), y=0, width=_pc(count / total), height=22, class_=name
                )
            )
        at += count
    return _svg(*shapes, height=22, label=label, class_="parts")


def hatching() -> Html:
    """Define the pattern of what is uncertain, once for the page."""
    stroke = tag("path", d="M-1,5 L5,-1 M1,7 L7,1", class_="hatch-line")
    pattern = tag("pattern", stroke, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return tag("svg", tag("defs", pattern), width=0, height=0, aria_hidden="true", class_="defs")


class TimeScale:
    """Where an instant stands between the first and the last bound known."""

    def __init__(self, tenancies: Iterable[Tenancy]) -> None:
        """Take in every known bound, with a little room on both sides."""
        known = sorted({b for t in tenancies for b in t.interval.bounds if FIRST < b < LAST})
        self.known = bool(known)
        first, last = (known[0], known[-1]) if known else (FIRST, LAST)
        room = max((last - first) / 40, timedelta(days=3)) if known else timedelta()
        self.first, self.last = first - room, last + room

    def share(self, moment: datetime) -> float:
        """Give the place of an instant on the axis, 0 to 1; unknown bounds lie at the ends."""
        return min(1.0, max(0.0, (moment - self.first) / (self.last - self.first)))

    def ticks(self) -> list[datetime]:
        """Give the first days of months to write on the axis."""
        months = (self.last - self.first) / timedelta(days=30.44)
        step = next((m for m in _MONTHS if months / m <= _TICKS), _MONTHS[-1])
        first, last = ((m.year * 12 + m.month - 1) for m in (self.first, self.last))
        months_in = (n for n in range(first, last + 1) if n % step == 0)
        starts = (datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in months_in)
        return [start for start in starts if self.first < start < self.last]


def _bar(scale: TimeScale, tenancy: Tenancy, y: int) -> list[Html]:
    start_min, start_max, end_min, end_max = tenancy.interval.bounds
    lo, hi = scale.share(start_min), scale.share(end_max)
    conflict = " conflict" if tenancy.status is TenancyStatus.CONFLICTING else ""
    shapes = [
        tag(
            "rect",
            x=_pc(lo),
            y=y,
            width=_pc(max(hi - lo, 0.004)),
            height=_BAR,
            class_=f"maybe{conflict}",
        ),
        tag(
            "rect", x=_pc(lo), y=y, width=_pc(max(hi - lo, 0.004)), height=_BAR, fill="url(#hatch)"
        ),
    ]
    if start_max < end_min:
        sure = scale.share(start_max), scale.share(end_min)
        width = _pc(max(sure[1] - sure[0], 0.002))
        shapes.append(
            tag("rect", x=_pc(sure[0]), y=y, width=width, height=_BAR, class_=f"sure{conflict}")
        )
    return shapes


def tenancy_chart(scale: TimeScale, numbered: Sequence[tuple[int, Tenancy]]) -> Html:
    """Draw one asset: a bar for each role held, with its party above it."""
    shapes = _grid(scale, _ROW * len(numbered))
    for row, (number, tenancy) in enumerate(numbered):
        y = row * _ROW + 18
        late = scale.share(tenancy.interval.bounds[0]) > 0.55  # noqa: PLR2004 - label grows leftwards
        at = scale.share(tenancy.interval.bounds[3 if late else 0])
        words = (
            f"T{number} {tenancy.party.text}, {phrase('roles', tenancy.role)} ({tenancy.status})"
        )
        shapes += [
            *_bar(scale, tenancy, y),
            tag("text", words, x=_pc(at), y=y - 5, text_anchor="end" if late else "start"),
        ]
    label = f"Time axis of {numbered[0][1].asset.text}; the table below gives the same in words"
    return _svg(*shapes, height=_ROW * len(numbered) + 4, label=label, class_="time")


def _grid(scale: TimeScale, height: int) -> list[Html]:
    places = [_pc(scale.share(tick)) for tick in scale.ticks()]
    return [tag("line", x1=x, x2=x, y1=0, y2=height + 4, class_="grid") for x in places]


def _anchor(share: float) -> str:
    """Keep a label at either end of the axis inside the drawing."""
    return "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"


def time_axis(scale: TimeScale) -> Html:
    """Write the months of the axis."""
    marks = []
    for tick in scale.ticks():
        x = _pc(scale.share(tick))
        marks.append(tag("line", x1=x, x2=x, y1=18, y2=_AXIS, class_="grid"))
        anchor = _anchor(scale.share(tick))
        marks.append(tag("text", f"{tick:%Y-%m}", x=x, y=13, text_anchor=anchor))
    said = f"Axis from {scale.first:%Y-%m} to {scale.last:%Y-%m}"
    return _svg(*marks, height=_AXIS, label=said, class_="time axis")
