"""The rules of the hunt, parsed once: they are asked for every indicator and organisation."""

from functools import cache
from typing import Any

from ashiato.knowledge import load


@cache
def rules(section: str) -> dict[str, Any]:
    """Give one section of knowledge/hunting.toml; nobody writes into it."""
    found: dict[str, Any] = load("hunting")[section]
    return found
