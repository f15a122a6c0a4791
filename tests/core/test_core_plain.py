import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.plain import visible


def test_what_hides_or_turns_is_written_out() -> None:
    text = "pay\u202eload\u200b of \x1b[31mQuay\u2066\ufeff\u3164"

    assert visible(text) == "pay<U+202E>load<U+200B> of <U+001B>[31mQuay<U+2066><U+FEFF><U+3164>"


@given(st.text())
def test_nothing_is_left_that_a_terminal_obeys_or_an_eye_misses(text: str) -> None:
    left = {unicodedata.category(c) for c in visible(text).replace("\n", "")}

    assert not left & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(categories=["L", "N"], exclude_characters="ᅟᅠㅤﾠ")))
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert visible(text) == text
