"""How fast traces are found in real texts, and where another extractor says otherwise.

Run with `python -m benchmarks.indicators [--oracle PYTHON] [--show N]`; PYTHON is an interpreter
that has iocsearcher, which is no part of this program. Texts lie under ASHIATO_TEST_DATA/text.
"""

import argparse
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from ashiato.core.sources import Intake, Source
from ashiato.read.text import document_indicators
from ashiato.read.text.observables import traces_in
from ashiato.read.text.observables.suffixes import domain_name

_TYPES = {
    "ip4": "ip", "ip6": "ip", "fqdn": "domain", "url": "url", "email": "email", "cve": "cve",
    "md5": "md5", "sha1": "sha1", "sha256": "sha256", "bitcoin": "bitcoin", "ethereum": "ethereum",
}  # fmt: skip
_ORACLE = """
import json, sys, time
from iocsearcher.searcher import Searcher
searcher = Searcher()
texts = json.load(sys.stdin)
start = time.perf_counter()
found = [[[i[0], i[1]] for i in searcher.search_raw(text)] for text in texts]
json.dump({"seconds": time.perf_counter() - start, "found": found}, sys.stdout)
"""
_PIECE = 4000


def real_texts(folder: Path) -> Iterator[str]:
    """Give the texts of AnnoCTR, CyNER and TRAM in pieces of some thousand characters."""
    rows = [
        json.loads(line)["text"]
        for name in ("dev", "test")
        for line in (folder / f"annoctr/ner_json/{name}.json").read_text("utf-8").splitlines()
    ]
    for name in ("train", "valid", "test"):
        raw = (folder / f"cyner/mitre/{name}.txt").read_text("utf-8")
        rows += [
            " ".join(line.split("\t")[0] for line in part.splitlines())
            for part in raw.split("\n\n")
        ]
    tram = json.loads((folder / "tram/tram2-data/single_label.json").read_text("utf-8"))
    rows += [row["text"] for row in tram]
    yield from _pieces(rows)


def _pieces(rows: list[str]) -> Iterator[str]:
    piece: list[str] = []
    for row in rows:
        piece.append(row)
        if sum(map(len, piece)) > _PIECE:
            yield "\n".join(piece)
            piece = []
    yield "\n".join(piece)


def ours(texts: list[str]) -> tuple[float, list[set[tuple[str, str]]]]:
    """Time our extractor and give its finds by text; hosts inside links count as domains."""
    start = perf_counter()
    found = [traces_in(text) for text in texts]
    seconds = perf_counter() - start
    values = [
        {(o.type.value, o.value.rstrip("/")) for t in each for o in (t.observable, t.host) if o}
        for each in found
    ]
    return seconds, values


def theirs(texts: list[str], python: str) -> tuple[float, list[set[tuple[str, str]]]]:
    """Time the oracle in its own interpreter and give its finds by text, in our types."""
    run = subprocess.run(  # noqa: S603 - the interpreter that the caller names
        [python, "-c", _ORACLE], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    answer = json.loads(run.stdout)
    return answer["seconds"], [
        {(_TYPES[kind], _normal(_TYPES[kind], value)) for kind, value in each if kind in _TYPES}
        for each in answer["found"]
    ]


def _normal(kind: str, value: str) -> str:
    if kind == "domain":
        return domain_name(value) or value.lower()
    if kind == "cve":
        return value.upper()
    return value.rstrip("/") if kind in {"url", "bitcoin", "ethereum"} else value.lower()


def main() -> None:
    """Print megabytes a second and, with an oracle, agreement by type."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oracle", default="")
    parser.add_argument("--show", type=int, default=0)
    told = parser.parse_args()
    folder = os.environ.get("ASHIATO_TEST_DATA", "")
    if not folder:
        print("SKIPPED: set ASHIATO_TEST_DATA to the folder of real inputs")
        return
    texts = list(real_texts(Path(folder) / "text"))
    size = sum(len(text.encode()) for text in texts) / 1e6
    seconds, found = ours(texts)
    print(f"ours: {size:.2f} MB in {seconds:.2f} s, {size / seconds:.2f} MB/s")
    print(dict(Counter(kind for each in found for kind, _ in each)))
    _say_document("\n\n".join(texts).encode())
    if told.oracle:
        _compare(found, texts, told.oracle, size, told.show)


def _say_document(raw: bytes) -> None:
    intake = Intake("e" * 64, "texts.txt", Source("texts", "Texts", "outlet"))
    start = perf_counter()
    mentions = document_indicators(raw, intake)
    seconds = perf_counter() - start
    print(f"as a document, cited: {len(mentions)}, {len(raw) / 1e6 / seconds:.2f} MB/s")


def _compare(
    found: list[set[tuple[str, str]]], texts: list[str], python: str, size: float, show: int
) -> None:
    seconds, other = theirs(texts, python)
    print(f"oracle: {seconds:.2f} s, {size / seconds:.2f} MB/s")
    for kind in sorted(set(_TYPES.values())):
        mine = {(i, v) for i, each in enumerate(found) for k, v in each if k == kind}
        their = {(i, v) for i, each in enumerate(other) for k, v in each if k == kind}
        both, left, right = mine & their, mine - their, their - mine
        print(
            f"{kind:<9} both {len(both):>5}  ours only {len(left):>4}  theirs only {len(right):>4}"
        )
        for name, only in (("ours", left), ("theirs", right)):
            for _, value in sorted(only)[:show]:
                print(f"    {name}: {value}")


if __name__ == "__main__":
    main()
