"""Which readings a hunt in a case looks at."""

from ashiato.case.analysis import _lake
from ashiato.case.decisions import Reviewed
from ashiato.case.reading import Reading, Readings
from ashiato.core.sources import Intake, Source
from ashiato.read import LogReading

LOG = LogReading("squid", 1, 1, 0, {"proxy": 1}, None, None, ())


def readings(*places: tuple[str, str, str | None]) -> Readings:
    """Make readings of (path, exhibit, organisation)."""
    each = tuple(Reading(path, exhibit, path, "squid", log=LOG) for path, exhibit, _ in places)
    told = tuple(
        Intake(e, path, Source("s", "S"), organisation) for path, e, organisation in places
    )
    return Readings(each, told, (), Reviewed((), (), ()))


def test_a_log_under_two_names_of_one_organisation_is_looked_at_once() -> None:
    found = readings(("a.log", "aa", "Org"), ("b.log", "aa", "Org"), ("c.log", "cc", "Org"))

    assert _lake(found, own=False) == ["a.log", "c.log"]


def test_the_same_bytes_of_two_organisations_are_looked_at_for_both() -> None:
    found = readings(("a.log", "aa", "One"), ("b.log", "aa", "Two"), ("c.log", "aa", None))

    assert _lake(found, own=False) == ["a.log", "b.log"]
    assert _lake(found, own=True) == ["c.log"]
