"""Results of steps under the hash of their inputs; deleting them loses nothing but time."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from ashiato.core.canonical import canonical_json, content_id, from_plain, to_plain

T = TypeVar("T")


@cache
def code_digest(*parts: str) -> str:
    """Hash the source and data of some parts of the house, so that changed code redoes its work."""
    house = Path(str(files("ashiato")))
    found = sha256()
    for part in parts:
        for path in sorted((house / part).rglob("*")):
            if path.suffix in {".py", ".toml", ".css", ".json", ".npz"}:
                found.update(path.relative_to(house).as_posix().encode())
                found.update(path.read_bytes())
    return found.hexdigest()[:16]


def step_key(step: str, parts: tuple[str, ...], *inputs: object) -> str:
    """Name a step's result by its code, its knowledge and its inputs."""
    return content_id([step, code_digest("core", "knowledge", *parts), list(inputs)], 32)


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of results. A damaged or half-written one counts as absent."""

    root: Path

    def path(self, step: str, key: str) -> Path:
        """Where the result of ``step`` under ``key`` lies."""
        return self.root / step / f"{key}.json"

    def get(self, step: str, key: str, kind: type[T]) -> T | None:
        """Give the stored result, or ``None`` where there is none that can be read."""
        try:
            data = json.loads(self.path(step, key).read_bytes())
            found: T = from_plain(kind, data)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found

    def put(self, step: str, key: str, value: object) -> None:
        """Store a result whole or not at all; a cache that may not be written stores nothing."""
        with suppress(PermissionError):
            write_whole(self.path(step, key), canonical_json(value))

    def once(self, step: str, key: str, kind: type[T], work: Callable[[], T]) -> T:
        """Give the stored result, or do the work and store it.

        Fresh work goes through its plain form too: a later step must not see more decimals of a
        number on the day it was made than it would from the cache.
        """
        found = self.get(step, key, kind)
        if found is not None:
            return found
        made = work()
        self.put(step, key, made)
        again: T = from_plain(kind, to_plain(made))
        return again

    def note(self, name: str) -> Any:  # noqa: ANN401 - plain JSON
        """Read a small note that saves work (never evidence); ``None`` where there is none."""
        try:
            return json.loads((self.root / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def keep_note(self, name: str, data: object) -> None:
        """Keep a small note."""
        write_whole(self.root / f"{name}.json", canonical_json(data))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a kill leaves the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        half.write_bytes(data)
        half.replace(path)
    except OSError:  # a full disk keeps no half
        half.unlink(missing_ok=True)
        raise
