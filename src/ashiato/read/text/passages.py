"""A parsed document: its blocks with their parses, and which words stand inside a quotation."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from ashiato.read.text.blocks import Block
from ashiato.read.text.grammar import SUBJECTS, children, is_verb, lemma
from ashiato.read.text.lexicon import speech

Key = tuple[int, int]
"""Block number and token index: the name of a word within one document."""

_MARKS = frozenset({'"', "``", "''"})


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words ``[first, last]`` in quotation marks and the word that names who speaks them."""

    first: int
    last: int
    holder: Key | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One block with its parse and its quotations."""

    number: int
    block: Block
    doc: Doc
    quotations: tuple[Quotation, ...]

    def quotation_at(self, index: int) -> Quotation | None:
        """Give the quotation that the token stands in."""
        return next((q for q in self.quotations if q.first <= index <= q.last), None)

    def source_span(self, first: int, end: int) -> tuple[int, int]:
        """Give the source span of the tokens ``[first, end)``."""
        last = self.doc[end - 1]
        return self.block.shaped.span(self.doc[first].idx, last.idx + len(last))

    def text(self, first: int, end: int) -> str:
        """Give the shaped text of the tokens ``[first, end)``."""
        last = self.doc[end - 1]
        return self.block.shaped.text[self.doc[first].idx : last.idx + len(last)]

    def key(self, token: Token) -> Key:
        """Name a token."""
        return self.number, token.i


def parse(blocks: tuple[Block, ...], model: Language) -> tuple[Passage, ...]:
    """Parse every block by itself; a quotation without a speaker takes the one before it."""
    passages: list[Passage] = []
    last: Key | None = None
    docs = model.pipe(block.shaped.text for block in blocks)
    for number, (block, doc) in enumerate(zip(blocks, docs, strict=True)):
        passage = Passage(number, block, doc, _quotations(number, doc, last))
        last = next((q.holder for q in reversed(passage.quotations) if q.holder), last)
        passages.append(passage)
    return tuple(passages)


def sentences(passage: Passage) -> Iterator[Span]:
    """Give the sentences that hold a word."""
    return (s for s in passage.doc.sents if any(t.is_alpha or t.like_num for t in s))


def _quotations(number: int, doc: Doc, last: Key | None) -> tuple[Quotation, ...]:
    found: list[Quotation] = []
    for first, end in _quoted_ranges(doc):
        words = sum(1 for token in doc[first : end + 1] if token.is_alpha)
        if words < speech().quotation_words:
            continue  # a name or a scare quote
        holder = _holder(doc, first, end)
        key = (number, holder.i) if holder is not None else last
        last = key or last
        found.append(Quotation(first, end, key))
    return tuple(found)


def _quoted_ranges(doc: Doc) -> list[tuple[int, int]]:
    """Pair the marks; one left open runs to the end of its block, never beyond."""
    marks = [token.i for token in doc if token.text in _MARKS]
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if len(marks) % 2:
        pairs.append((marks[-1], len(doc) - 1))
    return pairs


def _holder(doc: Doc, first: int, end: int) -> Token | None:
    """Find who speaks: subject of a speech verb outside, or the noun right before the mark."""
    around = [doc[first].sent]
    if end + 1 < len(doc):
        around += [doc[end].sent, doc[end + 1].sent]
    if first > 0:
        around.insert(1, doc[first - 1].sent)
    for sentence in around:
        for verb in sentence:
            if first <= verb.i <= end or not is_verb(verb) or lemma(verb) not in speech().verbs:
                continue
            found = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
            if found is not None and not first <= found.i <= end:
                return found
    before = doc[first - 1] if first > 0 else None
    return before if before is not None and before.pos_ in {"NOUN", "PROPN"} else None


def appositives(token: Token) -> Iterator[Token]:
    """Give the nouns in apposition to ``token``."""
    return children(token, "appos")
