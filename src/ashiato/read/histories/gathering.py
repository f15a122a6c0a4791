"""Records in the making, with what could not be used counted and cited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ashiato.core.claims import Claim
from ashiato.core.evidence import Citation, Problem, RecordLocator, quoted
from ashiato.core.records import Record
from ashiato.core.sources import Intake
from ashiato.core.time import Moment
from ashiato.read.told import claims_of

MOST_QUOTED = 4096
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Record ``number`` (from 1) of a file and its bytes ``[offset, +length)``."""

    number: int
    offset: int
    length: int


@dataclass(slots=True)
class Gathering:
    """The records of one file on their way."""

    raw: bytes
    intake: Intake
    codec: str | None = None
    records: list[Record] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    _found: dict[tuple[str, str], Problem] = field(default_factory=dict)

    def add(
        self, kind: str, fields: Mapping[str, str], times: Mapping[str, Moment], piece: Piece
    ) -> None:
        """Keep a record and what it claims; empty fields are left out, clocks set right."""
        ahead = timedelta(seconds=self.intake.clock_offset)
        told = {name: " ".join(text.split()) for name, text in sorted(fields.items())}
        record = Record(
            kind,
            {name: text for name, text in told.items() if text},
            {name: moment.shift(-ahead) for name, moment in sorted(times.items())},
            self.intake.source.id,
            self.cite(piece),
        )
        self.records.append(record)
        self.claims.extend(claims_of(record, self.intake.source))

    def cite(self, piece: Piece, most: int | None = None) -> Citation:
        """Lead back to the bytes of a piece."""
        length = min(piece.length, most or piece.length)
        locator = RecordLocator(piece.number, piece.offset, length, self.codec)
        quote = quoted(self.raw[piece.offset : piece.offset + length])
        return Citation(self.intake.exhibit, self.intake.path, locator, quote)

    def note(self, kind: str, message: str, piece: Piece, remedy: str = "") -> None:
        """Count what could not be used; the first place is cited."""
        before = self._found.get((kind, message))
        cited = before.citation if before else self.cite(piece, MOST_QUOTED)
        count = before.count + 1 if before else 1
        told = remedy or "look at the cited place; ask the source for a mended copy"
        self._found[kind, message] = Problem(kind, self.intake.path, message, told, count, cited)

    def problems(self) -> tuple[Problem, ...]:
        """Give what could not be used, sorted."""
        return tuple(self._found[key] for key in sorted(self._found))


def second(instant: datetime) -> Moment | None:
    """Give the second that an instant names; ``None`` at the end of the calendar."""
    try:
        start = instant.astimezone(UTC)
        return Moment(start, start + SECOND)
    except (OverflowError, ValueError):
        return None
