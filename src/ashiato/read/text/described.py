"""The sentences of a document that seem to describe a technique of ATT&CK, each cited."""

from collections.abc import Iterator, Sequence

from ashiato.core.sources import Intake
from ashiato.core.techniques import TechniqueMention
from ashiato.read.text.blocks import Block
from ashiato.read.text.decoding import Decoded
from ashiato.read.text.mentions import cite, sentences
from ashiato.read.text.techniques import guesses


def techniques_in(
    blocks: Sequence[Block], decoded: Decoded, intake: Intake
) -> tuple[TechniqueMention, ...]:
    """Give every sentence in which the weights see one of the techniques they know."""
    return tuple(item for block in blocks for item in _in_block(block, decoded, intake))


def _in_block(block: Block, decoded: Decoded, intake: Intake) -> Iterator[TechniqueMention]:
    text = block.shaped.text
    for start, end in sentences(text):
        sentence = text[start:end].rstrip()
        found = guesses(sentence)
        if found:
            place = cite(block.shaped, start, start + len(sentence), decoded, intake)
            yield TechniqueMention(found[0], found[1:], place)
