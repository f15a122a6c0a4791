"""Blocks: quick ways give what the careful way gives."""

from hypothesis import assume, given
from hypothesis import strategies as st

from ashiato.read.text.blocks import _as_it_is, _without_runs
from ashiato.read.text.shaped import Shaped


@given(st.text(alphabet="ab .é日\u200b\u3164", max_size=30))
def test_plain_print_is_shaped_as_if_each_character_were_looked_at(text: str) -> None:
    body = Shaped.as_received(text)
    quick = _as_it_is(body, text)
    assume(quick is not None)
    assert quick is not None
    kept = _without_runs(text)

    assert quick.text == "".join(text[i] for i in kept)
    assert list(quick.starts) == kept
