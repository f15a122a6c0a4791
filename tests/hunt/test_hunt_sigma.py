"""Rules read from files, hits with their rule, and correlations of hits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.core.evidence import LineLocator
from ashiato.core.records import SightingStatus
from ashiato.engine.events import event_files
from ashiato.engine.sigma.tables import event_partitions
from ashiato.hunt.sigma import RuleHit, hit_lines, rule_hits, rule_set

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
FAILED = """
title: Failed
name: failed
author: Ann Author
level: low
logsource: {product: windows, service: security}
detection: {one: {EventID: 4625}, condition: one}
"""
ENTERED = """
title: Entered
name: entered
level: high
logsource: {product: windows, service: security}
detection: {one: {EventID: 4624}, condition: one}
"""
BURST = """
title: Burst
level: high
correlation: {type: %s, rules: [%s], group-by: [User], timespan: 10m, condition: {%s}}
"""
Hits = Callable[..., tuple[RuleHit, ...]]


def event(minute: float, number: int = 4625, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    row = {"org": "Org 001", "EventID": number, "Channel": "Security", "Computer": "host1"}
    return {**row, "User": "ann", "ts": NOON + timedelta(minutes=minute), **given}


def write(root: Path, exhibit: str, events: tuple[dict[str, Any], ...]) -> None:
    rows = [
        {"exhibit": exhibit, "codec": None, "rec_no": n, "byte_off": n * 10, "byte_len": 9, **each}
        for n, each in enumerate(events, start=1)
    ]
    for number in {row["EventID"] for row in rows}:
        chosen = [row for row in rows if row["EventID"] == number]
        names = sorted({name for row in chosen for name in row})
        columns = {name: pa.array([row.get(name) for row in chosen]) for name in names}
        columns["codec"] = columns["codec"].cast(pa.string())
        file = root / "security" / str(number) / f"{exhibit}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), file)


@pytest.fixture
def hits(tmp_path: Path) -> Hits:
    """Run rules over events; each further list of events is one more exhibit."""

    def run(rules: str, *exhibits: tuple[dict[str, Any], ...], **told: str) -> tuple[RuleHit, ...]:
        found = rule_set([("rules.yml", rules.encode())])
        assert not found.problems, found.problems
        for letter, events in zip("abc", exhibits, strict=False):
            write(tmp_path, letter * 64, events)
        return rule_hits(
            found, event_partitions(event_files(tmp_path)), paths={"a" * 64: "a.evtx"}, **told
        )[0]

    return run


def minutes(hit: RuleHit) -> tuple[float, float, int]:
    first, last = (hit.ts - NOON, hit.last - NOON)
    return first.total_seconds() / 60, last.total_seconds() / 60, len(hit.citations)


def test_a_hit_carries_its_rules_author_and_cites_the_record(hits: Hits) -> None:
    (hit,) = hits(FAILED, (event(0),))
    (line,) = hit_lines([hit])

    assert (hit.rule.author, line["author"], line["host"]) == ("Ann Author", "Ann Author", "host1")
    assert (line["path"], line["record"], line["byte_offset"]) == ("a.evtx", 1, 10)
    assert (line["channel"], line["event_id"]) == ("Security", "4625")


def test_hits_are_sorted_by_time_whatever_the_order_of_the_files(hits: Hits) -> None:
    found = hits(f"{FAILED}---{ENTERED}", (event(5), event(1, 4624)), (event(3),))

    assert [minutes(hit)[0] for hit in found] == [1, 3, 5]


def test_a_level_leaves_out_lower_rules(hits: Hits) -> None:
    found = hits(f"{FAILED}---{ENTERED}", (event(0), event(1, 4624)), level="high")

    assert [hit.rule.title for hit in found] == ["Entered"]


def test_a_record_delivered_twice_counts_once(hits: Hits) -> None:
    found = hits(FAILED, (event(0), event(0)), (event(1), event(0), event(0), event(0)))

    assert [hit.status is SightingStatus.CERTAIN for hit in found].count(True) == 4
    assert {hit.reason for hit in found} == {"", "same record delivered twice"}


def test_a_refused_rule_is_cited_where_it_begins() -> None:
    found = rule_set([("r.yml", f"{FAILED}---\ntitle: Bad\nlogsource: {{}}\n".encode())])
    (problem,) = found.problems

    assert problem.citation is not None
    assert isinstance(problem.citation.locator, LineLocator)
    assert (problem.path, problem.citation.quote) == ("r.yml", "title: Bad")


def test_a_file_that_is_no_text_is_a_problem() -> None:
    found = rule_set([("r.yml", b"\xff\xfe\x00")])

    assert [problem.message for problem in found.problems] == ["no rule file: not UTF-8"]


def test_a_correlation_that_names_an_absent_rule_is_a_problem() -> None:
    found = rule_set([("r.yml", (BURST % ("event_count", "failed", "gte: 3")).encode())])

    assert not found.correlations
    assert "failed" in found.problems[0].message


@pytest.mark.parametrize("asked", ["lt: 3", "eq: 3", "lte: 1"])
def test_a_correlation_of_what_did_not_happen_is_refused(asked: str) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', asked)}"
    (problem,) = rule_set([("r.yml", rules.encode())]).problems

    assert "what did not happen" in problem.message


def test_many_failures_of_one_user_within_the_span_are_one_hit(hits: Hits) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', 'gte: 3')}"
    (hit,) = hits(rules, (event(0), event(20), event(25), event(29), event(30), event(31)))

    assert (hit.rule.title, minutes(hit)) == ("Burst", (20, 30, 4))


def test_groups_and_organisations_are_not_counted_together(hits: Hits) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', 'gt: 2')}"
    others = (event(1, User="bob"), event(2, org="Org 002"), event(3))

    assert hits(rules, (event(0), *others)) == ()


def test_a_group_has_no_case(hits: Hits) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', 'gte: 2')}"

    assert len(hits(rules, (event(0), event(1, User="ANN")))) == 1


def test_the_same_record_in_two_exhibits_is_no_burst(hits: Hits) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', 'gte: 2')}"

    assert hits(rules, (event(0),), (event(0),)) == ()


def test_different_values_are_counted(hits: Hits) -> None:
    rules = f"{FAILED}---{BURST % ('value_count', 'failed', 'gte: 2, field: Target')}"
    same = (event(0, Target="x"), event(1, Target="X"), event(2, Target=None))

    assert hits(rules, same) == ()
    assert len(hits(rules, (*same, event(3, Target="y")))) == 1


def test_temporal_wants_each_rule_in_any_order(hits: Hits) -> None:
    rules = f"{FAILED}---{ENTERED}---{BURST % ('temporal', 'failed, entered', 'gte: 2')}"
    (hit,) = hits(rules, (event(5), event(1, 4624), event(40), event(60, 4624)))

    assert minutes(hit) == (1, 5, 2)


def test_temporal_ordered_wants_them_in_order(hits: Hits) -> None:
    rules = f"{FAILED}---{ENTERED}---{BURST % ('temporal_ordered', 'failed, entered', 'gte: 2')}"
    (hit,) = hits(rules, (event(1, 4624), event(5), event(6), event(9, 4624), event(40, 4624)))

    assert minutes(hit) == (6, 9, 2)


def test_generate_keeps_the_hits_of_the_rules_too(hits: Hits) -> None:
    burst = (BURST % ("event_count", "failed", "gte: 2")).replace("type:", "generate: true, type:")
    found = hits(f"{FAILED}---{burst}", (event(0), event(1)))

    assert [hit.rule.title for hit in found] == ["Burst", "Failed", "Failed"]


def test_an_alias_names_the_field_of_each_rule(hits: Hits) -> None:
    aliases = "group-by: [who], aliases: {who: {failed: User, entered: Target}}"
    burst = (BURST % ("temporal", "failed, entered", "gte: 2")).replace("group-by: [User]", aliases)
    rules = f"{FAILED}---{ENTERED}---{burst}"

    assert len(hits(rules, (event(0), event(1, 4624, User="x", Target="ann")))) == 1


def test_records_without_the_group_are_told(tmp_path: Path) -> None:
    rules = f"{FAILED}---{BURST % ('event_count', 'failed', 'gte: 2')}"
    write(tmp_path, "a" * 64, (event(0), event(1), event(2, User=None)))
    found = rule_set([("r.yml", rules.encode())])
    hits, problems = rule_hits(found, event_partitions(event_files(tmp_path)), paths={})

    assert len(hits) == 1
    assert [(problem.kind, problem.count) for problem in problems] == [("no-group", 1)]
