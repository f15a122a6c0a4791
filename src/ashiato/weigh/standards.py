"""When evidence suffices: four tests for each standard, each failure with its code and figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ashiato.core.errors import BadInput
from ashiato.core.weighing import Confidence, Reason, Standard, StandardVerdict, Sufficiency
from ashiato.knowledge import load
from ashiato.weigh.weighed import Proposition, Weighed

ANALYTIC = "analytic"
"""The standard whose verdict stands for a rung on the ladder."""

_EVEN = 0.5
# evidence base -> confidence: origins on every required element, width of the interval, largest
# shift by leaving one origin out (after the IC's definition of analytic confidence; figures ours)
_CONFIDENCE = ((Confidence.HIGH, 3, 0.15, 0.10), (Confidence.MODERATE, 2, 0.35, 0.30))


def standards_in_force(
    policy: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[Standard, ...]:
    """Give the standards of the pack with the case's own settings over them.

    Raises:
        BadInput: ``policy`` names an unknown standard or setting, or a figure out of range.

    """
    pack = load("standards")
    known = {
        name: Standard(
            name, row["tau"], row["n"], row["floor"], row["eps"], row.get("on_point", False)
        )
        for name, row in pack.items()
        if isinstance(row, dict)
    }
    for name, settings in (policy or {}).items():
        if name not in known:
            raise _bad_policy(f"policy.{name}", "unknown standard", ", ".join(known))
        known[name] = _overridden(known[name], settings)
    return tuple(known.values())


def _overridden(standard: Standard, settings: Mapping[str, float]) -> Standard:
    place = f"policy.{standard.name}"
    for key, value in settings.items():
        if key in ("tau", "floor", "eps"):
            if not 0 < value < 1:
                raise _bad_policy(f"{place}.{key}", f"{value!r} is no probability", "0 < value < 1")
            standard = _with(standard, key, float(value))
        elif key == "n":
            if value < 1 or int(value) != value:
                raise _bad_policy(f"{place}.n", f"{value!r} is no number of origins", "1, 2, ...")
            standard = replace(standard, n=int(value))
        elif key == "on_point":
            standard = replace(standard, on_point=bool(value))
        else:
            raise _bad_policy(f"{place}.{key}", "unknown setting", "tau, n, floor, eps, on_point")
    return standard


def _with(standard: Standard, key: str, value: float) -> Standard:
    changed = {"tau": standard.tau, "floor": standard.floor, "eps": standard.eps, key: value}
    return replace(standard, tau=changed["tau"], floor=changed["floor"], eps=changed["eps"])


def _bad_policy(place: str, problem: str, allowed: str) -> BadInput:
    return BadInput(problem, path="case.toml", place=place, remedy=f"use one of: {allowed}")


def judge(
    weighed: Weighed,
    proposition: Proposition,
    standard: Standard,
    rivals: Sequence[Proposition] = (),
    *,
    names: Mapping[str, str] | None = None,
) -> StandardVerdict:
    """Say whether the evidence bears a proposition under one standard, and if not, why not.

    ``rivals`` are the disjoint propositions that could contest it; ``names`` those of origins.
    """
    reasons = tuple(_reasons(weighed, proposition, standard, names or {}))
    if not reasons:
        return StandardVerdict(standard, Sufficiency.SUFFICIENT, ())
    if _refuted(weighed, proposition, standard):
        return StandardVerdict(standard, Sufficiency.REFUTED, reasons)
    if any(_contests(weighed, proposition, rival) for rival in rivals):
        return StandardVerdict(standard, Sufficiency.CONTESTED, reasons)
    return StandardVerdict(standard, Sufficiency.INSUFFICIENT, reasons)


def _refuted(weighed: Weighed, proposition: Proposition, standard: Standard) -> bool:
    # one of many candidates starts low: what no evidence has lowered is not refuted, only unproven
    lowered = weighed.p(proposition) < weighed.prior(proposition)
    return lowered and weighed.p90(proposition)[1] <= 1 - standard.tau


def _contests(weighed: Weighed, proposition: Proposition, rival: Proposition) -> bool:
    if min(weighed.p90(proposition)[1], weighed.p90(rival)[1]) < _EVEN:
        return False
    mine, theirs = _supporters(weighed, proposition), _supporters(weighed, rival)
    return any(a != b for a in mine for b in theirs)


def _supporters(weighed: Weighed, proposition: Proposition) -> set[str]:
    return {o for fact in proposition.required for o in weighed.model.affirming(fact)}


def _reasons(
    weighed: Weighed, proposition: Proposition, standard: Standard, names: Mapping[str, str]
) -> Iterator[Reason]:
    yield from _interval(weighed, proposition, standard)
    yield from _fragile(weighed, proposition, standard, names)
    yield from _single_origin(weighed, proposition, standard)
    yield from _unproven(weighed, proposition, standard)
    yield from _open_set(weighed, proposition)
    yield from _untested_deception(weighed, proposition)


def _interval(weighed: Weighed, proposition: Proposition, standard: Standard) -> Iterator[Reason]:
    on_point = standard.on_point
    value = weighed.p(proposition) if on_point else weighed.p90(proposition)[0]
    if value < standard.tau:
        what = "The estimate" if on_point else "The lower end of the interval"
        text = f"{what} falls short of the threshold."
        yield Reason("INTERVAL", proposition.label, value, standard.tau, text)


def _fragile(
    weighed: Weighed, proposition: Proposition, standard: Standard, names: Mapping[str, str]
) -> Iterator[Reason]:
    left = {o: weighed.p(proposition, p) for o, p in weighed.without_origin.items()}
    breaking = {origin: value for origin, value in left.items() if value < standard.floor}
    if weighed.p(proposition) < standard.floor and breaking:
        # too little with everybody: name the one origin that matters most
        worst = min(breaking, key=lambda origin: (breaking[origin], origin))
        breaking = {worst: breaking[worst]}
    for origin, value in breaking.items():
        text = f"Without {names.get(origin, origin)} too little remains."
        yield Reason("FRAGILE", origin, value, standard.floor, text)


def _single_origin(
    weighed: Weighed, proposition: Proposition, standard: Standard
) -> Iterator[Reason]:
    for fact in proposition.required:
        count = len(weighed.model.affirming(fact))
        if count < standard.n:
            label = weighed.model.fact(fact).label
            text = f"Too few independent origins say that {label}."
            yield Reason("SINGLE_ORIGIN", fact, float(count), float(standard.n), text)


def _unproven(weighed: Weighed, proposition: Proposition, standard: Standard) -> Iterator[Reason]:
    for fact in proposition.required:
        value = weighed.fact(fact)
        if value < standard.eps:
            text = f"It is not established that {weighed.model.fact(fact).label}."
            yield Reason("ELEMENT_UNPROVEN", fact, value, standard.eps, text)


def _open_set(weighed: Weighed, proposition: Proposition) -> Iterator[Reason]:
    nobody = frozenset(a.id for a in weighed.model.answers if a.kind == "none")
    none, value = weighed.p(Proposition("", nobody, ())), weighed.p(proposition)
    if none >= value:
        text = "That none of those named did it outranks the leading answer."
        yield Reason("OPEN_SET", proposition.label, value, none, text)


def untested(weighed: Weighed, proposition: Proposition) -> tuple[str, ...]:
    """Give the required facts without a cost of faking; ``imitator`` where nobody imitates."""
    missing = [f for f in proposition.required if weighed.model.fact(f).spoof_cost is None]
    imitated = {a.imitates for a in weighed.model.answers if a.kind == "imitator"}
    return (*(() if imitated & proposition.answers else ("imitator",)), *missing)


def _untested_deception(weighed: Weighed, proposition: Proposition) -> Iterator[Reason]:
    missing = untested(weighed, proposition)
    if missing:
        text = "It was not tested whether somebody imitates the leading answer."
        yield Reason("UNTESTED_DECEPTION", ", ".join(missing), float(len(missing)), 0.0, text)


def confidence(
    weighed: Weighed, proposition: Proposition, names: Mapping[str, str] | None = None
) -> tuple[Confidence, str]:
    """Grade the evidence base, never the height of the probability, and say why in one sentence.

    ``names`` gives the origins' names for the sentence.
    """
    low, high = weighed.p90(proposition)
    counts = [len(weighed.model.affirming(fact)) for fact in proposition.required]
    origins, wide = min(counts, default=0), high - low
    shift, origin = _largest_shift(weighed, proposition)
    tested = not untested(weighed, proposition)
    level = _level(origins, wide, shift, tested=tested)
    parts = [
        _elements(weighed, proposition, names or {}),
        f"the interval is {round(100 * wide)} points wide",
    ]
    if origin:
        name = (names or {}).get(origin, origin)
        parts.append(f"without {name} the estimate moves by {round(100 * shift)} points")
    if not tested:
        parts.append("imitation was not tested")
    return level, f"Confidence is {level}: {'; '.join(parts)}."


def _level(origins: int, wide: float, shift: float, *, tested: bool) -> Confidence:
    for level, need, width, most in _CONFIDENCE:
        deception = tested or level != Confidence.HIGH
        if origins >= need and wide <= width and shift <= most and deception:
            return level
    return Confidence.LOW


def _largest_shift(weighed: Weighed, proposition: Proposition) -> tuple[float, str]:
    whole = weighed.p(proposition)
    shifts = [
        (abs(whole - weighed.p(proposition, p)), o) for o, p in weighed.without_origin.items()
    ]
    return max(shifts, default=(0.0, ""))


def _elements(weighed: Weighed, proposition: Proposition, names: Mapping[str, str]) -> str:
    voices = [weighed.model.affirming(fact) for fact in proposition.required]
    bare = sum(not v for v in voices)
    if bare:
        return f"no origin speaks on {bare} of {len(voices)} required elements"
    single = {v[0] for v in voices if len(v) == 1}
    alone = sum(len(v) == 1 for v in voices)
    if alone and len(single) == 1:
        name = names.get(min(single), min(single))
        return f"{alone} of {len(voices)} required elements rest on {name} alone"
    if alone:
        return f"{alone} of {len(voices)} required elements rest on one origin each"
    return f"at least {min(len(v) for v in voices)} origins speak on every required element"
