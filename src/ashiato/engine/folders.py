"""Finding an exhibit's files among many folders quickly; a store has thousands of them."""

import os
from collections.abc import Iterator
from pathlib import Path

FEW = 256
"""Rows with which a file is small: it is then written plainly, as dictionaries and packing take
longer than they save."""


def below(root: Path, depth: int) -> Iterator[Path]:
    """Give the folders that lie so many levels below a folder; none where it does not exist."""
    yield from (Path(found) for found in _below(str(root), depth))


def beginning(root: Path, depth: int, start: str) -> Iterator[Path]:
    """Give the files whose names begin so, in folders so many levels below a folder."""
    for folder in _below(str(root), depth):
        yield from (Path(e.path) for e in _entries(folder) if e.name.startswith(start))


def _below(root: str, depth: int) -> Iterator[str]:
    if not depth:
        yield root
        return
    for entry in _entries(root):
        if entry.is_dir():
            yield from _below(entry.path, depth - 1)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []
