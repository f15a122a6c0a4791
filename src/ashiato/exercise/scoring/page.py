"""The score as one page: no network, no script, under a policy that allows neither."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from ashiato.exercise.scoring.calibration import Calibration
from ashiato.exercise.scoring.charts import answer_bar, reliability, share_bar
from ashiato.exercise.scoring.figures import show
from ashiato.exercise.scoring.holders import ROLES, STATUSES
from ashiato.exercise.scoring.markup import Html, tag
from ashiato.exercise.scoring.score import WHOLE, Score
from ashiato.exercise.scoring.summary import (
    EVERY,
    Column,
    Estimate,
    Summary,
    group_name,
    interval_text,
    is_told,
    summarise,
)

_VICTIMS = ("victims precision", "victims recall")
_LEVELS = tuple(
    f"claims, {level} {figure}"
    for level in ("trigger", "triple", "strict")
    for figure in ("precision", "recall", "F1")
)
_FIELDS = tuple(
    f"claims, {field}" for field in ("speaker", "modality", "hedged modality", "polarity", "origin")
)
_HEADS = (
    "victims precision",
    "victims recall",
    "innocents, certain",
    "credential holder, certain",
    "claims, strict F1",
    "left open rightly",
)
_TAKEN = (
    "victims precision",
    "victims recall",
    "credential holder, certain",
    "persona pairs recall",
    "transfers recall",
    "left open rightly",
)
_FEW = 30


@dataclass(frozen=True, slots=True)
class Maker:
    """How the figures came to be: the command, the version, the machine; empty is left out."""

    command: str = ""
    version: str = ""
    machine: str = ""


def _policy(style: str) -> str:
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )


def _head(title: str) -> Html:
    style = files("ashiato.exercise.scoring").joinpath("page.css").read_text("utf-8")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(style)),
    )


def _value(estimate: Estimate) -> Html:
    if estimate.mean is None:
        return tag("span", "no basis", class_="value")
    spread = interval_text(estimate, places=2)
    said = f" ({spread})" if spread else ""
    return tag("span", tag("b", show(estimate.mean, estimate.unit, places=2)), said, class_="value")


def _bars(columns: Sequence[Column], names: Iterable[str]) -> Html:
    rows = []
    for name in names:
        lanes = [_lane(c.of(name), c.solver, f"s{i}") for i, c in enumerate(columns)]
        rows.append(tag("div", tag("dt", name), tag("dd", lanes), class_="row"))
    return tag("dl", rows, class_="rows")


def _lane(estimate: Estimate, solver: str, class_: str) -> Html:
    label = f"{solver}, {estimate.name}: {show(estimate.mean, estimate.unit)}"
    bar = share_bar(estimate, label=label, class_=class_)
    return tag("div", bar, _value(estimate), class_="lane")


def _legend(columns: Sequence[Column]) -> Html:
    return tag(
        "ul", [tag("li", c.solver, class_=f"s{i}") for i, c in enumerate(columns)], class_="legend"
    )


def _section(title: str, lead: str, *children: Html) -> Html:
    return tag("section", tag("h2", title), tag("p", lead, class_="lead"), *children)


def _heads(ours: Column) -> Html:
    """Show the figures that a reader asks for first, of the first solver and group."""
    cells = []
    for name in _HEADS:
        estimate = ours.of(name)
        bad = "bad" if name == "innocents, certain" and estimate.mean else None
        value = tag("dd", show(estimate.mean, estimate.unit), class_=bad)
        spread = interval_text(estimate)
        small = tag("small", spread or _sample(estimate.exercises))
        cells.append(tag("div", tag("dt", name), value, small))
    whose = f"{ours.solver}, {group_name((ours.level, ours.ablation))}"
    return tag("div", tag("p", whose, class_="kicker"), tag("dl", cells, class_="heads"))


def _sample(exercises: int) -> str:
    return {0: "no basis", 1: "one exercise"}.get(exercises, f"{exercises} exercises")


def _answers(column: Column) -> Html:
    rows = [
        tag(
            "div",
            tag("dt", f"{role.replace('_', ' ')}, {status}"),
            tag("dd", _answered(column, f"{role.replace('_', ' ')}, {status}")),
            class_="row",
        )
        for role in ROLES
        for status in STATUSES
    ]
    return tag("div", tag("h3", column.solver), tag("dl", rows, class_="rows"))


def _answered(column: Column, name: str) -> Html:
    accuracy, coverage = column.of(name).mean, column.of(f"{name}: answered").mean
    said = "not answered"
    if coverage:
        said = f"{show(accuracy, 'share', places=2)} right of {coverage:.0%}"
    bar = answer_bar(accuracy, coverage, label=f"{column.solver}, {name}: {said}")
    return tag("div", bar, tag("span", said, class_="value"), class_="lane")


def _answer_legend() -> Html:
    keys = (("right", "right"), ("wrong", "wrong"), ("open", "not answered"))
    return tag("ul", [tag("li", text, class_=f"k-{key}") for key, text in keys], class_="legend")


def _curves(calibrations: Sequence[Calibration], columns: Sequence[Column]) -> Html:
    place = {c.solver: i for i, c in enumerate(columns)}
    every = [c for c in calibrations if c.kind == EVERY]
    return tag(
        "div",
        [
            tag(
                "figure",
                tag("h3", c.solver),
                reliability(c, class_=f"s{place.get(c.solver, 0)}"),
                tag("figcaption", _caption(c), " ", _kinds(calibrations, c.solver)),
            )
            for c in every
        ],
        class_="pair",
    )


def _caption(c: Calibration) -> str:
    spread = f" (95 %: {c.ece95[0]:.3f} to {c.ece95[1]:.3f})" if c.ece95 else ""
    few = " Few forecasts: the curve is mostly noise." if c.forecasts < _FEW else ""
    return (
        f"{c.forecasts} forecasts. Expected calibration error {c.ece:.3f}{spread}, "
        f"Brier {c.brier:.3f}, log score {c.log_score:.3f}.{few}"
    )


def _kinds(calibrations: Iterable[Calibration], solver: str) -> str:
    own = (c for c in calibrations if c.solver == solver and c.kind != EVERY)
    said = ", ".join(f"{c.kind} {c.ece:.3f} ({c.forecasts})" for c in own)
    return f"Error by kind, with its number of forecasts: {said}."


def _table(columns: Sequence[Column]) -> Html:
    heads = ["figure", *(c.solver for c in columns), "what it means"]
    rows: list[Html] = []
    told = [row for row in zip(*(c.estimates for c in columns), strict=True) if is_told(row)]
    for section, own in groupby(told, key=lambda row: row[0].section):
        span = tag("th", section, colspan=len(heads), scope="rowgroup")
        rows.append(tag("tr", span, class_="section"))
        rows += [_row(row, heads) for row in own]
    top = tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads]))
    n = columns[0].exercises
    caption = f"All figures, {group_name((columns[0].level, columns[0].ablation))} (n = {n})"
    body = tag("table", tag("caption", caption), top, tag("tbody", rows))
    return tag("div", body, class_="scroll", role="region", aria_label=caption, tabindex=0)


def _row(row: Sequence[Estimate], heads: Sequence[str]) -> Html:
    cells = [
        tag("td", tag("span", show(e.mean, e.unit), _spread(e)), class_="num", data_label=head)
        for e, head in zip(row, heads[1:-1], strict=True)
    ]
    means = tag("td", row[0].meaning, class_="means", data_label=heads[-1])
    return tag("tr", tag("th", row[0].name, scope="row"), *cells, means)


def _spread(estimate: Estimate) -> Html | str:
    spread = interval_text(estimate)
    return tag("small", f" {spread}") if spread else ""


def _group(summary: Summary, group: tuple[str, str]) -> Iterator[Html]:
    columns = summary.at(group)
    suffix = f", {group_name(group)}" if len(_whole(summary)) > 1 else ""
    yield _section(
        f"Victims{suffix}",
        "Organisations told as attacked against organisations attacked. The whisker is the 95 % "
        "interval of the mean over exercises, where there are at least three.",
        _legend(columns),
        _bars(columns, _VICTIMS),
    )
    yield _section(
        f"Holders{suffix}",
        "Who held each server at instants of attack. At certain, every name given must be right; "
        "at the other statuses the right one must be among them.",
        _answer_legend(),
        tag("div", [_answers(c) for c in columns], class_="pair"),
    )
    yield _claims(columns, suffix)


def _whole(summary: Summary) -> list[tuple[str, str]]:
    """Give the groups whose charts are shown in full: whole exercises, else the first group."""
    whole = [group for group in summary.groups if group[1] == WHOLE]
    return whole or list(summary.groups[:1])


def _ablations(summary: Summary) -> Iterator[Html]:
    """Show what each ablation costs us, beside the whole exercises of its level."""
    if len(summary.groups) == len(_whole(summary)):
        return
    ours = [summary.at(group)[0] for group in summary.groups]
    blocks = [tag("div", tag("h3", name), _ablation_bars(ours, name)) for name in _TAKEN]
    lead = f"What {ours[0].solver} loses where evidence is missing, late or false."
    yield _section("Ablations", lead, tag("div", blocks, class_="pair"))


def _ablation_bars(columns: Iterable[Column], name: str) -> Html:
    rows = [
        tag(
            "div",
            tag("dt", group_name((c.level, c.ablation))),
            tag("dd", _lane(c.of(name), group_name((c.level, c.ablation)), "s0")),
            class_="row",
        )
        for c in columns
    ]
    return tag("dl", rows, class_="rows")


def _claims(columns: Sequence[Column], suffix: str) -> Html:
    title = f"Claims{suffix}"
    if columns[0].of("claims, trigger F1").mean is None:
        return _section(title, "The truth of these exercises holds no claims to compare with.")
    return _section(
        title,
        "Claims read from the documents against those written into them. Trigger: the relation, "
        "where it stands. Triple: between the same two. Strict: with hedge, polarity and speaker.",
        _legend(columns),
        tag("div", _bars(columns, _LEVELS), _bars(columns, _FIELDS), class_="pair"),
    )


def _lead(scores: Sequence[Score]) -> str:
    exercises = {(s.seed, s.level, s.ablation) for s in scores}
    one = (
        "One invented investigation"
        if len(exercises) == 1
        else (f"{len(exercises)} invented investigations")
    )
    return f"{one} whose truth is known, answered from the evidence alone and compared with it."


def _foot(maker: Maker) -> Html:
    parts = (("Version", maker.version), ("Machine", maker.machine))
    said = "; ".join(f"{name}: {text}" for name, text in parts if text)
    command = [tag("p", "Made by ", tag("code", maker.command))] if maker.command else []
    return tag("footer", *command, tag("p", said) if said else "")


def render_page(
    scores: Sequence[Score], *, title: str = "Exercise score", maker: Maker | None = None
) -> str:
    """Give a page of charts and figures for the scores of one or many exercises.

    Scores of one exercise by several solvers stand side by side; many are averaged by `summarise`.
    """
    summary = summarise(scores)
    body = tag(
        "body",
        tag(
            "header",
            tag("h1", title),
            tag("p", _lead(scores), class_="lead"),
            _heads(summary.columns[0]),
        ),
        tag("main", list(_sections(summary))),
        _foot(maker or Maker()),
    )
    return f"<!doctype html>\n{tag('html', _head(title), body, lang='en')}\n"


def _sections(summary: Summary) -> Iterator[Html]:
    for group in _whole(summary):
        yield from _group(summary, group)
    yield from _ablations(summary)
    yield _section(
        "Calibration",
        "Of the answers given with a probability of 0.7 about seven in ten should be right: points "
        "on the dashed line. Leading answers of rungs and hand-overs, over whole exercises; a "
        "dot's size is its number of forecasts, its line the 95 % interval.",
        _curves(summary.calibrations, summary.at(summary.groups[0])),
    )
    yield _section(
        "Figures",
        "Means over exercises with their 95 % bootstrap intervals. All alike: every exercise gave "
        "the same number, so there is no interval. A figure without a basis is left out.",
        *(_table(summary.at(group)) for group in summary.groups),
    )


def write_page(
    scores: Sequence[Score],
    path: Path,
    *,
    title: str = "Exercise score",
    maker: Maker | None = None,
) -> None:
    """Write the page of `render_page` to ``path``."""
    path.write_text(render_page(scores, title=title, maker=maker), encoding="utf-8", newline="")
