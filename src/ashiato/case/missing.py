"""`ashiato gaps`: the evidence that is missing, in the order in which it is worth getting."""

from collections.abc import Iterator, Sequence

from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput
from ashiato.core.weighing import Chance, Gap, Rung

ORDERS = ("bits", "chance", "value")


def ranked(
    case: AssessedCase, *, rung: str = "", by: str = "bits", standard: str = "analytic"
) -> tuple[Gap, ...]:
    """Give the gaps of every rung once, the most worthwhile first.

    Raises:
        BadInput: there is no such rung, order or standard.

    """
    _check(case, rung, by, standard)
    rungs = [r for verdict in case.verdicts for r in verdict.ladder]
    every = [*(g for r in rungs for g in r.gaps), *(g for v in case.verdicts for g in v.gaps)]
    found = [gap for gap in dict.fromkeys(every) if rung in {"", gap.rung}]

    def worth(gap: Gap) -> tuple[float, float, str, str]:
        chance = chance_of(gap, standard)
        first = {"bits": gap.bits, "chance": chance.sufficient, "value": chance.value}[by]
        return (-round(first, 9), -round(gap.bits, 9), gap.rung, gap.evidence)

    return tuple(sorted(found, key=worth))


def chance_of(gap: Gap, standard: str) -> Chance:
    """Give what a gap could do under a standard; nothing, where it was not foreseen."""
    nothing = Chance(standard, 0.0, 0.0, 0.0)
    return next((c for c in gap.chances if c.standard == standard), nothing)


def _check(case: AssessedCase, rung: str, by: str, standard: str) -> None:
    rungs = [r.value for r in Rung]
    standards = {s.standard.name for v in case.verdicts for s in v.standards}
    for value, known, option in (
        (rung or rungs[0], rungs, "--rung"),
        (by, ORDERS, "--by"),
        (standard, sorted(standards) or [standard], "--standard"),
    ):
        if value not in known:
            raise BadInput(f"no {value!r}", place=option, remedy=f"one of {', '.join(known)}")


def lines(gaps: Sequence[Gap], standard: str) -> Iterator[str]:
    """Write the gaps for people."""
    for place, gap in enumerate(gaps, 1):
        yield f"{place:>2}. {gap.evidence}"
        yield f"    would speak to: {gap.fact}" + (f" ({gap.rung})" if gap.rung else "")
        yield f"    held by: {gap.holder or 'not known'}" + _asking(gap)
        if gap.route:
            yield f"    how to ask: {gap.route}"
        yield f"    {gap.bits:.3f} bit{_foreseen(gap, standard)}"
    yield f"{len(gaps)} gaps"


def _asking(gap: Gap) -> str:
    kept = f", usually kept {gap.retention_days} days" if gap.retention_days else ""
    return kept + (f", cost {gap.cost}" if gap.cost else "")


def _foreseen(gap: Gap, standard: str) -> str:
    if gap.p_yes is None or gap.if_yes is None or gap.if_no is None:
        return ""
    chance = chance_of(gap, standard)
    yes, no, affirms = (_percent(p) for p in (gap.if_yes, gap.if_no, gap.p_yes))
    settles = f"settles {standard}" if chance.sufficient else f"alone does not settle {standard}"
    return (
        f"; {affirms} that it affirms: then {yes}, else {no}; {settles}; "
        f"value {chance.value:.3f} at a loss of {chance.loss:.1f}"
    )


def _percent(p: float) -> str:
    return f"{100 * min(max(p, 0.01), 0.99):.0f} %"
