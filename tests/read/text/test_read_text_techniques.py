"""Techniques by weights: the same features and scores as scikit-learn, cited, silent in doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import SpanLocator
from ashiato.core.sources import Intake, Source
from ashiato.core.techniques import KNOWN_TECHNIQUES
from ashiato.knowledge import load
from ashiato.read.text import document_techniques
from ashiato.read.text.techniques import guesses, letter_features, scores, shipped, word_features

INTAKE = Intake("e" * 64, "report.txt", Source("tidewatch", "Tidewatch Labs", "organisation"))
TOLD = "The loader created a scheduled task with schtasks to run lamp.exe every hour."


def test_a_plain_description_names_its_technique_with_the_words_that_carried_it() -> None:
    best, *others = guesses(TOLD)

    assert (best.id, best.name) == ("T1053.005", "Scheduled Task")
    assert best.margin > 0
    assert best.probability > max(other.probability for other in others)
    assert "schtasks" in best.words
    assert len(others) == 2


@pytest.mark.parametrize(
    "text",
    [
        "The harbour office was closed on Monday because of the storm.",
        "Prosecutors said on Friday that the man had been questioned twice.",
        "Read more about our newsletter and subscribe today.",
        "Scheduled task",
        "",
    ],
)
def test_a_sentence_that_describes_none_gives_none(text: str) -> None:
    assert guesses(text) == ()


def test_a_sentence_is_cited_by_its_very_characters() -> None:
    text = "The harbour was quiet.  " + TOLD + " Then nothing happened for days."
    (found,) = document_techniques(text.encode(), INTAKE)
    place = found.sentence.locator

    assert isinstance(place, SpanLocator)
    assert text[place.start : place.end] == found.sentence.quote == TOLD


def test_a_text_in_another_language_is_not_read() -> None:
    assert document_techniques("港は静かだった。夜に船が出た。".encode(), INTAKE) == ()


def test_the_weights_know_as_many_techniques_as_is_said_and_each_has_a_name() -> None:
    assert len(shipped().labels) == KNOWN_TECHNIQUES
    assert set(load("techniques")["names"]) == set(shipped().labels)


@given(st.text(max_size=120))
def test_features_are_those_of_scikit_learn(text: str) -> None:
    vectorizers = pytest.importorskip("sklearn.feature_extraction.text")
    by_word = vectorizers.TfidfVectorizer(ngram_range=(1, 2)).build_analyzer()
    by_letter = vectorizers.TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()

    assert sorted(word_features(text)) == sorted(by_word(text))
    assert sorted(letter_features(text)) == sorted(by_letter(text))


def test_scores_are_those_of_scikit_learn() -> None:
    vectorizers = pytest.importorskip("sklearn.feature_extraction.text")
    known, halves = shipped(), []
    for names, analyzer in ((known.words, word_features), (known.letters, letter_features)):
        maker = vectorizers.TfidfVectorizer(
            analyzer=lambda text, way=analyzer: list(way(text)),
            vocabulary=list(names),
            sublinear_tf=True,
        )
        maker.idf_ = known.idf[list(names.values())].astype(np.float64)
        halves.append(maker.transform([TOLD]).toarray()[0])
    dense = known.matrix.astype(np.float64) * known.scale
    wanted = np.concatenate(halves) @ dense + known.bias

    assert np.allclose(scores(TOLD, known)[0], wanted, atol=1e-5)


@given(st.text(max_size=300))
def test_any_text_gives_probabilities_in_order_or_nothing(text: str) -> None:
    found = guesses(text)

    assert len(found) in {0, 3}
    assert all(0 <= guess.probability <= 1 for guess in found)
    assert [g.margin for g in found] == sorted((g.margin for g in found), reverse=True)
