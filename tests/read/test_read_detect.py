import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.read.detect import detect
from ashiato.read.files.formats import FILE_KINDS

SQUID = (
    b"1924992000.123    250 192.0.2.10 TCP_MISS/200 4512 GET http://a.example.test/ - "
    b"HIER_DIRECT/198.51.100.7 text/html\n"
)
BIND = b"20-Apr-2031 09:00:01.123 client 192.0.2.5#5 (a.test): query: a.test IN A + (192.0.2.53)\n"
SSHD = b"Apr 20 09:00:01 h sshd[1]: Accepted password for a from 192.0.2.9 port 1 ssh2\n"
TSV = b"#separator \\x09\n#path\tconn\n#fields\tts\tuid\n1924992000.0\tC1\n"
JSON = b'{"ts":1924992000.0,"uid":"C1","id.orig_h":"192.0.2.10"}\n'
CSV = b"Agreement no.,Login\nA-1,ann\nA-2,bob\n"
PROSE = b"The police said, on Monday, that a man was questioned.\n\nHe denied it.\n"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (SQUID, "squid"),
        (SQUID * 3 + b"dirt\n", "squid"),
        (SQUID + SQUID[:40], "squid"),
        (BIND, "bind"),
        (SSHD, "sshd"),
        (b"Apr 20 09:00:01 h CRON[1]: x\n" * 5 + SSHD, "sshd"),
        (TSV, "zeek-tsv"),
        (JSON, "zeek-json"),
        (CSV, "table"),
        (CSV.replace(b",", b";"), "table"),
        (b"\xef\xbb\xbf" + CSV, "table"),
        (CSV.decode().encode("utf-16"), "table"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "html"),
        (b"\n  <HTML lang=en>", "html"),
        (PROSE, "text"),
        ("警察は男を書類送検した。\n".encode(), "text"),
        ("警察は男を書類送検した。\n".encode("cp932"), "text"),
        ("警察は男を書類送検した。\n".encode()[:-3], "text"),
        (b"", None),
        (b" \n\n", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\0", "pdf"),
        (b"PK\x03\x04\x14\0\0\0", "zip"),
        (bytes(range(256)), None),
    ],
)
@pytest.mark.parametrize("name", ["evidence/some.txt", "evidence/some"])
def test_the_content_says_what_a_file_is(head: bytes, kind: str | None, name: str) -> None:
    assert detect(head, name) == kind


@pytest.mark.parametrize(("head", "kind"), [(SQUID, "squid"), (CSV, "table"), (PROSE, "text")])
def test_gzip_is_looked_through(head: bytes, kind: str) -> None:
    packed = gzip.compress(head, mtime=0)

    assert detect(packed, "some.gz") == kind
    assert detect(packed[: len(packed) - 9], "some.gz") == kind


def test_a_name_decides_only_between_kinds_that_the_content_allows() -> None:
    assert detect(b"Login\nann\n", "accounts.csv") == "table"
    assert detect(b"Login\nann\n", "accounts.txt") == "text"
    assert detect(b"<p>text</p>", "page.html") == "html"
    assert detect(b"\0\1\2", "accounts.csv") is None


def test_a_document_that_quotes_a_log_line_is_still_a_document() -> None:
    assert detect(PROSE + SQUID + PROSE, "report.txt") == "text"


@given(st.binary(max_size=300), st.text(max_size=10))
def test_any_bytes_have_an_answer(head: bytes, name: str) -> None:
    assert detect(head, name) in {
        "squid", "bind", "sshd", "zeek-tsv", "zeek-json", "table", "html", "text", *FILE_KINDS, None
    }  # fmt: skip
