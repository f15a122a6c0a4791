"""Which encoding a text is in: every one is tried, and what spoke for the choice is kept.

A decision about bytes is an annotation, never a change to them. A stated encoding and a byte order
mark decide; then strict UTF-8, the escapes of ISO-2022-JP, and what a page says of itself. Last,
the old encodings are read side by side, and the one whose characters look most like writing wins.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = ("utf-8", "cp932", "euc_jp", "gb18030", "utf-16-le", "utf-16-be", "cp1252")
SAMPLE = 1 << 16
"""Bytes that the guess looks at; the whole text is then read by the encoding chosen."""
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I", b"\x1b$(D")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_CLEAR = 0.15
"""By how much the best must lead the second to be called sure (chosen on short invented texts)."""
_WRITING = 0.15
"""Below it, what an encoding makes of the bytes is noise (as `_CLEAR`)."""
_ODD = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\ufffe\uffff]")
_KANA = re.compile("[\u3041-\u30ff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_WIDE = re.compile("[\u2010-\u2027\u3000-\u303f\uff01-\uff60]")
_LATIN = re.compile("[A-Za-z]?[\u00c0-\u024f](?![\u00c0-\u024f])|[\u2013\u2014\u2018-\u201d\u20ac]")
_ASCII = re.compile("[\t\n\r -~]")
_CHINESE = frozenset("的是在了不和有人这中大为上个国我以要他时来用们到作地于出就分对成会可主发年")
_JAPANESE = frozenset("東京県警察庁者氏社機関発表日本人年月大学研究所会議員長官民党国内外部")


@dataclass(frozen=True, slots=True)
class Tried:
    """One encoding that was tried: places it cannot read, and how much like writing it reads."""

    encoding: str
    errors: int
    score: float


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """The encoding a document is read by, why, whether a person should look, and what was tried."""

    encoding: str
    because: str
    sure: bool = True
    tried: tuple[Tried, ...] = ()


def choose_encoding(raw: bytes, stated: str | None = None) -> EncodingChoice:
    """Say which encoding to read bytes by, and on what evidence."""
    if stated is not None:
        return EncodingChoice(keeps_mark(stated, raw), "stated for this file in the case")
    return next(_certain(raw), None) or _likeliest(raw[:SAMPLE])


def keeps_mark(encoding: str, raw: bytes) -> str:
    """Name the codec that keeps the byte order mark, so that offsets count it."""
    name = encoding.lower().replace("_", "-")
    if name in {"utf-8-sig", "utf8-sig"}:
        return "utf-8"
    if name in {"utf-16", "utf16"}:
        return "utf-16-be" if raw.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return name


def _certain(raw: bytes) -> Iterator[EncodingChoice]:
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            yield EncodingChoice(encoding, "it begins with the byte order mark")
    head = raw[:SAMPLE]
    if any(escape in head for escape in _ESCAPES) and errors_in(raw, "iso2022_jp") == 0:
        yield EncodingChoice("iso2022_jp", "it holds the escapes of ISO-2022-JP, and all is read")
    if b"\0" not in head and errors_in(raw, "utf-8") == 0:
        yield EncodingChoice("utf-8", "every byte is UTF-8")
    named = _META_CHARSET.search(raw[:4096])
    name = named[1].decode("ascii").lower() if named else ""
    if name and errors_in(raw, name) == 0:
        yield EncodingChoice(name, "the page states it, and all is read")


def _likeliest(sample: bytes) -> EncodingChoice:
    tried = tuple(sorted((_try(sample, e) for e in CANDIDATES), key=lambda t: -t.score))
    best, second = tried[0], tried[1]
    if best.score < _WRITING:
        return EncodingChoice("utf-8", "no encoding makes writing of it", sure=False, tried=tried)
    because = "its characters look most like writing among the encodings tried"
    return EncodingChoice(best.encoding, because, best.score - second.score >= _CLEAR, tried)


def errors_in(raw: bytes, encoding: str) -> int:
    """Count the places that an encoding cannot read; all of them where there is no such codec."""
    try:
        return 0 if raw.decode(encoding).isascii() else _lone_surrogates(raw, encoding)
    except LookupError:
        return max(1, len(raw))
    except (UnicodeError, ValueError):
        return max(1, raw.decode(encoding, "replace").count("\ufffd"))


def _lone_surrogates(raw: bytes, encoding: str) -> int:
    """Escapes such as UTF-7's and unicode_escape's can name characters that are none."""
    text = raw.decode(encoding)
    return len(re.findall("[\ud800-\udfff]", text))


def _try(sample: bytes, encoding: str) -> Tried:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(sample)  # not final: the sample may end within a character
    return Tried(encoding, text.count("\ufffd"), round(_likeness(text, encoding, sample), 3))


def _likeness(text: str, encoding: str, sample: bytes) -> float:
    """Rate characters from -1 (noise) to 1 (writing of the scripts that the encoding is for).

    ASCII says nothing, save in UTF-16, where half of its bytes are NUL.
    """
    others = len(text) - len(_ASCII.findall(text))
    ascii_share = 1 - others / max(1, len(text))
    if encoding.startswith("utf-16"):
        return _utf16_likeness(text, ascii_share, others, sample)
    if not others:
        return 0.0
    return _rated(text, encoding) / others


def _utf16_likeness(text: str, ascii_share: float, others: int, sample: bytes) -> float:
    if sample.count(0) * 5 > len(sample):
        return ascii_share
    known = len(_KANA.findall(text)) + len(_WIDE.findall(text)) + 0.4 * len(_HAN.findall(text))
    # Without one kana, blank or stop, East Asian characters are what any two bytes would give.
    told = len(_KANA.findall(text)) + len(_WIDE.findall(text)) + text.count("\n")
    return known / max(1, others) if told else -1.0


def _rated(text: str, encoding: str) -> float:
    """Add up what speaks for an encoding; kana stand in GB 18030 too, and mean Japanese."""
    odd, half = len(_ODD.findall(text)), len(_HALF_KANA.findall(text))
    if encoding == "cp1252":
        latin = len(_LATIN.findall(text))
        rest = sum(1 for c in text if c > "~") - latin
        return 0.9 * latin - rest - 2 * odd
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    wide = len(_WIDE.findall(text)) + (len(_LATIN.findall(text)) if encoding == "utf-8" else 0)
    return (
        wide
        + (-kana if encoding == "gb18030" else kana)
        + _han_weight(text, encoding, han)
        - 2 * odd
        - half
    )


def _han_weight(text: str, encoding: str, han: int) -> float:
    if encoding == "utf-8":
        return han
    common = _CHINESE if encoding == "gb18030" else _JAPANESE
    return 0.4 * han + 0.6 * min(han, 4 * sum(1 for c in text if c in common))
