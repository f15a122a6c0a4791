"""How well times are found: spans against AnnoCTR's TimeML annotation (precision, recall, F1).

Run with `ASHIATO_TEST_DATA=... python -m benchmarks.read_times [dev|test]`. A span counts where it
overlaps one of the annotation, and apart from that where it is the very same.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from ashiato.core.sources import Intake, Source
from ashiato.read.text.times import time_expressions

INTAKE = Intake("e" * 64, "report.txt", Source("report", "Report", "organisation"))
Span = tuple[int, int]


def _annotated(row: dict[str, list[str]], kinds: frozenset[str]) -> Iterator[Span]:
    """Give the annotated spans, in characters of the row's text."""
    at, open_at, end = 0, -1, 0
    for token, tag in zip(row["tokens"], row["te_tags"], strict=True):
        inside = tag.startswith("I-") and open_at >= 0
        at = max(str(row["text"]).find(token, at), at)
        if not inside and open_at >= 0:
            yield open_at, end
            open_at = -1
        if tag.startswith("B-") and tag[2:] in kinds:
            open_at = at
        end = at + len(token)
        at = end
    if open_at >= 0:
        yield open_at, end


def _meets(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _print(name: str, right: int, hit: int, found: int, annotated: int) -> None:
    precision, recall = right / max(found, 1), hit / max(annotated, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"{name}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({annotated} annotated)")


def main() -> None:
    """Print the scores of one half of the data: dates and clock times, then durations too."""
    part = sys.argv[1] if len(sys.argv) > 1 else "test"
    path = Path(os.environ["ASHIATO_TEST_DATA"]) / "text/annoctr/ner_json" / f"{part}.json"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for kinds, ours in (
        (frozenset({"DATE", "TIME"}), {"date", "clock"}),
        (frozenset({"DATE", "TIME", "DURATION"}), {"date", "clock", "duration"}),
    ):
        pairs = [_pair(row, kinds, ours) for row in rows]
        found, gold = sum(len(f) for f, _ in pairs), sum(len(g) for _, g in pairs)
        right = sum(any(_meets(s, o) for o in g) for f, g in pairs for s in f)
        hit = sum(any(_meets(s, o) for o in f) for f, g in pairs for s in g)
        exact = sum(len(set(f) & set(g)) for f, g in pairs)
        label = "+".join(sorted(kinds))
        _print(f"{part} {label} overlapping", right, hit, found, gold)
        _print(f"{part} {label} exact", exact, exact, found, gold)


def _pair(
    row: dict[str, list[str]], kinds: frozenset[str], ours: set[str]
) -> tuple[list[Span], list[Span]]:
    text = str(row["text"])
    found = [(t.start, t.end) for t in time_expressions(text, INTAKE) if t.kind in ours]
    return found, list(_annotated(row, kinds))


if __name__ == "__main__":
    main()
