"""Leads show what is unlike the rest, and leave out what everybody's machines do."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Lead, LeadKind
from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.hunt import leads

BEGIN, DAY, HOUR = 1_924_992_000, 86_400, 3_600
A = "ab" * 32
Row = Mapping[str, Any]
Found = Callable[..., tuple[Lead, ...]]


def call(host: str, name: str, at: float, **given: Any) -> Row:  # noqa: ANN401 - any column
    told = {"org": "Org 001", "exhibit": A, "kind": "proxy", "parser": "made@1"}
    return {**told, "src_ip": host, "domain": name, "rd": name, "at": at, "bytes_out": 900, **given}


def table(rows: Sequence[Row]) -> pa.Table:
    whole = [
        {"rec_no": n, "byte_off": n * 100, "byte_len": 80, "ts": round((BEGIN + r["at"]) * 1e6)}
        | {k: v for k, v in r.items() if k != "at"}
        for n, r in enumerate(rows, 1)
    ]
    filled = [{name: row.get(name) for name in LAKE.names} for row in whole]
    return pa.Table.from_pylist(filled, schema=LAKE)


def find(root: Path, rows: Sequence[Row], *kinds: LeadKind) -> tuple[Lead, ...]:
    for exhibit in {row["exhibit"] for row in rows}:
        with LakeWriter(root, exhibit) as writer:
            writer.write(table([row for row in rows if row["exhibit"] == exhibit]))
    with open_lake(sorted(root.rglob("*.parquet")), threads=1) as engine:
        return leads(engine, kinds=kinds or tuple(LeadKind), paths={A: "proxy.log"})


@pytest.fixture
def found(tmp_path: Path) -> Found:
    return lambda rows, *kinds: find(tmp_path, rows, *kinds)


def office(org: str = "Org 001", exhibit: str = A) -> list[Row]:
    """Twenty machines that visit three everyday sites on six days."""
    return [
        call(
            f"10.0.0.{host}",
            f"site{site}.example",
            day * DAY + (9 + host % 8) * HOUR + site * 700,
            org=org,
            exhibit=exhibit,
            bytes_in=40_000,
            duration=0.4,
        )
        for day in range(6)
        for host in range(1, 21)
        for site in range(3)
    ]


def tunnel(hours: float, **given: Any) -> Row:  # noqa: ANN401 - any column
    return call("10.0.0.5", "tunnel.example", 2 * DAY, duration=hours * HOUR, **given)


def upload(size: int, day: int, name: str = "drop.example") -> list[Row]:
    begin = day * DAY + 22 * HOUR
    each = size // 10
    return [call("10.0.0.7", name, begin + n * 60, bytes_out=each, bytes_in=300) for n in range(10)]


def server(org: str, exhibit: str, begin: int) -> list[Row]:
    return [
        call("10.0.0.9", f"{org[-1]}.c2.example", begin * DAY + n * 7 * HOUR, org=org,
             exhibit=exhibit, rd="c2.example")
        for n in range(20)
    ]  # fmt: skip


def test_a_connection_held_all_day_is_a_lead_and_a_meeting_is_none(found: Found) -> None:
    meeting = call("10.0.0.6", "media.example", 3 * DAY, duration=2 * HOUR)
    (lead,) = found([*office(), tunnel(20), meeting], LeadKind.LONG_CONNECTION)

    assert (lead.destination, lead.machines) == ("tunnel.example", (("Org 001", "10.0.0.5"),))
    assert lead.because == "held for 20.0 hours, 900 bytes sent; 1 of 20 machines call it"
    assert lead.citations[0].locator == RecordLocator(361, 36_100, 80)


def test_connections_that_follow_one_another_are_one_session(found: Found) -> None:
    pieces = [call("10.0.0.5", "tunnel.example", n * 1200, duration=1190.0) for n in range(72)]
    (lead,) = found([*office(), *pieces], LeadKind.LONG_CONNECTION)

    assert lead.figures["connections"] == 72
    assert "in 72 connections that follow one another" in lead.because


def test_a_log_that_writes_at_the_end_of_a_connection_dates_its_beginning(found: Found) -> None:
    (lead,) = found([*office(), tunnel(20, parser="squid@1")], LeadKind.LONG_CONNECTION)

    assert (lead.last - lead.first).total_seconds() == 20 * HOUR
    assert lead.last.timestamp() == BEGIN + 2 * DAY


def test_what_every_machine_holds_open_is_no_lead(found: Found) -> None:
    push = [call(f"10.0.0.{n}", "push.example", DAY, duration=20 * HOUR) for n in range(1, 21)]

    assert found([*office(), *push], LeadKind.LONG_CONNECTION) == ()


def test_an_upload_unlike_the_rest_is_a_lead(found: Found) -> None:
    (lead,) = found([*office(), *upload(400_000_000, 4)], LeadKind.BULK_UPLOAD)

    assert lead.destination == "drop.example"
    assert lead.because.startswith("400.0 MB sent in one day, 3.0 kB received")
    assert lead.parts["novelty"] == 1


def test_a_backup_of_every_night_is_no_lead(found: Found) -> None:
    backup = [row for day in range(6) for row in upload(400_000_000, day, "backup.example")]

    assert found([*office(), *backup], LeadKind.BULK_UPLOAD) == ()


def test_a_log_delivered_twice_counts_its_bytes_once(found: Found) -> None:
    rows = [*office(), *upload(400_000_000, 4)]
    again = [{**row, "exhibit": "cd" * 32} for row in rows]
    (lead,) = found(rows + again, LeadKind.BULK_UPLOAD)

    assert lead.figures["bytes_out"] == 400_000_000


def test_a_server_that_two_of_six_organisations_share_is_a_lead(found: Found) -> None:
    orgs = [(f"Org 00{n}", f"{n}" * 64) for n in range(1, 7)]
    rows = [row for org in orgs for row in office(*org)]
    rows += server(*orgs[0], 2) + server(*orgs[3], 4)
    (lead,) = found(rows, LeadKind.SHARED_DESTINATION)

    assert (lead.destination, lead.organisations) == ("c2.example", ("Org 001", "Org 004"))
    assert "2 of 6 organisations call it, with 2 machines; it began within 2.0 days" in lead.because
    assert len({c.exhibit for c in lead.citations}) == 2


def test_where_no_log_is_old_enough_to_show_the_beginning_none_is_told(found: Found) -> None:
    orgs = [(f"Org 00{n}", f"{n}" * 64) for n in range(1, 7)]
    rows = [row for org in orgs for row in office(*org)]
    rows += server(*orgs[0], 0) + server(*orgs[3], 0)
    (lead,) = found(rows, LeadKind.SHARED_DESTINATION)

    assert "2 of 6 organisations call it, with 2 machines" in lead.because
    assert "it began" not in lead.because


def test_what_all_organisations_visit_is_no_lead(found: Found) -> None:
    orgs = [(f"Org 00{n}", f"{n}" * 64) for n in range(1, 7)]

    assert found([row for org in orgs for row in office(*org)], LeadKind.SHARED_DESTINATION) == ()


def test_addresses_inside_and_lists_of_everyday_names_are_no_leads(found: Found) -> None:
    everyday = ["10.9.9.9", "fileserver", "a.update.microsoft.com", "8.8.8.8"]
    rows = [call("10.0.0.5", name, DAY, duration=20 * HOUR) for name in everyday]

    assert found([*office(), *rows], LeadKind.LONG_CONNECTION) == ()


def test_denied_calls_are_counted_and_told(found: Found) -> None:
    rows = [{**row, "status": "DENIED"} for row in upload(400_000_000, 4)]
    (lead,) = found([*office(), *rows], LeadKind.BULK_UPLOAD)

    assert "10 calls denied" in lead.because


def test_no_rows_make_no_leads() -> None:
    with open_lake([]) as engine:
        assert leads(engine) == ()


def planted() -> list[Row]:
    orgs = [(f"Org 00{n}", f"{n}" * 64) for n in range(2, 5)]
    rows = [*office(), *[r for org in orgs for r in office(*org)], tunnel(20)]
    return [*rows, *upload(400_000_000, 4), *server("Org 001", A, 2), *server(*orgs[0], 4)]


def said(found: tuple[Lead, ...]) -> set[tuple[str, str]]:
    return {(lead.kind, lead.destination) for lead in found}


@settings(max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rows = planted()
    numbered = [{**row, "byte_off": n} for n, row in enumerate(rows)]
    turned = list(numbered)
    Random(seed).shuffle(turned)  # noqa: S311 - an order, no secret
    first = find(tmp_path_factory.mktemp("a"), numbered)
    second = find(tmp_path_factory.mktemp("b"), turned)

    assert len(first) >= 3
    assert [(e.kind, e.score, e.because, e.first, e.last) for e in first] == [
        (e.kind, e.score, e.because, e.first, e.last) for e in second
    ]


visits = st.lists(
    st.tuples(st.integers(30, 60), st.integers(0, 9 * DAY), st.integers(100, 5000)), max_size=40
)


@settings(max_examples=4)
@given(more=visits)
def test_unrelated_visits_remove_no_lead(
    tmp_path_factory: pytest.TempPathFactory, more: list[tuple[int, int, int]]
) -> None:
    other = [
        call(f"10.0.0.{host}", f"other{host}.example", at, bytes_out=out) for host, at, out in more
    ]
    before = said(find(tmp_path_factory.mktemp("a"), planted()))
    after = said(find(tmp_path_factory.mktemp("b"), planted() + other))

    assert before <= after
    assert {LeadKind.BULK_UPLOAD, LeadKind.LONG_CONNECTION, LeadKind.SHARED_DESTINATION} <= {
        kind for kind, _ in before
    }
