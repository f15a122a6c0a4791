"""What a file may fill memory with is bounded, and what lies beyond is told."""

import io

import pytest

from ashiato.core.sources import Intake, Source
from ashiato.read.files import reading


def test_traces_beyond_the_bound_are_counted_and_the_first_is_cited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MENTION_LIMIT", 3)
    text = "\n\n".join(f"The server was 192.0.2.{n}." for n in range(1, 8)).encode()
    intake = Intake("ab" * 32, "a.txt", Source("lab", "Lab"))
    found = reading.read_file(io.BytesIO(text), intake, "text")
    (problem,) = [p for p in found.problems if p.kind == "too-many-traces"]

    assert [m.observable.value for m in found.mentions] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert problem.count == 4
    assert problem.citation is not None
    assert problem.citation.quote == "192.0.2.4"
