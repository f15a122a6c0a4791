"""One URL, one normal form; and every way to write it finds it."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.engine.urls import normal_url, spellings, url_hash, url_hashes


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTP://Evil.Example.Test", "http://evil.example.test/"),
        ("http://evil.test:80/A?b=C", "http://evil.test/A?b=C"),
        ("https://evil.test:8443/a#top", "https://evil.test:8443/a"),
        ("http://evil.test./a", "http://evil.test/a"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_scheme_host_and_port_are_levelled_and_the_path_is_kept(written: str, normal: str) -> None:
    assert normal_url(written) == normal


@pytest.mark.parametrize(
    "text", ["evil.test/a", "http:///a", "", "http://a b/", "http://[::1", "http://a:99999/"]
)
def test_what_has_no_scheme_and_host_is_no_url(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        normal_url(text)


PATHS = st.lists(st.sampled_from(["/", "a", "B", "?q=", "%41"]), max_size=5).map("".join)


@given(st.sampled_from(["http", "HTTPS"]), st.sampled_from(["", ":80", ":443", ":8080"]), PATHS)
def test_every_writing_of_a_url_is_among_the_spellings_of_its_normal_form(
    scheme: str, port: str, path: str
) -> None:
    written = f"{scheme}://Evil.Test{port}{path if path.startswith(('/', '?')) else '/' + path}"

    normal = normal_url(written)

    assert normal_url(normal) == normal
    assert written.lower() in spellings(normal)


def test_a_column_of_urls_gets_the_key_of_each() -> None:
    urls = pa.array(["HTTP://A.example/X", None, "http://a.example/y"])

    key, nothing, other = url_hashes(urls).to_pylist()

    assert (key, nothing, other) == (
        url_hash("http://a.example/x"),
        None,
        url_hash("http://a.example/y"),
    )


def test_the_key_of_a_url_never_changes() -> None:
    assert url_hash("http://a.example/") == 15685384335643010201
