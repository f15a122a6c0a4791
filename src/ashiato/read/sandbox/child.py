"""The forked child: walls up, one parser, its frames, and an end; it never returns."""

import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NoReturn

from ashiato.read.sandbox import walls
from ashiato.read.sandbox.outcome import JSON, Ending, Limits, Refused
from ashiato.read.sandbox.strict import END, VALUE, TooMuch, pack

REASON = 300
"""Characters a reason may have."""
SOURCE, RESULT, LIFE = 3, 4, 5
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_NO_MEMORY = pack(END, {"ending": Ending.OUT_OF_MEMORY, "reason": "it asked for too much memory"})


def run(
    parser: Callable[[BinaryIO, Mapping[str, JSON]], Iterator[JSON]],
    arguments: Mapping[str, JSON],
    limits: Limits,
    *,
    files: tuple[int, ...],
    rules: int | None,
) -> NoReturn:
    """Confine this process, run the parser on the source, write frames and the end, and exit."""
    try:
        last = _confined(files, limits, rules) or _parse(parser, arguments, limits)
        _write(last)
    finally:
        os._exit(0)


def _confined(files: tuple[int, ...], limits: Limits, rules: int | None) -> bytes:
    try:
        kept = _arrange(files, rules)
        walls.limit(limits)
        walls.drop_privileges()
        if kept is not None:
            walls.confine(kept)
            os.close(kept)
    except (OSError, ValueError) as error:
        return _end(Ending.REFUSED, f"the sandbox could not be closed: {error}")
    return b""


def _arrange(files: tuple[int, ...], rules: int | None) -> int | None:
    """Keep three descriptors under fixed numbers, and the rules; close every other one."""
    wanted = [*files] if rules is None else [*files, rules]
    high = [_above(file) for file in wanted]
    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    for number, file in enumerate(high, SOURCE):
        os.dup2(file, number)
    os.closerange(SOURCE + len(high), os.sysconf("SC_OPEN_MAX"))
    return None if rules is None else SOURCE + len(files)


def _above(file: int) -> int:
    """Copy a descriptor out of the way of the fixed numbers."""
    import fcntl  # noqa: PLC0415 - there is none on Windows, which never forks

    return fcntl.fcntl(file, fcntl.F_DUPFD, 64)


def _parse(
    parser: Callable[[BinaryIO, Mapping[str, JSON]], Iterator[JSON]],
    arguments: Mapping[str, JSON],
    limits: Limits,
) -> bytes:
    written = 0
    try:
        stream = io.BufferedReader(io.FileIO(SOURCE, closefd=False))
        for frame in parser(stream, arguments):
            data = pack(VALUE, frame)
            written += len(data)
            if written > limits.output:
                raise TooMuch(f"the result has more than {limits.output} bytes")  # noqa: TRY301
            _write(data)
    except MemoryError:
        return _NO_MEMORY
    except (Refused, TooMuch) as error:
        return _end(Ending.REFUSED, str(error))
    except BaseException as error:  # noqa: BLE001 - parsers leak every kind, SystemExit too
        return _end(Ending.CRASHED, f"{type(error).__name__}: {error}")
    return _end(Ending.OK, "")


def _end(ending: Ending, reason: str) -> bytes:
    return pack(END, {"ending": ending, "reason": plain_reason(reason)})


def plain_reason(text: str) -> str:
    """Make one short line of a message, without addresses in memory, which differ at every run."""
    line = " ".join(_ADDRESS.sub("0x...", text).split())
    return line.encode(errors="replace").decode()[:REASON]


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(RESULT, rest) :]
