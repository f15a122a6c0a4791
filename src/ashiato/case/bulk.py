"""`ashiato custody`: whose an asset was at each of millions of instants, by what is on record."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ashiato.case.asking import traced
from ashiato.case.eventfile import EventBatch, event_batches
from ashiato.case.folder import Folder
from ashiato.core.masking import mask_text
from ashiato.core.progress import Progress
from ashiato.core.tenancy import Role
from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.verdicts import NUMBERED_EVENTS, numbered_claims
from ashiato.trace import Holding, holding

NOT_JUDGED = "not-judged"
"""The verdict on an event that states no usable asset or instant."""
_REASON = "states no asset, or no instant with its time zone"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class BulkCustody:
    """Verdicts one by one, and their count so far; ``crowds`` are told by number alone."""

    rows: Iterator[dict[str, Any]]
    counts: Counter[str]
    crowds: tuple[tuple[str, int], ...] = field(default=())


@contextmanager
def custody(
    folder: Folder,
    events: Path,
    *,
    role: Role,
    clock: Clock,
    progress: Progress,
    as_known_on: datetime | None = None,
) -> Iterator[BulkCustody]:
    """Judge each event of a file by the tenancies of ``role`` that were known by then."""
    known = traced(folder, clock=clock, progress=progress, as_known_on=as_known_on)
    held = holding(known.tracing, role)
    counts: Counter[str] = Counter()
    with open_lake([]) as engine:
        crowds = engine.index_claims(numbered_claims(held.claims))
        named = tuple((held.assets[asset].text, most) for asset, most in crowds)
        holders = [mask_text(t.party.text, known.sensitive) for t in held.tenancies]
        yield BulkCustody(_rows(engine, events, held, holders, counts), counts, named)


def _rows(
    engine: Duck, events: Path, held: Holding, holders: list[str], counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    done = 0
    for batch in event_batches(events):
        verdicts = engine.verdicts(_numbered(batch, held))
        for number, row in enumerate(_told(batch, verdicts, held, holders), start=done + 1):
            counts[row["verdict"]] += 1
            yield {"event": number, **row}
        done += len(batch.us)


def _numbered(batch: EventBatch, held: Holding) -> pa.Table:
    """Give events their assets' numbers; what cannot be judged is left out."""
    spelled = batch.asset.dictionary_encode()
    found = (held.asset(text) for text in spelled.dictionary.to_pylist())
    numbers = pa.array([-1 if n is None else n for n in found], pa.int32())
    order = pa.array(range(len(batch.us)), pa.int64())
    columns = [order, numbers.take(spelled.indices), batch.us]
    return pa.Table.from_arrays(columns, schema=NUMBERED_EVENTS).drop_null()


def _told(
    batch: EventBatch, verdicts: pa.Table, held: Holding, holders: list[str]
) -> Iterator[dict[str, Any]]:
    judged = {row["event"]: row for row in verdicts.to_pylist()}
    written = zip(batch.asset.to_pylist(), batch.written.to_pylist(), strict=True)
    for number, (asset, at) in enumerate(written):
        row = judged.get(number, {"verdict": NOT_JUDGED, "possible": 0, "certain": 0, "claims": []})
        claims = row["claims"]
        yield {
            "asset": asset or "",
            "at": at or "",
            "verdict": row["verdict"],
            "possible": row["possible"],
            "certain": row["certain"],
            "holders": sorted({holders[claim] for claim in claims}),
            "claims": sorted(held.tenancies[claim].id for claim in claims),
            "reason": "" if number in judged else _REASON,
        }


def custody_text(found: BulkCustody) -> Iterator[str]:
    """Say how many events got which verdict, and of which assets only the number is told."""
    total = sum(found.counts.values())
    yield f"{total:,} events"
    yield from (f"  {count:>12,} {verdict}" for verdict, count in sorted(found.counts.items()))
    for asset, most in found.crowds:
        yield (
            f"  {asset}: up to {most:,} claims at once. They are counted, not named: a shared host "
            "or address pool names nobody; ask by port, virtual host or account."
        )
