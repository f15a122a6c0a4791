"""`ashiato names`: one pair, or a file of pairs, answered in order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Ashiato = Callable[..., Any]


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_two_names_are_answered_with_the_reading_that_met(ashiato: Ashiato) -> None:
    said = ashiato("names", "田村健一", "TAMURA Kenichi", "--json")

    answer = json.loads(said.out)
    assert said.code == 0
    assert answer["value"] == "equal"
    assert answer["readings"] == [{"system": "ja", "text": "tamura kenichi", "value": "equal"}]


def test_a_person_reads_the_answer_and_its_limit(ashiato: Ashiato) -> None:
    said = ashiato("names", "田村健一", "Tamura Kenji")

    assert said.out.startswith("none")
    assert "does not make two persons" in said.out


def test_a_script_that_is_not_covered_is_not_compared(ashiato: Ashiato) -> None:
    answer = json.loads(ashiato("names", "Clara Karim", "محمد كريم", "--json").out)

    assert (answer["value"], answer["compared"]) == ("none", False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pairs.jsonl", '{"a": "김민준", "b": "Kim Min-jun"}\n{"a": "王建民", "b": "Wang Li"}\n'),
        ("pairs.csv", 'a,b\n김민준,Kim Min-jun\n王建民,"Wang Li"\n'),
        ("bom.csv", "\ufeffid,B,A\r\n1,Kim Min-jun,김민준\r\n2,Wang Li,王建民\r\n"),
    ],
)
def test_a_file_of_pairs_is_answered_in_order(
    ashiato: Ashiato, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8", newline="")

    rows = lines(ashiato("names", "--pairs", tmp_path / name, "--json").out)

    assert [(r["a"], r["value"]) for r in rows] == [("김민준", "equal"), ("王建民", "none")]


@pytest.mark.parametrize(
    "bad", [b'{"a": 1, "b": "x"}', b'{"a": "x"}', b"[", b'\xff"', b"{" * 70_000, b"[" * 60_000]
)
def test_a_line_that_is_no_pair_keeps_its_place_and_says_so(
    ashiato: Ashiato, tmp_path: Path, bad: bytes
) -> None:
    good = b'{"a": "Clara", "b": "Clara"}\n'
    (tmp_path / "pairs.jsonl").write_bytes(good + bad + b"\n" + good)

    rows = lines(ashiato("names", "--pairs", tmp_path / "pairs.jsonl", "--json").out)

    assert [row["compared"] for row in rows] == [True, False, True]
    assert "line 2" in rows[1]["because"]


def test_half_a_surrogate_pair_is_written_as_its_code(ashiato: Ashiato, tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text('{"a": "Clara \\ud800", "b": "Clara"}\n')

    (row,) = lines(ashiato("names", "--pairs", tmp_path / "pairs.jsonl", "--json").out)

    assert (row["a"], row["value"]) == ("Clara \\ud800", "equal")
    assert "U+D800" in row["because"]


def test_a_csv_line_without_a_second_name_is_told(ashiato: Ashiato, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("a,b\nClara\n")

    (row,) = lines(ashiato("names", "--pairs", tmp_path / "pairs.csv", "--json").out)

    assert not row["compared"]


@pytest.mark.parametrize("content", [b"", b"name\nClara\n", b"\xff\xfe\x00"])
def test_a_file_without_pairs_is_bad_input(
    ashiato: Ashiato, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "pairs.csv").write_bytes(content)

    said = ashiato("names", "--pairs", tmp_path / "pairs.csv")

    assert said.code == 2
    assert "headings a,b" in said.err


def test_names_and_a_file_are_not_given_at_once(ashiato: Ashiato, tmp_path: Path) -> None:
    assert ashiato("names", "Clara").code == 2
    assert ashiato("names", "Clara", "--pairs", tmp_path).code == 2
    assert ashiato("names", "--pairs", tmp_path / "absent").code == 2


def test_the_published_schema_allows_what_is_printed(ashiato: Ashiato) -> None:
    schema = Path(__file__).parents[2] / "docs/schemas/names.schema.json"
    answers = [
        json.loads(ashiato("names", a, b, "--json").out)
        for a, b in (("斉藤学", "斎藤学"), ("Clara", "クララ"), ("", "Clara"))
    ]

    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    assert not [e.message for answer in answers for e in validator.iter_errors(answer)]
