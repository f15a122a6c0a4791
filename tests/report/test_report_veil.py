from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.assessed import AssessedCase
from ashiato.core.evidence import Resolver
from ashiato.core.masking import mask_text
from ashiato.report import summary, write_dossier
from ashiato.report.veil import Veil, veiled

WORDS = st.text(st.sampled_from("ab1@. "), min_size=0, max_size=6)


def test_no_file_holds_a_card_or_telephone_number(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    written = write_dossier(case, tmp_path / "dossier", resolver=shelf)
    everything = "".join(path.read_text(encoding="utf-8") for path in written) + summary(case)

    assert "1111" in everything  # the last four digits are there, so the quote is
    assert not [value for _, value in case.sensitive if value in everything]


def test_a_mask_keeps_the_place_of_every_word(case: AssessedCase) -> None:
    for before, after in zip(case.claims, veiled(case).claims, strict=True):
        assert [len(c.quote) for c in after.citations] == [len(c.quote) for c in before.citations]
        assert [c.locator for c in after.citations] == [c.locator for c in before.citations]


def test_hashes_and_paths_stay_as_they_are(case: AssessedCase) -> None:
    digits = replace(case.exhibits[0], sha256="4111111111111111" * 4, path="a/4111 1111 1111 1111")
    masked = veiled(replace(case, exhibits=(digits,)))

    assert masked.exhibits == (digits,)


def test_an_id_that_is_a_telephone_number_is_masked_the_same_everywhere(case: AssessedCase) -> None:
    voice = replace(case.claims[0].origin, id=case.sensitive[1][1])
    masked = veiled(replace(case, claims=(replace(case.claims[0], origin=voice),)))

    assert case.sensitive[1][1] not in str(masked.claims)


@given(st.lists(st.tuples(st.sampled_from(["email", "postal", "phone"]), WORDS)), WORDS)
def test_looking_only_for_what_may_be_there_masks_as_much(
    values: list[tuple[str, str]], text: str
) -> None:
    longest_first = tuple(sorted(set(values), key=lambda kv: (-len(kv[1]), kv)))

    assert Veil(tuple(values)).text(text) == mask_text(text, longest_first)
