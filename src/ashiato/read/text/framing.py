"""Who-says-it set around a sentence: "According to X, ...", "..., X said."; clauses after ";".

A parser trained on news takes such a frame for a part of the clause beside it ("the police, Unit
7713" becomes one thing). So the frame is cut off before parsing, on the words alone, and read as
the frame that it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from ashiato.read.text.lexicon import reading

_SENTENCE_END = r"(?:[.!?]['\")\]]*(?=\s|$)|;(?=\s)|$)"
_PREFIX = re.compile(r"(?:^|(?<=[.!?;]\s)|(?<=[.!?]\"\s))(?:But a|And a|A)ccording to ", re.ASCII)
_CLAUSE_ON = re.compile(r";\s+(?=\S)")
_STOP = re.compile(r"[.!?;:][\"')\]]*\s")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame at the characters ``[start, end)`` of a block, before or after what it frames."""

    start: int
    end: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Framing:
    """Frames of a block, and the places where the parser must begin a sentence."""

    frames: tuple[Frame, ...]
    cuts: tuple[int, ...]


@cache
def _finite() -> re.Pattern[str]:
    """Match a word that makes a clause of the words around it."""
    listed = "|".join(sorted(reading()["framing"]["finite"]))
    return re.compile(rf"\b(?:{listed}|\w{{2,}}ed)\b", re.IGNORECASE)


@cache
def _tail() -> re.Pattern[str]:
    pack = reading()["framing"]
    verbs, barred = "|".join(sorted(pack["says"])), "|".join(sorted(pack["no_speaker"]))
    word = rf"(?!(?:{barred})\b)[^\s,;:.!?\"]+"
    speaker = rf"{word}(?:\s{word}){{0,7}}?"
    rest = (
        r"(?:\s(?:in|on|at|last|earlier|late|yesterday|today|to|through|via)\b[^,;:.!?\"]{0,60})?"
    )
    rest += r"(?:,\s(?:citing|quoting)\s[^;:.!?\"]{1,120})?"
    return re.compile(
        rf"(?<![\"'\d]),\s(?P<frame>{speaker}\s(?:{verbs}){rest}){_SENTENCE_END}"
        rf"|(?<=\d),\s(?P<frame2>{speaker}\s(?:{verbs}){rest}){_SENTENCE_END}"
    )


def framing_of(text: str) -> Framing:
    """Find the frames of a block and where to cut; inside a quotation nothing is cut."""
    frames = (*_leading(text), *_trailing(text))
    cuts = {f.end if f.leads else f.start for f in frames}
    cuts.update(f.start for f in frames if f.start)
    cuts.update(_clauses(text))
    return Framing(tuple(sorted(frames, key=lambda f: f.start)), tuple(sorted(cuts)))


def _is_quoted(text: str, at: int) -> bool:
    return text.count('"', 0, at) % 2 == 1


def _leading(text: str) -> Iterator[Frame]:
    for found in _PREFIX.finditer(text):
        if _is_quoted(text, found.start()):
            continue
        stop = _STOP.search(text, found.end())
        end = _comma_before_clause(text, found.end(), stop.start() if stop else len(text))
        if end is not None:
            yield Frame(found.start(), end, leads=True)


def _comma_before_clause(text: str, start: int, stop: int) -> int | None:
    """Give where the clause begins: after the first comma that words of a clause follow."""
    commas = [m.end() for m in re.compile(r",\s+").finditer(text, start, stop)]
    for at, following in pairwise([*commas, stop]):
        if _finite().search(text, at, following):
            return at if '"' not in text[start:at] else None
    return None


def _trailing(text: str) -> Iterator[Frame]:
    for found in _tail().finditer(text):
        name = "frame" if found["frame"] else "frame2"
        start, end = found.span(name)
        before = [m.end() for m in _STOP.finditer(text, 0, start)]
        clause = text[before[-1] if before else 0 : start]
        if not _is_quoted(text, start) and _finite().search(clause) and '"' not in clause[-3:]:
            yield Frame(start, end, leads=False)


def _clauses(text: str) -> Iterator[int]:
    """Give where a clause of its own begins after a semicolon; a list of nouns stays whole."""
    for found in _CLAUSE_ON.finditer(text):
        stop = _STOP.search(text, found.end())
        clause = text[found.end() : stop.start() if stop else len(text)]
        main = re.split(r"\b(?:who|which|that|whose|where)\b", clause, maxsplit=1)[0]
        if _finite().search(main) and not _is_quoted(text, found.start()):
            yield found.end()
