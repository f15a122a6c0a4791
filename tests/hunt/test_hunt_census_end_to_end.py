"""Logs in, census by month out: second deliveries, months and zones, whose log it is."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from ashiato.core.records import CensusCell, CensusRow
from ashiato.core.sources import Intake, Source
from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.hunt import census, census_cells, from_file, sightings
from ashiato.read import read_log

APRIL, MAY = datetime(2031, 4, 1, tzinfo=UTC), datetime(2031, 5, 1, tzinfo=UTC)
LIST = b"value,start,end\n198.51.100.7,2031-04-01T00:00:00Z,2031-06-01T00:00:00Z\n"
EPOCH = 1_935_273_600
"""30 April 2031, 00:00 UTC."""


def proxy(second: int, size: int = 4512, server: str = "198.51.100.7") -> str:
    return (
        f"{EPOCH + second}.123 250 192.0.2.10 TCP_MISS/200 {size} GET http://www.shop.example/a - "
        f"HIER_DIRECT/{server} text/html\n"
    )


class Logs:
    """A lake that logs are added to, one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, text: str, org: str | None = "Org 1", **told: str | int | None) -> None:
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        source = Source("provider-a", "Provider A")
        intake = Intake(digest, f"{digest[:8]}.log", source, organisation=org, **told)  # type: ignore[arg-type]
        place = self.folder / str(len(list(self.folder.iterdir())))
        with LakeWriter(place, digest) as writer:
            read_log(BytesIO(data), intake, writer, size=len(data))

    def told(
        self, asked: Sequence[tuple[str, str | None]] = ()
    ) -> tuple[tuple[CensusRow, ...], tuple[CensusCell, ...]]:
        indicators, _ = from_file(LIST, "list.csv")
        with self._open() as lake:
            seen = sightings(lake, indicators)
            common = {"indicators": indicators, "organisations": asked}
            rows = census(lake.coverage(), seen, **common)  # type: ignore[arg-type]
            cells = census_cells(lake.coverage(), seen, volumes=lake.volumes, **common)  # type: ignore[arg-type]
        return rows, tuple(c for c in cells if c.covered or c.sightings or c.repeated)

    def _open(self) -> Duck:
        files = [f for place in sorted(self.folder.iterdir()) for f in lake_files(place)]
        return open_lake(files, threads=1)


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    (tmp_path / "lake").mkdir()
    return Logs(tmp_path / "lake")


def test_a_second_delivery_changes_no_number_but_its_own(logs: Logs) -> None:
    first = [proxy(60, 1000), proxy(120, 500)]
    logs.add("".join(first))
    (row,), (once,) = logs.told()
    logs.add("".join([proxy(10, server="203.0.113.9"), *first]))
    (again,), (twice,) = logs.told()

    assert (once.sightings, once.repeated, once.bytes_in) == (2, 0, 1500)
    assert (twice.sightings, twice.repeated, twice.bytes_in) == (2, 2, 1500)
    assert (row.status, row.sightings, row.hosts) == (again.status, again.sightings, again.hosts)
    assert (row.first_seen, once.days, once.covered) == (again.first_seen, 30, 1)


def test_one_log_handed_in_by_two_organisations_speaks_for_each(logs: Logs) -> None:
    logs.add(proxy(60, 1000), "Org 1")
    logs.add(proxy(60, 1000), "Org 2")

    _, cells = logs.told()

    assert [(c.organisation, c.sightings, c.repeated, c.bytes_in) for c in cells] == [
        ("Org 1", 1, 0, 1000),
        ("Org 2", 1, 0, 1000),
    ]


@pytest.mark.parametrize(
    ("zone", "start", "status"),
    [("+09:00", APRIL, "hit"), ("UTC", MAY, "hit"), ("-09:00", MAY, "hit")],
)
def test_half_past_midnight_on_the_first_of_may_is_april_in_tokyo(
    logs: Logs, zone: str, start: datetime, status: str
) -> None:
    line = (
        "May  1 00:30:00 web-01 sshd[1]: Accepted publickey for ito from 198.51.100.7 port 9 ssh2\n"
    )
    logs.add(line, timezone=zone, year=2031)

    _, (cell,) = logs.told()

    assert (cell.start, cell.status.value, cell.sightings) == (start, status, 1)


def test_an_organisation_that_is_only_a_source_has_no_coverage(logs: Logs) -> None:
    logs.add(proxy(60), None)

    rows, cells = logs.told([("Provider A", None)])

    assert [(r.organisation, r.status.value) for r in rows] == [("Provider A", "no_coverage")]
    assert cells == ()


def test_a_repeat_of_one_organisation_takes_nothing_from_another(logs: Logs) -> None:
    both = proxy(60, 1000) + proxy(90, server="203.0.113.9")
    for text, org in ((proxy(60, 1000), "Org 1"), (both, "Org 1"), (both, "Org 2")):
        logs.add(text, org)

    _, cells = logs.told()

    assert [(c.organisation, c.sightings, c.repeated) for c in cells] == [
        ("Org 1", 1, 1),
        ("Org 2", 1, 0),
    ]
