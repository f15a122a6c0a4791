"""The header that a syslog puts before a message: RFC 3164, RFC 5424, or an ISO 8601 instant.

Read for formats whose messages are drawn line by line; ``bind`` and ``sshd`` read theirs in
columns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ashiato.read.logs.drawn import Drawn

_3164 = (
    r"(?P<date>[JFMASOND][a-z]{2} +\d{1,2}(?: \d{4})?) "
    r"(?P<clock>\d\d:\d\d:\d\d)(?P<rest>(?:\.\d{1,9})?)"
)
_ISO = (
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d:\d\d)"
    r"(?P<rest>(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
)
_OLD = re.compile(rf"(?:<\d{{1,3}}>)?{_3164}:? +(?P<machine>[^ ]+) +(?P<message>.*)")
_NEW = re.compile(
    rf"<\d{{1,3}}>1 {_ISO} (?P<machine>[^ ]+) (?P<app>[^ ]+) (?P<pid>[^ ]+) [^ ]+ "
    r"(?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?\ufeff?(?P<message>.*)"
)
_PLAIN = re.compile(rf"(?:<\d{{1,3}}>)?{_ISO} +(?P<machine>[^ ]+) +(?P<message>.*)")


@dataclass(frozen=True, slots=True)
class Head:
    """A syslog header: the instant as written, the machine, and the message with its tag."""

    date: str
    clock: str
    rest_of_time: str
    machine: str
    message: str

    def drawn(self, kind: str, columns: Mapping[str, str | None]) -> Drawn:
        """Make a row of what the message says."""
        return Drawn(kind, self.date, self.clock, self.rest_of_time, columns)


def head_of(written: str) -> Head | None:
    """Read the header of a line; ``None`` where it has none."""
    for shape in (_NEW, _OLD, _PLAIN):
        found = shape.fullmatch(written)
        if found:
            message = found["message"]
            if shape is _NEW:
                pid = "" if found["pid"] == "-" else f"[{found['pid']}]"
                message = f"{found['app']}{pid}: {message}"
            return Head(found["date"], found["clock"], found["rest"], found["machine"], message)
    return None
