"""Scores of a reading against its gold: pure functions from two values to tallies."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random

from benchmarks.reading.gold import (
    SPEECH_ACTS,
    UNKNOWN,
    Argument,
    GoldClaim,
    GoldDocument,
    GoldIndicator,
    Span,
)

from ashiato.core.claims import Claim, Entity, Voice
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.time import UncertainInterval
from ashiato.read import DocumentReading

SYMMETRIC = frozenset({"alias_of", "same_as", "communicated_with"})
ASSERTED = frozenset({"stated", "observed"})
DRAWS = 2000
SEED = 7


@dataclass(frozen=True, slots=True)
class Tally:
    """What was right, of how many got and how many wanted; tallies add up over documents."""

    right: int = 0
    got: int = 0
    wanted: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Sum two tallies."""
        return Tally(self.right + other.right, self.got + other.got, self.wanted + other.wanted)

    @property
    def score(self) -> float | None:
        """F1; the plain share where got and wanted are the same; ``None`` of nothing."""
        total = self.got + self.wanted
        return None if not total else 2 * self.right / total


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold claim with what the reader made of it: each may be missing."""

    gold: GoldClaim | None
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Scored:
    """One document's tallies by measure, and the pairs that they were counted from."""

    document: GoldDocument
    tallies: Mapping[str, Tally]
    pairs: tuple[Pair, ...]


@cache
def function_words() -> frozenset[str]:
    """Words that carry no content when two wordings are compared."""
    return frozenset(Path(__file__).with_name("function_words.txt").read_text("utf-8").split())


@cache
def content(words: str) -> frozenset[str]:
    """Give the words that say something; all of them where none does (a bare pronoun)."""
    found = frozenset(re.findall(r"\w+(?:[.:/@-]+\w+)*", words.lower().replace("'s", "")))
    return found - function_words() or found


def shares(one: str, others: Iterable[str]) -> bool:
    """Whether ``one`` has a content word of any of ``others``."""
    return any(content(one) & content(other) for other in others)


def _slot(gold: Argument | None, read: Entity | None) -> bool:
    if gold is None or read is None:
        return read is None and (gold is None or "" in gold.names)
    return shares(read.text, gold.names)


def spans(claim: Claim) -> Iterator[SpanLocator]:
    """Give each place in the text that a claim cites."""
    return (c.locator for c in claim.citations if isinstance(c.locator, SpanLocator))


def triggered(gold: GoldClaim, claim: Claim) -> bool:
    """Whether the claim has the gold's predicate and cites the words around its trigger."""
    return claim.proposition.predicate in gold.predicate and any(
        at.start <= gold.trigger.start < at.end for at in spans(claim)
    )


def triple(gold: GoldClaim, claim: Claim) -> bool:
    """Whether subject and object each share a content word; an empty slot matches an empty."""
    return triggered(gold, claim) and any(
        _slot(gold.subject, one) and _slot(gold.object, other) for one, other in _ends(claim)
    )


def _ends(claim: Claim) -> list[tuple[Entity | None, Entity | None]]:
    said = claim.proposition
    both = (said.subject, said.object)
    return [both, both[::-1]] if said.predicate in SYMMETRIC else [both]


def voiced(names: Sequence[str], voice: Voice) -> bool:
    """Whether the voice shares a content word with one of ``names``."""
    return shares(voice.text, names)


def strict(gold: GoldClaim, claim: Claim) -> bool:
    """Whether triple, modality, polarity and speaker are all right."""
    return (
        triple(gold, claim)
        and claim.modality in gold.modality
        and claim.polarity in gold.polarity
        and voiced(gold.speaker, claim.speaker)
    )


def match(gold: Sequence[GoldClaim], claims: Sequence[Claim]) -> tuple[Pair, ...]:
    """Pair each gold claim with at most one claim: the best pairs first, then the rest alone."""
    ranked = sorted(
        (
            (-_rank(g, c), i, j)
            for i, g in enumerate(gold)
            for j, c in enumerate(claims)
            if triggered(g, c)
        ),
    )
    mine: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in ranked:
        if i not in mine and j not in taken:
            mine[i] = j
            taken.add(j)
    paired = _one_of_each(
        [Pair(g, claims[mine[i]] if i in mine else None) for i, g in enumerate(gold)]
    )
    rest = [c for j, c in enumerate(claims) if j not in taken]
    return (*paired, *(Pair(None, c) for c in rest if not any(_further(p, c) for p in paired)))


def _one_of_each(pairs: Sequence[Pair]) -> list[Pair]:
    """Make optional what another of the same ``either`` stands for: the better one counts."""
    best: dict[str, Pair] = {}
    for pair in pairs:
        if pair.gold is not None and pair.gold.either:
            best[pair.gold.either] = max(best.get(pair.gold.either, pair), pair, key=_worth)
    return [pair if _counts(pair, best) else _spared(pair) for pair in pairs]


def _worth(pair: Pair) -> int:
    return -1 if pair.gold is None or pair.claim is None else _rank(pair.gold, pair.claim)


def _counts(pair: Pair, best: Mapping[str, Pair]) -> bool:
    return pair.gold is None or not pair.gold.either or best[pair.gold.either] is pair


def _spared(pair: Pair) -> Pair:
    return pair if pair.gold is None else Pair(replace(pair.gold, optional=True), pair.claim)


def _further(pair: Pair, claim: Claim) -> bool:
    """Whether the claim is a further one of a coordination: "hospitals and banks were hit"."""
    if pair.gold is None or pair.claim is None or not triple(pair.gold, claim):
        return False
    mine, other = pair.claim.proposition, claim.proposition
    return (mine.subject, mine.object) != (other.subject, other.object)


def _rank(gold: GoldClaim, claim: Claim) -> int:
    said = claim.proposition
    slots = _slot(gold.subject, said.subject) + _slot(gold.object, said.object)
    return 8 * triple(gold, claim) + 4 * slots + 2 * strict(gold, claim) + (not gold.optional)


def claim_tallies(pairs: Sequence[Pair]) -> dict[str, Tally]:
    """Trigger, triple and strict F1; what is optional counts neither way."""
    counted = [p for p in pairs if p.gold is None or not p.gold.optional]
    got = sum(p.claim is not None for p in counted)
    wanted = sum(p.gold is not None for p in counted)
    both = [(p.gold, p.claim) for p in counted if p.gold is not None and p.claim is not None]
    return {
        "trigger": Tally(len(both), got, wanted),
        "triple": Tally(sum(triple(g, c) for g, c in both), got, wanted),
        "strict": Tally(sum(strict(g, c) for g, c in both), got, wanted),
    }


def share(values: Iterable[bool]) -> Tally:
    """Count what holds, of all."""
    told = list(values)
    return Tally(sum(told), len(told), len(told))


def field_tallies(pairs: Sequence[Pair]) -> dict[str, Tally]:
    """How often each further field is right, on the claims whose triple is."""
    both = [
        (p.gold, p.claim)
        for p in pairs
        if p.gold is not None and p.claim is not None and triple(p.gold, p.claim)
    ]
    hedged = [(g, c) for g, c in both if not ASSERTED & set(g.modality)]
    dated = [(g.valid, c.proposition.valid) for g, c in both if g.valid != UNKNOWN]
    undated = [c.proposition.valid for g, c in both if g.valid == UNKNOWN]
    return {
        "speaker": share(voiced(g.speaker, c.speaker) for g, c in both),
        "modality": share(c.modality in g.modality for g, c in both),
        "modality, not asserted": share(c.modality in g.modality for g, c in hedged),
        "polarity": share(c.polarity in g.polarity for g, c in both),
        "polarity, not affirmed": share(
            c.polarity in g.polarity for g, c in both if "affirmed" not in g.polarity
        ),
        "basis": share(c.basis in g.basis for g, c in both),
        "origin": share(voiced(g.origin, c.origin) for g, c in both),
        "time, compatible": share(compatible(*times) for times in dated),
        "time, exact": share(mine == theirs for mine, theirs in dated),
        "time, none invented": share(valid == UNKNOWN for valid in undated),
    }


def compatible(gold: UncertainInterval, read: UncertainInterval) -> bool:
    """Whether the reader gives a time at all, and one that can be the gold's."""
    return read != UNKNOWN and gold.may_meet(read)


def grounding(claims: Sequence[Claim], text: str) -> Tally:
    """How many claims quote, character for character, what stands at their place."""
    return share(all(exact(c, text) for c in claim.citations) for claim in claims)


def exact(citation: Citation, text: str) -> bool:
    """Whether the quote is the slice that its locator names."""
    at = citation.locator
    return isinstance(at, SpanLocator) and text[at.start : at.end] == citation.quote != ""


def false_claims(document: GoldDocument, pairs: Sequence[Pair]) -> int:
    """Count the claims drawn from sentences that a person marked as holding none."""
    alone = [p.claim for p in pairs if p.gold is None and p.claim is not None]
    return sum(
        any(_inside(at, quiet) for at in spans(claim) for _, quiet in document.quiet)
        for claim in alone
    )


def _inside(at: SpanLocator, span: Span) -> bool:
    middle = (span.start + span.end) // 2
    return at.start <= middle < at.end or span.start <= at.start < at.end <= span.end


def entity_tallies(pairs: Sequence[Pair]) -> dict[str, Tally]:
    """Who and what stands in claims: found at all, and found with its type."""
    wanted = _distinct(_gold_arguments(pairs))
    got = _distinct(_read_arguments(pairs))
    return {
        "entity": _paired(wanted, got, typed=False),
        "entity, typed": _paired(wanted, got, typed=True),
    }


Named = tuple[tuple[str, ...], str]


def _gold_arguments(pairs: Sequence[Pair]) -> Iterator[Named]:
    for claim in (p.gold for p in pairs if p.gold is not None and not p.gold.optional):
        slots = [claim.subject] + [claim.object] * (SPEECH_ACTS.isdisjoint(claim.predicate))
        yield from ((slot.names, slot.type) for slot in slots if slot is not None)


def _read_arguments(pairs: Sequence[Pair]) -> Iterator[Named]:
    for pair in pairs:
        if pair.claim is None or (pair.gold is not None and pair.gold.optional):
            continue
        said = pair.claim.proposition
        slots = [said.subject] + [said.object] * (said.predicate not in SPEECH_ACTS)
        yield from (((slot.text,), str(slot.type)) for slot in slots if slot is not None)


def _distinct(named: Iterable[Named]) -> list[Named]:
    return list(dict.fromkeys(named))


def _paired(wanted: Sequence[Named], got: Sequence[Named], *, typed: bool) -> Tally:
    def meets(one: Named, other: Named) -> bool:
        same = any(shares(name, other[0]) for name in one[0])
        return same and (not typed or one[1] == other[1])

    found = sum(any(meets(w, g) for g in got) for w in wanted)
    good = sum(any(meets(w, g) for w in wanted) for g in got)
    return Tally(min(found, good), len(got), len(wanted))


def indicator_tally(gold: Sequence[GoldIndicator], reading: DocumentReading) -> Tally:
    """Traces found with type, value and exact place; what stands inside a gold one is ignored."""
    got = {
        (
            str(m.observable.type),
            m.observable.value,
            m.citation.locator.start,
            m.citation.locator.end,
        )
        for m in reading.mentions
        if isinstance(m.citation.locator, SpanLocator)
    }
    wanted = {(g.type, g.value, g.span.start, g.span.end) for g in gold if not g.optional}
    spare = {one for one in got - wanted if any(_within(one, g.span) for g in gold)}
    wrong = {one for one in spare if not any(_nested(one, g) for g in gold)}
    return Tally(len(got & wanted), len(got - spare | wrong), len(wanted))


def _within(found: tuple[str, str, int, int], span: Span) -> bool:
    return span.start <= found[2] and found[3] <= span.end


def _nested(found: tuple[str, str, int, int], gold: GoldIndicator) -> bool:
    return _within(found, gold.span) and (
        gold.optional or (found[2], found[3]) != (gold.span.start, gold.span.end)
    )


def technique_tally(
    gold: Sequence[tuple[str, Span]], found: Sequence[tuple[str, SpanLocator]]
) -> Tally:
    """ATT&CK techniques by number and sentence; a parent stands for its sub-technique."""
    right = sum(
        any(_parent(g) == _parent(f) and _inside(at, span) for f, at in found) for g, span in gold
    )
    return Tally(right, max(len(set(found)), right), len(gold))


def _parent(technique: str) -> str:
    return technique.partition(".")[0]


def score(
    document: GoldDocument,
    reading: DocumentReading,
    techniques: Sequence[tuple[str, SpanLocator]],
) -> Scored:
    """Score one document's reading by every measure."""
    pairs = match(document.claims, reading.claims)
    false = false_claims(document, pairs)
    tallies = {
        **claim_tallies(pairs),
        **field_tallies(pairs),
        "grounding": grounding(reading.claims, document.text),
        **entity_tallies(pairs),
        "indicators": indicator_tally(document.indicators, reading),
        "techniques": technique_tally(document.techniques, techniques),
        "false claims a document": Tally(false, 1, 1),
    }
    return Scored(document, tallies, pairs)


def total(scored: Iterable[Scored]) -> dict[str, Tally]:
    """Add the tallies up over documents (micro average)."""
    told = list(scored)
    names = dict.fromkeys(chain.from_iterable(one.tallies for one in told))
    return {name: sum((one.tallies.get(name, Tally()) for one in told), Tally()) for name in names}


def interval(scored: Sequence[Scored], name: str) -> tuple[float, float] | None:
    """95 % bootstrap interval over documents: the same for the same documents."""
    draw = Random(SEED)  # noqa: S311 - resampling, not a secret
    tallies = [one.tallies.get(name, Tally()) for one in scored]
    drawn = (sum(draw.choices(tallies, k=len(tallies)), Tally()).score for _ in range(DRAWS))
    values = sorted(value for value in drawn if value is not None)
    if not values:
        return None
    return values[int(0.025 * len(values))], values[int(0.975 * len(values)) - 1]
