"""What a document claims stands in the truth with its exact span, its speaker and its origin."""

from dataclasses import replace
from pathlib import Path

import pytest

from ashiato.core.canonical import canonical_json, from_plain, to_plain
from ashiato.core.claims import Modality, Polarity
from ashiato.exercise import Truth, new_exercise, parameters_of, read_truth, truth_path
from ashiato.exercise.documents import kinds, word
from ashiato.exercise.plan import plan
from ashiato.exercise.words import pack

CORE = frozenset(
    """attacked intruded targeted exploited used contracted registered_as paid_for provided_access
    sold transferred held_credentials operated controlled directed instructed member_of part_of
    same_as alias_of located_in left entered admitted denied questioned arrested
    referred_to_prosecutors charged not_indicted investigated suspects attributed_to affected stole
    communicated_with demanded stated""".split()  # noqa: SIM905 - a list as the contract gives it
)


@pytest.fixture(scope="module")
def case_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    asked = replace(parameters_of(), log_lines=4_000, lying_source=True, imitator=True)
    return new_exercise(tmp_path_factory.mktemp("claims") / "case", seed=21, parameters=asked)


@pytest.fixture(scope="module")
def truth(case_dir: Path) -> Truth:
    return read_truth(truth_path(case_dir))


def test_every_span_contains_its_subject_and_its_object(case_dir: Path, truth: Truth) -> None:
    assert len(truth.claims) > 50
    for claim in truth.claims:
        sentence = (case_dir / claim.path).read_text("utf-8")[claim.start : claim.end]
        assert claim.subject is None or claim.subject in sentence
        assert claim.object is None or claim.object in sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence


def test_spans_are_those_of_the_text_over_many_seeds() -> None:
    for seed in range(8):
        scene = plan(seed, replace(parameters_of(), log_lines=4_000, lying_source=True))
        for kind in kinds(scene):
            text, claims = word(scene, kind)
            words = [(text[c.start : c.end], w) for c in claims for w in (c.subject, c.object) if w]
            assert all(w in span for span, w in words), kind


def test_claims_speak_in_the_words_of_the_contract(truth: Truth) -> None:
    assert {c.predicate for c in truth.claims} <= CORE
    assert {c.modality for c in truth.claims} <= set(Modality)
    assert {c.polarity for c in truth.claims} <= set(Polarity)
    assert len({c.polarity for c in truth.claims}) == len(Polarity)


def test_each_alternative_of_the_grammar_makes_whole_claims() -> None:
    for kind, grammar in pack("grammar").items():
        for alternatives in grammar["sentences"].values() if isinstance(grammar, dict) else ():
            for _, *claims in alternatives:
                for claim in claims:
                    fields = claim.split("|")
                    assert 3 <= len(fields) <= 7, (kind, claim)
                    assert fields[0] in CORE, (kind, claim)
                    assert set(fields[3:4]) <= set(Modality), (kind, claim)


def test_what_an_outlet_repeats_goes_back_to_the_police(truth: Truth) -> None:
    police = truth.documents[0].origins[0]
    repeated = [c for c in truth.claims if "/reprint-" in c.path]

    assert repeated
    assert {c.origin for c in repeated} == {police[1]}
    assert all(c.speaker != c.origin for c in repeated)


def test_every_origin_of_a_claim_is_an_origin_of_its_document(truth: Truth) -> None:
    known = {v.path: {n for names in v.origins for n in names} for v in truth.documents}

    assert all(c.origin in known[c.path] for c in truth.claims)


def test_the_lying_source_is_ungraded_and_known_to_lie(case_dir: Path, truth: Truth) -> None:
    liar = next(f.source for f in truth.flaws if f.kind == "lying_source")
    case = (case_dir / "case.toml").read_text("utf-8")
    table = next(t for t in case.split("[[") if f'id = "{liar}"' in t)

    assert "reliability" not in table
    assert any(c.origin == liar for c in truth.claims)


def test_a_truth_of_before_these_fields_still_loads(truth: Truth, tmp_path: Path) -> None:
    new = ("claims", "campaigns", "thefts", "questions", "flaws", "sponsorship")
    old = {key: value for key, value in to_plain(truth).items() if key not in new}
    path = tmp_path / "old.json"
    path.write_bytes(canonical_json(old))

    read = read_truth(path)
    assert read.claims == ()
    assert read.custody == truth.custody
    assert from_plain(Truth, to_plain(truth)) == truth
