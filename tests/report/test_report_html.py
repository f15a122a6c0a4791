from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from ashiato.report.html import Html, escape, join, tag


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_any_text_comes_back_as_text_and_makes_no_element(text: str) -> None:
    parser = Text()
    parser.feed(tag("p", text, title=text))
    parser.close()

    assert parser.tags == ["p"]
    assert parser.text == text
    assert parser.attributes["title"] == text


def test_markup_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "a < b")) == "<p><b>a &lt; b</b></p>"


def test_names_of_attributes_lose_their_underscores() -> None:
    assert tag("a", class_="ref", aria_label="x", hidden=True, id=None) == (
        '<a class="ref" aria-label="x" hidden></a>'
    )


def test_characters_that_hide_or_turn_text_are_shown_as_codes() -> None:
    assert escape("a\u202eb\x00") == "a[U+202E]b[U+0000]"


def test_what_stands_between_is_escaped_too() -> None:
    assert join(["a", Html("<b>")], "<") == "a&lt;<b>"
