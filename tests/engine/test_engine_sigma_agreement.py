"""Any rule on any records means what a plain reading of it means, record by record."""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import pyarrow as pa
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ashiato.engine.sigma.rules import Rule, read_rules
from ashiato.engine.sigma.run import Sigma
from ashiato.engine.sigma.stretch import Stretch
from ashiato.engine.sigma.words import words_of
from ashiato.knowledge import load

WORDS = words_of(load("sigma"))
Record = Mapping[str, str | None]
LETTERS = "aAbB\\*?%_ 1é.-\n"
FIELDS = ("One", "Two", "Three")
plain_text = st.text(LETTERS, max_size=6)
numbers = st.sampled_from(["7", "10", "1.5", "-2", "1e3"])
addresses = st.sampled_from(["10.1.2.3", "10.2.0.1", "::ffff:10.1.9.9", "2001:db8::1", "10.1"])
values = st.none() | plain_text | numbers | addresses
records = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, values)), min_size=1, max_size=12)


def _named(modifiers: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(value, min_size=1, max_size=3)
    return st.tuples(st.sampled_from(FIELDS), st.just(modifiers), value | listed)


tests = st.one_of(
    *(
        _named(modifiers, plain_text)
        for modifiers in ("", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased",
                          "|contains|all")
    ),
    _named("|base64|contains", st.text("aAbB%_ 1", max_size=6)),
    _named("", st.none()),
    _named("|re", st.sampled_from(["a.b", "^A", "b$", "[%_]", "a|1"])),
    _named("|re|i", st.sampled_from(["a.b", "^A"])),
    _named("|cidr", st.sampled_from(["10.1.0.0/16", "2001:db8::/32", "0.0.0.0/0"])),
    *(_named(f"|{each}", st.integers(-3, 12)) for each in ("gt", "gte", "lt", "lte")),
    st.tuples(st.sampled_from(FIELDS), st.just("|exists"), st.booleans()),
    st.tuples(st.sampled_from(FIELDS), st.just("|fieldref"), st.sampled_from(FIELDS)),
)  # fmt: skip
selections = st.lists(tests, min_size=1, max_size=3).map(
    lambda chosen: {name + modifiers: value for name, modifiers, value in chosen}
)
keywords = st.lists(st.text("aAbB*?1é", min_size=1, max_size=3), min_size=1, max_size=2)
CONDITIONS = (
    "a",
    "not a",
    "a and b",
    "a or not b",
    "not (a and not b)",
    "1 of them",
    "all of them",
)


def sees(condition: str, a: bool, b: bool) -> bool:  # noqa: FBT001 - two truths
    return {
        "a": a,
        "not a": not a,
        "a and b": a and b,
        "a or not b": a or not b,
        "not (a and not b)": not (a and not b),
        "1 of them": a or b,
        "all of them": a and b,
    }[condition]


def matcher(
    text: str, *, cased: bool = False, before: str = "", after: str = ""
) -> re.Pattern[str]:
    """Read a Sigma string letter by letter: a backslash makes the next special letter plain."""
    out, n = before, 0
    while n < len(text):
        if text[n] == "\\" and n + 1 < len(text) and text[n + 1] in "\\*?":
            out, n = out + re.escape(text[n + 1]), n + 2
        else:
            wild = {"*": ".*", "?": "."}
            out, n = out + wild.get(text[n], re.escape(text[n])), n + 1
    return re.compile(out + after, re.DOTALL | (0 if cased else re.IGNORECASE))


def one_holds(modifiers: list[str], wanted: Any, record: Record, name: str) -> bool:  # noqa: ANN401
    value = record[name]
    if wanted is None:
        return value is None
    if modifiers == ["exists"]:
        return (value is not None) is wanted
    if value is None:
        return False
    if "re" in modifiers:
        return bool(re.search(wanted, value, re.IGNORECASE if "i" in modifiers else 0))
    if "cidr" in modifiers:
        return _inside(value, wanted)
    if modifiers and modifiers[0] in {"gt", "gte", "lt", "lte"}:
        return _stands(modifiers[0], value, wanted)
    if modifiers == ["fieldref"]:
        other = record[wanted]
        return other is not None and value.lower() == other.lower()
    if "base64" in modifiers:
        wanted = b64encode(wanted.encode()).decode()
    before = ".*" if {"contains", "endswith"} & set(modifiers) else ""
    after = ".*" if {"contains", "startswith"} & set(modifiers) else ""
    found = matcher(wanted, cased="cased" in modifiers, before=before, after=after)
    return bool(found.fullmatch(value))


def _inside(value: str, wanted: str) -> bool:
    try:
        address = ip_address(value)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address in ip_network(wanted) or (mapped is not None and mapped in ip_network(wanted))


def _stands(how: str, value: str, wanted: int) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return {"gt": number > wanted, "gte": number >= wanted, "lt": number < wanted,
            "lte": number <= wanted}[how]  # fmt: skip


def holds(selection: Any, record: Record) -> bool:  # noqa: ANN401 - a mapping or keywords
    if isinstance(selection, list):
        said = [value for value in record.values() if value is not None]
        return any(matcher(word).search(value) for word in selection for value in said)
    for test, wanted in selection.items():
        name, *modifiers = test.split("|")
        each = wanted if isinstance(wanted, list) else [wanted]
        join = all if "all" in modifiers else any
        if not join(one_holds(modifiers, one, record, name) for one in each):
            return False
    return True


def table_of(rows: list[Record]) -> pa.Table:
    columns = {name.lower(): pa.array([r[name] for r in rows], pa.string()) for name in FIELDS}
    count = range(len(rows))
    fixed = {"rec_no": pa.array(count), "byte_off": pa.array(count), "byte_len": pa.array(count)}
    texts = {"org": ["o"] * len(rows), "exhibit": ["e"] * len(rows)}
    none = {"codec": pa.nulls(len(rows), pa.string())}
    when = {"ts": pa.array([datetime(2031, 1, 1, tzinfo=UTC)] * len(rows))}
    return pa.table({**fixed, **texts, **none, **when, **columns})


@settings(max_examples=150)
@example([dict.fromkeys(FIELDS)], ["*"], {"One": None}, "a")
@given(records, selections | keywords, selections, st.sampled_from(CONDITIONS))
def test_any_rule_means_what_a_plain_reading_of_it_means(
    rows: list[Record],
    a: Any,  # noqa: ANN401 - see `holds`
    b: Any,  # noqa: ANN401
    condition: str,
) -> None:
    document = {
        "title": "t",
        "logsource": {"product": "windows"},
        "detection": {"a": a, "b": b, "condition": condition},
    }
    (rule,) = read_rules(yaml.safe_dump(document, allow_unicode=True))
    assert isinstance(rule, Rule), rule
    with Sigma([rule], WORDS) as engine:
        found = {
            hit.locator.record for hit in engine._look("windows", Stretch(table_of(rows), {}), [0])
        }

    assert found == {
        n for n, row in enumerate(rows) if sees(condition, holds(a, row), holds(b, row))
    }
