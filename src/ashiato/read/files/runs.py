"""The places of shaped characters, written shortly enough to pass between two processes."""

from array import array
from collections.abc import Iterator

from ashiato.read.text.shaped import Shaped


def runs_of(shaped: Shaped) -> Iterator[tuple[int, int, int, int]]:
    """Write the places of characters shortly: how many, where, how wide each, how far apart."""
    count = first = width = step = 0
    for start, end in zip(shaped.starts, shaped.ends, strict=True):
        apart = 1 if end - start == 1 else 0
        if count and start == first + count * step and end - start == width and apart == step:
            count += 1
            continue
        if count:
            yield count, first, width, step
        count, first, width, step = 1, start, end - start, apart
    if count:
        yield count, first, width, step


def from_runs(written: str, runs: list[int], size: int) -> Shaped:
    """Make the shaped text of a source of ``size`` characters again.

    Raises:
        ValueError: the places are not those of such a text: a hostile page's word is checked.

    """
    starts, ends = array("q"), array("q")
    for at in range(0, len(runs) - 3, 4):
        count, first, width, step = runs[at : at + 4]
        if not 0 < count <= len(written) - len(starts):
            raise ValueError("more places than characters")
        if step not in {0, 1} or not 0 <= first <= first + (count - 1) * step + width <= size:
            raise ValueError("a place outside the source")
        places = range(first, first + count * step, step) if step else [first] * count
        starts.extend(places)
        ends.extend(place + width for place in places)
    if len(starts) != len(written):
        raise ValueError("fewer places than characters")
    return Shaped(written, starts, ends)
