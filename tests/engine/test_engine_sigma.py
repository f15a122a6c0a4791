"""What a Sigma rule means: each trap of other backends on a table of a few records."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent, indent

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.engine.events import event_files
from ashiato.engine.sigma.rules import LogSource, Read, Refused, Rule, read_rules
from ashiato.engine.sigma.run import Sigma
from ashiato.engine.sigma.tables import event_partitions
from ashiato.engine.sigma.words import words_of
from ashiato.knowledge import load

WORDS = words_of(load("sigma"))
Event = Mapping[str, str | int | None]
NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HEAD = """
title: A rule
logsource:
    product: {product}
detection:
"""
FIXED = ("org", "exhibit", "codec", "rec_no", "byte_off", "byte_len", "ts")


def rule_of(detection: str, product: str = "windows") -> Read:
    body = indent(dedent(detection).strip("\n"), "    ")
    (found,) = read_rules(HEAD.format(product=product) + body)
    return found


def write_events(root: Path, *events: Event, exhibit: str = "a" * 64) -> Path:
    """Write events as the store does; channel and id of each say where it lies."""
    parts: dict[tuple[str, int], list[dict[str, object]]] = {}
    for number, event in enumerate(events, start=1):
        row: dict[str, object] = {"Channel": "Security", "EventID": 4688, "Computer": "host1"}
        row |= {"org": "Org 001", "exhibit": exhibit, "codec": None, "rec_no": number}
        row |= {"byte_off": number * 100, "byte_len": 80, "ts": NOON, **event}
        parts.setdefault((str(row["Channel"]), int(str(row["EventID"]))), []).append(row)
    for (channel, number), rows in parts.items():
        file = root / channel.lower().replace("/", "-") / str(number) / f"{exhibit}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        names = sorted({name for row in rows for name in row} - set(FIXED))
        columns = {n: pa.array([row.get(n) for row in rows]) for n in (*FIXED, *names)}
        columns["codec"] = columns["codec"].cast(pa.string())
        pq.write_table(pa.table(columns), file)
    return root


@pytest.fixture
def met(tmp_path: Path) -> Callable[..., list[int]]:
    """Give the numbers of the events that meet a rule."""

    def run(detection: str, *events: Event) -> list[int]:
        rule = rule_of(detection)
        assert isinstance(rule, Rule), rule
        root = write_events(tmp_path / "events", *events)
        with Sigma([rule], WORDS) as engine:
            return sorted(
                hit.locator.record for hit in engine.hits(event_partitions(event_files(root)))
            )

    return run


Met = Callable[..., list[int]]


def when(test: str, condition: str = "one") -> str:
    return f"one:\n    {test}\ncondition: {condition}"


def test_case_does_not_count(met: Met) -> None:
    assert met(when("Image: 'C:\\CMD.exe'"), {"Image": "c:\\cmd.EXE"}, {"Image": "cmd"}) == [1]


def test_case_counts_where_the_rule_says_cased(met: Met) -> None:
    assert met(when("Image|cased: 'Cmd'"), {"Image": "cmd"}, {"Image": "Cmd"}) == [2]


def test_letters_beyond_ascii_have_no_case_either(met: Met) -> None:
    assert met(when("Image|contains: 'ÄÖ'"), {"Image": "xäöx"}, {"Image": "xÄÖx"}) == [1, 2]


def test_not_keeps_the_records_that_lack_the_field(met: Met) -> None:
    events = ({"User": "a"}, {"User": "b"}, {"User": None})

    assert met(when("User: a", "not one"), *events) == [2, 3]


def test_not_of_a_whole_selection_keeps_them_too(met: Met) -> None:
    detection = "one:\n    User: a\n    Image: x\ncondition: not one"
    events = ({"User": "a", "Image": "x"}, {"User": "a"}, {"Image": "y", "User": None})

    assert met(detection, *events) == [2, 3]


def test_percent_and_underline_are_themselves(met: Met) -> None:
    events = ({"Image": "a_b%"}, {"Image": "axb%"}, {"Image": "a_bcc"})

    assert met(when("Image: 'a_b%'"), *events) == [1]
    assert met(when("Image: 'a?b*'"), *events) == [1, 2, 3]
    assert met(when("Image: '*_*%'"), *events) == [1]


def test_an_escaped_wildcard_is_itself(met: Met) -> None:
    events = ({"Image": "a*b"}, {"Image": "axb"}, {"Image": "a\\xb"})

    assert met(when("Image: 'a\\*b'"), *events) == [1]
    assert met(when("Image: 'a\\\\*b'"), *events) == [3]


def test_a_wildcard_crosses_lines(met: Met) -> None:
    assert met(when("Data: 'a*c'"), {"Data": "a\nb\nc"}, {"Data": "a\nb"}) == [1]


def test_a_field_that_no_record_has_is_empty_and_no_error(met: Met) -> None:
    events = ({"User": "a"},)

    assert met(when("Nowhere: a"), *events) == []
    assert met(when("Nowhere: a", "not one"), *events) == [1]
    assert met(when("Nowhere: null"), *events) == [1]
    assert met(when("Nowhere|exists: false"), *events) == [1]
    assert met(when("Nowhere|gt: 1", "not one"), *events) == [1]


def test_names_differ_in_case_and_blanks_only(met: Met) -> None:
    assert met(when("commandline: x"), {"CommandLine": "x"}) == [1]
    assert met(when("ThreatName: x"), {"Threat Name": "x"}) == [1]


def test_a_provider_has_several_names(met: Met) -> None:
    assert met(when("SourceName: svc"), {"Provider_Name": "Svc"}, {"Provider_Name": "o"}) == [1]


def test_the_field_of_the_event_itself_comes_before_an_alias(met: Met) -> None:
    event = {"Source Name": "real", "Provider_Name": "svc"}

    assert met(when("SourceName: real"), event) == [1]
    assert met(when("SourceName: svc"), event) == []


def test_empty_is_not_missing(met: Met) -> None:
    events = ({"User": ""}, {"User": None}, {"User": "a"})

    assert met(when("User: ''"), *events) == [1]
    assert met(when("User: null"), *events) == [2]
    assert met(when("User|exists: true"), *events) == [1, 3]
    assert met(when("User: '*'"), *events) == [1, 3]


def test_numbers_compare_as_numbers_and_texts_never_do(met: Met) -> None:
    events = ({"Size": "9"}, {"Size": "10"}, {"Size": "many"})

    assert met(when("Size|gt: 9"), *events) == [2]
    assert met(when("Size|lte: 9"), *events) == [1]
    assert met(when("Size|gt: 9", "not one"), *events) == [1, 3]
    assert met(when("Size: 10"), *events) == [2]


def test_an_event_id_is_the_same_as_text_and_as_number(met: Met) -> None:
    events = ({"EventID": 1}, {"EventID": 11})

    assert met(when("EventID: 1"), *events) == [1]
    assert met(when("EventID: '1'"), *events) == [1]
    assert met(when("EventID|startswith: '1'"), *events) == [1, 2]


def test_truth_is_written_in_small_letters(met: Met) -> None:
    assert met(when("Signed: false"), {"Signed": "False"}, {"Signed": "true"}) == [1]


def test_an_expression_is_found_anywhere_and_its_case_counts(met: Met) -> None:
    events = ({"Image": "xA1"}, {"Image": "xa1"}, {"Image": "A\n1"})

    assert met(when("Image|re: 'A\\d'"), *events) == [1]
    assert met(when("Image|re|i: 'A\\d'"), *events) == [1, 2]
    assert met(when("Image|re: 'A.1'"), *events) == []
    assert met(when("Image|re|s: 'A.1'"), *events) == [3]


@pytest.mark.parametrize("expression", ["(?=a)b", "(a)\\1", "(?<!a)b"])
def test_look_around_and_back_references_are_refused_aloud(expression: str) -> None:
    found = rule_of(when(f"Image|re: '{expression}'"))

    assert isinstance(found, Refused)
    assert "beyond RE2" in found.reason


def test_a_network_holds_its_addresses_and_no_texts(met: Met) -> None:
    events = ({"Ip": "10.1.2.3"}, {"Ip": "10.evil.example"}, {"Ip": "::ffff:10.1.2.4"}, {"Ip": "-"})

    assert met(when("Ip|cidr: 10.0.0.0/8"), *events) == [1, 3]
    assert met(when("Ip|cidr: 10.0.0.0/8", "not one"), *events) == [2, 4]


def test_a_network_of_ipv6_holds_every_spelling(met: Met) -> None:
    events = ({"Ip": "2001:db8::1"}, {"Ip": "2001:0DB8:0:0::2"}, {"Ip": "2001:db9::1"})

    assert met(when("Ip|cidr: '2001:db8::/32'"), *events) == [1, 2]


def test_base64_is_found_at_any_of_its_three_offsets(met: Met) -> None:
    events = [{"C": b64encode(b"x" * n + b"whoami /all").decode()} for n in range(4)]

    assert met(when("C|base64offset|contains: 'whoami'"), *events, {"C": "whoami"}) == [1, 2, 3, 4]


def test_wide_text_is_found_in_base64(met: Met) -> None:
    event = {"C": b64encode("ab whoami".encode("utf-16-le")).decode()}

    assert met(when("C|wide|base64offset|contains: 'whoami'"), event) == [1]


def test_a_field_may_refer_to_another(met: Met) -> None:
    events = ({"A": "X", "B": "x"}, {"A": "x", "B": "y"}, {"A": "x", "B": None})

    assert met(when("A|fieldref: B"), *events) == [1]
    assert met(when("A|fieldref: B", "not one"), *events) == [2, 3]


def test_any_dash_is_a_dash(met: Met) -> None:
    events = ({"C": "x /s"}, {"C": "x -s"}, {"C": "x \N{EN DASH}s"}, {"C": "x s"})

    assert met(when("C|windash|contains: ' -s'"), *events) == [1, 2, 3]


def test_all_wants_every_value(met: Met) -> None:
    detection = "one:\n    C|contains|all:\n        - a\n        - b\ncondition: one"

    assert met(detection, {"C": "ab"}, {"C": "a"}) == [1]


def test_one_of_and_all_of_count_selections(met: Met) -> None:
    both = "sel_a:\n    A: x\nsel_b:\n    B: x\ncondition: "
    events = ({"A": "x", "B": "x"}, {"A": "x", "B": "y"}, {"A": "y", "B": "y"})

    assert met(both + "1 of them", *events) == [1, 2]
    assert met(both + "all of sel_*", *events) == [1]
    assert met(both + "not 1 of sel_*", *events) == [3]


def test_keywords_are_sought_in_every_value(met: Met) -> None:
    detection = "one:\n    - 'ERROR*bad'\n    - needle\ncondition: one"
    events = (
        {"A": "x", "Data": "a Needle b"},
        {"A": "error", "B": "bad"},
        {"A": "an error so bad"},
    )

    assert met(detection, *events) == [1, 3]


def test_keywords_joined_by_all_may_lie_in_different_values(met: Met) -> None:
    detection = "one:\n    '|all':\n        - aa\n        - bb\ncondition: one"

    assert met(detection, {"A": "aa", "B": "bb"}, {"A": "aa", "B": "cc"}) == [1]


def test_a_placeholder_without_values_is_refused_and_with_values_runs() -> None:
    text = (
        HEAD.format(product="windows")
        + "    one:\n        U|expand: '%admins%'\n    condition: one"
    )
    (without,) = read_rules(text)
    (given,) = read_rules(text, placeholders={"admins": ["ann", "bob"]})

    assert isinstance(without, Refused)
    assert "%admins%" in without.reason
    assert isinstance(given, Rule)


def test_event_ids_joined_by_or_lose_no_partition(met: Met) -> None:
    detection = "a:\n    EventID: 1\nb:\n    EventID: 2\n    A: x\ncondition: a or b"
    events = ({"EventID": 1}, {"EventID": 2, "A": "x"}, {"EventID": 2, "A": "y"}, {"EventID": 3})

    assert met(detection, *events) == [1, 2]


def test_a_not_around_the_event_id_loses_none(met: Met) -> None:
    assert met(when("EventID: 1", "not one"), {"EventID": 1}, {"EventID": 2}) == [2]


def test_a_category_means_its_channel_and_event_id(tmp_path: Path) -> None:
    text = "title: t\nlogsource:\n  product: windows\n  category: process_creation\n"
    (rule,) = read_rules(text + "detection:\n  one:\n    Image: x\n  condition: one\n")
    sysmon = {"Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "X"}
    root = write_events(
        tmp_path, {**sysmon, "EventID": 1}, {**sysmon, "EventID": 5}, {"Image": "x"}
    )
    assert isinstance(rule, Rule)
    with Sigma([rule], WORDS) as engine:
        (hit,) = engine.hits(event_partitions(event_files(root)))

    assert (hit.locator.record, hit.event, hit.channel) == (1, "1", sysmon["Channel"])


def test_two_exhibits_of_one_partition_may_have_different_fields(tmp_path: Path) -> None:
    write_events(tmp_path, {"A": "x"})
    write_events(tmp_path, {"B": "x"}, exhibit="b" * 64)
    rule = rule_of("one:\n    A: x\ntwo:\n    B: x\ncondition: one or two")
    assert isinstance(rule, Rule)
    with Sigma([rule], WORDS) as engine:
        found = {hit.exhibit[0] for hit in engine.hits(event_partitions(event_files(tmp_path)))}

    assert found == {"a", "b"}


def refused(text: str) -> Iterator[str]:
    for each in read_rules(text):
        assert isinstance(each, Refused)
        yield each.reason


@pytest.mark.parametrize(
    "text",
    [
        "- a list",
        "title: x",
        "title: [",
        "title: x\nlogsource: 7\ndetection: {a: {b: c}, condition: a}",
        "title: x\nlogsource: {product: windows}\ndetection: {a: {b: c}, condition: a or (b}",
        "title: x\nlogsource: {product: windows}\ndetection: {a: {b: c}, condition: missing}",
        "title: x\nlogsource: {product: windows}\ndetection: {a: {'b|nosuch': c}, condition: a}",
        "title: x\ndate: 2031-13-45\nlogsource: {product: windows}",
        'title: x\nlogsource: {product: windows}\ndetection: {a: {b: "\\ud800"}, condition: a}',
    ],
)
def test_what_is_no_rule_is_refused_with_a_reason(text: str) -> None:
    assert all(refused(text))


def test_aliases_that_unfold_without_end_are_refused() -> None:
    folds = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12))
    (reason,) = refused(f"x0: &x0 [a, a]\n{folds}title: *x11\n")

    assert "unfold" in reason


def test_older_collections_share_a_global_head() -> None:
    text = (
        "action: global\ntitle: shared\nlogsource: {product: windows}\n---\n"
        "detection: {a: {b: c}, condition: a}\n---\ndetection: {a: {b: d}, condition: a}\n"
    )
    found = read_rules(text)

    assert [each.header.title for each in found if isinstance(each, Rule)] == ["shared", "shared"]
    assert [each.header.line for each in found if isinstance(each, Rule)] == [5, 7]


def test_a_log_source_means_kinds_of_the_lake() -> None:
    assert WORDS.kinds_of(LogSource(category="proxy")) == {"proxy"}
    assert WORDS.kinds_of(LogSource(product="zeek", service="dns")) == {"dns"}
    assert WORDS.kinds_of(LogSource(product="linux", service="auditd")) == frozenset()


def test_a_field_that_the_lake_does_not_hold_is_named() -> None:
    text = "title: t\nlogsource: {category: proxy}\ndetection: {a: {cs-cookie: c}, condition: a}"
    (rule,) = read_rules(text)
    assert isinstance(rule, Rule)

    assert WORDS.lacking(rule) == {"cs-cookie"}
