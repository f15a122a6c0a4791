"""Text made ready for reading, every character tied to the place it came from.

Shaping (entities resolved, tags left out, curly quotation marks made straight) must never cost the
exact citation: whatever is done to the characters, each keeps the source span it stands for.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shaped:
    """Characters, and for each the span ``[starts[i], ends[i])`` of the decoded document."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def as_received(cls, text: str) -> "Shaped":
        """Wrap a plain text: each character stands for itself."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the source span of the characters ``[start, end)``."""
        return self.starts[start], self.ends[end - 1]

    def part(self, start: int, end: int) -> "Shaped":
        """Cut out the characters ``[start, end)``."""
        return Shaped(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def only(self, kept: Sequence[int], text: str) -> "Shaped":
        """Keep the characters at the indices ``kept``, written as ``text`` (same length)."""
        return Shaped(text, [self.starts[i] for i in kept], [self.ends[i] for i in kept])
