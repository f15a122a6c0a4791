"""`ashiato replay` in words."""

from collections.abc import Iterator

from ashiato.case.comparing import lines as compared
from ashiato.case.whatif import Mover, Replay
from ashiato.core.time import format_instant

_SHOWN = 0.05


def lines(found: Replay) -> Iterator[str]:
    """Write how the answer stood on a day, how it stands, and what moved it since."""
    yield f"before: what had been received by {format_instant(found.on)}; after: all that is held"
    yield from compared(found.moved)
    moving = [m for m in found.movers if m.most >= _SHOWN]
    still = len(found.movers) - len(moving)
    if moving:
        yield "what moved it since, by leaving each out of what is held:"
        yield from (f"  {_mover(each)}" for each in moving)
    if still:
        yield f"  {still} more received since move nothing by themselves"
    if found.others:
        yield f"  {found.others} more bear fewer claims and were not left out one by one"
    if not found.movers:
        yield "nothing was received since"


def _mover(mover: Mover) -> str:
    shifts = ", ".join(f"{rung} {shift:+.1f} dB" for rung, shift in mover.decibans)
    return f"{mover.path} (received {format_instant(mover.received)}): {shifts}"
