import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.read.sandbox.outcome import JSON
from ashiato.read.sandbox.strict import DEPTH, END, FRAME, VALUE, Garbled, Inbox, pack, unpack

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(PLAIN, max_size=5), st.integers(1, 40))
def test_frames_arrive_as_they_were_sent_however_they_are_cut(
    values: list[JSON], piece: int
) -> None:
    sent = b"".join(pack(VALUE, v) for v in values) + pack(END, {"ending": "ok"})
    inbox = Inbox(bound=len(sent))
    for start in range(0, len(sent), piece):
        inbox.feed(sent[start : start + piece])

    assert (inbox.frames, inbox.end) == (values, {"ending": "ok"})


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_garbled(data: bytes) -> None:
    inbox = Inbox(bound=1 << 20)
    try:
        inbox.feed(data)
    except Garbled:
        return

    assert not inbox.frames or data.startswith(VALUE)


@given(st.binary(max_size=60))
def test_what_is_read_is_what_the_standard_library_reads(data: bytes) -> None:
    try:
        value = unpack(data)
    except Garbled:
        return

    assert value == json.loads(data)


@pytest.mark.parametrize(
    ("value", "because"),
    [(nan, "Out of range"), (inf, "Out of range"), ("\ud800", "surrogates"), ("x" * FRAME, "more")],
)
def test_a_parser_of_ours_cannot_send_what_would_be_refused(value: JSON, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        pack(VALUE, value)


def test_depth_is_counted_in_lists_and_objects() -> None:
    assert unpack(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(Garbled, match="nested"):
        unpack(b'{"a":' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1))


def test_an_escaped_pair_is_one_character_and_a_backslash_is_none() -> None:
    assert unpack(rb'"\ud83d\ude00"') == "\U0001f600"
    assert unpack(rb'"\\ud800"') == r"\ud800"
