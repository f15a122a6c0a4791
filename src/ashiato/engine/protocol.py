"""What an engine answers about the lake: the one door through which the stages ask for sets.

DuckDB is the default and the reference. Another engine is right when it gives the same rows in the
same order: the tests of the engine and of the hunt are the contract.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Indicator, Login, ObservableType, SightingStatus
from ashiato.engine.custody import Custody
from ashiato.engine.pivots import Anchor, Companion, Reach
from ashiato.engine.volumes import Chosen

SOURCE_PREFIX = "source:"
"""Rows of ``source:<id>`` are a source's own logs (a provider's login records): nobody's victim."""
REPEATED = "same record delivered twice"
"""Why a record counts in one exhibit only."""
SEARCHABLE = frozenset(
    {
        ObservableType.IP,
        ObservableType.CIDR,
        ObservableType.DOMAIN,
        ObservableType.URL,
        ObservableType.URL_PREFIX,
        ObservableType.MD5,
        ObservableType.SHA1,
        ObservableType.SHA256,
        ObservableType.ACCOUNT,
        ObservableType.EMAIL,
        ObservableType.FILE,
        ObservableType.PATH,
        ObservableType.USER_AGENT,
    }
)
"""Types of observable for which the lake has a column; a sweep passes the others over."""


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A row of an organisation's log that meets an indicator in one field, inside or outside.

    ``status`` compares the row's time with the indicator's window; ``reason`` says why an excluded
    row does not count. ``host`` is the organisation's own machine, empty where the log has none.
    """

    indicator: str
    org: str
    ts: datetime
    exhibit: str
    locator: RecordLocator
    host: str
    kind: str
    matched_field: str
    matched_value: str
    status: SightingStatus
    reason: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What one organisation's logs of one kind cover.

    ``days`` holds the first and the last row of every UTC day that has rows, in order: silence
    between two days is no coverage.
    """

    org: str
    kind: str
    first: datetime
    last: datetime
    rows: int
    hosts: int
    days: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often one machine of an organisation contacted one name or address, by one kind of log.

    ``micros`` are the instants (UTC, ascending), ``sent`` the bytes sent each time (NaN where the
    log does not say), ``denied`` says which of them the log calls refused. ``visitors`` of
    ``machines`` machines of the organisation contacted it too.
    ``exhibit`` and ``locator`` lead to the first record.
    """

    org: str
    kind: str
    src: str
    dst: str
    micros: NDArray[np.int64]
    sent: NDArray[np.float64]
    denied: NDArray[np.bool_]
    visitors: int
    machines: int
    exhibit: str
    locator: RecordLocator


@dataclass(frozen=True, slots=True)
class Flows:
    """What the machines of one organisation sent to whom on which day, by one kind of log.

    Arrays of one length, sorted by machine, destination and day. ``src`` and ``dst`` count into
    ``machines`` and ``names``, ``domains`` holds the registered domain of each name (or ``""``);
    ``day`` counts days since 1970 UTC, ``hours`` in how many hours of the day there was a call,
    ``denied`` the calls that were refused; ``sent`` and ``received`` are bytes (NaN where the log
    does not say), ``first`` and ``last`` microseconds since 1970 UTC.
    """

    org: str
    kind: str
    machines: tuple[str, ...]
    names: tuple[str, ...]
    domains: tuple[str, ...]
    src: NDArray[np.int64]
    dst: NDArray[np.int64]
    day: NDArray[np.int64]
    calls: NDArray[np.int64]
    sent: NDArray[np.float64]
    received: NDArray[np.float64]
    hours: NDArray[np.int64]
    denied: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Session:
    """Connections of one machine to one destination that follow one another, taken as one.

    ``begins`` and ``ends`` are microseconds since 1970 UTC, ``pieces`` how many connections it is
    glued from, ``sent`` and ``received`` bytes (None where the log does not say).
    """

    org: str
    kind: str
    src: str
    dst: str
    begins: int
    ends: int
    pieces: int
    sent: float | None
    received: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pair whose records are to be cited, between two instants (microseconds, inclusive)."""

    org: str
    kind: str
    src: str
    dst: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A record that speaks for the ``number``-th thing that was to be cited."""

    number: int
    us: int
    exhibit: str
    locator: RecordLocator


class LineReader(Protocol):
    """Gives the exact text of one record of a sealed log."""

    def __call__(self, exhibit: str, locator: RecordLocator, /) -> str:
        """Return the record's line, decoded, without its line end."""
        ...


class Engine(Protocol):
    """The verbs. Every answer is sorted by content and the same on every engine."""

    def sweep(self, indicators: Sequence[Indicator]) -> Iterator[MatchRow]:
        """Find every row of an organisation that meets an indicator; once for each matched field.

        Domains meet themselves and their subdomains, addresses and ranges the destination, the
        source and the answers to a name, URLs their normal form, beginnings of URLs (``.../*``)
        the normal forms that begin so, hashes and accounts themselves, e-mail addresses senders,
        receivers and users, user agents themselves in any case, file names the last part of a
        path, paths themselves (those of Windows in any case). The window decides the status and
        never drops a row. A record delivered in two exhibits counts in the exhibit with the lowest
        hash and is excluded in the others.

        The rows come by organisation, time, exhibit, record, field and indicator; everything is
        found before the first is given, and few are held as Python's values at a time. A next
        sweep ends this one: what is not read by then raises ``RuntimeError``.
        """
        ...

    def coverage(self) -> Sequence[CoverageRow]:
        """Say what the logs cover, by organisation and kind; sources' own logs included."""
        ...

    def logins(
        self,
        sources: Sequence[str] = (),
        *,
        paths: Mapping[str, str] | None = None,
        read_line: LineReader | None = None,
    ) -> tuple[Login, ...]:
        """Give the log-ins in the logs of ``sources`` (empty: of every ``source:<id>``), by time.

        ``paths`` maps exhibit to path. Without ``read_line`` the citations carry no quote.
        """
        ...

    def contacts(self, least: int, refusals: Sequence[str] = ()) -> Iterator[Contacts]:
        """Give each pair of machine and destination with at least ``least`` instants, sorted.

        ``refusals`` are the words (lower case) by which a log says that it let a call not pass.
        One organisation and kind of log at a time, so that memory does not grow with the lake.
        """
        ...

    def volumes(self, records: Iterable[Chosen]) -> Mapping[int, tuple[int | None, int | None]]:
        """Add up the bytes sent and received in chosen records, by the number of their cell.

        ``None`` where no record of the cell says; cells whose records the lake lacks are left out.
        """
        ...

    def company(self, anchors: Iterable[Anchor], reach: Reach) -> tuple[int, Sequence[Companion]]:
        """Say what hit machines contacted around their sightings, and who else did.

        Gives how many names and addresses were compared, and those that few machines not hit
        contacted, sorted by type and name. Sources' own logs are left out.
        """
        ...

    def flows(self, refusals: Sequence[str] = ()) -> Iterator[Flows]:
        """Sum up who sent how much to whom by day, one organisation and kind of log at a time.

        ``refusals`` are the words (lower case) by which a log says that it let a call not pass.
        An event delivered in two exhibits counts once.
        """
        ...

    def sessions(
        self, ended: Sequence[str], *, piece: float, gap: float, least: float
    ) -> Iterator[Session]:
        """Give the sessions of at least ``least`` seconds, sorted by pair and time.

        Glued are connections of ``piece`` seconds or more with at most ``gap`` seconds between
        them; ``ended`` are the parsers whose logs write a connection when it ends.
        """
        ...

    def cited(self, wanted: Sequence[Wanted]) -> Sequence[CitedRow]:
        """Give the first, last, largest and longest record of each, by number and time."""
        ...

    def custody(self, events: pa.Table, claims: pa.Table) -> Custody:
        """Say which claims of custody hold at the instant of each event, possibly or certainly.

        ``events`` and ``claims`` are laid out by `ashiato.engine.custody`; the lake is not asked.

        Raises:
            TooLarge: an asset has too many claims at one instant.

        """
        ...

    def index_claims(self, claims: pa.Table) -> Sequence[tuple[int, int]]:
        """Lay claims of custody out once, for `verdicts` of any number of events.

        ``claims`` is laid out by `ashiato.engine.verdicts`. Gives the assets with more claims at
        one instant than can be compared, each with the most at one instant: of them only the number
        of claims is told.
        """
        ...

    def verdicts(self, events: pa.Table) -> pa.Table:
        """Say of each event whose its asset was then, as `JUDGED`, by event.

        ``events`` is laid out by `ashiato.engine.verdicts`; memory grows with what is given here.
        """
        ...

    def count_by_kind(self) -> Mapping[str, int]:
        """Count the rows of the lake by log kind."""
        ...

    def close(self) -> None:
        """Let go of the lake."""
        ...
