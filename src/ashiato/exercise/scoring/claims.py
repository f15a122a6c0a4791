"""What was read in the documents, claim by claim, against the claims that were written there.

Levels of agreement: *trigger* (same predicate, overlapping span), *triple* (and subject and object
each share a content word), *strict* (and modality, polarity and speaker right). The matching of
subject and object is lenient, so a reviewer sees more errors than these figures suggest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ashiato.exercise.documents import GoldClaim
from ashiato.exercise.scoring.dossier import ClaimRow, Dossier, Span
from ashiato.exercise.scoring.found import Found, Rate
from ashiato.exercise.scoring.matching import content_words, is_named
from ashiato.exercise.truth import Truth

PLAIN = frozenset({"observed", "stated", "admitted", "reported"})
"""Modalities that assert; every other one hedges."""


@dataclass(frozen=True, order=True, slots=True)
class Gold:
    """A claim that the exercise's writer put into a document, at code points [start, end).

    ``subject`` and ``object`` are empty where it names nobody.
    """

    path: str
    start: int
    end: int
    predicate: str
    subject: str
    object: str
    polarity: str
    modality: str
    speaker: str
    origin: str


@dataclass(frozen=True, slots=True)
class ClaimScore:
    """Claims found at three levels of agreement, and what is right in those found at all.

    ``hedged`` is the modality of the found claims whose writer hedged. ``subject`` to ``origin``
    are shares of the claims whose trigger was found.
    """

    trigger: Found
    triple: Found
    strict: Found
    subject: Rate
    object: Rate
    speaker: Rate
    modality: Rate
    hedged: Rate
    polarity: Rate
    origin: Rate


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim as written and as read, and in which fields they agree."""

    hedged: bool
    subject: bool
    object: bool
    speaker: bool
    modality: bool
    polarity: bool
    origin: bool

    @property
    def triple(self) -> bool:
        """Whether who did what to whom agrees."""
        return self.subject and self.object

    @property
    def strict(self) -> bool:
        """Whether everything agrees that a reader's verdict rests on."""
        return self.triple and self.modality and self.polarity and self.speaker

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Give how good a pair it is: strict before triple before the number of agreements."""
        fields = (self.subject, self.object, self.speaker, self.modality, self.polarity)
        return self.strict, self.triple, sum(fields) + self.origin


class _Voices:
    """All names of whoever a document may quote: a right one under any of its names is right."""

    def __init__(self, truth: Truth) -> None:
        self._groups = {names for voiced in truth.documents for names in voiced.origins}

    def agree(self, said: Iterable[str], name: str) -> bool:
        names = {name, *(n for group in self._groups if name in group for n in group)}
        return any(is_named(one, names) for one in said)


def _share_a_word(told: str, gold: str) -> bool:
    """Whether two phrases share a content word; nobody agrees with nobody alone."""
    if not gold:
        return not told
    return bool(content_words(told) & content_words(gold))


def _pair(told: ClaimRow, gold: Gold, voices: _Voices) -> Pair:
    return Pair(
        hedged=gold.modality not in PLAIN,
        subject=_share_a_word(told.subject, gold.subject),
        object=_share_a_word(told.object, gold.object),
        speaker=voices.agree(told.speaker, gold.speaker),
        modality=told.modality == gold.modality,
        polarity=told.polarity == gold.polarity,
        origin=voices.agree(told.origin, gold.origin),
    )


def _overlaps(spans: Iterable[Span], gold: Gold) -> bool:
    own = (s for s in spans if s.path == gold.path)
    return any(s.start < gold.end and gold.start < s.end for s in own)


def _pairs(told: list[ClaimRow], gold: Sequence[Gold], voices: _Voices) -> Iterator[Pair]:
    """Pair each claim with one at most, the best pairs first."""
    possible = [
        (_pair(row, want, voices), i, k)
        for i, want in enumerate(gold)
        for k, row in enumerate(told)
        if row.predicate == want.predicate and _overlaps(row.spans, want)
    ]
    taken_gold, taken_told = set[int](), set[int]()
    # a stable sort: among equally good pairs the order of the texts decides
    for pair, i, k in sorted(possible, key=lambda p: p[0].rank, reverse=True):
        if i not in taken_gold and k not in taken_told:
            taken_gold.add(i)
            taken_told.add(k)
            yield pair


def _gold(c: GoldClaim) -> Gold:
    whom = c.subject or "", c.object or ""
    return Gold(
        c.path, c.start, c.end, c.predicate, *whom, c.polarity, c.modality, c.speaker, c.origin
    )


def gold_claims(truth: Truth) -> tuple[Gold, ...]:
    """Give the claims written into the documents in order; older truths have none."""
    return tuple(sorted(map(_gold, truth.claims)))


def score_claims(dossier: Dossier, truth: Truth) -> ClaimScore | None:
    """Compare the claims read with those written; ``None`` where the truth holds none.

    Only documents whose claims the truth holds are counted.
    """
    gold = gold_claims(truth)
    if not gold:
        return None
    paths = {g.path for g in gold}
    told = sorted(
        (row for row in dossier.claims if any(s.path in paths for s in row.spans)),
        key=lambda row: (row.spans, row.predicate, row.subject, row.object),
    )
    pairs = list(_pairs(told, gold, _Voices(truth)))
    return _summed(pairs, len(told), len(gold))


def _summed(pairs: list[Pair], told: int, gold: int) -> ClaimScore:
    def found(right: int) -> Found:
        return Found.of(right, told - right, gold - right)

    def rate(name: str) -> Rate:
        return Rate.of([getattr(p, name) for p in pairs])

    return ClaimScore(
        trigger=found(len(pairs)),
        triple=found(sum(p.triple for p in pairs)),
        strict=found(sum(p.strict for p in pairs)),
        subject=rate("subject"),
        object=rate("object"),
        speaker=rate("speaker"),
        modality=rate("modality"),
        hedged=Rate.of([p.modality for p in pairs if p.hedged]),
        polarity=rate("polarity"),
        origin=rate("origin"),
    )


def score_origins(dossier: Dossier, truth: Truth) -> float | None:
    """Give the share of claims from documents that are put down to a true origin of theirs."""
    voices = {v.path: [name for names in v.origins for name in names] for v in truth.documents}
    verdicts = [
        any(is_named(said, voices[path]) for said in claim.origin)
        for claim in dossier.claims
        for path in claim.paths[:1]
        if path in voices
    ]
    return Rate.of(verdicts).share
