"""The line between us and the warm process: messages, and descriptors beside them.

It is a pair of nameless Unix sockets, for want of another way to hand over an open file; nothing
here has an address or can reach another machine, and this is the one file that knows sockets.
"""

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any, Self

from ashiato.read.sandbox.outcome import JSON, Limits

_LENGTH, _FILES = 4, 2


@dataclass(frozen=True, slots=True)
class Order:
    """Run one parser on one source."""

    parser: str
    arguments: dict[str, JSON]
    limits: Limits
    allow_unconfined: bool


@dataclass(frozen=True, slots=True)
class Report:
    """How the child went: its wait status and CPU seconds; or why none was started.

    ``refused``: there is no sandbox here; ``failed``: the parser cannot be imported, or the child
    went on after cutting its line and was killed.
    """

    status: int = 0
    cpu: float = 0.0
    refused: str = ""
    failed: str = ""


class Line:
    """One end of the line."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Make both ends."""
        ours, theirs = socket.socketpair()
        return cls(ours), cls(theirs)

    @classmethod
    def inherited(cls, descriptor: int) -> Self:
        """Take the end that was left open for this process."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        """Give the descriptor, to wait on."""
        return self._end.fileno()

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    def order(self, order: Order, files: tuple[int, int]) -> None:
        """Send an order with its source and its result's pipe."""
        self._send(asdict(order), files)

    def taken(self) -> tuple[Order, list[int]]:
        """Take an order; raises `EOFError` where the other side hung up."""
        message, files = self._receive()
        return Order(**{**message, "limits": Limits(**message["limits"])}), files

    def report(self, report: Report) -> None:
        """Tell how it went."""
        self._send(asdict(report), ())

    def heard(self) -> Report:
        """Hear how it went; raises `EOFError` where the other side hung up."""
        return Report(**self._receive()[0])

    def nod(self) -> None:
        """Say that the child may go, once for each."""
        self._end.sendall(b"D")

    def nodded(self) -> None:
        """Wait for the nod."""
        self._exactly(1)

    def _send(self, message: dict[str, Any], files: tuple[int, ...]) -> None:
        data = json.dumps(message).encode()
        socket.send_fds(self._end, [len(data).to_bytes(_LENGTH, "big")], files)
        self._end.sendall(data)

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        head, files, _, _ = socket.recv_fds(self._end, _LENGTH, _FILES)
        size = head + self._exactly(_LENGTH - len(head))
        message: dict[str, Any] = json.loads(self._exactly(int.from_bytes(size, "big")))
        return message, files

    def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            if not (more := self._end.recv(size - len(found))):
                raise EOFError
            found += more
        return bytes(found)
