"""How long work reports itself; the command line gives it a bar, tests give it nothing."""

from typing import Protocol


class Progress(Protocol):
    """Receives how far the work is. Units are the work's own (bytes, records, exhibits)."""

    def start(self, label: str, total: int, unit: str) -> None:
        """Begin a stretch of work of ``total`` units."""
        ...

    def advance(self, units: int) -> None:
        """Say that so many more units are done."""
        ...

    def done(self) -> None:
        """End the stretch."""
        ...


class Silent:
    """A progress that nobody watches."""

    def start(self, label: str, total: int, unit: str) -> None:
        """Ignore it."""

    def advance(self, units: int) -> None:
        """Ignore it."""

    def done(self) -> None:
        """Ignore it."""
