"""An analyst's way of writing a value, and the one form that it becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.records import ObservableType
from ashiato.hunt.observables import observable


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("192[.]0[.]2[.]7", "ip", "192.0.2.7"),
        ("192.0.2(dot)7", "ip", "192.0.2.7"),
        ("::ffff:192.0.2.7", "ip", "192.0.2.7"),
        ("2001:DB8[:]:1", "ip", "2001:db8::1"),
        ("192.0.2.77/24", "cidr", "192.0.2.0/24"),
        ("192.0.2.7/32", "ip", "192.0.2.7"),
        ("Evil[.]Example{.}TEST.", "domain", "evil.example.test"),
        ("*.evil.test", "domain", "evil.test"),
        ("bücher.test", "domain", "xn--bcher-kva.test"),
        ("hXXps://Evil[.]test/Gate", "url", "https://evil.test/Gate"),
        ("hxxp[://]evil.test", "url", "http://evil.test/"),
        ("A" * 32, "md5", "a" * 32),
        ("0" * 40, "sha1", "0" * 40),
        ("F" * 64, "sha256", "f" * 64),
        ("Someone[@]evil.test", "email", "someone@evil.test"),
        ("cve-2031-12345", "cve", "CVE-2031-12345"),
        ("account:Svc-Deploy", "account", "Svc-Deploy"),
        ("hxxp://Shop[.]example/A/*", "url_prefix", "http://shop.example/A/*"),
        ("https://shop.example:443/get?id=*", "url_prefix", "https://shop.example/get?id=*"),
        ("Quay-Sync.EXE", "file", "quay-sync.exe"),
        ("file:Quay.zip", "file", "quay.zip"),
        ("file:C:\\x\\Quay.zip", "file", "quay.zip"),
        ("C:\\Users\\Public\\Quay.exe", "path", "C:\\Users\\Public\\Quay.exe"),
        ("/srv/x/.quay", "path", "/srv/x/.quay"),
        ("user-agent: Quay Sync/2.1 (x; y)", "user_agent", "Quay Sync/2.1 (x; y)"),
        ("email:Ann[@]shop[.]example", "email", "ann@shop.example"),
    ],
)
def test_values_are_read_as_written_in_reports(text: str, kind: str, value: str) -> None:
    found = observable(text)

    assert (found.type.value, found.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "http://*/a",
        "http://a.test*",
        "http://a.test/x*y*",
        "a..b",
        "1.2.3.4.5",
        "300.1.2.3",
        "two words",
        "-a.test",
        "x" * 300,
    ],
)
def test_what_is_none_of_these_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        observable(text)


LABELS = st.text("abcxyz019-", min_size=1, max_size=8).filter(
    lambda s: s.strip("-") == s and s[2:4] != "--"
)


@given(st.lists(LABELS, min_size=1, max_size=4), st.sampled_from([".", "[.]", "(dot)", "{.}"]))
def test_a_domain_reads_the_same_defanged_in_capitals_and_again(
    labels: list[str], dot: str
) -> None:
    found = observable(dot.join([*labels, "test"]).upper())

    assert found.type is ObservableType.DOMAIN
    assert found == observable(found.value)
