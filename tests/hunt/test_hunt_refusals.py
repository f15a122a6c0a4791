"""What would meet everybody is no indicator."""

import pytest

from ashiato.hunt.observables import observable
from ashiato.hunt.refusals import refusal


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.1.2.3", "reserved"),
        ("127.0.0.0/8", "reserved"),
        ("fe80::1", "reserved"),
        ("239.1.1.1", "multicast"),
        ("8.8.8.8", "resolver"),
        ("2606:4700:4700::1111", "resolver"),
        ("64.0.0.0/7", "provider"),
        ("co.jp", "public suffix"),
        ("github.io", "public suffix"),
        ("github.com", "everybody uses"),
        ("ctldl.windowsupdate.com", "updates"),
        ("http://127.0.0.1/x", "reserved"),
        ("http://download.windowsupdate.com/x", "updates"),
        ("account:Administrator", "every system"),
        ("postmaster@shop.example", "every domain"),
        ("user-agent:curl/8.4.0", "everybody's programs"),
        (
            "user-agent:Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML, like Gecko) Chrome/1",
            "everybody's programs",
        ),
        (
            "user-agent:Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
            "everybody's programs",
        ),
        ("file:SVCHOST.EXE", "every system"),
        ("setup.exe", "every system"),
        ("C:\\Windows\\System32\\svchost.exe", "at that place"),
        ("C:\\Users\\Public\\", "a folder"),
        ("path:%TEMP%\\quay.exe", "a variable"),
        ("http://127.0.0.1/x/*", "reserved"),
        ("CVE-2031-12345", "no column"),
    ],
)
def test_these_point_to_nobody(text: str, why: str) -> None:
    assert why in refusal(observable(text))


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.7",
        "198.51.100.0/24",
        "198.18.4.4",
        "2001:db8::7",
        "8.8.8.0/24",
        "evil.example",
        "somebody.github.io",
        "evilwindowsupdate.com",
        "https://github.com/somebody/x",
        "account:svc-deploy",
        "someone@shop.example",
        "quay-sync.exe",
        "C:\\Users\\Public\\svchost.exe",
        "user-agent:Mozilla/5.0 (QuaySync 2.1)",
        "user-agent:Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 QuaySync/2",
        "https://github.com/somebody/*",
    ],
)
def test_these_may_point_to_somebody(text: str) -> None:
    assert refusal(observable(text)) == ""
