"""The score's drawings as inline SVG; what a drawing shows, the text beside it says too."""

from collections.abc import Iterable

from ashiato.exercise.scoring.calibration import Bin, Calibration
from ashiato.exercise.scoring.markup import Html, tag
from ashiato.exercise.scoring.summary import Estimate

_SIDE, _LEFT, _FOOT, _TOP = 300.0, 44.0, 40.0, 30.0
_MOST, _LEAST = 9.0, 2.5
"""Radii of a bin that holds all forecasts, and of the smallest."""
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def _percent(share: float) -> str:
    return f"{round(min(1.0, max(0.0, share)) * 100, 2):g}%"


def _strip(*shapes: Html, label: str, class_: str, height: int = 18) -> Html:
    return tag(
        "svg", *shapes, width="100%", height=height, role="img", aria_label=label, class_=class_
    )


def _track() -> list[Html]:
    marks = [tag("line", x1=_percent(t), x2=_percent(t), y1=2, y2=16) for t in _TICKS[1:-1]]
    return [tag("rect", x=0, y=2, width="100%", height=14, class_="track"), *marks]


def share_bar(estimate: Estimate, *, label: str, class_: str) -> Html:
    """Draw a share as a bar, with its 95 % interval as a whisker."""
    shapes = _track()
    if estimate.mean is not None:
        shapes.append(
            tag("rect", x=0, y=2, width=_percent(estimate.mean), height=14, class_="fill")
        )
    if estimate.interval:
        low, high = map(_percent, estimate.interval)
        shapes.append(tag("line", x1=low, x2=high, y1=9, y2=9, class_="whisker"))
        shapes += [tag("line", x1=x, x2=x, y1=5, y2=13, class_="whisker") for x in (low, high)]
    return _strip(*shapes, label=label, class_=f"bar {class_}")


def answer_bar(accuracy: float | None, coverage: float | None, *, label: str) -> Html:
    """Draw the questions: answered rightly, answered wrongly, and (the track) not answered."""
    answered = coverage or 0.0
    right = answered * (accuracy or 0.0)
    return _strip(
        *_track(),
        tag("rect", x=0, y=2, width=_percent(answered), height=14, class_="wrong"),
        tag("rect", x=0, y=2, width=_percent(right), height=14, class_="right"),
        label=label,
        class_="bar answers",
    )


def _x(p: float) -> float:
    return round(_LEFT + p * _SIDE, 1)


def _y(p: float) -> float:
    return round(_TOP + (1 - p) * _SIDE, 1)


def _axes() -> Iterable[Html]:
    for t in _TICKS:
        yield tag("line", x1=_x(0), x2=_x(1), y1=_y(t), y2=_y(t), class_="grid")
        yield tag("line", x1=_x(t), x2=_x(t), y1=_y(0), y2=_y(1), class_="grid")
        yield tag("text", f"{t:g}", x=_x(0) - 7, y=_y(t) + 4, text_anchor="end")
        yield tag("text", f"{t:g}", x=_x(t), y=_y(0) + 17, text_anchor="middle")
    yield tag("line", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1), class_="ideal")
    foot = _y(0) + 34
    yield tag("text", "probability given", x=_x(0.5), y=foot, text_anchor="middle", class_="name")
    yield tag("text", "share that came true", x=0, y=13, class_="name")


def _point(place: Bin, total: int) -> Iterable[Html]:
    x, radius = _x(place.p), max(_LEAST, _MOST * (place.count / total) ** 0.5)
    yield tag("line", x1=x, x2=x, y1=_y(place.low), y2=_y(place.high), class_="spread")
    yield tag("circle", cx=x, cy=_y(place.share), r=round(radius, 1), class_="dot")


def reliability(calibration: Calibration, *, class_: str) -> Html:
    """Draw each bin at its mean probability and the share that came true, with 95 % intervals."""
    width, height = _LEFT + _SIDE + 14, _TOP + _SIDE + _FOOT
    points = [s for b in calibration.bins for s in _point(b, calibration.forecasts)]
    line = " ".join(f"{_x(b.p)},{_y(b.share)}" for b in calibration.bins)
    said = "; ".join(
        f"given {b.p:.2f}, came true {b.share:.2f} of {b.count}" for b in calibration.bins
    )
    return tag(
        "svg",
        *_axes(),
        tag("polyline", points=line, class_="curve"),
        *points,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=f"Reliability of {calibration.solver}: {said}",
        class_=f"reliability {class_}",
    )
