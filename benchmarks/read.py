"""How well and how fast documents become claims, on the gold set of tests/gold.

Run with `python -m benchmarks.read`; `--errors` lists what the reader got wrong on the dev half,
and never on the held-out half: nobody may tune on it. The model is loaded before the clock starts.
"""

import argparse
import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from time import perf_counter

from benchmarks.reading.gold import HALVES, GoldClaim, GoldDocument, gold
from benchmarks.reading.scores import (
    Pair,
    Scored,
    Tally,
    interval,
    score,
    strict,
    total,
    triple,
)

from ashiato.core.claims import Claim
from ashiato.core.evidence import SpanLocator
from ashiato.core.sources import Intake, Source
from ashiato.read import DocumentReading, document_indicators, read_document

SEED = 7
PARAGRAPHS = 150
MADE = Intake("e" * 64, "made.txt", Source("bay-herald", "Bay Herald", "outlet"))
WHO = ("The engineer", "A former student", "The Lantern group", "Harbour Police", "An officer")
DID = (
    "rented",
    "sold",
    "attacked",
    "used",
    "investigated",
    "questioned",
    "was believed to control",
)
WHAT = ("a server", "the account", "the Meridian Institute", "the man", "20 organisations")
HOW = ("under a false name", "in March 2030", "from 192.0.2.7", "on the orders of Unit 7713", "")
TOLD = ("", "According to the Harbour Police, ", "Investigators said that ", "It seems that ")


def made_text(paragraphs: int, seed: int = SEED) -> str:
    """Make a text of invented news sentences, the same for the same seed."""
    draw = Random(seed)  # noqa: S311 - a text to measure on, not a secret
    columns = (TOLD, WHO, DID, WHAT, HOW)
    return "\n\n".join(
        " ".join(
            " ".join(filter(None, (draw.choice(column).strip() for column in columns))) + "."
            for _ in range(5)
        )
        for _ in range(paragraphs)
    )


def techniques_of(reading: DocumentReading) -> list[tuple[str, SpanLocator]]:
    """Give the likeliest ATT&CK technique of each sentence that has one."""
    return [
        (one.best.id, one.sentence.locator)
        for one in reading.techniques
        if isinstance(one.sentence.locator, SpanLocator)
    ]


def read_and_score(document: GoldDocument) -> Scored:
    """Read one gold document from its bytes and score it."""
    reading = read_document(document.text.encode(), document.intake)
    return score(document, reading, techniques_of(reading))


def scored_half(half: str) -> list[Scored]:
    """Read and score every document of one half."""
    return [read_and_score(document) for document in gold(half)]


def speed() -> dict[str, float]:
    """Measure characters per second on one thread, and this process's peak memory in MB."""
    text = made_text(PARAGRAPHS)
    raw = text.encode()
    start = perf_counter()
    read_document(raw, MADE)
    parsed = perf_counter() - start
    start = perf_counter()
    document_indicators(raw, MADE)
    traced = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "claims, characters/s": len(text) / parsed,
        "traces, characters/s": len(text) / traced,
        "gold, characters/s": gold_speed(),
        "peak memory, MB": peak,
    }


def gold_speed() -> float:
    """Measure characters per second over the dev half, which is varied text."""
    documents = gold("dev")
    start = perf_counter()
    for document in documents:
        read_document(document.text.encode(), document.intake)
    return sum(len(document.text) for document in documents) / (perf_counter() - start)


def genres(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    """Sort scored documents by genre."""
    names = sorted({one.document.genre for one in scored})
    return {name: [one for one in scored if one.document.genre == name] for name in names}


def figures(scored: Sequence[Scored]) -> dict[str, dict[str, object]]:
    """Give each measure's score, its interval and its counts."""
    return {
        name: {
            "score": tally.score,
            "interval": interval(scored, name),
            "right": tally.right,
            "got": tally.got,
            "wanted": tally.wanted,
        }
        for name, tally in total(scored).items()
    }


def show(half: str, scored: Sequence[Scored]) -> None:
    """Print one half's table and its genres."""
    print(
        f"{half}: {len(scored)} documents, {sum(len(s.document.text) for s in scored):,} characters"
    )
    for name, tally in total(scored).items():
        print(f"  {name:26}{_line(tally, interval(scored, name))}")
    for genre, some in genres(scored).items():
        told = total(some)
        parts = (
            f"{name} {_short(told[name])}" for name in ("trigger", "triple", "strict", "speaker")
        )
        print(f"  {genre:20} {len(some)}  {'  '.join(parts)}")


def _short(tally: Tally) -> str:
    return " -  " if tally.score is None else f"{tally.score:.2f}"


def _line(tally: Tally, bounds: tuple[float, float] | None) -> str:
    around = "" if bounds is None else f" [{bounds[0]:.2f}, {bounds[1]:.2f}]"
    return (
        f"{_short(tally)}{around:14}  right {tally.right}, got {tally.got}, wanted {tally.wanted}"
    )


def errors(scored: Sequence[Scored]) -> Iterator[str]:
    """Say what was missed, what was read that is not there, and what was read wrongly."""
    for one in scored:
        for pair in one.pairs:
            line = _error(pair)
            if line:
                yield f"{one.document.name}: {line}"


def _error(pair: Pair) -> str | None:
    wanted, got = pair.gold, pair.claim
    if wanted is None:
        return None if got is None else f"SPURIOUS {_claim(got)}"
    if wanted.optional:
        return None
    if got is None:
        return f"MISSED   {_gold(wanted)}"
    if strict(wanted, got):
        return None
    kind = "FIELDS  " if triple(wanted, got) else "SLOTS   "
    return f"{kind} {_gold(wanted)}\n      read as {_claim(got)}"


def _gold(claim: GoldClaim) -> str:
    slots = [slot and slot.span.text for slot in (claim.subject, claim.object)]
    fields = "/".join(map("|".join, (claim.polarity, claim.modality, claim.speaker)))
    name, at = "|".join(claim.predicate), claim.trigger.text
    return f"{name}({slots[0]!r}, {slots[1]!r}) {fields} at {at!r}"


def _claim(claim: Claim) -> str:
    said = claim.proposition
    slots = [slot and slot.text for slot in (said.subject, said.object)]
    fields = f"{claim.polarity}/{claim.modality}/{claim.speaker.text}"
    return f"{said.predicate}({slots[0]!r}, {slots[1]!r}) {fields} in {claim.citations[0].quote!r}"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--errors", action="store_true", help="list errors (dev half only)")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the scores of each half, then characters per second and memory."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    read_document(b"Police questioned a man.", MADE)
    halves = HALVES if options.half == "both" else (options.half,)
    scored = {half: scored_half(half) for half in halves}
    if options.json:
        print(json.dumps(_report(scored), indent=2))
        return
    for half, some in scored.items():
        show(half, some)
    if options.errors:
        print("\n".join(errors(scored.get("dev", []))))
    for name, value in speed().items():
        print(f"{name}: {value:,.0f}")


def _report(scored: Mapping[str, Sequence[Scored]]) -> dict[str, object]:
    return {
        "halves": {half: figures(some) for half, some in scored.items()},
        "genres": {
            half: {genre: figures(one) for genre, one in genres(some).items()}
            for half, some in scored.items()
        },
        "speed": speed(),
    }


if __name__ == "__main__":
    main()
