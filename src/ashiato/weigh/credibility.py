"""The credibility digit: what the other origins make of one origin's word; nobody enters it.

In practice the digit follows the letter (Baker, McKendry and Mace 1968 found 87 % of ratings on the
diagonal), so it is not asked of a person: digit 1 *means* that another origin agrees, and the
network has counted that already.
"""

from collections.abc import Iterator

from ashiato.core.weighing import Credibility
from ashiato.weigh.weighed import Weighed

UNKNOWN = 6
_BOUNDS = ((0.8, 1), (0.6, 2), (0.4, 3), (0.2, 4))
"""Lowest probability of each digit (ours, after the words of AJP-2.1); below the last it is 5."""


def credibility(weighed: Weighed, fact: str) -> Iterator[Credibility]:
    """Give the digit of each origin that says that ``fact`` is so."""
    speaking = {a.origin for a in weighed.model.assertions if a.fact == fact}
    affirming = weighed.model.affirming(fact)
    for origin in affirming:
        others = speaking - {origin}
        p = weighed.fact_without(fact, origin)
        agreed = bool(set(affirming) - {origin})
        digit = _digit(p, agreed=agreed) if others else UNKNOWN
        yield Credibility(origin, weighed.model.origins[origin], digit, p)


def _digit(p: float, *, agreed: bool) -> int:
    digit = next((digit for least, digit in _BOUNDS if p >= least), 5)
    return digit if agreed else max(2, digit)
