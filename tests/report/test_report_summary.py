import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.assessed import AssessedCase
from ashiato.report import summary
from ashiato.report.summary import columns, cut, pad, wrap

LIKELIHOOD = r"\b(almost no chance|unlikely|likely|even chance|almost certain)\b"


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_no_line_is_wider_than_asked(
    case: AssessedCase, empty_case: AssessedCase, width: int
) -> None:
    long = replace(case, title="侵入された二十の組織について" * 9)
    lines = "".join(summary(c, width=width) for c in (case, empty_case, long)).splitlines()

    assert max(map(columns, lines)) <= width


@given(st.text(max_size=80), st.integers(1, 30))
def test_cutting_and_filling_keep_to_the_columns(text: str, room: int) -> None:
    assert columns(cut(text, room)) <= room
    assert columns(pad(text, room)) == room


@given(st.text(max_size=120), st.integers(31, 60))
def test_wrapping_keeps_to_the_columns_and_loses_no_word(text: str, room: int) -> None:
    lines = wrap(text, room)

    assert all(columns(line) <= room for line in lines)
    assert "".join("".join(lines).split(" ")) == "".join(
        "".join(wrap(text, 10_000)).split(" ")
    )  # fmt: skip


def test_single_origins_and_the_weakest_rung_are_marked(case: AssessedCase) -> None:
    rungs = {line.split()[0]: line for line in summary(case).splitlines() if line.startswith(" ")}

    assert "1 origin !" in rungs["sponsor"].replace("\u00a0", " ")
    assert rungs["sponsor"].endswith("weakest rung")
    assert "!" not in rungs["group"]
    assert "weakest" not in rungs["group"]


def test_every_part_is_there(case: AssessedCase) -> None:
    text = summary(case).replace("\u00a0", " ")

    assert "Kestrel (suspected): likely (72 %, 90 % interval 50\u201384 %)." in text
    assert "INSUFFICIENT for public attribution" in text
    assert "9 hit · 2 probable" in text
    assert "9 exhibits · 25 claims (18 not yet reviewed) · 2 problems" in text
    assert "1. account log of the online site" in text
    assert "\x1b" not in text


def test_no_sentence_holds_both_vocabularies(case: AssessedCase) -> None:
    sentences = re.split(r"[.:;]\s|\n", summary(case, width=400).lower())

    assert any("confidence" in s for s in sentences)
    assert not [s for s in sentences if "confidence" in s and re.search(LIKELIHOOD, s)]


def test_an_empty_case_says_that_it_asks_nothing(empty_case: AssessedCase) -> None:
    text = summary(empty_case)

    assert "The case asks no question yet" in text
    assert "No organisation has been asked for logs." in text


def test_a_question_without_hypotheses_still_has_its_ladder(case: AssessedCase) -> None:
    bare = replace(case.verdicts[0], hypotheses=(), gaps=())
    text = summary(replace(case, verdicts=(bare,), census=()))

    assert "No hypotheses were weighed" in text
    assert "vps-1042" in text


def test_evidence_cannot_write_to_the_terminal(case: AssessedCase) -> None:
    text = summary(replace(case, title="a\x1b[2Jb\u202ec\nd"))

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "c d" in text
