"""Connections that are held open for hours: one, or several that follow one another at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from ashiato.core.records import LeadKind
from ashiato.engine.protocol import Session, Wanted
from ashiato.hunt.company import Company
from ashiato.hunt.draft import Draft
from ashiato.hunt.measures import SECOND, between, excluded, together
from ashiato.hunt.rules import rules
from ashiato.hunt.spoken import bytes_spoken, spoken


@dataclass(frozen=True, slots=True)
class _Best:
    session: Session
    held: float
    times: int


def long_connections(sessions: Iterator[Session], company: Company) -> Iterator[Draft]:
    """Give the longest session of each pair that scores enough."""
    rule = rules("leads")["long_connection"]
    for best in _longest(sessions).values():
        draft = _draft(best, company)
        if draft is not None and draft.score >= rule["least"]:
            yield draft


def _longest(sessions: Iterator[Session]) -> dict[tuple[str, ...], _Best]:
    found: dict[tuple[str, ...], _Best] = {}
    for session in sessions:
        pair = (session.org, session.kind, session.src, session.dst)
        held = (session.ends - session.begins) / SECOND
        before = found.get(pair)
        times = 1 + (before.times if before else 0)
        kept = before if before and before.held >= held else _Best(session, held, times)
        found[pair] = _Best(kept.session, kept.held, times)
    return found


def _draft(best: _Best, company: Company) -> Draft | None:
    session, rule = best.session, rules("leads")["long_connection"]
    if excluded(session.dst):
        return None
    place = (session.org, session.kind)
    parts = {
        "length": between(best.held, rule["shortest"], rule["longest"]),
        "rarity": company.rarity(*place, session.dst),
    }
    figures = {"seconds": best.held, "connections": session.pieces, "sessions": best.times}
    known = {"bytes_out": session.sent, "bytes_in": session.received}
    return Draft(
        kind=LeadKind.LONG_CONNECTION,
        machines=((session.org, session.src),),
        destination=session.dst,
        log_kinds=(session.kind,),
        score=together(parts, rule["weights"]),
        parts=parts,
        figures=figures | {name: value for name, value in known.items() if value is not None},
        first=session.begins,
        last=session.ends,
        because=_because(best, company.spoken(*place, session.dst)),
        wanted=(Wanted(*place, session.src, session.dst, session.begins, session.ends),),
    )


def _because(best: _Best, company: str) -> str:
    session = best.session
    glued = f" in {session.pieces} connections that follow one another" * (session.pieces > 1)
    sent = f", {bytes_spoken(session.sent)} sent" if session.sent is not None else ""
    more = f"; {best.times} such sessions" if best.times > 1 else ""
    return f"held for {spoken(best.held)}{glued}{sent}{more}; {company}"
