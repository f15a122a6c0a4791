"""The table of characters, and what was learnt of their sounds in names."""

import pytest

from ashiato.trace.names import han
from ashiato.trace.names.romaji import exact, is_romaji, kana_spelling, loose, shows_length
from ashiato.trace.names.tables import character


def test_a_character_has_its_sounds_in_four_languages() -> None:
    found = character("李")

    assert found.mandarin == ("li",)
    assert found.cantonese == ("lei",)
    assert found.on == ("ri",)
    assert set(found.hangul) == {"리", "이"}


def test_sounds_that_only_names_have_were_learnt_from_names() -> None:
    found = character("翔")

    assert "to" in found.nanori
    assert "to" not in found.on + found.kun


def test_what_is_no_chinese_character_has_no_sound() -> None:
    assert not character("x").on


@pytest.mark.parametrize(
    "forms", ["沢澤泽", "辺邊邉", "国國", "広廣广", "竜龍龙", "高髙", "陈陳", "吉𠮷"]
)
def test_the_forms_of_one_character_are_the_same(forms: str) -> None:
    assert all(han.are_same(forms[0], form) for form in forms)


@pytest.mark.parametrize("pair", ["後候", "発髪", "東凍", "鳥島", "髪發"])
def test_other_characters_are_not_the_same(pair: str) -> None:
    assert not han.are_same(*pair)


def test_a_simplified_form_stands_for_each_of_its_old_ones() -> None:
    assert han.are_same("发", "發")
    assert han.are_same("发", "髮")
    assert not han.are_same("發", "髮")


@pytest.mark.parametrize(
    ("kana", "spelled"),
    [("きょうこ", "kyouko"), ("ジュン", "jun"), ("いっぺい", "ippei"), ("ローズ", "roozu"),
     ("ウェイ", "wei"), ("ヴァレリー", "varerii"), ("ファン", "fan"), ("はっちゃん", "hacchan")],
)  # fmt: skip
def test_kana_are_spelled_letter_by_letter(kana: str, spelled: str) -> None:
    assert kana_spelling(kana) == spelled


@pytest.mark.parametrize("text", ["Kōhei", "Kouhei", "KOHHEI", "Kôhei", "Kohei"])
def test_every_spelling_of_a_long_vowel_has_one_loose_form(text: str) -> None:
    assert loose(text) == "kohei"
    assert shows_length(text) == (text != "Kohei")


@pytest.mark.parametrize(
    ("kunrei", "hepburn"),
    [("Matusita", "matsushita"), ("Tihiro", "chihiro"), ("Huzio", "fujio"), ("Zyun", "jun"),
     ("Syota", "shota"), ("Homma", "honma"), ("Shumpei", "shunpei"), ("Hotchi", "hocchi")],
)  # fmt: skip
def test_other_romaji_become_hepburn(kunrei: str, hepburn: str) -> None:
    assert exact(kunrei) == hepburn


def test_words_that_are_no_japanese_syllables_are_told_apart() -> None:
    assert is_romaji("Kashiwagi")
    assert is_romaji("Gotoh")
    assert not is_romaji("Stanton")
