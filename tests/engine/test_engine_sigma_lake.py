"""Rules over the lake's own rows: proxies, web servers, names, connections."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ashiato.engine.sigma.rules import Rule, read_rules
from ashiato.engine.sigma.run import Sigma
from ashiato.engine.sigma.tables import lake_partitions
from ashiato.engine.sigma.words import words_of
from ashiato.knowledge import load

WORDS = words_of(load("sigma"))
WriteLake = Callable[..., list[Path]]


@pytest.fixture
def met(tmp_path: Path, lake_files_of: WriteLake) -> Callable[..., list[int]]:
    def run(source: str, test: str, *rows: dict[str, Any]) -> list[int]:
        (rule,) = read_rules(
            f"title: t\nlogsource: {{{source}}}\ndetection: {{one: {{{test}}}, condition: one}}"
        )
        assert isinstance(rule, Rule), rule
        with Sigma([rule], WORDS) as engine:
            parts = lake_partitions(lake_files_of(tmp_path, rows))
            return [hit.locator.record for hit in engine.hits(parts)]

    return run


Met = Callable[..., list[int]]
URL = "http://www.shop.example/a/b.PHP?id=1#top"


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ("c-uri|contains", "SHOP"),
        ("c-uri-query", "id=1"),
        ("c-uri-stem|endswith", "b.php"),
        ("c-uri-extension", "php"),
        ("cs-host", "www.shop.example"),
        ("r-dns|endswith", ".example"),
        ("cs-method", "get"),
        ("sc-status", "200"),
        ("c-useragent|startswith", "curl"),
        ("dst_ip|cidr", "198.51.100.0/24"),
        ("dst_port", "8080"),
    ],
)
def test_a_field_of_a_proxy_is_found_where_the_lake_holds_it(
    met: Met, test: str, value: str
) -> None:
    row = {"url": URL, "domain": "www.shop.example", "method": "GET", "status": "200"}
    row |= {"user_agent": "curl/8", "dst_ip": "198.51.100.7"}
    other = {"url": "http://x.test/", "dst_ip": "203.0.113.9"}

    assert met("category: proxy", f"{test}: '{value}'", {**row, "dst_port": 8080}, other) == [1]


def test_a_rule_on_names_sees_names_only(met: Met) -> None:
    rows = ({"kind": "dns", "domain": "c2.example", "method": "TXT"}, {"domain": "c2.example"})

    assert met("category: dns", "query: c2.example, record_type: TXT", *rows) == [1]


def test_the_extension_of_a_name_without_path_is_none(met: Met) -> None:
    rows = ({"url": "http://shop.com"}, {"url": "http://shop.com/x.com"}, {"url": "/a.com?b=c.d"})

    assert met("category: proxy", "c-uri-extension: com", *rows) == [2, 3]
