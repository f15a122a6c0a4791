"""Claims read against claims written: each error moves its own figure and no other."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from ashiato.exercise.scoring.claims import ClaimScore, Gold, score_claims
from ashiato.exercise.scoring.dossier import ClaimRow, Dossier, Span
from ashiato.exercise.scoring.found import Found, Rate
from ashiato.exercise.scoring.matching import content_words

NEWS = "evidence/documents/news.txt"
GOLD = (
    Gold(NEWS, 0, 60, "contracted", "Brandt", "vps-1042", "affirmed", "stated", "police", "police"),
    Gold(NEWS, 61, 99, "directed", "Unit 7", "Kestrel", "affirmed", "believed", "police", "police"),
    Gold(NEWS, 100, 140, "sold", "", "the IDs", "denied", "stated", "Sato", "Sato"),
    Gold(NEWS, 141, 180, "used", "Kestrel", "vps-1042", "affirmed", "stated", "firm", "firm"),
)
FIELDS = ("subject", "object", "speaker", "modality", "polarity", "origin")


@dataclass(frozen=True, slots=True)
class Documents:
    """Of a truth, what the scoring of claims looks at."""

    claims: tuple[Gold, ...]
    documents: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Voiced:
    origins: tuple[tuple[str, ...], ...]


def truth(*claims: Gold, origins: tuple[tuple[str, ...], ...] = ()) -> Any:  # noqa: ANN401 - stands in for a Truth
    return Documents(claims, (Voiced(origins),))


def read(gold: Gold) -> ClaimRow:
    return ClaimRow(
        paths=(gold.path,),
        origin=("", gold.origin),
        spans=(Span(gold.path, gold.start, gold.end),),
        predicate=gold.predicate,
        subject=gold.subject,
        object=gold.object,
        polarity=gold.polarity,
        modality=gold.modality,
        speaker=("", gold.speaker),
    )


PERFECT = tuple(map(read, GOLD))


def answer(*claims: ClaimRow) -> Dossier:
    return Dossier((), (), (), (), (), (), "", claims)


def scored(*claims: ClaimRow) -> ClaimScore:
    got = score_claims(answer(*claims), truth(*GOLD))
    assert got is not None
    return got


def changed(number: int, **fields_: Any) -> tuple[ClaimRow, ...]:  # noqa: ANN401 - any field of a claim
    rows = list(PERFECT)
    rows[number] = replace(rows[number], **fields_)
    return tuple(rows)


def figures(score: ClaimScore) -> dict[str, float | None]:
    """Give F1 of the levels and the shares of the fields."""
    values = {f.name: getattr(score, f.name) for f in fields(score)}
    return {n: v.f1 if isinstance(v, Found) else v.share for n, v in values.items()}


def test_a_perfect_reading_scores_one_everywhere() -> None:
    assert set(figures(scored(*PERFECT)).values()) == {1.0}


def test_the_order_of_reading_does_not_matter() -> None:
    assert scored(*PERFECT[::-1]) == scored(*PERFECT)


def test_an_older_truth_without_claims_has_no_score() -> None:
    assert score_claims(answer(*PERFECT), truth()) is None


@pytest.mark.parametrize(
    ("number", "field", "value", "moved"),
    [
        (0, "subject", "somebody else", {"triple", "strict", "subject"}),
        (0, "object", "node-7", {"triple", "strict", "object"}),
        (0, "speaker", ("", "the outlet"), {"strict", "speaker"}),
        (0, "modality", "alleged", {"strict", "modality"}),
        (1, "modality", "stated", {"strict", "modality", "hedged"}),
        (2, "polarity", "affirmed", {"strict", "polarity"}),
        (3, "origin", ("", "police"), {"origin"}),
    ],
)
def test_an_error_moves_its_figures_and_no_other(
    number: int, field: str, value: object, moved: set[str]
) -> None:
    got = figures(scored(*changed(number, **{field: value})))

    assert {name for name, share in got.items() if share != 1.0} == moved


def test_another_predicate_is_a_claim_missed_and_a_wrong_one() -> None:
    got = scored(*changed(0, predicate="used"))

    assert (got.trigger.right, got.trigger.wrong, got.trigger.missed) == (3, 1, 1)
    assert got.speaker == Rate.of([True] * 3)


def test_a_span_that_only_touches_is_another_place() -> None:
    got = scored(*changed(0, spans=(Span(NEWS, 60, 61),)))

    assert got.trigger.missed == 1


def test_a_claim_read_twice_counts_once_and_costs_precision() -> None:
    got = scored(*PERFECT, PERFECT[0])

    assert (got.strict.recall, got.strict.wrong) == (1.0, 1)


def test_of_two_readings_the_better_one_is_paired() -> None:
    poor = replace(PERFECT[0], subject="nobody at all", speaker=("", "x"))

    assert scored(poor, *PERFECT).strict.right == 4


def test_claims_from_documents_without_written_claims_are_left_out() -> None:
    elsewhere = replace(PERFECT[0], spans=(Span("evidence/documents/other.txt", 0, 60),))

    assert scored(*PERFECT, elsewhere) == scored(*PERFECT)


def test_a_speaker_may_be_named_by_any_of_his_names() -> None:
    row = replace(PERFECT[0], speaker=("irongate-police", ""))
    known = truth(GOLD[0], origins=(("police", "irongate-police"),))

    got = score_claims(answer(row), known)
    assert got is not None
    assert got.speaker.share == 1.0


def test_nobody_agrees_with_nobody_alone() -> None:
    assert scored(*changed(2, subject="Sato")).subject.right == 3


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("the man", "the server", False),
        ("the server vps-1042", "VPS-1042", True),
        ("they", "they", True),
        ("東京都の会社", "会社", True),
        ("東京都", "大阪府", False),
    ],
)
def test_phrases_agree_by_a_word_that_says_something(one: str, other: str, *, agree: bool) -> None:
    assert bool(content_words(one) & content_words(other)) is agree
