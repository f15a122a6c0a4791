"""The large ones, each in a process whose memory and time are measured: `make torture`."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.read import tortured

MEMORY = 1 << 30
"""Bytes that our process may take; the sandboxed child, not counted here, has bounds of its own."""
SECONDS = 900
LARGE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "500 MB of text": ("a.txt", lambda: tortured.prose(500_000_000)),
    "a line of 100 MB": ("a.txt", lambda: tortured.one_line(100_000_000)),
    "a million open tags": ("a.html", lambda: tortured.tags(1_000_000)),
    "a million small elements": ("a.html", lambda: tortured.flat_tags(2_000_000)),
    "a million attributes": ("a.html", lambda: tortured.many_attributes(1_000_000)),
    "300 archives in one another": ("a.zip", lambda: tortured.nested_zips(300)),
    "an archive of 10,000": ("a.zip", lambda: tortured.wide_zip(10_000, 100)),
    "an archive of gigabytes": ("a.zip", lambda: tortured.wide_zip(20, 200_000_000)),
    "100,000 turned lines": ("a.txt", lambda: tortured.turned_round(8_000)),
    "a letter under a million accents": ("a.txt", lambda: tortured.combining(1_000_000)),
    "500 messages in one another": ("a.eml", lambda: tortured.nested_mail(500)),
    "a message of 100,000 parts": ("a.eml", lambda: tortured.many_parts(100_000)),
    "a PDF a million deep": ("a.pdf", lambda: tortured.deep_pdf(1_000_000)),
    "a billion laughs": ("a.docx", lambda: tortured.entities(10)),
}
READ = """
import hashlib, json, pathlib, resource, sys
from ashiato.core.sources import Intake, Source
from ashiato.read import detect, read_file
path = pathlib.Path(sys.argv[1])
with path.open("rb") as stream:
    kind = detect(stream.read(65536), path.name) or "text"
    stream.seek(0)
    found = read_file(stream, Intake("0" * 64, path.name, Source("invented", "invented")), kind)
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"memory": most * 1024, "sentences": found.sentences, "kind": kind,
                  "problems": [p.kind for p in found.problems], "traces": len(found.mentions)}))
"""


@pytest.mark.torture
@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_made_to_hurt_is_read_within_bounds(name: str, tmp_path: Path) -> None:
    file, make = LARGE[name]
    (tmp_path / file).write_bytes(make())
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-c", READ, str(tmp_path / file)],
        capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found = json.loads(done.stdout)
    assert found["sentences"] or found["problems"]
    assert found["memory"] < MEMORY, found
