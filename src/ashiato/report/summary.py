"""The answer in a terminal: plain text, no colour, no line wider than asked.

Widths are those of a terminal: an East Asian wide character takes two columns.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import Review
from ashiato.core.records import CensusStatus
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.report.citing import brief_place
from ashiato.report.links import Links, link_up
from ashiato.report.page import tlp_label
from ashiato.report.sections.gaps import ranked_gaps
from ashiato.report.sections.ladder import best_citation
from ashiato.report.sections.rivals import by_probability
from ashiato.report.sections.verdict import rung_of
from ashiato.report.veil import veiled
from ashiato.report.words import (
    NO_WORD,
    band,
    confidence_sentence,
    counted,
    day,
    fragility,
    likelihood_sentence,
    number,
    percent,
    phrase,
    rests_on_one,
    review_by_rung,
    review_sentence,
    standard_name,
)

_MOST_GAPS = 3
_NARROWEST = 40
_ORDER = {rung: number_ for number_, rung in enumerate(Rung)}
_HEAD = 10


def summary(case: AssessedCase, *, width: int = 100) -> str:
    """Give the summary of a case in lines of at most ``width`` columns (at least 40)."""
    width = max(width, _NARROWEST)
    masked = veiled(_spoken_of(case))
    links = link_up(masked)
    lines = [*_box(masked, links, width), *_ladders(links, width), *_rivals(links, width)]
    lines += [*_counts(masked, width), *_gaps(links, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _spoken_of(case: AssessedCase) -> AssessedCase:
    """Keep what a summary speaks of: masking thousands of other customers would only take time."""
    used = {id_ for v in case.verdicts for rung in v.ladder for id_ in rung.tenancies}
    kept = tuple(t for t in case.tracing.tenancies if t.id in used)
    return replace(case, tracing=Tracing(tenancies=kept), indicators=(), sightings=())


def columns(text: str) -> int:
    """Give the width of a text on a terminal."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, room: int) -> str:
    """Cut a text to ``room`` columns, showing that it was cut."""
    flat = _clean(text)
    if columns(flat) <= room:
        return flat
    kept = ""
    for character in flat:
        if columns(kept + character) > room - 1:
            break
        kept += character
    return kept + "\N{HORIZONTAL ELLIPSIS}" if room > 0 else ""


def pad(text: str, room: int) -> str:
    """Cut or fill a text to exactly ``room`` columns."""
    short = cut(text, room)
    return short + " " * (room - columns(short))


def _clean(text: str) -> str:
    """Keep a terminal from obeying what evidence says (control characters, escapes)."""
    return "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character in "\n\t\r":
        return " "
    return (
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) in {"Cc", "Cf"}
        else character
    )


def wrap(text: str, room: int) -> list[str]:
    """Break a text into lines of at most ``room`` columns, between words or wide characters."""
    lines, line = [], ""
    for word in _words(_clean(text)):
        if line and columns(line + word.rstrip(" ")) > room:
            lines.append(line.rstrip(" "))
            line = ""
        line += word
    return [*lines, line.rstrip(" ")] if line.strip(" ") else lines or [""]


def _words(text: str) -> Iterator[str]:
    """Give the pieces a line may break after; a piece longer than 30 columns is broken too."""
    piece = ""
    for character in text:
        piece += character
        if character == " " or _width(character) == 2 or columns(piece) >= 30:  # noqa: PLR2004
            yield piece
            piece = ""
    if piece:
        yield piece


def _box(case: AssessedCase, links: Links, width: int) -> Iterator[str]:
    inner = width - 2
    known = f"as known on {day(case.as_known_on)}" if case.as_known_on else "all evidence held"
    foot = f"{tlp_label(case.tlp)} · evidence {case.evidence_digest[:8]} · {known}"
    head = " · ".join(part for part in (case.id, case.title) if part)
    yield f"┏{_centred(head, inner)}┓"
    for verdict in case.verdicts:
        for head, text in _answer(links, verdict):
            for first, line in _labelled(head, text, inner - 2):
                yield f"┃ {first}{pad(line, inner - 2 - _HEAD)} ┃"
    if not case.verdicts:
        yield f"┃ {pad(phrase('empty', 'verdict'), inner - 2)} ┃"
    yield f"┗{_centred(foot, inner)}┛"


def _centred(text: str, room: int) -> str:
    words = f" {cut(text, room - 4)} "
    left = (room - columns(words)) // 2
    return "━" * left + words + "━" * (room - columns(words) - left)


def _labelled(head: str, text: str, room: int) -> Iterator[tuple[str, str]]:
    for place_, line in enumerate(wrap(text, room - _HEAD)):
        yield pad("" if place_ else head, _HEAD), line


def _answer(links: Links, verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "QUESTION", verdict.question
    yield "ANSWER", likelihood_sentence(verdict)
    yield from (("", sentence) for sentence in _sufficiency(verdict))
    rung = rung_of(verdict)
    worst = fragility(rung)
    if rung and worst:
        remains = f"{percent(worst.p)} would remain for {rung.who}"
        yield "", f"Without {links.name(worst.origin)}, {remains}."
    yield "BASIS", confidence_sentence(verdict)
    if verdict.review.claims:
        yield "REVIEW", review_sentence(verdict)


def _sufficiency(verdict: Verdict) -> Iterator[str]:
    """Say each verdict once, with all the standards under which it stands for the same reasons."""
    found: dict[tuple[str, str], list[str]] = {}
    for answer in verdict.standards:
        codes = ", ".join(dict.fromkeys(reason.code for reason in answer.reasons))
        name = standard_name(answer.standard).lower()
        found.setdefault((answer.verdict.value, codes), []).append(name)
    for (said, codes), names in found.items():
        yield f"{said} for {', '.join(names)}{f' ({codes})' if codes else ''}."


def _rule(title: str, width: int) -> str:
    return pad(f"{title} " + "─" * width, width).replace("\N{HORIZONTAL ELLIPSIS}", "─")


def _ladders(links: Links, width: int) -> Iterator[str]:
    shown: list[tuple[RungVerdict, ...]] = []
    for verdict in links.case.verdicts:
        if verdict.ladder and verdict.ladder not in shown:
            shown.append(verdict.ladder)
            yield _rule("Ladder", width)
            for rung in sorted(verdict.ladder, key=lambda r: _ORDER[r.rung]):
                yield _rung(links, rung, width, weakest=rung.rung is verdict.weakest_rung)
            if by_rung := review_by_rung(verdict):
                yield from (f" {line}" for line in wrap(by_rung, width - 1))


def _rung(links: Links, rung: RungVerdict, width: int, *, weakest: bool) -> str:
    held = (
        f"{percent(rung.p)} ({band(rung.p90)})" if rung.p is not None and rung.p90 else rung.verdict
    )
    origins = counted(rung.origins, "origin") + (" !" if rests_on_one(rung) else "")
    mark = "← weakest rung" if weakest else ""
    who = pad(rung.who or "nobody named", max(10, width // 4))
    line = f" {pad(rung.rung.value, 7)} {who} {pad(held, 14)} {pad(origins, 11)}"
    room = width - columns(line) - columns(mark) - 2
    citation = best_citation(links, rung)
    best = f"{citation.path.rsplit('/', 1)[-1]} {brief_place(citation.locator)}" if citation else ""
    return cut(f"{line} {pad(best, room)} {mark}" if room > 0 else f"{line} {mark}", width)


def _rivals(links: Links, width: int) -> Iterator[str]:
    for verdict in links.case.verdicts:
        rung = rung_of(verdict)
        if rung is None or not rung.hypotheses:
            continue
        yield _rule(f"Rivals, {rung.rung} (most probable first)", width)
        worst = fragility(rung)
        for h in by_probability(rung):
            tail = (
                f"without {links.name(worst.origin)} → {percent(worst.p)}"
                if worst and h.label == rung.who
                else ""
            )
            label = max(12, width * 2 // 5)
            line = f" {pad(h.label, label)} {pad(percent(h.p), 5)} {pad(f'({band(h.p90)})', 10)} "
            yield cut(line + (tail or h.word or NO_WORD), width)


def _counts(case: AssessedCase, width: int) -> Iterator[str]:
    census = Counter(row.status for row in case.census)
    parts = [f"{number(census[s])} {phrase('census', s)}" for s in CensusStatus if census[s]]
    asked = f" ({counted(len(case.census), 'organisation')})" if parts else ""
    waiting = sum(claim.review is Review.PROPOSED for claim in case.claims)
    evidence = (
        f"{counted(len(case.exhibits), 'exhibit')} · {counted(len(case.claims), 'claim')} "
        f"({number(waiting)} not yet reviewed) · {counted(len(case.problems), 'problem')}"
    )
    yield _rule("Case", width)
    yield from _pair("Victims", (" · ".join(parts) or phrase("empty", "victims")) + asked, width)
    yield from _pair("Evidence", evidence, width)


def _pair(head: str, text: str, width: int) -> Iterator[str]:
    for first, line in _labelled(f" {head}", text, width):
        yield first + line


def _gaps(links: Links, width: int) -> Iterator[str]:
    found = ranked_gaps(links)[:_MOST_GAPS]
    if found:
        yield _rule("What would help most", width)
    for place_, gap in enumerate(found, 1):
        bits = f"{gap.bits:.2f} bit"
        holder = f" ({gap.holder})" if gap.holder else ""
        yield f" {place_}. {pad(gap.evidence + holder, width - 5 - columns(bits))} {bits}"
