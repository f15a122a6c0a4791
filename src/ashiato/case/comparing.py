"""Two answers side by side: what each rung says in both, and by how much it moved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ashiato.core.assessed import AssessedCase
from ashiato.core.weighing import RungVerdict
from ashiato.weigh import decibans

_MOVED, _SHOWN = 0.0005, 0.05


@dataclass(frozen=True, slots=True)
class Moved:
    """One rung in two answers. ``decibans`` is how far the leading answer of the first moved.

    ``before`` and ``after`` are its probabilities (``None`` where there is none), ``verdicts``
    the standards whose verdict differs, as (name, before, after).
    """

    question: str
    rung: str
    who_before: str
    who_after: str
    before: float | None
    after: float | None
    p90_before: tuple[float, float] | None
    p90_after: tuple[float, float] | None
    status_before: str
    status_after: str
    decibans: float | None
    verdicts: tuple[tuple[str, str, str], ...]

    @property
    def is_moved(self) -> bool:
        """Whether anything that is printed differs."""
        same = (self.who_before, self.status_before) == (self.who_after, self.status_after)
        p = abs((self.before or 0.0) - (self.after or 0.0)) >= _MOVED
        return not same or p or (self.before is None) != (self.after is None) or bool(self.verdicts)


def compare(before: AssessedCase, after: AssessedCase) -> tuple[Moved, ...]:
    """Set every rung of every question side by side; a rung that several questions share, once."""
    rows = [row for pair in _pairs(before, after) for row in [_moved(*pair)]]
    return tuple(row for place, row in enumerate(rows) if not _is_told(row, rows[:place]))


def _is_told(row: Moved, told: Iterable[Moved]) -> bool:
    def content(each: Moved) -> tuple[object, ...]:
        return (each.rung, each.who_before, each.who_after, each.before, each.after)

    return any(content(row) == content(other) for other in told)


def _pairs(
    before: AssessedCase, after: AssessedCase
) -> Iterator[tuple[str, RungVerdict, RungVerdict]]:
    for one, other in zip(before.verdicts, after.verdicts, strict=True):
        for rung, new in zip(one.ladder, other.ladder, strict=True):
            yield one.question, rung, new


def p_of(rung: RungVerdict, who: str) -> float | None:
    """Give the probability that a rung gives to a candidate; ``None`` where it names none such."""
    found = [h.p for h in rung.hypotheses if h.label == who and h.kind == "candidate"]
    return found[0] if found else None


def _moved(question: str, before: RungVerdict, after: RungVerdict) -> Moved:
    p, then = before.p, p_of(after, before.who) if before.who else after.p
    shift = decibans(then) - decibans(p) if p is not None and then is not None else None
    old = {s.standard.name: s.verdict.value for s in before.standards}
    new = {s.standard.name: s.verdict.value for s in after.standards}
    differ = ((name, old[name], new.get(name, "")) for name in old if old[name] != new.get(name))
    return Moved(
        question=question,
        rung=before.rung.value,
        who_before=before.who,
        who_after=after.who,
        before=p,
        after=then,
        p90_before=before.p90,
        p90_after=after.p90 if after.who == before.who else None,
        status_before=before.verdict,
        status_after=after.verdict,
        decibans=shift,
        verdicts=tuple(differ),
    )


def lines(rows: Iterable[Moved]) -> Iterator[str]:
    """Write the comparison for people; likelihood alone, no word of confidence."""
    yield f"{'rung':<9} {'who':<30} {'before':>8} {'after':>8} {'moved':>9}  stands"
    for row in rows:
        shift = f"{row.decibans:+.1f} dB" if abs(row.decibans or 0) >= _SHOWN else ""
        who = row.who_before or "nobody named"
        yield (
            f"{row.rung:<9} {_cut(who, 30):<30} {_percent(row.before):>8} {_percent(row.after):>8} "
            f"{shift:>9}  {_stands(row)}"
        )
        if row.who_after != row.who_before:
            yield f"{'':<9} now leading: {row.who_after or 'nobody named'}"
        for name, old, new in row.verdicts:
            yield f"{'':<9} {name}: {old}, now {new}"


def _stands(row: Moved) -> str:
    if row.status_before == row.status_after:
        return row.status_after
    return f"{row.status_before}, now {row.status_after}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _percent(p: float | None) -> str:
    return "" if p is None else f"{100 * min(max(p, 0.01), 0.99):.1f} %"
