"""Laws of names: an answer depends on the names alone, not on who asks in which order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.trace.names import Value, compare, han, keys
from ashiato.trace.names.chinese import fold as mandarin_fold
from ashiato.trace.names.romaji import exact, kana_spelling, loose
from ashiato.trace.names.sounds import distance, fold
from ashiato.trace.names.spelling import path

FAMILIES = [
    "田村",
    "佐藤",
    "李",
    "陳",
    "欧阳",
    "김",
    "たむら",
    "タムラ",
    "Tamura",
    "Ohno",
    "Иванова",
    "Chen",
]
GIVEN = [
    "健一",
    "美咲",
    "小龍",
    "志明",
    "민준",
    "けんいち",
    "ミサキ",
    "Ken'ichi",
    "Xiao-long",
    "Анна",
    "Yūko",
]
names = st.builds("{} {}".format, st.sampled_from(FAMILIES), st.sampled_from(GIVEN))
kana = st.text(
    "あいうえおかきくけこがさしじたちつっとなにぬのはひふまみやゆょゅらりるわんー", max_size=8
)
anything = st.text(max_size=30)
latin = st.text("abcdefghijklmnopqrstuvwxyz", max_size=10)
characters = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=4)


@given(names, names)
def test_names_are_compared_alike_from_both_sides(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a)


@given(names)
def test_a_name_is_equal_to_itself_and_to_itself_turned_round(name: str) -> None:
    family, given_name = name.split(" ")

    assert compare(name, name).value is Value.EQUAL
    assert compare(name, f"{given_name} {family}").value is Value.EQUAL


@given(names, names)
def test_the_order_of_the_parts_does_not_matter(a: str, b: str) -> None:
    turned = " ".join(reversed(b.split(" ")))

    assert compare(a, turned).value is compare(a, b).value


@given(names, names)
def test_names_that_are_equal_can_be_found_by_a_key(a: str, b: str) -> None:
    if compare(a, b).value is Value.EQUAL:
        assert keys(a) & keys(b)


@settings(max_examples=50)
@given(anything, anything)
def test_any_text_gets_an_answer_with_a_reason(a: str, b: str) -> None:
    answer = compare(a, b)

    assert answer.because
    assert bool(answer.readings) == (answer.value is not Value.NONE)
    assert all(r.value is answer.value for r in answer.readings)


@given(kana)
def test_folding_romaji_twice_changes_nothing(text: str) -> None:
    spelled = kana_spelling(text)

    assert loose(loose(spelled)) == loose(spelled)
    assert exact(exact(spelled)) == exact(spelled)


@given(latin)
def test_folding_sounds_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)
    assert mandarin_fold(mandarin_fold(word)) == mandarin_fold(word)


@given(characters)
def test_folding_characters_twice_changes_nothing(text: str) -> None:
    assert han.fold(han.fold(text)) == han.fold(text)
    assert han.are_same(text, han.fold(text))


def test_every_character_folds_to_one_that_folds_to_itself() -> None:
    all_characters = map(chr, range(0x4E00, 0x9FA6))

    assert not [c for c in all_characters if han.fold(han.fold(c)) != han.fold(c)]


@given(latin, latin, latin)
def test_distance_is_a_distance(a: str, b: str, c: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= len(a) + len(c)


@given(st.lists(st.sets(st.text("abn", max_size=2), min_size=1, max_size=3), max_size=4), st.data())
def test_a_path_is_found_for_every_way_to_spell(
    columns: list[set[str]], data: st.DataObject
) -> None:
    chosen = [data.draw(st.sampled_from(sorted(column))) for column in columns]

    found = path("".join(chosen), columns)

    assert found is not None
    assert "".join(found) == "".join(chosen)
    assert all(said in column for said, column in zip(found, columns, strict=True))
