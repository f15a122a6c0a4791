"""Text made ready for reading, every character tied to the place it came from.

Shaping (entities resolved, tags left out, curly quotation marks made straight) must never cost the
exact citation: whatever is done to the characters, each keeps the source span it stands for.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shaped:
    """Characters, and for each the span ``[starts[i], ends[i])`` of the decoded document."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def as_received(cls, text: str, base: int = 0) -> "Shaped":
        """Wrap a plain text: each character stands for itself, the first at ``base``."""
        size = len(text)
        return cls(text, range(base, base + size), range(base + 1, base + size + 1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the source span of the characters ``[start, end)``."""
        return self.starts[start], self.ends[end - 1]

    def part(self, start: int, end: int) -> "Shaped":
        """Cut out the characters ``[start, end)``."""
        return Shaped(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def only(self, kept: Sequence[int], text: str) -> "Shaped":
        """Keep the characters at the indices ``kept``, written as ``text`` (same length)."""
        starts = array("q", (self.starts[i] for i in kept))
        return Shaped(text, starts, array("q", (self.ends[i] for i in kept)))

    def without(self, spans: Sequence[tuple[int, int]]) -> "Shaped":
        """Leave out the characters at the indices of some spans, which are in order."""
        if not spans:
            return self
        starts, ends, text = array("q"), array("q"), []
        for first, last in self._between(spans):
            text.append(self.text[first:last])
            starts.extend(self.starts[first:last])
            ends.extend(self.ends[first:last])
        return Shaped("".join(text), starts, ends)

    def _between(self, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        at = 0
        for start, end in spans:
            if at < start:
                yield at, start
            at = max(at, end)
        yield at, len(self.text)

    def windows(self, size: int) -> Iterator["Shaped"]:
        """Cut into pieces of at most ``size`` characters, at a line end or a blank."""
        at = 0
        while len(self.text) - at > size:
            cut = last_gap(self.text, at, at + size)
            yield self.part(at, cut)
            at = cut
        if at < len(self.text):
            yield self.part(at, len(self.text))


def last_gap(text: str, start: int, end: int) -> int:
    """Find where to cut before ``end``: a paragraph's end, else a line's, else a blank."""
    near = max(start, end - 20_000)
    for gap in ("\n\n", "\n", " "):
        found = text.rfind(gap, near, end)
        if found > start:
            return found + len(gap)
    return end
