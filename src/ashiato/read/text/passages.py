"""A parsed document: its blocks with their parses, and which words stand inside a quotation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.util import filter_spans

from ashiato.read.text.blocks import Block
from ashiato.read.text.framing import Framing, framing_of
from ashiato.read.text.grammar import SUBJECTS, children, is_verb, lemma
from ashiato.read.text.lexicon import speech
from ashiato.read.text.mending import mend
from ashiato.read.text.naming import MARK
from ashiato.read.text.observables import traces_in

Key = tuple[int, int]
"""Block number and token index: the name of a word within one document."""

_MARK = re.compile(MARK)
_HYPHENED = re.compile(rf"(?<![\w.@/-])(?=\w*[-_])(?!\w+-(?:19|20)\d\d\b){MARK}(?![\w.@/]*\w)")
_MARKS = frozenset({'"', "``", "''"})
_ACRONYM = 4
"""Letters of an acronym at most: "VPN", "CERT" are no names."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words ``[first, last]`` in quotation marks and the word that names who speaks them."""

    first: int
    last: int
    holder: Key | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One block with its parse, its quotations, and the frames cut off from its sentences."""

    number: int
    block: Block
    doc: Doc
    quotations: tuple[Quotation, ...]
    frames: tuple[tuple[int, int, bool], ...] = ()

    def quotation_at(self, index: int) -> Quotation | None:
        """Give the quotation that the token stands in."""
        return next((q for q in self.quotations if q.first <= index <= q.last), None)

    def frames_of(self, sentence: Span) -> tuple[Span, ...]:
        """Give the frames of a sentence: one before it, one after it.

        What stands before a sentence frames its further clauses after a semicolon too.
        """
        first = sentence
        while first.start > 0 and self.doc[first.start - 1].text == ";":
            first = self.doc[first.start - 1].sent
        return tuple(
            self.doc[start:end]
            for start, end, leads in self.frames
            if (leads and end == first.start) or (not leads and start == sentence.end)
        )

    def is_frame(self, sentence: Span) -> bool:
        """Whether the sentence is no more than the frame of another."""
        return any(start <= sentence.start < end for start, end, _ in self.frames)

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
    framings = [framing_of(block.shaped.text) for block in blocks]
    docs = model.pipe(_cut(model, *pair) for pair in zip(blocks, framings, strict=True))
    for number, (block, framing, doc) in enumerate(zip(blocks, framings, docs, strict=True)):
        mend(doc)
        _name_marks(doc)
        quotations = _quotations(number, doc, last)
        passage = Passage(number, block, doc, quotations, tuple(_frame_tokens(framing, doc)))
        last = next((q.holder for q in reversed(passage.quotations) if q.holder), last)
        passages.append(passage)
    return tuple(passages)


def _cut(model: Language, block: Block, framing: Framing) -> Doc:
    """Make the words of a block, with a sentence begun wherever the framing asks for one.

    Beside such a place the parser may begin others only after a mark; it else cuts too often.
    """
    doc = _with_whole_marks(model.make_doc(block.shaped.text))
    for token in doc if framing.cuts else ():
        if token.idx in framing.cuts:
            token.is_sent_start = True
        elif token.i > 0 and not doc[token.i - 1].is_punct:
            token.is_sent_start = False
    return doc


def _with_whole_marks(doc: Doc) -> Doc:
    """Keep "host-k14" and every trace one word: half an identifier names another machine."""
    traces = [(t.start, t.end) for t in traces_in(doc.text)]
    marks = [mark.span() for mark in _HYPHENED.finditer(doc.text)]
    spans = [span for edges in (*traces, *marks) if (span := doc.char_span(*edges)) is not None]
    with doc.retokenize() as retokenizer:
        for span in filter_spans(spans):
            if len(span) > 1:
                retokenizer.merge(span)
    doc.user_data["traces"] = frozenset(start for start, _ in traces)
    return doc


def _name_marks(doc: Doc) -> None:
    """Make every identifier a name: the tagger takes some for verbs or adverbs."""
    shouted = sum(t.is_upper and t.is_alpha for t in doc) > len(doc) / 2
    for token in doc:
        is_trace = token.idx in doc.user_data["traces"]
        odd = token.pos_ not in {"NOUN", "PROPN"}
        marked = odd and (is_trace or bool(_MARK.fullmatch(token.text)))
        if marked or (not shouted and _is_capitals(token)):
            token.pos_, token.tag_ = "PROPN", "NNP"


def _is_capitals(token: Token) -> bool:
    """Whether the word is a name in capitals ("WINDLASS"), as vendors write those of programs."""
    return token.pos_ == "NOUN" and token.is_upper and token.is_alpha and len(token) > _ACRONYM


def _frame_tokens(framing: Framing, doc: Doc) -> Iterator[tuple[int, int, bool]]:
    for frame in framing.frames:
        span = doc.char_span(frame.start, frame.end, alignment_mode="expand")
        if span is not None:
            trailing = 0 if frame.leads else _punctuation_after(span.end, doc)
            yield span.start, span.end + trailing, frame.leads


def _punctuation_after(at: int, doc: Doc) -> int:
    return int(at < len(doc) and doc[at].is_punct)


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
    if before is not None and before.text == ":" and first > 1:
        before = doc[first - 2]  # "Dana Rell: "...""
    return before if before is not None and before.pos_ in {"NOUN", "PROPN"} else None


def appositives(token: Token) -> Iterator[Token]:
    """Give the nouns in apposition to ``token``."""
    return children(token, "appos")
