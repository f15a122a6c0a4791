"""Techniques of ATT&CK that a document seems to describe: a help for the reader, never evidence."""

from dataclasses import dataclass

from ashiato.core.evidence import Citation

KNOWN_TECHNIQUES = 50
"""How many techniques the weights know; silence says nothing of the others, several hundred."""


@dataclass(frozen=True, slots=True)
class TechniqueGuess:
    """One technique that the words of a sentence point to.

    ``probability`` is that the sentence describes this technique, as measured on documents that
    the weights were not made from; ``margin`` is how far its score lies above the one below which
    nothing is said (negative: below); ``words`` carried the decision, the strongest first.
    """

    id: str
    name: str
    probability: float
    margin: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TechniqueMention:
    """A sentence and the technique it seems to describe, with up to two runners-up.

    It weighs in no verdict: many groups share every technique.
    """

    best: TechniqueGuess
    others: tuple[TechniqueGuess, ...]
    sentence: Citation
