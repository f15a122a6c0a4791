"""A record counts once, in whatever wrapping it came again."""

from collections.abc import Callable
from datetime import UTC, datetime

from ashiato.core.records import Indicator, Observable, ObservableType, SightingStatus
from ashiato.core.time import ALWAYS_POSSIBLE
from ashiato.engine.duck import Duck
from ashiato.engine.protocol import REPEATED

Lake = Callable[..., Duck]
SOUGHT = Indicator("i1", Observable(ObservableType.IP, "192.0.2.7"), ALWAYS_POSSIBLE, "test", ())
ONE, TWO = "zip:stored@0+90:a.log", "zip:stored@90+90:b.log"
LATER = datetime(2031, 4, 3, tzinfo=UTC)


def reasons(engine: Duck) -> list[tuple[int, str | None, str]]:
    rows = engine.sweep([SOUGHT])
    return sorted(
        (row.locator.record, row.locator.codec, row.reason)
        for row in rows
        if row.status in (SightingStatus.EXCLUDED, SightingStatus.POSSIBLE)
    )


def test_another_member_of_one_archive_is_another_delivery(lake: Lake) -> None:
    engine = lake(
        {"dst_ip": "192.0.2.7", "codec": ONE, "rec_no": 1},
        {"dst_ip": "192.0.2.7", "codec": TWO, "rec_no": 1},
    )

    assert reasons(engine) == [(1, ONE, ""), (1, TWO, REPEATED)]


def test_equal_numbers_in_two_members_are_two_records(lake: Lake) -> None:
    engine = lake(
        {"dst_ip": "192.0.2.7", "codec": ONE, "rec_no": 1},
        {"dst_ip": "192.0.2.7", "codec": ONE, "rec_no": 2, "ts": LATER},
        {"dst_ip": "192.0.2.7", "codec": TWO, "rec_no": 2},
        {"dst_ip": "192.0.2.7", "codec": TWO, "rec_no": 1, "ts": LATER, "byte_len": 9},
    )

    assert reasons(engine) == [(1, ONE, ""), (1, TWO, ""), (2, ONE, ""), (2, TWO, REPEATED)]


def test_two_equal_lines_of_one_member_stay_two_events(lake: Lake) -> None:
    engine = lake(
        {"dst_ip": "192.0.2.7", "codec": ONE, "rec_no": 1},
        {"dst_ip": "192.0.2.7", "codec": ONE, "rec_no": 2},
    )

    assert [reason for _, _, reason in reasons(engine)] == ["", ""]
