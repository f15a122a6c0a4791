"""Chance with a name: each drawn thing has its own stream, so adding one disturbs no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from numpy.random import PCG64, Generator

from ashiato.core.canonical import canonical_json

T = TypeVar("T")


def stream(seed: int, *name: str | int) -> Generator:
    """Open the random stream that belongs to ``name`` in the exercise ``seed``."""
    digest = sha256(canonical_json([seed, *name])).digest()
    return Generator(PCG64(int.from_bytes(digest[:16], "big")))


def whole(rng: Generator, low: int, high: int) -> int:
    """Draw a whole number from ``low`` up to, not including, ``high``."""
    return int(rng.integers(low, high))


def pick(rng: Generator, options: Sequence[T]) -> T:
    """Draw one of ``options``."""
    return options[whole(rng, 0, len(options))]


def weighed(rng: Generator, shares: Mapping[str, float]) -> str:
    """Draw one key of ``shares`` by its weight."""
    return str(rng.choice(list(shares), p=[w / sum(shares.values()) for w in shares.values()]))


def between(rng: Generator, ends: Sequence[float]) -> float:
    """Draw a number between two ends."""
    return ends[0] + float(rng.random()) * (ends[1] - ends[0])


def some(rng: Generator, options: Sequence[T], count: int) -> list[T]:
    """Draw ``count`` different ones of ``options``, in drawn order."""
    return [options[i] for i in rng.permutation(len(options))[:count]]


def moment(rng: Generator, start: datetime, first_day: float, last_day: float) -> datetime:
    """Draw an instant between two numbers of days after ``start``, to the second."""
    span = first_day + float(rng.random()) * (last_day - first_day)
    return start + timedelta(seconds=round(span * 86_400))


def daytime(rng: Generator, start: datetime, first_day: float, last_day: float) -> datetime:
    """Draw an instant between 06:00 and 12:00 UTC: it has one date in every zone of an exercise."""
    day = start + timedelta(days=whole(rng, int(first_day), int(last_day) + 1))
    return day + timedelta(seconds=whole(rng, 6 * 3600, 12 * 3600))
