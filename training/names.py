"""Make the table of what Chinese characters sound like: `src/ashiato/knowledge/han.txt.xz`.

Run with `python -m training.names FOLDER [--write]`. FOLDER holds Unihan_Readings.txt.bz2,
Unihan_Variants.txt.bz2 and Unihan_OtherMappings.txt.bz2 of the Unicode Character Database 15.0
(Unicode licence; Debian's package unicode-data has them in /usr/share/unicode). The readings that
characters have in Japanese names are learnt from the given and family names of the package
japanese-personal-name-dataset (MIT): no name is copied, only which sound a character can have.
"""

import argparse
import bz2
import lzma
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import product
from pathlib import Path

from ashiato.trace.names.romaji import kana_spelling
from ashiato.trace.names.tables import table

OUT = Path(__file__).parent.parent / "src/ashiato/knowledge/han.txt.xz"
ROUNDS = 3
SEEN = 3
"""A sound must be needed by so many names before a character is said to have it."""
LONGEST = 5
"""Kana in one learnt sound."""
HEADER = "# character, old forms, Mandarin, Cantonese, on, kun, hangul, in names; see NOTICE"
_SYLLABLE = re.compile("[ぁぃぅぇぉゃゅょゎんっー]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
Sounds = dict[str, set[str]]


def fields(path: Path, wanted: Iterable[str]) -> dict[str, dict[str, str]]:
    """Read some fields of a Unihan file: field, character, value."""
    found: dict[str, dict[str, str]] = {name: {} for name in wanted}
    with bz2.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("U+"):
                code, name, value = line.rstrip("\n").split("\t")
                if name in found:
                    found[name][chr(int(code.removeprefix("U+"), base=16))] = value
    return found


def _pointed(value: str) -> list[str]:
    return [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]+)", value)]


def _one_in_use(modern: str, form: str, read: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether two variants sound alike in Japanese and in Mandarin: one character, two forms."""
    return all(
        set(read[name].get(modern, "").split()) & set(read[name].get(form, "").split())
        for name in ("kJapaneseOn", "kMandarin")
    )


def _reformed(
    variants: Mapping[str, str], common: Mapping[str, str], read: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Give the characters of the Japanese school list with the old forms outside of it."""
    for first, value in variants.items():
        for other in _pointed(value):
            for modern, form in ((first, other), (other, first)):
                if modern in common and form not in common and _one_in_use(modern, form, read):
                    yield modern, form


def old_forms(
    variants: Mapping[str, Mapping[str, str]],
    named: Mapping[str, str],
    reformed: Iterable[tuple[str, str]],
) -> Sounds:
    """Give the traditional forms of each character that is not its own only one."""
    old: Sounds = {c: set(_pointed(v)) for c, v in variants["kTraditionalVariant"].items()}
    for form, value in named.items():
        for modern in _pointed(value):  # a standard names the new form beside the old one
            old.setdefault(modern, {modern}).add(form)
    for modern, form in reformed:
        old.setdefault(modern, {modern}).add(form)
    for first, value in variants["kZVariant"].items():
        for other in _pointed(value):
            old.setdefault(max(first, other), set()).update({min(first, other)})
    return {c: forms for c, forms in old.items() if forms != {c}}


def pinyin(value: str) -> list[str]:
    """Take the syllables, without tones, out of any Mandarin field."""
    found = []
    for word in re.findall(r"[^\s,:()\d.]+", value):
        marks = unicodedata.normalize("NFD", word)
        bare = "".join(c for c in marks if not unicodedata.combining(c) or c == "\u0308")
        found.append(unicodedata.normalize("NFC", bare))
    return found


def _hiragana(romaji: str) -> str:
    words = table()["kana"]["rows"].split()
    sounds = dict(reversed(list(zip(words[1::2], words[::2], strict=True))))
    for stem, first in (("sh", "し"), ("ch", "ち"), ("j", "じ")):
        sounds |= {stem + v: first + g for v, g in zip("auo", "ゃゅょ", strict=True)}
    for stem, first in zip("kgnhbpmr", "きぎにひびぴみり", strict=True):
        sounds |= {f"{stem}y{v}": first + g for v, g in zip("auo", "ゃゅょ", strict=True)}
    out, rest = "", romaji
    while rest:
        size = next((n for n in (3, 2, 1) if rest[:n] in sounds), 0)
        out += sounds[rest[:size]] if size else "っ" if rest[0] in "kstpc" else ""
        rest = rest[max(size, 1) :]
    return out


def _name_pairs() -> Iterator[tuple[str, str]]:
    folder = files("japanese_personal_name_dataset").joinpath("dataset")
    for sex in ("man", "woman"):
        for line in folder.joinpath(f"first_name_{sex}_org.csv").read_text("utf-8").splitlines():
            reading, _, *names = line.split(",")
            yield from ((name, reading) for name in names)
    for line in folder.joinpath("last_name_org.csv").read_text("utf-8").splitlines():
        name, _, reading, *_ = line.split(",")
        yield name, reading


def _voiced(sound: str) -> set[str]:
    plain, voiced = (
        "かきくけこさしすせそたちつてとはひふへほ",
        "がぎぐげござじずぜぞだぢづでどばびぶべぼ",
    )
    return {sound, sound[:1].translate(str.maketrans(plain, voiced)) + sound[1:]}


def _gap(name: str, reading: str, known: Mapping[str, set[str]]) -> tuple[str, str] | None:
    """Give the one character whose sound is unknown, with the sound that is left for it."""
    found: set[tuple[str, str]] = set()
    for at, unknown in enumerate(name):
        heads = _ends(name[:at], reading, known)
        tails = {len(reading) - n for n in _ends(name[at + 1 :][::-1], reading[::-1], known, -1)}
        found |= {
            (unknown, reading[start:end])
            for start, end in product(heads, tails)
            if 0 < end - start <= LONGEST
            and _is_between(reading, start)
            and _is_between(reading, end)
        }
    known_already = any(sound in known[c] for c, sound in found)
    return next(iter(found)) if len(found) == 1 and not known_already else None


def _is_between(reading: str, at: int) -> bool:
    """Whether a place is between two syllables."""
    return _SYLLABLE.match(reading[at : at + 1]) is None


def _ends(name: str, reading: str, known: Mapping[str, set[str]], step: int = 1) -> set[int]:
    places = {0}
    for letter in name:
        sounds = {s[::step] for k in known[letter] for s in _voiced(k)}
        places = {p + len(s) for p in places for s in sounds if reading.startswith(s, p)}
    return places


def learn(known: Sounds) -> Sounds:
    """Learn which further sounds characters have in names, each needed by several names."""
    pairs = sorted({(n, r) for n, r in _name_pairs() if _HAN.fullmatch(n)})
    sounds = defaultdict(set, {c: set(s) for c, s in known.items()})
    learnt: Sounds = defaultdict(set)
    for _ in range(ROUNDS):
        gaps = Counter(g for n, r in pairs if (g := _gap(n, r, sounds)) is not None)
        for (letter, sound), seen in gaps.items():
            if seen >= SEEN:
                sounds[letter].add(sound)
                learnt[letter].add(sound)
    return learnt


def rows(folder: Path) -> list[str]:
    """Give the lines of the table."""
    wanted = ("kMandarin", "kTGHZ2013", "kCantonese", "kJapaneseOn", "kJapaneseKun", "kHangul")
    read = fields(folder / "Unihan_Readings.txt.bz2", wanted)
    other = fields(folder / "Unihan_OtherMappings.txt.bz2", ("kJinmeiyoKanji", "kJoyoKanji"))
    named = {**other["kJoyoKanji"], **other["kJinmeiyoKanji"]}
    variants = fields(
        folder / "Unihan_Variants.txt.bz2",
        ("kTraditionalVariant", "kZVariant", "kSemanticVariant"),
    )
    reformed = _reformed(variants["kSemanticVariant"], other["kJoyoKanji"], read)
    old = old_forms(variants, named, reformed)
    kana: Sounds = defaultdict(set)
    for name in ("kJapaneseOn", "kJapaneseKun"):
        for letter, value in read[name].items():
            kana[letter] |= {_hiragana(word.lower()) for word in value.split()} - {""}
    names = learn(kana)
    return [_row(c, read, old, names) for c in sorted({c for f in read.values() for c in f})]


def _row(letter: str, read: Mapping[str, Mapping[str, str]], old: Sounds, names: Sounds) -> str:
    mandarin = pinyin(f"{read['kMandarin'].get(letter, '')} {read['kTGHZ2013'].get(letter, '')}")
    hangul = re.findall("[가-힣]", read["kHangul"].get(letter, ""))
    columns = (
        sorted(old.get(letter, ())),
        list(dict.fromkeys(mandarin))[:4],
        list(dict.fromkeys(re.findall("[a-z]+", read["kCantonese"].get(letter, ""))))[:3],
        read["kJapaneseOn"].get(letter, "").lower().split()[:5],
        read["kJapaneseKun"].get(letter, "").lower().split()[:8],
        list(dict.fromkeys(hangul)),
        sorted(kana_spelling(sound) for sound in names.get(letter, ())),
    )
    return "\t".join([letter, *(" ".join(column) for column in columns)])


def _useful(row: str) -> bool:
    """Whether more than one language reads the character, or it stands for another."""
    return sum(bool(column) for column in row.split("\t")[1:]) > 1


def main() -> None:
    """Make the table and tell its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args()
    lines = [HEADER, *filter(_useful, rows(told.folder))]
    packed = lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)
    print(f"{len(lines) - 1} characters, {len(packed)} bytes")
    if told.write:
        OUT.write_bytes(packed)


if __name__ == "__main__":
    main()
