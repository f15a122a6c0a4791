"""Load one pack by name; name it by its hash, so that a changed pack redoes what used it."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any


@cache
def _bytes(name: str) -> bytes:
    return files("ashiato.knowledge").joinpath(f"{name}.toml").read_bytes()


def load(name: str) -> dict[str, Any]:
    """Give the pack ``name`` (its file is ``name.toml`` beside this module), freshly parsed."""
    return tomllib.loads(_bytes(name).decode())


def digest(name: str) -> str:
    """Give the SHA-256 of the pack's bytes (hex), for cache keys and for the printed settings."""
    return sha256(_bytes(name)).hexdigest()
