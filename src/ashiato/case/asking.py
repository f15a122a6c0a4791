"""Questions to the tracing of a case: what is sealed and was received by then, masked for print."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ashiato.case.analysis import Bench, logins_of, trace_case
from ashiato.case.cache import Cache
from ashiato.case.changes import in_force
from ashiato.case.folder import Folder
from ashiato.case.reading import shield_of
from ashiato.case.run import current, open_vault
from ashiato.case.sealing import known_on
from ashiato.case.sensitive import sensitive_values
from ashiato.core.canonical import to_plain
from ashiato.core.masking import mask_text
from ashiato.core.progress import Progress
from ashiato.core.records import Login, Record
from ashiato.core.tenancy import Tracing

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """What a question is answered from; ``sensitive`` are the values that every output masks.

    ``key`` is that of the case for cards and telephone numbers.
    """

    tracing: Tracing
    records: tuple[Record, ...]
    logins: tuple[Login, ...]
    sensitive: tuple[tuple[str, str], ...]
    key: bytes


def traced(
    folder: Folder, *, clock: Clock, progress: Progress, as_known_on: datetime | None = None
) -> Known:
    """Trace what is sealed and had been received by ``as_known_on``; the rest does not count."""
    settings = folder.settings()
    with open_vault(folder, clock, read_only=True) as vault:
        exhibits, _ = known_on(current(vault), settings, as_known_on)
        change = in_force(vault.decisions())
        bench = Bench(settings, vault, Cache(folder.cache), progress, change)
        readings, tracing = trace_case(exhibits, bench)
        logins = logins_of(readings, bench)
        sensitive, key = sensitive_values(exhibits, settings, vault), shield_of(vault)
    return Known(tracing, readings.records, logins, sensitive, key)


def plain(value: object, sensitive: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - JSON
    """Give an answer as JSON's values, every text in it masked."""
    return _masked(to_plain(value), sensitive)


def _masked(value: Any, sensitive: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return mask_text(value, sensitive)
    if isinstance(value, dict):
        return {key: _masked(one, sensitive) for key, one in value.items()}
    return [_masked(one, sensitive) for one in value] if isinstance(value, list) else value
