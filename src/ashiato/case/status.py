"""`ashiato status`: what is told of a person's movements and proceedings, in order of time."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import counts
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation
from ashiato.core.masking import mask_text
from ashiato.core.persons import PersonStatus, StatusEntry
from ashiato.core.time import format_instant
from ashiato.weigh import statuses


def status(case: AssessedCase, person: str) -> tuple[PersonStatus, ...]:
    """Give the time line of each person of this name or id, quotes masked.

    Raises:
        BadInput: no step or movement of such a person is on record.

    """
    told = [c for c in case.claims if counts(c)]
    found = statuses(told, person)
    if not found:
        known = sorted({s.person for s in statuses(told)})
        near = get_close_matches(person, known, n=3) or known[:3]
        remedy = f"on record: {', '.join(near)}" if near else "no claim tells of anybody's status"
        raise BadInput(f"nothing is told of the status of {person!r}", remedy=remedy)
    return tuple(_masked(s, case) for s in found)


def _masked(found: PersonStatus, case: AssessedCase) -> PersonStatus:
    def veil(citation: Citation) -> Citation:
        return replace(citation, quote=mask_text(citation.quote, case.sensitive))

    def entry(one: StatusEntry) -> StatusEntry:
        return replace(one, citations=tuple(veil(c) for c in one.citations))

    return replace(found, entries=tuple(entry(e) for e in found.entries))


def render(found: Iterable[PersonStatus]) -> str:
    """Write time lines for people."""
    lines: list[str] = []
    for each in found:
        lines.append(f"{each.person} (suspected of nothing by this list)  [{each.id}]")
        lines += [f"  {_line(entry)}" for entry in each.entries]
        lines += [f"  contradiction: {c.because}" for c in each.contradictions]
        lines.append(f"  disposition: {each.disposition}")
        lines.append(f"  whereabouts: {each.whereabouts}")
        lines.append(f"  {each.note}")
    return "\n".join(lines)


def _line(entry: StatusEntry) -> str:
    when = _when(entry)
    what = f"{entry.predicate.replace('_', ' ')} {entry.object}".strip()
    manner = "" if entry.counts else f" ({entry.polarity}, {entry.modality}: does not count)"
    via = "" if entry.origin == entry.speaker else f" (from {entry.origin})"
    place = entry.citations[0].path if entry.citations else ""
    return f"{when:<34} {what} - {entry.speaker}{via}{manner}  {place}"


def _when(entry: StatusEntry) -> str:
    if entry.earliest and entry.latest:
        return f"{entry.earliest.date()} to {entry.latest.date()}"
    if entry.latest:
        return f"by {format_instant(entry.latest)}"
    return f"from {format_instant(entry.earliest)}" if entry.earliest else "time unknown"
