"""Answers to questions about custody, as rows that are masked and as text for people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ashiato.case.asking import Known, plain
from ashiato.case.shielding import asked
from ashiato.core.tenancy import Handover
from ashiato.trace import (
    NO_MORE,
    chain,
    handovers_of,
    innocent,
    rented,
    spans,
    weakest,
    who_else,
)

Answer = dict[str, Any]
_UNKNOWN = "unknown"


def timeline_of(known: Known, asset: str) -> Answer:
    """Tell an asset's holders by role over time."""
    found = spans(known.tracing, asset)
    body = {
        "asset": found.asset,
        "spans": [{**plain(s, ()), "gap": s.is_gap} for s in found.spans],
        "conflicts": found.conflicts,
        "gaps": found.gaps,
    }
    return _veiled(known, body)


def timeline_text(answer: Answer) -> str:
    """Write a time line: one stretch a line, then conflicts and what is missing."""
    lines = [answer["asset"]]
    role = ""
    for span in answer["spans"]:
        if span["role"] != role:
            role = span["role"]
            lines.append(f"  {role.replace('_', ' ')}")
        lines.append(f"    {_stretch(span)}  {_holders(span)}")
    lines += [f"  conflict: {text}" for text in answer["conflicts"]]
    return "\n".join([*lines, *(f"  missing: {text}" for text in answer["gaps"])])


def _stretch(span: Answer) -> str:
    return f"{span['start'] or _UNKNOWN} to {span['end'] or _UNKNOWN}"


def _holders(span: Answer) -> str:
    told = ", ".join(f"{h['party']} ({h['status']})" for h in span["holders"])
    more = span["count"] - len(span["holders"])
    return (told or "gap: nobody on record") + (f" and {more:,} more" if more else "")


def who_else_of(known: Known, value: str) -> Answer:
    """Tell who left an identifier; the identifier itself is masked."""
    found = who_else(known.records, known.logins, value, asked(value, known.key))
    hidden = tuple((s.kind, value) for s in found if s.kind not in {"network", "client"})
    said = [{**plain(s, known.sensitive), "count": len(s.users)} for s in found]
    return plain({"uses": said, "note": NO_MORE}, hidden)  # type: ignore[no-any-return] # JSON


def who_else_text(answer: Answer) -> str:
    """Write who left an identifier, by kind."""
    lines = []
    for use in answer["uses"]:
        hub = " (a hub: it links nobody)" if use["hub"] else ""
        lines.append(f"{use['kind']} {use['shown']}: {use['count']}{hub}; {use['reason']}")
        lines += [f"  {u['party']}  [{u['source']}] {_paths(u)}" for u in use["users"]]
    return "\n".join([*(lines or ["nobody on record left it"]), answer["note"]])


def _paths(row: Answer) -> str:
    return ", ".join(sorted({c["path"] for c in row["citations"]}))


def rented_of(known: Known, person: str) -> Answer:
    """Tell what a name, and those judged the same, had registered."""
    trails = [plain(t, known.sensitive) for t in rented(known.tracing, person)]
    return {"asked": person, "trails": trails}


def rented_text(answer: Answer) -> str:
    """Write registrations, one trail after the other, with the judgements that join them."""
    lines = []
    for number, trail in enumerate(answer["trails"], start=1):
        lines.append(f"{number}. {', '.join(trail['personas'])}")
        lines += [_registration(row) for row in trail["tenancies"]]
        lines += [f"  one by judgement: {j['because']}" for j in trail["judgements"]]
    if len(answer["trails"]) > 1:
        lines.append("These are kept apart: an equal name is no identity.")
    return "\n".join(lines) or f"nothing on record was registered by {answer['asked']!r}"


def _registration(row: Answer) -> str:
    begin, end = (row["interval"][bound] or _UNKNOWN for bound in ("start_min", "end_max"))
    status, asset, party = row["status"], row["asset"]["text"], row["party"]["text"]
    return f"  {begin} to {end}  {asset}  as {party} ({status}) {_paths(row)}"


def handovers_in(known: Known, account: str) -> Answer:
    """Tell the hand-overs of an account."""
    found = [_told(h, known) for h in handovers_of(known.tracing, account)]
    return {"account": account, "handovers": found}


def _told(handover: Handover, known: Known) -> Answer:
    """Give a hand-over as plain data; an end of its window that nobody knows is null."""
    earliest, latest = handover.window.ends
    window = plain({"earliest": earliest, "latest": latest}, ())
    return {**plain(handover, known.sensitive), "window": window}


def handovers_text(answer: Answer) -> str:
    """Write hand-overs with their window, what speaks for them, and the records."""
    lines = [line for row in answer["handovers"] for line in _handover(row)]
    return "\n".join(lines) or f"no hand-over of {answer['account']!r} is on record or was seen"


def _handover(row: Answer) -> Iterator[str]:
    giver, taker = (
        row[k]["text"] if row[k] else "nobody known" for k in ("from_party", "to_party")
    )
    window = row["window"]
    p = "stated" if row["p"] is None else f"p {row['p']:.2f}"
    begin, end = (window[bound] or _UNKNOWN for bound in ("earliest", "latest"))
    yield f"{begin} to {end}  {giver} -> {taker} ({p})"
    yield f"  {row['because']} {_paths(row)}"


def innocent_of(known: Known, asset: str, at: datetime, within: timedelta) -> Answer:
    """Tell who must be cleared of what came from an asset at an instant."""
    return _veiled(known, innocent(known.tracing, asset, at, within=within))


def innocent_text(answer: Answer) -> str:
    """Write who must be cleared, why, and which record tells them apart."""
    lines = [f"{answer['asset']} at {answer['at']}"]
    if answer["holder"]:
        lines.append(f"  the one on record as its holder then: {answer['holder']}")
    for row in answer["parties"]:
        lines.append(f"  {row['when']:<10} {row['party']}: {row['because']}")
        lines.append(f"  {'':<10} told apart by {row['tell_apart']}")
    if not answer["parties"]:
        lines.append("  nobody else is on record near that time; records may be missing")
    return "\n".join([*lines, *(f"  missing: {text}" for text in answer["gaps"])])


def weakest_of(known: Known, asset: str, at: datetime) -> Answer:
    """Tell the chain from an asset to a person, and its weakest hop."""
    hops = chain(known.tracing, asset, at)
    worst = weakest(hops)
    body = {"asset": asset, "at": at, "weakest": worst.name if worst else "", "chain": list(hops)}
    return _veiled(known, body)


def weakest_text(answer: Answer) -> str:
    """Write the chain with its weakest hop marked, and what would strengthen it."""
    if not answer["chain"]:
        return f"nothing on record is called {answer['asset']!r}"
    lines = [f"{answer['asset']} at {answer['at']}: weakest is {answer['weakest']}"]
    for hop in answer["chain"]:
        mark = ">" if hop["name"] == answer["weakest"] else " "
        target = ", ".join(hop["target"]) or "?"
        lines.append(f"{mark} {hop['name']:<20} {hop['state']:<12} {hop['origin']} -> {target}")
        if mark == ">":
            lines += [f"    {hop['because']}", f"    {_ask(hop)}"]
    return "\n".join(lines)


def _ask(hop: Answer) -> str:
    whom = ", ".join(hop["ask"]) or "whoever let it"
    return (
        f"ask {whom} for {hop['strengthen']}; how long they keep it is not on record: ask before "
        "it is deleted"
    )


def _veiled(known: Known, body: object) -> Answer:
    return plain(body, known.sensitive)  # type: ignore[no-any-return] # JSON
