"""Traces in running text: what is one, what only looks like one, and where it stands."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.sources import Intake, Source
from ashiato.read.text import document_indicators, indicators_in
from ashiato.read.text.observables import traces_in
from ashiato.read.text.observables.scan import _HINT

INTAKE = Intake("e" * 64, "report.txt", Source("tidewatch", "Tidewatch Labs", "organisation"))


def _values(text: str) -> list[str]:
    return [found.value for found, _, _ in indicators_in(text)]


TABLES = Path(__file__).parent
UNLABELLED = {"ip", "cidr", "domain", "url", "email", "cve", "md5", "sha1", "sha256", "attack"}


def _cases(name: str) -> list[tuple[str, set[tuple[str, str]]]]:
    lines = (TABLES / name).read_text("utf-8").splitlines()
    cut = [line.rpartition("=>") for line in lines if not line.startswith("#")]
    return [(text.strip().replace("\\n", "\n"), _wanted(wanted)) for text, _, wanted in cut]


def _wanted(written: str) -> set[tuple[str, str]]:
    pairs = [part.strip().partition(" ") for part in written.split("|") if part.strip()]
    return {(kind, value) for kind, _, value in pairs}


def _typed(text: str) -> set[tuple[str, str]]:
    return {(found.type.value, found.value) for found, _, _ in indicators_in(text)}


@pytest.mark.parametrize(("text", "wanted"), _cases("traces_built.txt"))
def test_a_text_gives_its_traces_and_no_others(text: str, wanted: set[tuple[str, str]]) -> None:
    assert _typed(text) == wanted


def test_texts_kept_aside_while_building_give_their_traces() -> None:
    cases = _cases("traces_aside.txt")
    wrong = [text for text, wanted in cases if _typed(text) != wanted]

    assert len(cases) > 85
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("name", ["traces_built.txt", "traces_aside.txt"])
def test_a_mended_value_is_found_again_as_itself(name: str) -> None:
    found = {pair for _, wanted in _cases(name) for pair in wanted if pair[0] in UNLABELLED}

    assert not [
        (kind, value) for kind, value in sorted(found) if (kind, value) not in _typed(value)
    ]


REPEATED = [
    ".",
    "a.",
    "[.]",
    "a[.]",
    "a1",
    "1:2",
    ":",
    "1.",
    "a@",
    "http://",
    "\\",
    "C:\\a ",
    "/a",
    "+1 ",
    "(",
    "a-",
    "日.",
    "1[:]",
    "1.2.3.4/",
    "a.b ",
    "http://a.example/)",
    "HKLM\\a b\\",
    "a dot ",
    "9",
]


@pytest.mark.parametrize("unit", REPEATED)
def test_hostile_repetition_is_read_to_its_end(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    found = traces_in(text)

    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.torture
@pytest.mark.parametrize("unit", REPEATED)
def test_a_megabyte_of_hostile_repetition_takes_seconds_not_hours(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = process_time()
    traces_in(text)

    assert process_time() - start < 10


@given(st.text(max_size=200))
def test_any_text_at_all_raises_nothing_and_every_trace_has_characters(text: str) -> None:
    assert all(
        0 <= t.start < t.end <= len(text) and text[t.start : t.end].strip() for t in traces_in(text)
    )


def test_the_host_inside_a_link_is_linked() -> None:
    (link,) = traces_in("hxxp://cdn[.]relay[.]example/a")

    assert link.host is not None
    assert link.host.value == "cdn.relay.example"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The malware used 10.0.0.7.", "private"),
        ("The malware asked 8.8.8.8.", "resolver"),
        ("The malware asked google.com.", "everybody"),
        ("The malware hash d41d8cd98f00b204e9800998ecf8427e.", "empty"),
        ("The malware fetched https://www.google.com/", "everybody"),
    ],
)
def test_a_trace_of_everybody_is_kept_and_says_why_it_is_no_indicator(text: str, word: str) -> None:
    (mention,) = document_indicators(text.encode(), INTAKE)

    assert word in mention.benign
    assert mention.cue == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("from 192.0.2.7.", "192.0.2.7"),
        ("from 192[.]0[.]2[.]7 on", "192.0.2.7"),
        ("the block 198.51.100.0/24 was", "198.51.100.0/24"),
        ("hxxps://cdn[.]relay[.]test/a.php?x=1, then", "https://cdn.relay.test/a.php?x=1"),
        ("(see http://relay.example/a_(b))", "http://relay.example/a_(b)"),
        ("relay(dot)example was", "relay.example"),
        ("Update.Relay.EXAMPLE".lower(), "update.relay.example"),
        ("write to op[at]relay[.]example", "op@relay.example"),
        ("CVE\u20112029\u201112345", "CVE-2029-12345"),
        ("D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        ("at 2001:db8::7 they", "2001:db8::7"),
        ("「relay.example」", "relay.example"),
    ],
)
def test_a_trace_is_found_and_mended(text: str, value: str) -> None:
    assert _values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "version 10.1.2.3 of it",
        "It ran on Node.js",
        "In 1998.Then he left",
        "the attack ended.In May",
        "at 12:30:45 on 2016.12.01",
        "e.g. the U.S. firm",
        "300.1.2.3 is none",
        "the hash 1234567890abcdef",
    ],
)
def test_what_only_looks_like_a_trace_is_none(text: str) -> None:
    assert _values(text) == []


def test_a_domain_inside_a_link_or_address_is_given_once() -> None:
    assert _values("http://relay.example/x and op@relay.example") == [
        "http://relay.example/x",
        "op@relay.example",
    ]


@given(st.text(alphabet="0123456789abcdef.:/[]()@-x htp CVE日\n", max_size=120))
def test_any_text_gives_traces_in_order_without_overlap(text: str) -> None:
    spans = [(start, end) for _, start, end in indicators_in(text)]

    assert all(start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_the_heading_above_a_list_ties_its_traces_to_the_attack() -> None:
    text = "Indicators of compromise\n- 192.0.2.7\n- relay.example\n\nOur site is tide.example.\n"

    mentions = document_indicators(text.encode(), INTAKE)

    assert [(m.observable.value, bool(m.cue)) for m in mentions] == [
        ("192.0.2.7", True),
        ("relay.example", True),
        ("tide.example", False),
    ]


def test_a_trace_for_the_public_is_no_indicator() -> None:
    (mention,) = document_indicators(b"Contact the malware team at press@tide.example.", INTAKE)

    assert mention.cue == ""


def test_the_time_of_a_sentence_is_the_window_of_its_trace() -> None:
    text = b"The malware used 192.0.2.7 from September 2029 to April 2030."

    (mention,) = document_indicators(text, INTAKE)

    assert mention.window.start_min is not None
    assert (mention.window.start_min.year, mention.window.start_min.month) == (2029, 9)
    assert mention.sentence.quote == text.decode()


def test_a_list_takes_its_cue_and_its_window_from_the_paragraph_that_opens_it() -> None:
    text = (
        "The attackers used these command and control servers from 1 May 2030 to 9 May 2030:\n\n"
        "203.0.113.9\nrelay.orchid.example\n\nUnrelated: see 198.51.100.7 for the mirror.\n"
    )
    intake = Intake("ab" * 32, "evidence/note.txt", Source("lab", "Lab"))

    found = {m.observable.value: m for m in document_indicators(text.encode(), intake)}

    assert found["203.0.113.9"].cue
    assert found["relay.orchid.example"].window.start_min == datetime(2030, 5, 1, tzinfo=UTC)
    assert not found["198.51.100.7"].cue


@pytest.mark.parametrize("name", ["traces_built.txt", "traces_aside.txt"])
def test_no_sentence_with_a_trace_is_passed_over_at_first_sight(name: str) -> None:
    assert all(_HINT.search(text) for text, wanted in _cases(name) if wanted)
