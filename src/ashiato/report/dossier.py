"""Write the dossier: every file, or none."""

import codecs
import shutil
from collections.abc import Mapping
from pathlib import Path

from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.evidence import (
    Citation,
    LineLocator,
    PageBoxLocator,
    Resolver,
    SpanLocator,
)
from ashiato.report.machine import machine_files
from ashiato.report.page import page
from ashiato.report.rows import citations_of
from ashiato.report.veil import veiled

_KNOWN_BY = "verdict.json"
"""The file by which an existing folder is known to be a dossier."""
_MARK = "\ufeff"
_ORDERS = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
"""A piece from the middle carries no byte order mark: it is read in both orders."""
_STATEFUL = ("iso2022", "hz", "utf-7")
"""Encodings in which a piece means nothing without what stands before it."""


def write_dossier(
    case: AssessedCase,
    out: Path,
    *,
    resolver: Resolver,
    beside: Mapping[str, bytes] | None = None,
) -> tuple[Path, ...]:
    """Write the dossier of ``case`` into the folder ``out`` and give its files, sorted.

    The folder is built beside ``out`` and takes its place when it is whole: a reader finds the old
    dossier or the new one. ``beside`` are files of the caller that belong to it (``custody.json``).
    Whatever else lies in an earlier dossier stays there.

    Raises:
        BadInput: ``out`` holds other things and no dossier.
        IntegrityFailure: a quote is not what the sealed bytes say at its place.

    """
    _check_target(out)
    check_quotes(case, resolver)
    masked = veiled(case)
    files = {**machine_files(masked), "index.html": page(masked), **(beside or {})}
    _replace_folder(out, files)
    return tuple(out / name for name in sorted(files))


def check_quotes(case: AssessedCase, resolver: Resolver) -> None:
    """Lead every quote of a claim back to its bytes before anybody reads it."""
    for citation in citations_of(case.claims):
        locator = citation.locator
        if isinstance(locator, PageBoxLocator) or getattr(locator, "member", None):
            continue  # these name no bytes of the exhibit that could be compared
        sealed = resolver.resolve(citation)
        if isinstance(locator, SpanLocator | LineLocator):
            _compare(citation, sealed, locator.encoding)


def _compare(citation: Citation, sealed: bytes, encoding: str) -> None:
    name = codecs.lookup(encoding).name
    if name.startswith(_STATEFUL):
        return
    readings = [sealed.decode(reading, "replace") for reading in _ORDERS.get(name, (name,))]
    if citation.quote.removeprefix(_MARK) not in {text.removeprefix(_MARK) for text in readings}:
        where = f"{citation.path}: {citation.locator!r}"
        raise IntegrityFailure(f"{where} holds {sealed!r}, and the claim quotes {citation.quote!r}")


def _check_target(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput("is a file, not a folder", path=str(out), remedy="name another folder")
    if out.exists() and any(out.iterdir()) and not (out / _KNOWN_BY).exists():
        raise BadInput(
            "holds other things and no dossier",
            path=str(out),
            remedy="name an empty or a new folder",
        )


def _replace_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Swap by renaming: the only moment without a dossier lies between two renames.

    A run killed in that moment leaves the earlier dossier under its other name; the next run
    puts it back before it begins.
    """
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    out.parent.mkdir(parents=True, exist_ok=True)
    if old.exists() and not out.exists():
        old.rename(out)
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    _fill(new, files, earlier=out)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _fill(new: Path, files: Mapping[str, bytes], *, earlier: Path) -> None:
    new.mkdir()
    for name, data in files.items():
        (new / name).write_bytes(data)
    for other in earlier.iterdir() if earlier.is_dir() else ():
        if other.name not in files:
            copy = shutil.copytree if other.is_dir() else shutil.copy2
            copy(other, new / other.name)
