"""A text of any length, one window of it at a time."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from ashiato.core.evidence import Problem
from ashiato.core.sources import Intake
from ashiato.read.text.decoding import Decoded, decode, with_counted
from ashiato.read.text.encodings import choose_encoding
from ashiato.read.text.shaped import last_gap

CHUNK = 1 << 20
HEAD = 1 << 20


def decoded_windows(stream: BinaryIO, intake: Intake, size: int) -> Iterator[Decoded | Problem]:
    """Give windows of at most ``size`` characters; a `Problem` where the beginning is no text."""
    head = stream.read(HEAD)
    found = decode(_whole_lines(head), intake)
    if isinstance(found, Problem):
        yield found
        return
    stream.seek(0)
    choice = choose_encoding(_whole_lines(head), intake.encoding)
    decoder = codecs.getincrementaldecoder(found.encoding)("replace")
    held, base = "", 0
    while True:
        raw = stream.read(CHUNK)
        held += decoder.decode(raw, final=not raw)
        while len(held) > size:
            cut = last_gap(held, 0, size)
            yield with_counted(Decoded(held[:cut], found.encoding, choice, base=base))
            held, base = held[cut:], base + cut
        if not raw:
            break
    if held:
        yield with_counted(Decoded(held, found.encoding, choice, base=base))


def _whole_lines(head: bytes) -> bytes:
    """Cut the beginning of a text at a line's end or a blank: no character is cut with it."""
    end = max(head.rfind(b"\n"), head.rfind(b" ")) + 1
    if b"\0" in head:
        return head[: end + end % 2]  # UTF-16: in whole pairs
    return head[:end] if end else head
