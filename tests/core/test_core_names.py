from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.names import slug


def test_a_slug_keeps_letters_of_any_script_and_drops_articles_and_case() -> None:
    assert slug("The Harbour  Police (HQ)") == "harbour-police-hq"
    assert slug("港湾警察") == "港湾警察"
    assert slug("...") == "unnamed"


@given(st.text(max_size=40))
def test_a_slug_is_never_empty_and_one_word(text: str) -> None:
    found = slug(text)

    assert found
    assert not any(c.isspace() for c in found)
