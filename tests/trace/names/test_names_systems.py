"""Each system of reading and spelling, by names of invented persons."""

import pytest

from ashiato.trace.names import Value, compare


@pytest.mark.parametrize(
    ("a", "b", "system"),
    [
        ("田村健一", "Tamura Kenichi", "ja"),
        ("大野洋子", "OHNO YOKO", "ja"),
        ("渡邊真一", "渡辺 真一", "same characters"),
        ("陈晓燕", "Xiao-Yan CHEN", "zh"),
        ("許志豪", "Hsu Chih-hao", "wg"),
        ("黃志強", "Wong Chi Keung", "yue"),
        ("王建民", "おう けんみん", "on"),
        ("김민준", "Gim Minjun", "ko, Revised Romanisation"),
        ("崔美英", "최미영", "hangul"),
        ("Анна Петрова", "Anna Petrova", "Cyrillic in Latin letters"),
        ("かしわぎ みさき", "カシワギ・ミサキ", "kana"),
        ("かしわぎみさき", "Misaki KASHIWAGI", "romaji"),
        ("GOTOH Shunji", "Goto Shunji", "romaji"),
        ("María Peña", "Pena, Maria", "same words"),
    ],
)
def test_names_are_equal_in_one_system(a: str, b: str, system: str) -> None:
    answer = compare(a, b)

    assert answer.value is Value.EQUAL
    assert [r.system for r in answer.readings] == [system]


@pytest.mark.parametrize(
    ("a", "b", "system"),
    [
        ("小島陽一", "オジマ ヨウイチ", "ja, by character"),
        ("小野優子", "OHNO YUKO", "ja"),
        ("斉藤 学", "斎藤 学", "characters that registers confuse"),
        ("王建民", "ワン・ジエンミン", "zh in kana"),
        ("陳志明", "Tan Chi Ming", "several Chinese spellings"),
        ("김영희", "Kim Young-hee", "ko, as people write it"),
        ("김민준", "キム・ミンジュン", "ko in kana"),
        ("金英姬", "Kim Young-hee", "ko"),
        ("田村健一", "다무라 겐이치", "ja in hangul"),
        ("藤田健", "후지타 켄", "ja in hangul"),
        ("張學文", "チャン・シュエウェン", "zh in kana"),
        ("임수현", "림수현", "hangul, North and South"),
        ("Zhang Shujuan", "Chang Shu-chuan", "pinyin and Wade-Giles"),
        ("Jürgen Möller", "Juergen Moeller", "spelling without umlauts"),
        ("J. Whitcombe", "Julia Whitcombe", "initials"),
        ("Kirsten Halvorsen", "Kirsten Halvorson", "one word differs by a letter"),
        ("Margaret Ellen Dunmore", "Dunmore, Margaret", "one has a further name"),
        ("Yousuf Kareem", "Yusuf Karim", "another transcription"),
    ],
)
def test_names_are_possible_in_a_weaker_way(a: str, b: str, system: str) -> None:
    answer = compare(a, b)

    assert answer.value is Value.POSSIBLE
    assert system in {r.system for r in answer.readings}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("伊藤純子", "伊東淳子"),  # one reading, two names: characters decide between characters
        ("ゆうき まこと", "ゆき まこと"),  # kana write the length of vowels
        ("渡部真一", "渡辺真一"),
        ("王建民", "ワン・シャオミン"),
        ("김민준", "Kim Min-jae"),
        ("Sato Yuki", "Sato Yuka"),
        ("Юрий Жуковский", "Yuriy Zhuravlev"),
    ],
)
def test_near_misses_have_no_support(a: str, b: str) -> None:
    answer = compare(a, b)

    assert answer.value is Value.NONE
    assert answer.compared


def test_the_reading_that_met_is_shown() -> None:
    (reading,) = compare("田村健一", "TAMURA, Ken'ichi").readings

    assert (reading.system, reading.text) == ("ja", "tamura kenichi")


def test_a_written_long_vowel_keeps_apart_what_a_passport_would_join() -> None:
    assert compare("大野洋子", "Ono Yoko").value is Value.EQUAL
    assert compare("小野洋子", "Ono Yoko").value is Value.EQUAL
    assert compare("小野洋子", "Ohno Yoko").value is Value.POSSIBLE


def test_three_words_in_another_order_may_be_father_and_son() -> None:
    turned = compare("Amin ibn Haddad Karim", "Karim Amin ibn Haddad")
    mixed = compare("Amin ibn Karim Haddad", "Karim ibn Amin Haddad")

    assert turned.value is Value.EQUAL
    assert mixed.value is Value.POSSIBLE


def test_the_characters_of_a_family_name_are_read_as_a_family_name() -> None:
    assert compare("单小红", "Shan Xiaohong").value is Value.EQUAL
    assert compare("歐陽雪梅", "Ouyang Xuemei").value is Value.EQUAL


def test_a_foreign_given_name_before_a_chinese_one_is_only_possible() -> None:
    assert compare("葉嘉欣", "Vivian Yip Ka-yan").value is Value.POSSIBLE


def test_a_name_may_bring_its_reading_in_brackets() -> None:
    name = "田村健一（たむら けんいち）"  # noqa: RUF001 - brackets as Japan writes them

    assert compare(name, "田村健一").value is Value.EQUAL
    assert compare(name, "タムラ ケンイチ").value is Value.EQUAL
    assert compare("Tamura Kenichi (田村健一)", "田村健二").value is Value.NONE


def test_titles_are_no_part_of_a_name() -> None:
    assert compare("田村健一様", "田村健一").value is Value.EQUAL
    assert compare("Dr. Clara Bennington", "Clara Bennington").value is Value.EQUAL
