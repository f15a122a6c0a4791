"""The traces a document names, each with its sentence, and the words that tie it to the attack.

Needs no parser: sentences are cut at their marks, so that a list of indicators of any length is
read at once.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.records import Mention
from ashiato.core.sources import Intake
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval
from ashiato.read.text.blocks import Block, split_blocks
from ashiato.read.text.decoding import Decoded
from ashiato.read.text.observables import Trace, attack_cue, traces_in
from ashiato.read.text.observables.benign import why_no_indicator
from ashiato.read.text.shaped import Shaped
from ashiato.read.text.times import time_expressions

_SENTENCE = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class _Headed:
    block: Block
    heading: str


def mentions_in(
    visible: Shaped, decoded: Decoded, intake: Intake, blocks: Sequence[Block] | None = None
) -> tuple[Mention, ...]:
    """Find every trace in the visible text of a document."""
    found = blocks if blocks is not None else split_blocks(visible)
    return tuple(
        mention
        for headed in _under_headings(found)
        for start, end in sentences(headed.block.shaped.text)
        for mention in _in_sentence(headed, start, end, decoded, intake)
    )


def _under_headings(blocks: Sequence[Block]) -> Iterator[_Headed]:
    """Give each block with the heading right above it; a list keeps the heading over its items.

    A paragraph that ends in a colon is the heading of the list that it opens.
    """
    heading, after_list = "", False
    for block in blocks:
        text = block.shaped.text
        if block.is_heading and not traces_in(text):
            heading, after_list = text, False
            yield _Headed(block, "")
            continue
        listed = block.is_item or block.is_heading
        if after_list and not listed:
            heading = ""
        yield _Headed(block, heading)
        after_list = listed
        opens_list = text.rstrip().endswith(":")
        if opens_list or not listed:
            heading = text if opens_list else ""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text at the marks that end its sentences; the pieces join to the whole."""
    at = 0
    for mark in _SENTENCE.finditer(text):
        yield at, mark.end()
        at = mark.end()
    yield at, len(text)


def _in_sentence(
    headed: _Headed, start: int, end: int, decoded: Decoded, intake: Intake
) -> Iterator[Mention]:
    shaped = headed.block.shaped
    sentence = shaped.text[start:end].rstrip()
    traces = traces_in(sentence)
    if not traces:
        return
    prose = _without(sentence, [(found.start, found.end) for found in traces])
    cue, window = attack_cue(prose, headed.heading), _window(sentence, intake)
    if window == ALWAYS_POSSIBLE:
        window = _window(headed.heading, intake)
    around = cite(shaped, start, start + len(sentence), decoded, intake)
    for found in traces:
        citation = cite(shaped, start + found.start, start + found.end, decoded, intake)
        yield _mention(
            found, Mention(found.observable, citation, around, window, cue, intake.source.id)
        )


def _mention(found: Trace, mention: Mention) -> Mention:
    """Note the host inside; a trace that is everybody's is tied to the attack by no word."""
    benign = why_no_indicator(found.observable, found.host)
    return replace(mention, host=found.host, benign=benign, cue="" if benign else mention.cue)


def _without(sentence: str, spans: list[tuple[int, int]]) -> str:
    """Blank the traces: the word "relay" in a domain's name ties nothing to an attack."""
    for first, last in spans:
        sentence = sentence[:first] + " " * (last - first) + sentence[last:]
    return sentence


def _window(sentence: str, intake: Intake) -> UncertainInterval:
    """Give the one time of the sentence; with two we cannot tell which is the trace's.

    The one stretch ("between A and B") goes before single dates: those say when it was told.
    """
    times = [t.interval for t in time_expressions(sentence, intake)]
    known = [t for t in times if t != ALWAYS_POSSIBLE]
    stretches = [t for t in known if t.bounds[1] < t.bounds[2]]
    chosen = stretches if len(stretches) == 1 else known
    return chosen[0] if len(chosen) == 1 else ALWAYS_POSSIBLE


def cite(shaped: Shaped, start: int, end: int, decoded: Decoded, intake: Intake) -> Citation:
    """Cite the characters ``[start, end)`` of a shaped text at their place in the document."""
    first, last = shaped.span(start, end)
    return decoded.cite(first, last, intake)


def with_origin(mention: Mention, origins: Sequence[tuple[int, int, str]]) -> Mention:
    """Set the origin that the parsed sentence around the trace has; ``origins`` are in order."""
    locator = mention.citation.locator
    at = locator.start if isinstance(locator, SpanLocator) else -1
    nearest = bisect_right(origins, at, key=itemgetter(0)) - 1
    if nearest < 0 or at >= origins[nearest][1]:
        return mention
    return replace(mention, origin=origins[nearest][2])
