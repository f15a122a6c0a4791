"""`ashiato who`: who controlled a machine, account or address at a moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ashiato.case.analysis import Bench, trace_case
from ashiato.case.cache import Cache
from ashiato.case.changes import in_force
from ashiato.case.folder import Folder
from ashiato.case.run import current, open_vault
from ashiato.case.sealing import known_on
from ashiato.case.sensitive import sensitive_values
from ashiato.core.evidence import Citation
from ashiato.core.masking import mask_text
from ashiato.core.progress import Progress
from ashiato.core.tenancy import Observation, WhoAnswer
from ashiato.core.time import format_instant
from ashiato.trace import who

Clock = Callable[[], datetime]


def answer(
    folder: Folder,
    asset: str,
    at: datetime,
    *,
    clock: Clock,
    progress: Progress,
    as_known_on: datetime | None = None,
) -> WhoAnswer:
    """Say who held ``asset`` at ``at`` by what is sealed (received by ``as_known_on``).

    What lies in evidence/ unsealed does not count; quotes are masked.
    """
    settings = folder.settings()
    with open_vault(folder, clock, read_only=True) as vault:
        exhibits, _ = known_on(current(vault), settings, as_known_on)
        change = in_force(vault.decisions())
        bench = Bench(settings, vault, Cache(folder.cache), progress, change)
        _, tracing = trace_case(exhibits, bench)
        sensitive = sensitive_values(exhibits, settings, vault)
    found = who(tracing, asset, at)
    return _masked(found, sensitive)


def _masked(found: WhoAnswer, sensitive: tuple[tuple[str, str], ...]) -> WhoAnswer:
    def veil(citation: Citation) -> Citation:
        return replace(citation, quote=mask_text(citation.quote, sensitive))

    holders = tuple(
        replace(
            h,
            party=replace(h.party, text=mask_text(h.party.text, sensitive)),
            because=mask_text(h.because, sensitive),
            citations=tuple(veil(c) for c in h.citations),
        )
        for h in found.holders
    )
    beside = tuple(
        replace(
            o,
            because=mask_text(o.because, sensitive),
            citations=tuple(veil(c) for c in o.citations),
        )
        for o in found.beside
    )
    return replace(found, holders=holders, beside=beside)


def render(found: WhoAnswer) -> str:
    """Write the answer for people: holders by role, then conflicts, then gaps."""
    lines = [f"{found.asset} at {format_instant(found.at)}"]
    for holder in found.holders:
        role = holder.role.replace("_", " ")
        lines.append(f"  {role:<18} {holder.status:<12} {holder.party.text}")
        lines.append(f"  {'':<18} {holder.because}")
        lines += [f"  {'':<18} {c.path}" for c in holder.citations[:3]]
    if not found.holders:
        lines.append("  nobody is on record")
    for seen in found.beside:
        lines.append(f"  beside: {seen.because} [{_span(seen)}] {seen.citations[0].path}")
    lines += [f"  conflict: {text}" for text in found.conflicts]
    lines += [f"  missing: {text}" for text in found.gaps]
    return "\n".join(lines)


def _span(seen: Observation) -> str:
    first, last = seen.interval.start_min, seen.interval.end_max
    return " to ".join(format_instant(bound) if bound else "?" for bound in (first, last))
