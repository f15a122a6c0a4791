"""Hostile files, made on the spot: small for every run, large for `make torture`."""

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

LINE = b"The agency said on Monday that nobody was hurt and nothing was taken from relay.example.\n"
OVERRIDES = "\u202e\u202d\u2066\u2067\u2068\u2069\u200b\u200e\u200f\u2060\ufeff\u00ad"


def prose(size: int) -> bytes:
    """Sentences of dull English, ``size`` bytes in lines."""
    return (LINE * (size // len(LINE) + 1))[:size]


def one_line(size: int) -> bytes:
    """The same without a single line end."""
    return prose(size).replace(b"\n", b" ")


def tags(count: int) -> bytes:
    """A page that opens a tag ``count`` times and closes none, with words at its end."""
    return b"<html><body>" + b"<div>" * count + b"<p>The agency said that nothing was taken.</p>"


def flat_tags(count: int) -> bytes:
    """A page of ``count`` small elements side by side."""
    return b"<html><body>" + b"<b>a</b> " * (count // 2) + b"</body></html>"


def many_attributes(count: int) -> bytes:
    """A page whose one element has ``count`` attributes, all of one name."""
    return b"<html><body><p " + b"a='b' " * count + b">words</p></body></html>"


def nested_zips(depth: int) -> bytes:
    """An archive in an archive, ``depth`` times, a text in the innermost."""
    data, name = prose(200), "note.txt"
    for level in range(depth):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_entry(name), data)
        data, name = held.getvalue(), f"{level}.zip"
    return data


def wide_zip(members: int, size: int) -> bytes:
    """An archive of ``members`` files that unpack to ``size`` bytes each."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(_entry(f"{number}.txt"), bytes(size))
    return held.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (2031, 1, 1, 0, 0, 0))
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def turned_round(count: int) -> bytes:
    """Text full of marks that turn it round or hide it."""
    said = (f"The agency{m}said that{m} nothing was taken.\n" for m in OVERRIDES * count)
    return "".join(said).encode()


def combining(count: int) -> bytes:
    """One letter under ``count`` accents."""
    return ("a" + "\u0301" * count + " said so.").encode()


HEADERS = b"".join(
    line + b"\r\n"
    for line in (
        b"From: mori@relay.example",
        b"To: ito@relay.example",
        b"Subject: note",
        b"Date: Mon, 3 Mar 2031 09:00:00 +0000",
        b"MIME-Version: 1.0",
    )
)


def nested_mail(depth: int) -> bytes:
    """A message in a message, ``depth`` times."""
    data = HEADERS + b"\r\nThe agency said that nothing was taken.\r\n"
    for _ in range(depth):
        data = HEADERS + b"Content-Type: message/rfc822\r\n\r\n" + data
    return data


def many_parts(count: int) -> bytes:
    """A message of ``count`` parts."""
    head = HEADERS + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    return head + b"--x\r\nContent-Type: text/plain\r\n\r\nwords\r\n" * count + b"--x--\r\n"


def deep_pdf(depth: int) -> bytes:
    """A PDF whose page tree is its own parent, with arrays ``depth`` deep."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9999999>>endobj\n"
        b"3 0 obj" + b"[" * depth + b"]" * depth + b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def entities(depth: int) -> bytes:
    """A DOCX whose body doubles an entity ``depth`` times."""
    declared = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "laugh"}">' for n in range(depth)
    )
    body = (
        f'<?xml version="1.0"?><!DOCTYPE d [{declared}]><w:document xmlns:w="{WORD}"><w:body>'
        f"<w:p><w:r><w:t>&e{depth - 1};</w:t></w:r></w:p></w:body></w:document>"
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(_entry("[Content_Types].xml"), "<Types/>")
        archive.writestr(_entry("word/document.xml"), body)
    return held.getvalue()


SMALL = {
    "text": prose(20_000),
    "one line": one_line(20_000),
    "deep tags": tags(3_000),
    "flat tags": flat_tags(10_000),
    "attributes": many_attributes(5_000),
    "nested zips": nested_zips(12),
    "wide zip": wide_zip(1_100, 10),
    "zip of nothing": wide_zip(2, 40 << 20),
    "turned round": turned_round(4),
    "combining": combining(20_000),
    "nested mail": nested_mail(30),
    "mail of parts": many_parts(500),
    "deep pdf": deep_pdf(2_000),
    "entities": entities(9),
}
"""Each of the large ones in small, for every run of the tests."""


def damaged(data: bytes, name: str) -> Iterator[bytes]:
    """Give one copy cut short and one with a handful of bits turned, the same at every run."""
    draws = random.Random(name)  # noqa: S311 - a seed, not a secret
    yield data[: draws.randrange(1, max(2, len(data)))]
    flipped = bytearray(data)
    for _ in range(min(8, len(data))):
        flipped[draws.randrange(len(data))] ^= 1 << draws.randrange(8)
    yield bytes(flipped)


def hostile_pdfs(folder: Path) -> list[Path]:
    """List the hostile PDFs of the real inputs."""
    return sorted((folder / "hostile" / "pdf").glob("*.pdf"))
