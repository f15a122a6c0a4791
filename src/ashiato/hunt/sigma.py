"""Sigma rules over logs: which records meet a rule. A hit says what the rule says, no more.

No hit names an actor: whoever wrote the rule knew a technique, not who used it in these logs.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from ashiato.core.canonical import to_plain
from ashiato.core.evidence import Citation, LineLocator, Problem, RecordLocator
from ashiato.core.records import SightingStatus
from ashiato.engine.sigma.expressions import key
from ashiato.engine.sigma.rules import (
    Correlation,
    Header,
    Placeholders,
    Refused,
    Rule,
    read_rules,
)
from ashiato.engine.sigma.run import RecordHit, Sigma
from ashiato.engine.sigma.tables import Partition
from ashiato.engine.sigma.words import Words, words_of
from ashiato.hunt.correlations import Event, correlate
from ashiato.knowledge import load

LEVELS = ("informational", "low", "medium", "high", "critical")
"""How grave a rule calls itself, from least to most."""
_REPEATED = "same record delivered twice"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that can be run, and why others cannot."""

    rules: tuple[Rule, ...]
    correlations: tuple[Correlation, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class RuleHit:
    """What a rule found: one record, or the records of a correlation (``citations``, by time).

    ``ts`` is the first record's time, ``last`` the last one's. ``status`` is certain, or excluded
    with the ``reason``.
    """

    rule: Header
    organisation: str
    host: str
    ts: datetime
    last: datetime
    log_kind: str
    channel: str
    event: str
    citations: tuple[Citation, ...]
    status: SightingStatus = SightingStatus.CERTAIN
    reason: str = ""


@cache
def words() -> Words:
    """Give what Sigma's words for logs and fields are in our stores."""
    return words_of(load("sigma"))


def rule_set(
    files: Iterable[tuple[str, bytes]], *, placeholders: Placeholders | None = None
) -> RuleSet:
    """Read rules from files, each with its path; what cannot be run is a cited problem."""
    rules: list[Rule] = []
    correlations: list[Correlation] = []
    problems: list[Problem] = []
    for path, raw in files:
        cited = _Cited(path, raw)
        if cited.text is None:
            problems.append(cited.problem(1, "no rule file: not UTF-8"))
            continue
        for found in read_rules(cited.text, placeholders=placeholders):
            because = _refusal(found)
            if because:
                line = found.line if isinstance(found, Refused) else found.header.line
                problems.append(cited.problem(line, because))
            elif isinstance(found, Rule):
                rules.append(found)
            elif isinstance(found, Correlation):
                correlations.append(found)
    known = [c for c in correlations if not _unknown(c, rules)]
    problems += [_lost(c, rules) for c in correlations if _unknown(c, rules)]
    return RuleSet(tuple(rules), tuple(known), tuple(problems))


class _Cited:
    """A rule file, and problems that point into it."""

    def __init__(self, path: str, raw: bytes) -> None:
        self._path, self._exhibit = path, hashlib.sha256(raw).hexdigest()
        try:
            self.text: str | None = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.text = None

    def problem(self, line: int, because: str) -> Problem:
        lines = (self.text or "").splitlines()
        quote = lines[line - 1] if 0 < line <= len(lines) else ""
        return Problem(
            "refused-rule",
            self._path,
            because,
            "the other rules are run; change this one, or run it elsewhere",
            citation=Citation(self._exhibit, self._path, LineLocator(line), quote),
        )


def _refusal(found: Rule | Correlation | Refused) -> str:
    if isinstance(found, Refused):
        return found.reason
    if isinstance(found, Correlation):
        return ""
    if not words().kinds_of(found.source):
        said = found.source
        named = {"category": said.category, "product": said.product, "service": said.service}
        which = ", ".join(f"{name} {value}" for name, value in named.items() if value)
        return f"no log that is read here is of {which or 'an unnamed log source'}"
    absent = words().lacking(found)
    return f"the rows of such logs hold no {', '.join(sorted(absent))}" if absent else ""


def _names(rule: Rule) -> set[str]:
    return {rule.header.id, rule.header.name} - {""}


def _unknown(correlation: Correlation, rules: Sequence[Rule]) -> list[str]:
    known: set[str] = set().union(*(_names(rule) for rule in rules))
    return [name for name in correlation.rules if name not in known]


def _lost(correlation: Correlation, rules: Sequence[Rule]) -> Problem:
    named = ", ".join(_unknown(correlation, rules)) or "no rule"
    return Problem(
        "refused-rule",
        correlation.header.title,
        f"the correlation needs rules that cannot be run or are not there: {named}",
        "put the rules that it names beside it; a correlation of correlations is not supported",
    )


def rule_hits(
    found: RuleSet,
    partitions: Iterable[Partition],
    *,
    paths: Mapping[str, str],
    level: str = "informational",
) -> tuple[tuple[RuleHit, ...], tuple[Problem, ...]]:
    """Run the rules of at least ``level`` over logs: hits by time, and what correlations lacked.

    A rule without a level counts as informational. ``paths`` maps exhibit to path.
    """
    least = LEVELS.index(level)
    correlations = [c for c in found.correlations if _rank(c.header) >= least]
    named = {name for c in correlations for name in c.rules}
    rules = [r for r in found.rules if _rank(r.header) >= least or _names(r) & named]
    keep = _kept(rules, correlations)
    with Sigma(rules, words(), keep=keep) as engine:
        records = _once(engine.hits(partitions))
    silent = {name for c in correlations if not c.generate for name in c.rules}
    shown = [
        _hit(rules[record.rule].header, record, twice=twice, paths=paths)
        for record, twice in records
        if _rank(rules[record.rule].header) >= least and not _names(rules[record.rule]) & silent
    ]
    counted = [record for record, twice in records if not twice]
    joined, problems = _correlated(correlations, rules, counted, paths)
    return tuple(sorted([*shown, *joined], key=_order)), problems


def _rank(header: Header) -> int:
    return LEVELS.index(header.level) if header.level in LEVELS else 0


def _order(hit: RuleHit) -> tuple[Any, ...]:
    first = hit.citations[0]
    assert isinstance(first.locator, RecordLocator)  # hits cite records
    place = (first.exhibit, first.locator.record, first.locator.byte_offset)
    return hit.ts, hit.organisation, *place, hit.rule.id, hit.rule.title, hit.last


def _field(correlation: Correlation, name: str, rule: Rule) -> str:
    """Give the field that a name in a correlation means for one of its rules."""
    fields = correlation.aliases.get(name, {})
    return key(next((fields[ref] for ref in sorted(_names(rule)) if ref in fields), name))


def _kept(rules: Sequence[Rule], correlations: Sequence[Correlation]) -> dict[int, set[str]]:
    keep: dict[int, set[str]] = {}
    for number, rule in enumerate(rules):
        for correlation in correlations:
            if _names(rule) & set(correlation.rules):
                asked = {*correlation.group_by, correlation.values} - {""}
                fields = {_field(correlation, name, rule) for name in asked}
                keep.setdefault(number, set()).update(fields)
    return keep


def _once(records: Iterable[RecordHit]) -> list[tuple[RecordHit, bool]]:
    """Say of each record whether an exhibit with a lower hash delivered it too.

    The n-th of several equal records is one with the n-th of another exhibit.
    """
    ordered = sorted(records, key=lambda r: (r.exhibit, r.locator.record, r.rule))
    seen: Counter[tuple[int, str]] = Counter()
    here: Counter[tuple[str, int, str]] = Counter()
    found = []
    for record in ordered:
        content = (record.rule, record.content)
        here[record.exhibit, *content] += 1
        nth = here[record.exhibit, *content]
        found.append((record, nth <= seen[content]))
        seen[content] = max(seen[content], nth)
    return found


def _hit(header: Header, record: RecordHit, *, twice: bool, paths: Mapping[str, str]) -> RuleHit:
    return RuleHit(
        rule=header,
        organisation=record.org,
        host=record.host,
        ts=record.ts,
        last=record.ts,
        log_kind=record.kind,
        channel=record.channel,
        event=record.event,
        citations=(Citation(record.exhibit, paths.get(record.exhibit, ""), record.locator, ""),),
        status=SightingStatus.EXCLUDED if twice else SightingStatus.CERTAIN,
        reason=_REPEATED if twice else "",
    )


def _correlated(
    correlations: Sequence[Correlation],
    rules: Sequence[Rule],
    records: Sequence[RecordHit],
    paths: Mapping[str, str],
) -> tuple[list[RuleHit], tuple[Problem, ...]]:
    hits: list[RuleHit] = []
    problems: list[Problem] = []
    for correlation in correlations:
        events = list(_events(correlation, rules, records))
        whole = [event for event in events if None not in event.group]
        if len(whole) < len(events):
            problems.append(_ungrouped(correlation, len(events) - len(whole)))
        hits += [
            _joint(correlation.header, window, paths) for window in correlate(correlation, whole)
        ]
    return hits, tuple(problems)


def _events(
    correlation: Correlation, rules: Sequence[Rule], records: Iterable[RecordHit]
) -> Iterator[Event]:
    steps: dict[int, list[int]] = {}
    for number, rule in enumerate(rules):
        names = _names(rule)
        steps[number] = [n for n, ref in enumerate(correlation.rules) if ref in names]
    for record in records:
        rule = rules[record.rule]
        if steps[record.rule]:
            group = (record.values.get(_field(correlation, n, rule)) for n in correlation.group_by)
            counted = correlation.values and record.values.get(
                _field(correlation, correlation.values, rule)
            )
            low = tuple(None if part is None else part.lower() for part in group)
            yield Event(record, tuple(steps[record.rule]), (record.org, *low), counted or None)


def _ungrouped(correlation: Correlation, count: int) -> Problem:
    return Problem(
        "no-group",
        correlation.header.title,
        f"records without one of the fields {', '.join(correlation.group_by)} were not correlated",
        "group by a field that these records have",
        count,
    )


def _joint(header: Header, window: Sequence[Event], paths: Mapping[str, str]) -> RuleHit:
    first = _hit(header, window[0].record, twice=False, paths=paths)
    cited = (_hit(header, event.record, twice=False, paths=paths).citations for event in window)
    every = tuple(citation for citations in cited for citation in citations)
    return replace(first, last=window[-1].record.ts, citations=tuple(dict.fromkeys(every)))


def hit_lines(found: Iterable[RuleHit]) -> Iterator[dict[str, Any]]:
    """Give one plain row for each hit, in their order; `records` are all places that it cites."""
    for hit in found:
        places = [_place(citation) for citation in hit.citations]
        yield {
            "rule": hit.rule.id,
            "title": hit.rule.title,
            "level": hit.rule.level,
            "rule_status": hit.rule.status,
            "author": hit.rule.author,
            "tags": list(hit.rule.tags),
            "organisation": hit.organisation,
            "host": hit.host,
            "ts": to_plain(hit.ts),
            "last": to_plain(hit.last),
            "log_kind": hit.log_kind,
            "channel": hit.channel,
            "event_id": hit.event,
            **places[0],
            "count": len(places),
            "records": places,
            "status": hit.status.value,
            "reason": hit.reason,
        }


def _place(citation: Citation) -> dict[str, Any]:
    locator = citation.locator
    assert isinstance(locator, RecordLocator)  # hits cite records
    return {
        "exhibit": citation.exhibit,
        "path": citation.path,
        "record": locator.record,
        "byte_offset": locator.byte_offset,
        "byte_length": locator.byte_length,
        "codec": locator.codec,
    }
