"""The gold set: documents annotated by quoted words, whose places are looked up and verified."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ashiato.core.sources import Intake, Source
from ashiato.core.time import Moment, UncertainInterval

ROOT = Path(__file__).parents[2] / "tests" / "gold"
HALVES = ("dev", "held_out")
SPEECH_ACTS = frozenset({"admitted", "denied", "stated", "demanded"})
UNKNOWN = UncertainInterval()
_CHOSEN = re.compile(r"\[([^\[\]]+)\]")
_DATE_PARTS = 3


class BadGold(ValueError):
    """An annotation whose words do not stand in its document."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points ``[start, end)`` of the document, and the words there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Argument:
    """Who or what stands in a slot: its span, its type, and other words that name the same."""

    span: Span
    type: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """One claim as the annotator reads it; fields with several values accept each of them.

    Of the claims of a document that share ``either``, one is enough.
    """

    predicate: tuple[str, ...]
    trigger: Span
    subject: Argument | None
    object: Argument | None
    polarity: tuple[str, ...]
    modality: tuple[str, ...]
    basis: tuple[str, ...]
    speaker: tuple[str, ...]
    origin: tuple[str, ...]
    valid: UncertainInterval
    optional: bool
    either: str = ""


@dataclass(frozen=True, slots=True)
class GoldIndicator:
    """A trace that a reader should find, in its normal form; an optional one never counts."""

    type: str
    value: str
    span: Span
    optional: bool


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document with everything that a person found in it."""

    name: str
    half: str
    genre: str
    text: str
    intake: Intake
    claims: tuple[GoldClaim, ...]
    entities: tuple[tuple[Span, str], ...]
    indicators: tuple[GoldIndicator, ...]
    techniques: tuple[tuple[str, Span], ...]
    times: tuple[tuple[Span, UncertainInterval], ...]
    quiet: tuple[tuple[str, Span], ...]


def occurrences(text: str, words: str) -> list[Span]:
    """Find each place of ``words`` as whole words; ``[x]`` in them marks the part that is meant.

    Raises:
        BadGold: they stand nowhere.

    """
    marked = _CHOSEN.search(words) if not re.search(r"\[\.\]", words) else None
    plain = words if marked is None else _CHOSEN.sub(r"\1", words, count=1)
    found = [match.start() for match in re.finditer(_whole(plain), text)]
    if not found:
        raise BadGold(f"{words!r} stands nowhere in the document")
    shift, chosen = (0, plain) if marked is None else (marked.start(), marked[1])
    return [Span(at + shift, at + shift + len(chosen), chosen) for at in found]


def _whole(words: str) -> str:
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    return before + re.escape(words) + after


def only(text: str, words: str) -> Span:
    """Find the one place of ``words``.

    Raises:
        BadGold: they stand nowhere, or twice.

    """
    found = occurrences(text, words)
    if len(found) > 1:
        raise BadGold(f"{words!r} stands {len(found)} times; write more words around [it]")
    return found[0]


def period(text: str) -> UncertainInterval:
    """Read ``2031-05``, ``2031-05-02/2031-05-09`` (some time in it), ``A..B``, ``A..``, ``..B``."""
    start, dots, end = text.partition("..")
    if not dots:
        return UncertainInterval.within(_moment(start))
    began, ended = (None if not part else _moment(part) for part in (start, end))
    return UncertainInterval.between(began, ended)


def _moment(text: str) -> Moment:
    first, _, last = text.partition("/")
    return Moment(_day(first)[0], _day(last or first)[1])


def _day(text: str) -> tuple[datetime, datetime]:
    parts = [int(part) for part in text.split("-")]
    year, month, day = (*parts, 1, 1)[:_DATE_PARTS]
    first = datetime(year, month, day, tzinfo=UTC)
    if len(parts) == _DATE_PARTS:
        return first, first + timedelta(days=1)
    if len(parts) == 1:
        return first, first.replace(year=first.year + 1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _argument(text: str, written: str, near: Span) -> Argument | None:
    if not written:
        return None
    first, *others = written.split("|")
    words, _, kind = first.partition("@") if first.count("@") == 1 else first.rpartition("@")
    span = min(occurrences(text, words), key=lambda found: _apart(found, near))
    return Argument(span, kind, (words, *others))


def _apart(one: Span, other: Span) -> tuple[int, int]:
    return max(one.start - other.end, other.start - one.end, 0), one.start


def _named(claim: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Add the other names of whoever a claim names, as the groups of ``same`` give them."""
    full = dict(claim)
    for slot in full.keys() & {"s", "o", "by", "from"}:
        names = {name.partition("@")[0] for name in full[slot].split("|")}
        for group in told.get("same", []):
            if names & set(group):
                full[slot] += "".join(f"|{name}" for name in group if name not in names)
    return full


def _claim(text: str, told: Mapping[str, Any], source: str) -> GoldClaim:
    trigger, predicate = only(text, told["t"]), tuple(told["p"].split("|"))
    subject = _argument(text, told.get("s", ""), trigger)
    actor = subject.names if subject and SPEECH_ACTS.intersection(predicate) else ()
    speaker = (*told.get("by", source).split("|"), *actor)
    return GoldClaim(
        predicate,
        trigger,
        subject,
        _argument(text, told.get("o", ""), trigger),
        tuple(told.get("pol", "affirmed").split("|")),
        tuple(told["m"].split("|")),
        tuple(told["b"].split("|")),
        speaker,
        tuple(told["from"].split("|")) if "from" in told else speaker,
        period(told["when"]) if "when" in told else UNKNOWN,
        bool(told.get("optional", False)),
        told.get("alt", ""),
    )


def sentence_from(text: str, words: str) -> Span:
    """Find the sentence that begins with ``words``: to the next full stop before a space."""
    start = only(text, words).start
    end = re.compile(r"[.?!][\"”]?(?=\s|$)|\n\n").search(text, start)
    stop = len(text) if end is None else end.end()
    return Span(start, stop, text[start:stop])


def _indicators(text: str, told: list[dict[str, Any]]) -> Iterator[GoldIndicator]:
    for one in told:
        found = occurrences(text, one["text"])
        for span in found[:1] if one.get("first") else found:
            yield GoldIndicator(one["type"], one["value"], span, one.get("optional", False))


def _entities(text: str, told: Mapping[str, str]) -> Iterator[tuple[Span, str]]:
    for words, kind in told.items():
        for span in occurrences(text, words):
            yield span, kind


def load(path: Path) -> GoldDocument:
    """Load one annotation and the text beside it.

    Raises:
        BadGold: words of the annotation do not stand in the text, or stand there twice.

    """
    told = tomllib.loads(path.read_text("utf-8"))
    raw = path.with_suffix(".txt").read_bytes()
    try:
        return _document(path, told, raw)
    except BadGold as problem:
        raise BadGold(f"{path.name}: {problem}") from problem


def _document(path: Path, told: Mapping[str, Any], raw: bytes) -> GoldDocument:
    text, name = raw.decode(), told["source"]["name"]
    source = Source(name.lower().replace(" ", "-"), name, told["source"]["kind"])
    published = datetime.fromisoformat(told["published"])
    return GoldDocument(
        path.stem,
        path.parent.name,
        told["genre"],
        text,
        Intake("e" * 64, f"{path.stem}.txt", source, published=published),
        tuple(_claim(text, _named(one, told), name) for one in told["claims"]["list"]),
        tuple(_entities(text, told["entities"])),
        tuple(_indicators(text, told.get("indicators", []))),
        tuple((t["id"], sentence_from(text, t["sentence"])) for t in told.get("techniques", [])),
        tuple(
            (span, period(when))
            for words, when in told.get("times", {}).items()
            for span in occurrences(text, words)
        ),
        tuple(
            (why, sentence_from(text, words))
            for why, all_ in told.get("quiet", {}).items()
            for words in all_
        ),
    )


def gold(half: str) -> list[GoldDocument]:
    """Load the documents of one half, by name."""
    return [load(path) for path in sorted((ROOT / half).glob("*.toml"))]
