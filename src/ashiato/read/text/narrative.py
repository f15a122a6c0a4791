"""The sentences of one document to claims: parsing, then reading each in the light of those before.

Apart from `document`, so that finding traces, or asking for a method's name, never loads a parser.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ashiato.core.claims import Claim
from ashiato.core.evidence import SpanLocator
from ashiato.core.sources import Intake
from ashiato.read.text.attribution import Carried, carry
from ashiato.read.text.blocks import Block
from ashiato.read.text.claims import Context, SentenceReading, name_pair_claim, read_sentence
from ashiato.read.text.decoding import Decoded
from ashiato.read.text.entities import references
from ashiato.read.text.gazetteer import known, mark
from ashiato.read.text.parser import english_words, load_model
from ashiato.read.text.passages import Passage, parse, sentences


@dataclass(frozen=True, slots=True)
class Narrative:
    """What the sentences say; ``origins`` gives for each span of the source whose words it holds.

    ``dated_without_zone`` counts sentences with a date that no zone of the case settles.
    """

    claims: tuple[Claim, ...]
    origins: tuple[tuple[int, int, str], ...]
    sentences: int
    unmapped: int
    dated_without_zone: int


def read_narrative(
    blocks: tuple[Block, ...], decoded: Decoded, intake: Intake, method: str
) -> Narrative:
    """Read every sentence of the blocks; claims come in the order of their places.

    Raises:
        BadInput: the language model that ``intake.model`` names, or the lists, are not installed.

    """
    passages = parse(blocks, load_model(intake.model))
    mark([passage.doc for passage in passages], known(english_words(intake.model)))
    context = Context(intake, decoded, method, references(passages, intake))
    readings = tuple(_sentence_readings(passages, context))
    claims = [name_pair_claim(pair, context) for block in blocks for pair in block.pairs]
    claims += [claim for reading in readings for claim in reading.claims]
    unique = {claim.id: claim for claim in claims}
    return Narrative(
        tuple(sorted(unique.values(), key=_by_place)),
        tuple((*reading.span, reading.origin.id) for reading in readings),
        len(readings),
        sum(reading.unmapped for reading in readings),
        sum(reading.assumes_zone for reading in readings),
    )


def _sentence_readings(
    passages: tuple[Passage, ...], context: Context
) -> Iterator[SentenceReading]:
    carried, dated = Carried(), None
    for passage in passages:
        for sentence in sentences(passage):
            if passage.is_frame(sentence):
                continue
            reading = read_sentence(sentence, passage, carried, context, dated=dated)
            yield reading
            dated = reading.dated
            carried = carry(carried, sentence, passage, context.references)


def _by_place(claim: Claim) -> tuple[int, str]:
    locator = claim.citations[0].locator
    return (locator.start if isinstance(locator, SpanLocator) else 0), claim.id
