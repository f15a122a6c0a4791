"""Invented proxy logs for tests of reading many of them."""

import gzip
from pathlib import Path

INDICATORS = "203.0.113.66\n"


def log(first: int, lines: int) -> bytes:
    """Write lines numbered from ``first``; each tenth reaches the sought address."""
    shape = (
        b"%d.000 1 10.0.0.%d TCP_MISS/200 %d GET http://h%d.example/%d - DIRECT/203.0.113.%d t\n"
    )
    return b"".join(
        shape % (1_924_992_000 + n, n % 9, n, n % 7, n, 66 if n % 10 == 0 else 1)
        for n in range(first, first + lines)
    )


def write_logs(folder: Path, logs: dict[str, bytes]) -> None:
    """Write each log under its name; one that ends in ``.gz`` is packed."""
    for name, data in logs.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
