from collections.abc import Callable

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.sources import Source
from ashiato.core.weighing import Rung, RungVerdict, Verdict

Weigh = Callable[..., Verdict]
SOURCES = (
    Source("quay-labs", "Quay Labs", "organisation", "B"),
    Source("harbour-police", "Harbour Police", "agency", "B"),
    Source("chronicle", "Chronicle", "outlet", "B"),
    Source("gazette", "Gazette", "outlet", "B"),
)


@pytest.fixture
def told(said: Callable[..., Claim], entity: Callable[..., Entity]) -> Callable[[str], Claim]:
    """Make one origin lay the intrusions to one group."""
    lantern, victim = entity("Lantern"), entity("Meridian Institute", "organisation")
    return lambda origin: said(lantern, "attacked", victim, origin=origin, document=f"of-{origin}")


def group(verdict: Verdict) -> RungVerdict:
    return next(rung for rung in verdict.ladder if rung.rung is Rung.GROUP)


def test_newspapers_that_name_no_source_add_no_origin_to_the_police(
    told: Callable[[str], Claim], weigh: Weigh
) -> None:
    police = group(weigh([told("harbour-police")], sources=SOURCES))
    copied = [told(o) for o in ("harbour-police", "chronicle", "gazette")]
    papers = group(weigh(copied, sources=SOURCES))

    witness = group(weigh([told("harbour-police"), told("quay-labs")], sources=SOURCES))

    assert papers.origins == police.origins == 1
    assert papers.p == pytest.approx(police.p, abs=0.02)
    assert witness.p is not None
    assert police.p is not None
    assert witness.p > police.p + 0.04


def test_a_story_that_only_outlets_tell_is_one_outlet_s(
    told: Callable[[str], Claim], weigh: Weigh
) -> None:
    alone = group(weigh([told("gazette")], sources=SOURCES))
    both = group(weigh([told("chronicle"), told("gazette")], sources=SOURCES))

    assert both.origins == 1
    assert both.p == pytest.approx(alone.p, abs=0.02)
