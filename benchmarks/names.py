"""How many spellings of one name are found, and how many names of others are taken for it.

Run with `python -m benchmarks.names`: the hand-written pairs of tests/trace/names, both halves.
With `--japanese FILE` also a list of Japanese names (names.yml of gimei, MIT: kanji, hiragana,
katakana, romaji), with `--transliterated FILE` one of foreign names (a file of
NETransliteration-COLING2018: Latin, tab, spaced letters), with `--koreans FILE` full names (its
wd_korean: Latin, tab, hangul). Each list is halved by a hash; `--half dev` gives the half that was
looked at. Where rapidfuzz is installed, its ratio of the raw texts stands beside ours.
"""

import argparse
import random
import re
import tomllib
import zlib
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from time import process_time

from ashiato.trace.names import Value, compare, keys, part_keys
from ashiato.trace.names.sounds import distance

HAND = Path(__file__).parent.parent / "tests/trace/names"
SEED = 20
RAW = (70, 85)
"""Ratios of raw text from which rapidfuzz is taken to say the same."""
_KUNREI = (("shi", "si"), ("sh", "sy"), ("chi", "ti"), ("ch", "ty"), ("tsu", "tu"), ("fu", "hu"),
           ("ji", "zi"), ("j", "zy"))  # fmt: skip
_KOREAN_FAMILIES = (
    "kim|lee|yi|rhee|park|pak|choi|choe|jung|jeong|chung|kang|cho|jo|yoon|yun|jang|chang|lim|im|han"
    "|oh|seo|suh|shin|kwon|hwang|ahn|song|hong|yoo"
)
_Others = Callable[[list[list[str]], list[str]], list[list[str]]]
Pair = tuple[str, str]
Pairs = tuple[list[Pair], list[Pair]]


def hand(half: str) -> Pairs:
    """Give the hand-written pairs of one half: same, different."""
    table = tomllib.loads((HAND / f"{half}.toml").read_text("utf-8"))
    same = [(a, b) for a, b, _ in table["same"]]
    return same, [(a, b) for a, b in table["different"]]


def _is_in(half: str, text: str) -> bool:
    return zlib.crc32(text.encode()) & 1 == (half == "held")


def _romaji(text: str, way: int) -> str:
    """Spell in one of four ways: letter by letter, short, passport, Kunrei."""
    lower = text.casefold()
    if way == 1:
        return re.sub("ou", "o", re.sub("uu", "u", lower)).capitalize()
    if way == 2:  # noqa: PLR2004 - the third of four
        return re.sub("ou", "oh", re.sub("uu", "u", lower)).upper()
    if way == 3:  # noqa: PLR2004 - the fourth
        for a, b in _KUNREI:
            lower = lower.replace(a, b)
    return lower.capitalize()


def _lists(path: Path, half: str) -> tuple[list[list[str]], list[list[str]]]:
    families: list[list[str]] = []
    given: list[list[str]] = []
    rows = families
    for line in path.read_text("utf-8").splitlines():
        rows = {"first": given, "last_": families}.get(line[:5], rows)
        cells = re.findall("'([^']*)'", line)
        if len(cells) == len(("kanji", "hiragana", "katakana", "romaji")) and _is_in(
            half, cells[0]
        ):
            rows.append(cells)
    return families, given


def _japanese(path: Path, half: str, count: int, others: _Others) -> Pairs:
    rng = random.Random(SEED)  # noqa: S311 - a benchmark's draw
    families, given = _lists(path, half)
    same, different = [], []
    for number in range(count):
        family, name = rng.choice(families), rng.choice(given)
        kanji = family[0] + rng.choice(["", " "]) + name[0]
        same.append((kanji, _written(family, name, number)))
        if some := others(rng.sample(given, len(given)), name):
            different.append((kanji, _written(family, some[0], number)))
    return same, different


def japanese(path: Path, half: str, count: int) -> Pairs:
    """Pair kanji with romaji or kana; the different ones share the family name."""
    return _japanese(
        path, half, count, lambda given, name: [o for o in given[:9] if o[1] != name[1]]
    )


def near(path: Path, half: str, count: int) -> Pairs:
    """Do the same with given names that differ in one kana."""
    return _japanese(
        path, half, count,
        lambda given, name: [o for o in given if distance(o[1], name[1]) == 1][:1],
    )  # fmt: skip


def _written(family: Sequence[str], name: Sequence[str], number: int) -> str:
    column, way = (3, 3, 2, 1)[number % 4], number // 4 % 4
    words = [_romaji(w[column], way) if column == 3 else w[column] for w in (family, name)]  # noqa: PLR2004 - romaji
    return " ".join(words if number % 3 else reversed(words))


def transliterated(path: Path, half: str, count: int) -> Pairs:
    """Join foreign words by twos; of the different pairs half share a word."""
    rows = [line.split("\t")[:2] for line in path.read_text("utf-8").splitlines()]
    some = [(a, b.replace(" ", "")) for a, b in rows if _is_in(half, a) and len(a) > 3]  # noqa: PLR2004 - a word
    random.Random(SEED).shuffle(some)  # noqa: S311 - a benchmark's draw
    same, different = [], []
    for number in range(0, min(2 * count, len(some) - 6), 2):
        one, two, other, more = some[number], some[number + 1], some[number + 3], some[number + 5]
        written = f"{one[1]} {two[1]}"
        same.append((f"{one[0]} {two[0]}", written))
        first = one if number % 4 else more
        different.append((f"{first[0]} {other[0]}", written))
    return same, different


def koreans(path: Path, half: str, count: int) -> Pairs:
    """Take full names of one family and two given syllables; the different ones share a family."""
    family = re.compile(f"(?i)({_KOREAN_FAMILIES})")
    found: dict[str, list[Pair]] = {}
    for line in path.read_text("utf-8").splitlines():
        latin, _, hangul = line.partition("\t")
        words = latin.split(" ")
        named = len(words) == len(("family", "given")) and any(map(family.fullmatch, words))
        if named and re.fullmatch("[가-힣]{3}", hangul) and _is_in(half, hangul):
            found.setdefault(hangul[0], []).append((hangul, latin))
    groups = [group for group in found.values() if len(group) > 1]
    same = [pair for group in groups for pair in group]
    neighbours = [pair for group in groups for pair in pairwise(group)]
    different = [(a[0], b[1]) for a, b in neighbours if a[0] != b[0]]
    rng = random.Random(SEED)  # noqa: S311 - a benchmark's draw
    return rng.sample(same, min(count, len(same))), rng.sample(
        different, min(count, len(different))
    )


def measure(title: str, pairs: Pairs) -> None:
    """Print what is found, what is false, what shares a key, and the time of a pair."""
    same, different = pairs
    compare("田村健一", "Tamura Kenichi")  # the tables are loaded once
    start = process_time()
    found, false = ([compare(a, b).value for a, b in some] for some in pairs)
    cost = (process_time() - start) / (len(same) + len(different))
    met = [p for p, v in zip(same, found, strict=True) if v is not Value.NONE]
    keyed = sum(bool(keys(a) & keys(b)) for a, b in met)
    parted = sum(bool(keys(a) & keys(b) or part_keys(a) & part_keys(b)) for a, b in met)
    print(
        f"{title}: {len(same)} same: equal {_share(found, Value.EQUAL)}, "
        f"equal or possible {len(met) / len(same):.3f}; {len(different)} different: "
        f"equal {_share(false, Value.EQUAL)}, possible {_share(false, Value.POSSIBLE)}; "
        f"of those found {keyed / len(met):.3f} share a key, "
        f"{parted / len(met):.3f} one of a part; "
        f"{1000 * cost:.2f} ms a pair"
    )
    if find_spec("rapidfuzz"):
        _beside(pairs, import_module("rapidfuzz.fuzz").token_sort_ratio)


def _share(values: Sequence[Value], one: Value) -> str:
    return f"{values.count(one) / len(values):.3f}"


def _beside(pairs: Pairs, ratio: Callable[[str, str], float]) -> None:
    for least in RAW:
        found, false = (sum(ratio(a, b) >= least for a, b in some) / len(some) for some in pairs)
        print(f"    rapidfuzz on raw text from {least}: found {found:.3f}, false {false:.3f}")


def main() -> None:
    """Measure the pairs written by hand, and the lists that are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("japanese", "transliterated", "koreans"):
        parser.add_argument(f"--{name}", type=Path, action="append", default=[])
    parser.add_argument("--half", choices=("dev", "held"), default="held")
    parser.add_argument("--count", type=int, default=800)
    told = parser.parse_args()
    for half in ("dev", "held"):
        measure(f"hand-written, {half}", hand(half))
    makers = {"japanese": japanese, "transliterated": transliterated, "koreans": koreans}
    for name, make in makers.items():
        for path in getattr(told, name):
            measure(f"{name}, {path.name}, {told.half}", make(path, told.half, told.count))
    for path in told.japanese:  # slow: each name is held against the whole list
        pairs = near(path, told.half, told.count // 4)
        measure(f"japanese, one kana off, {path.name}, {told.half}", pairs)


if __name__ == "__main__":
    main()
