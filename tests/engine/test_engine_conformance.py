"""Every engine answers every verb alike, byte for byte."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.conformance import (
    AGENT,
    ANN,
    INDICATORS,
    NOON,
    SIX,
    URL,
    A,
    B,
    Conformance,
    EngineOf,
    Rows,
    filled,
    written,
)
from tests.engine.conftest import write_lake
from tests.engine.naive import Naive

from ashiato.core.records import Indicator
from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.protocol import Engine


class TestDuck(Conformance):
    """The default engine."""

    @pytest.fixture
    def engine_of(self, tmp_path: Path) -> EngineOf:
        return lambda rows: open_lake(write_lake(tmp_path, rows), threads=2)


class TestPlainReading(Conformance):
    """The second implementer: it shows that the suite asks for no plan of the first."""

    @pytest.fixture
    def engine_of(self) -> EngineOf:
        # it lacks the verbs that look for leads: these have plain readings in their own tests
        return lambda rows: cast("Engine", Naive(rows))


HOSTS = st.sampled_from(["shop.example", "cdn.shop.example", "evilshop.example", None])
ADDRESSES = st.sampled_from(["192.0.2.7", "192.0.2.9", "192.1.2.7", "10.0.0.5", SIX, None])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["proxy", "dns", "auth", "files", "smtp"]),
            "org": st.sampled_from(["Org 001", "Org 002", "source:provider-a"]),
            "exhibit": st.sampled_from([A, B]),
            "ts": st.integers(-4, 4).map(lambda n: NOON + n * timedelta(minutes=30)),
            "host": st.sampled_from(["10.0.0.5", None]),
            "domain": HOSTS,
            "src_ip": ADDRESSES,
            "dst_ip": ADDRESSES,
            "url": st.sampled_from([URL, URL.lower(), "http://shop.example:80/A/", "x:443", None]),
            "user": st.sampled_from(["svc-1", ANN.upper(), None]),
            "user_agent": st.sampled_from([AGENT, AGENT.lower(), None]),
            "answers": st.sampled_from(
                ["192.0.2.7 192.0.2.1", f"x.example {SIX}", "192.0.2", None]
            ),
            "mail_to": st.sampled_from([f"bob@x.example {ANN}", "bob@x.example", None]),
            "path": st.sampled_from(["c:\\TEMP\\Quay.exe", "/srv/quay.exe", None]),
        }
    ),
    max_size=10,
)


def _reached(row: dict[str, Any]) -> dict[str, Any]:
    """Fit the columns that depend on others: the name of the URL's host, its registered domain."""
    domain = "shop.example" if "shop" in (row["url"] or "") else row["domain"]
    rd = None if domain is None else ".".join(domain.split(".")[-2:])
    return {
        name: value
        for name, value in {**row, "domain": domain, "rd": rd}.items()
        if value is not None
    }


@settings(max_examples=40)
@given(drawn=ROWS, sought=st.lists(st.sampled_from(INDICATORS), max_size=12))
def test_any_sweep_of_any_rows_is_the_plain_reading_s(
    lake_of_any: Callable[[Rows], Duck], drawn: list[dict[str, Any]], sought: Sequence[Indicator]
) -> None:
    rows = filled([_reached(row) for row in drawn])

    with lake_of_any(rows) as engine:
        assert written(list(engine.sweep(sought))) == written(list(Naive(rows).sweep(sought)))
