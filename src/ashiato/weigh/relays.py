"""Which report repeats which: ten papers that pass on one statement are one origin.

An origin that a person named stands. Else a text that another printed before is a copy of it, and
an outlet that names no source counts with whoever found it out: with the one that it names in the
sentence, that it shares a detail with, or that said the same first. Each step says so in words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ashiato.core.time import LAST
from ashiato.weigh.testimony import Hearing, Origins, Testimony

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_DETAIL = re.compile(
    r"(?<![\w.-])(?:(?=[\w.-]*[a-z])(?=[\w.-]*\d)[\w.-]{5,}|\d{1,3}(?:\.\d{1,3}){3}|\d{5,})"
)
_KEPT = 4096
MOST = 200
"""Reports of one content that are compared with one another; more count by the default alone."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The report that another repeats, and why it is held to."""

    first: Testimony
    why: str


def collapsed(hearing: Hearing, origins: Origins) -> Hearing:
    """Give every report that repeats another the origin of what it repeats; nothing is dropped."""
    same: dict[tuple[str, str, bool], list[Testimony]] = {}
    for each in hearing.testimony:
        if each.claim and each.kappa > 0:
            same.setdefault((each.candidate.id, each.fact, each.affirms), []).append(each)
    # sorted once: of one group ten thousand may speak
    ordered = {key: _ordered(said, origins) for key, said in same.items()}
    heard = [_counted(each, ordered, origins) for each in hearing.testimony]
    return replace(hearing, testimony=tuple(heard))


def _ordered(said: Sequence[Testimony], origins: Origins) -> list[Testimony]:
    """Sort what finds out before what passes on, then by time."""

    def by_order(one: Testimony) -> tuple[bool, object, str, str]:
        return origins.relays(one.origin), one.said_at or LAST, one.origin, one.claim

    return sorted(said, key=by_order)


def _counted(
    each: Testimony,
    same: Mapping[tuple[str, str, bool], Sequence[Testimony]],
    origins: Origins,
) -> Testimony:
    said = same.get((each.candidate.id, each.fact, each.affirms), ())
    if not each.claim or each.kappa == 0 or each.settled:
        return each
    found = repeated(each, said, origins)
    if found is None or found.first.origin == each.origin:
        return each
    words = (
        f"{origins.name(each.origin)} counts with {origins.name(found.first.origin)}: {found.why}"
    )
    return replace(each, origin=found.first.origin, words=words)


def repeated(each: Testimony, said: Sequence[Testimony], origins: Origins) -> Repeated | None:
    """Find the report that ``each`` repeats among ``said``, which say the same, in their order.

    A first has none.
    """
    near = said[:MOST]
    copy = next(_copied(each, near, origins), None)
    if copy is not None:
        return copy
    if not origins.relays(each.origin):
        return None
    others = [one for one in near if not origins.relays(one.origin)]
    return next(_passed_on(each, others, origins), None) or _default(each, said)


def _copied(each: Testimony, said: Sequence[Testimony], origins: Origins) -> Iterator[Repeated]:
    repeats = origins.grade.repeats
    for one in said if origins.copies(each.origin) else ():
        apart = one.origin != each.origin and not one.reports & each.reports
        if apart and _is_before(one, each, origins):
            alike = likeness(one.quote, each.quote, repeats.run, repeats.least)
            if alike >= repeats.likeness:
                yield Repeated(
                    one, f"the same text ({100 * alike:.0f} % alike) stands there before"
                )


def _is_before(one: Testimony, each: Testimony, origins: Origins) -> bool:
    """Whether ``one`` can be what the other copied: said earlier, or told by who finds out."""
    if one.said_at is None or each.said_at is None:
        return origins.relays(each.origin) and not origins.relays(one.origin)
    return one.said_at < each.said_at


def _passed_on(
    each: Testimony, others: Sequence[Testimony], origins: Origins
) -> Iterator[Repeated]:
    """Give whom the sentence names, then with whom it shares a detail that no other word gives."""
    folded = f" {' '.join(_words(each.quote))} "
    for one in others:
        name = " ".join(_words(origins.name(one.origin)))
        if name and f" {name} " in folded:
            yield Repeated(one, "its sentence names that source")
    mine = details(each.quote)
    for one in others:
        shared = sorted(mine & details(one.quote))
        if shared:
            yield Repeated(one, f"it gives the same detail, {shared[0]}")


def _default(each: Testimony, ordered: Sequence[Testimony]) -> Repeated | None:
    first = next(iter(ordered), None)
    if first is None or first.origin == each.origin:
        return None
    return Repeated(first, "it names no source, and that one said the same first")


@lru_cache(maxsize=_KEPT)
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(text))


@lru_cache(maxsize=_KEPT)
def _runs(text: str, run: int) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    return frozenset(words[i : i + run] for i in range(len(words) - run + 1))


def likeness(one: str, other: str, run: int, least: int) -> float:
    """Give the share of runs of words that two texts have in common; 0 where one is too short."""
    mine, theirs = _runs(one, run), _runs(other, run)
    if min(len(mine), len(theirs)) < least:
        return 0.0
    return len(mine & theirs) / len(mine | theirs)


def details(text: str) -> frozenset[str]:
    """Give identifiers, addresses and long numbers of a sentence: what few would both invent."""
    return frozenset(found.group().strip(".-") for found in _DETAIL.finditer(text.casefold()))
