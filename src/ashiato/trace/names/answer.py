"""What is said of two names: three values, the readings that met, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Value(StrEnum):
    """How far two names agree; never who bears them."""

    EQUAL = "equal"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which the names meet: the system of reading or spelling, and the sound or form."""

    system: str
    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer. ``compared`` is false where nothing can be said, which is not "different"."""

    value: Value
    readings: tuple[Reading, ...]
    because: str
    compared: bool = True
