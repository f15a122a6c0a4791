"""A rhythm is found with its jitter and missed beats; people, updaters and chance are not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.hunt import Beacon, beacons

BEGIN = 1_924_992_000
Calls = dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.float64]]]
Found = Callable[[Calls], tuple[Beacon, ...]]


def table(calls: Calls) -> pa.Table:
    pairs = [(src, dst, float(t)) for (src, dst), times in calls.items() for t in times]
    fixed = {"org": "Org 001", "exhibit": "ab" * 32, "kind": "proxy", "parser": "made@1"}
    columns = {k: pa.array([v] * len(pairs), pa.string()) for k, v in fixed.items()} | {
        "src_ip": pa.array([src for src, _, _ in pairs], pa.string()),
        "domain": pa.array([dst for _, dst, _ in pairs], pa.string()),
        "ts": pa.array([int((BEGIN + t) * 1e6) for _, _, t in pairs]).cast(LAKE.field("ts").type),
        "bytes_out": pa.array([300] * len(pairs), pa.int64()),
    }
    columns |= {
        f.name: pa.nulls(len(pairs), f.type) if f.nullable else pa.array(range(len(pairs)), f.type)
        for f in LAKE
        if f.name not in columns
    }
    return pa.table([columns[f.name] for f in LAKE], schema=LAKE)


@pytest.fixture
def found(tmp_path: Path) -> Found:
    def find(calls: Calls) -> tuple[Beacon, ...]:
        with LakeWriter(tmp_path, "ab" * 32) as writer:
            writer.write(table(calls))
        with open_lake(sorted(tmp_path.rglob("*.parquet"))) as engine:
            return beacons(engine, paths={"ab" * 32: "proxy.log"})

    return find


def every(
    period: float, *, days: float = 2, jitter: float = 0.1, missed: float = 0.1
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    draw = np.random.default_rng(5)
    beats = np.arange(0, days * 86_400, period)
    beats = beats + draw.uniform(-jitter, jitter, len(beats)) * period
    return np.sort(beats[draw.random(len(beats)) >= missed])


def test_a_rhythm_is_found_in_spite_of_jitter_and_missed_beats(found: Found) -> None:
    (beacon,) = found({("192.0.2.5", "c2.example"): every(600)})

    assert (beacon.host, beacon.destination) == ("192.0.2.5", "c2.example")
    assert beacon.period == pytest.approx(600, rel=0.1)
    assert beacon.missed > 0
    assert "about every 10" in beacon.because
    assert beacon.citation.path == "proxy.log"


def test_calls_at_random_times_are_no_rhythm(found: Found) -> None:
    draw = np.random.default_rng(7)
    times = np.sort(draw.uniform(0, 2 * 86_400, 300))

    assert found({("192.0.2.5", "news.example"): times}) == ()


def test_what_everybody_calls_is_shown_below_what_one_calls(found: Found) -> None:
    updates: Calls = {(f"192.0.2.{n}", "update.example"): every(3600) for n in range(1, 30)}
    shown = found(updates | {("192.0.2.5", "c2.example"): every(3600)})

    assert shown[0].destination == "c2.example"
    assert shown[0].parts["rarity"] > max((b.parts["rarity"] for b in shown[1:]), default=0.0)


def test_a_visit_of_an_hour_is_no_beacon(found: Found) -> None:
    times = every(60, days=1 / 24, jitter=0.2)

    assert found({("192.0.2.5", "shop.example"): times}) == ()


def in_office_hours(
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    hours = times % 86_400 / 3600
    return times[(hours > 9) & (hours < 18) & (times // 86_400 % 7 < 5)]


def crowd() -> Calls:
    return {(f"192.0.2.{n}", f"site{n}.example"): np.array([n * 977.0]) for n in range(20, 60)}


def test_a_beacon_of_office_hours_misses_no_nights(found: Found) -> None:
    calls = {("192.0.2.5", "c2.example"): in_office_hours(every(1800, days=10))}
    (beacon,) = found(calls | crowd())

    assert beacon.pauses >= 7
    assert beacon.parts["presence"] > 0.8
    assert "nights or weekends" in beacon.because


def test_a_beacon_of_one_call_a_day_is_found_in_ten_days(found: Found) -> None:
    calls = {("192.0.2.5", "c2.example"): every(86_400, days=10, jitter=0.05, missed=0)}
    (beacon,) = found(calls | crowd())

    assert beacon.beats == 10


def test_a_site_that_a_person_opens_every_working_morning_is_no_beacon(found: Found) -> None:
    mornings = every(86_400, days=19, jitter=0.03, missed=0) + 9 * 3600
    times = mornings[mornings // 86_400 % 7 < 5]

    assert found({("192.0.2.5", "paper.example"): times} | crowd()) == ()


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_any_instants_are_scored_between_nothing_and_one(
    tmp_path_factory: pytest.TempPathFactory, seconds: list[int]
) -> None:
    root = tmp_path_factory.mktemp("lake")
    with LakeWriter(root, "ab" * 32) as writer:
        writer.write(table({("192.0.2.5", "a.example"): np.array(sorted(seconds), float)}))
    with open_lake(sorted(root.rglob("*.parquet"))) as engine:
        shown = beacons(engine, least=0.0)

    assert all(0 <= b.score <= 1 and b.first <= b.last for b in shown)
