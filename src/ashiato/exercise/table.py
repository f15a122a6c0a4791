"""The score as plain text: a row a figure, a column a solver, and what each figure means."""

from collections.abc import Iterator

from ashiato.exercise.score import Found, ProbabilityScore, Score

Row = tuple[str, str, str]


def _show(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _found(name: str, found: Found, told: str, real: str) -> Iterator[Row]:
    yield f"{name} precision", _show(found.precision), f"share of those {told} that are {real}"
    yield f"{name} recall", _show(found.recall), f"share of those {real} that were {told}"


def _victims(score: Score) -> Iterator[Row]:
    v = score.victims
    yield from _found("victims", v.counted, "told as hit or probable", "really attacked")
    apart = f"{v.possible_right}+{v.possible_wrong}"
    yield "  only possible", apart, "told as possible: really attacked + not; not counted above"
    yield (
        "  decoys counted",
        _show(v.decoys_counted),
        "innocent contacts told as attacks; 0 is best",
    )
    yield (
        "  first seen error",
        _show(v.first_seen_error_hours),
        "median hours from the first attack",
    )


def _holders(score: Score) -> Iterator[Row]:
    for h in score.holders:
        if h.coverage:
            told = f"{_show(h.accuracy)} of {_show(h.coverage)}"
            meaning = "share right among answers at this status, of the share of questions answered"
            yield f"{h.role.replace('_', ' ')}, {h.status}", told, meaning


def _innocents(score: Score) -> Iterator[Row]:
    i = score.innocents
    yield "innocents, certain", _show(i.certain), "innocent holders or persons named; must be 0"
    rest = f"{i.possible}+{i.conflicting}"
    yield "innocents, weaker", rest, "the same, named as possible + in a conflict"
    yield "innocents, tied", _show(i.same_as_renter), "innocent customers called one with a renter"


def _personas(score: Score) -> Iterator[Row]:
    p = score.personas
    yield from _found("persona pairs", p.pairs, "called the same", "really one person")
    both = f"{_show(p.bcubed_precision)}/{_show(p.bcubed_recall)}"
    yield "persona B-cubed", both, "precision/recall averaged over personas in any cluster"


def _transfers(score: Score) -> Iterator[Row]:
    t = score.transfers
    yield from _found("transfers", t.found, "told as hand-overs", "really made")
    error = _show(t.median_error_hours)
    yield "  time error", error, "median hours from the middle of the window to the instant"


def _probability(name: str, score: ProbabilityScore) -> Iterator[Row]:
    fact = "is so" if score.fact else "is not so"
    yield f"{name} probability", _show(score.p), f"given to the {name} asked about, which {fact}"
    yield (
        f"{name} log score",
        _show(score.log_score),
        "-ln of what was given to the fact; 0 is best",
    )
    yield f"{name} Brier", _show(score.brier), "squared distance from the fact; 0 is best"


def _rest(score: Score) -> Iterator[Row]:
    a = score.abstention
    left = f"{a.open_left}/{a.open_asked}"
    yield "left open rightly", left, "questions that the evidence cannot answer, not answered"
    right = f"{a.answered_right}/{a.answered_asked}"
    yield (
        "answered rightly",
        right,
        "rungs that the evidence can bear, answered with the right name",
    )
    agrees = "yes" if score.weakest_rung_agrees else "no"
    yield "weakest rung", agrees, "whether the weakest rung is the one that really is"
    yield (
        "origins",
        _show(score.origins_right),
        "share of claims put down to a true origin of theirs",
    )


def _rows(score: Score) -> list[Row]:
    return [
        *_victims(score),
        *_holders(score),
        *_innocents(score),
        *_personas(score),
        *_transfers(score),
        *_probability("group", score.group),
        *_probability("sponsor", score.sponsor),
        *_rest(score),
    ]


def _order(columns: list[list[Row]]) -> list[str]:
    """Keep the rows' order where solvers show different ones."""
    names: list[str] = []
    for rows in columns:
        place = 0
        for name, _, _ in rows:
            if name in names:
                place = names.index(name) + 1
            else:
                names.insert(place, name)
                place += 1
    return names


def render(score: Score, *beside: Score) -> str:
    """Write scores as one table, a column each; the last column says what the figure means."""
    solvers = (score, *beside)
    columns = [_rows(s) for s in solvers]
    values = [{name: value for name, value, _ in rows} for rows in columns]
    meaning = {name: text for rows in columns for name, _, text in rows}
    table = [["", *(s.solver for s in solvers), "what it means"]]
    table += [
        [name, *(column.get(name, "-") for column in values), meaning[name]]
        for name in _order(columns)
    ]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in table)
    return "\n".join(lines) + "\n"
