"""What is no name, or no name that can be compared: told, bounded, never a finding."""

from time import process_time

import pytest

from ashiato.trace.names import Value, compare, keys, part_keys


@pytest.mark.parametrize("text", ["", "   ", "😀", "\x00\x1b[31", "1234", "---", "\u200b\u202e"])
def test_a_text_without_letters_is_not_compared(text: str) -> None:
    answer = compare(text, "田村健一")

    assert (answer.value, answer.compared) == (Value.NONE, False)
    assert answer.because == "not compared: a name has no letters"
    assert not keys(text)


def test_two_texts_without_letters_are_not_equal() -> None:
    assert not compare("😀", "😀").compared


def test_a_name_of_ten_thousand_characters_is_refused_with_its_length() -> None:
    answer = compare("田" * 10_000, "田" * 10_000)

    assert not answer.compared
    assert "10000 characters" in answer.because
    assert not keys("田" * 10_000)


def test_a_name_of_too_many_words_is_refused() -> None:
    assert "words" in compare("a b c d e f g h i j k", "a b").because


def test_signs_inside_a_name_are_left_out_and_told() -> None:
    answer = compare("田村\x07健一😀", "田村健一")

    assert answer.value is Value.EQUAL
    assert "U+0007" in answer.because
    assert "😀" in answer.because


@pytest.mark.parametrize("other", ["محمد كريم", "Κλάρα", "คลารา", "कारा"])
def test_scripts_that_are_not_covered_are_said_to_be_not_compared(other: str) -> None:
    answer = compare("Clara Karim", other)

    assert not answer.compared
    assert "not covered" in answer.because
    assert compare(other, other).value is Value.EQUAL


def test_a_name_of_mixed_scripts_is_not_compared() -> None:
    assert not compare("Clara 田村", "田村クララ").compared


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("子" * 120, "a" * 120),
        ("子" * 8 + " " + "生" * 8, "ko" * 15 + " " + "ka" * 20),
        ("(子)" * 40, "(ko)" * 30),
        ("(" * 120, ")" * 120),
        ("生 " * 8, "shi " * 8),
        ("生" * 16, "sei" * 13),
        ("ohohohoh " * 8, "oh " * 8),
        ("лй" * 20 + " " + "ие" * 20, "yi" * 20 + " " + "iye" * 13),
        ("김" * 16, "gim" * 13),
        ("ン" * 40, "n" * 40),
        ("chang " * 8, "qiang " * 8),
        ("gegejeje" * 5 + " " + "cecejw" * 6, "ジェ" * 20 + " " + "ヂェ" * 20),
    ],
)
def test_hostile_names_take_no_time(a: str, b: str) -> None:
    compare("田村健一", "Tamura Kenichi")  # the tables are loaded once
    start = process_time()

    answer = compare(a, b)
    made = keys(a) | part_keys(a) | keys(b)

    assert answer.because
    assert len(made) <= 3 * 256
    assert process_time() - start < 2
