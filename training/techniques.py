"""Make the weights that tell ATT&CK techniques, and measure them on documents left out.

Run with `python -m training.techniques [--write]`. Reads ``ASHIATO_TEST_DATA/text/tram`` (TRAM,
Apache-2.0) for the weights; the sentences of ``text/annoctr`` that name no technique set nothing
but the floor and the line of the probability. Needs scikit-learn, which the program does not.
"""

import argparse
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from ashiato.read.text.techniques import Array, Weights, letter_features, scores, word_features

SEED = 20
FOLDS = 5
FEATURES = 40_000
"""How many features are shipped: those whose weight matters most to any technique."""
FALSE_ALARMS = 0.1
"""Share of sentences without a technique for which one may be named; sets the floor."""
TECHNIQUE_SHARE = 627 / 4609
"""Share of the sentences of AnnoCTR that carry a technique or tactic: the prior of the line."""
STEPS = 40
OUT = Path(__file__).parent.parent / "src/ashiato/knowledge/techniques.npz"
_NOT_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences with their technique and document; those of no document have an empty title."""

    texts: Array
    labels: Array
    documents: Array

    def take(self, chosen: Array) -> "Sentences":
        """Give some of them."""
        return Sentences(self.texts[chosen], self.labels[chosen], self.documents[chosen])


def tram(folder: Path) -> Sentences:
    """Read TRAM: sentences of reports with their documents, and sentences of no known document."""
    single = json.loads((folder / "tram2-data/single_label.json").read_text("utf-8"))
    path = folder / "training/bootstrap-training-data.json"
    loose = json.loads(path.read_text("utf-8"))["sentences"]
    rows = [(r["text"], r["label"], r["doc_title"]) for r in single]
    rows += [(r["text"], r["mappings"][0]["attack_id"], "") for r in loose]
    texts, labels, documents = zip(*rows, strict=True)
    return Sentences(*(np.array(column, object) for column in (texts, labels, documents)))


def quiet(folder: Path, name: str) -> list[str]:
    """Read the sentences of AnnoCTR that carry neither technique nor tactic."""
    lines = (folder / f"ner_json/{name}.json").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [r["text"] for r in rows if not _has_technique(r) and len(r["tokens"]) > 5]  # noqa: PLR2004


def _has_technique(row: dict[str, Any]) -> bool:
    return any("TECHNIQUE" in tag or "TACTIC" in tag for tag in row["ce_tags"])


def _plain(text: str) -> str:
    return _NOT_WORD.sub(" ", text.lower()).strip()


def folds(data: Sentences) -> list[tuple[Array, Array]]:
    """Split by document; a sentence that is also in the part left out is not learnt from."""
    named = np.flatnonzero(data.documents != "")
    loose = np.flatnonzero(data.documents == "")
    plain = np.array([_plain(text) for text in data.texts], object)
    split = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    pairs = []
    for learn, left in split.split(named, groups=data.documents[named]):
        unseen = set(plain[named[left]])
        candidates = np.concatenate([named[learn], loose])
        kept = np.array([i for i in candidates if plain[i] not in unseen])
        pairs.append((kept, named[left]))
    return pairs


def fit(data: Sentences) -> Weights:
    """Fit on everything, keep the features that matter, fit again, store in bytes."""
    words = TfidfVectorizer(analyzer=_listed(word_features), sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer=_listed(letter_features), sublinear_tf=True, min_df=3)
    first = _svm(_both(data, words, letters), data)
    strongest = np.abs(first.coef_).max(axis=0)
    chosen = set(np.argsort(-strongest, kind="stable")[:FEATURES].tolist())
    many = len(words.vocabulary_)
    word_list = [w for w, i in sorted(words.vocabulary_.items()) if i in chosen]
    letter_list = [w for w, i in sorted(letters.vocabulary_.items()) if i + many in chosen]
    words = TfidfVectorizer(
        analyzer=_listed(word_features), sublinear_tf=True, vocabulary=word_list
    )
    letters = TfidfVectorizer(
        analyzer=_listed(letter_features), sublinear_tf=True, vocabulary=letter_list
    )
    second = _svm(_both(data, words, letters), data)
    idf = np.concatenate([words.idf_, letters.idf_]).astype(np.float32)
    return _stored(second, word_list, letter_list, idf)


def _listed(features: Any) -> Any:  # noqa: ANN401 - what scikit-learn calls an analyser
    return lambda text: list(features(text))


def _both(data: Sentences, words: TfidfVectorizer, letters: TfidfVectorizer) -> Any:  # noqa: ANN401 - a sparse matrix
    from scipy.sparse import hstack  # noqa: PLC0415 - comes with scikit-learn

    return hstack([words.fit_transform(data.texts), letters.fit_transform(data.texts)]).tocsr()


def _svm(features: Any, data: Sentences) -> LinearSVC:  # noqa: ANN401 - a sparse matrix
    return LinearSVC(C=0.3, random_state=SEED).fit(features, data.labels.astype(str))


def _stored(model: LinearSVC, words: list[str], letters: list[str], idf: Array) -> Weights:
    scale = np.abs(model.coef_).max(axis=1) / 127
    return Weights(
        {word: i for i, word in enumerate(words)},
        {gram: len(words) + i for i, gram in enumerate(letters)},
        idf,
        np.rint(model.coef_ / scale[:, None]).T.astype(np.int8),
        scale.astype(np.float32),
        model.intercept_.astype(np.float32),
        tuple(model.classes_),
        (1.0, 1.0, 0.0),
        np.array([[0.0, 1.0], [0.0, 1.0]]),
        0.0,
    )


def score_all(texts: Any, weights: Weights) -> Array:  # noqa: ANN401 - any iterable of texts
    """Score texts by the way that the program does it."""
    return np.array([scores(text, weights)[0] for text in texts])


def candidates(found: Array) -> tuple[Array, Array, Array]:
    """Give the three likeliest of each row: which, score, and lead over the best rival."""
    order = np.argsort(-found, axis=1, kind="stable")[:, :3]
    top = np.take_along_axis(found, order, axis=1)
    rival = np.stack([top[:, 1], top[:, 0], top[:, 0]], axis=1)
    return order, top, top - rival


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line over score and lead (Platt), then steps from its value to a probability."""

    line: tuple[float, float, float]
    steps: Array

    def of(self, score: Array, lead: Array) -> Array:
        """Give the probabilities."""
        value = self.line[0] * score + self.line[1] * lead + self.line[2]
        return np.asarray(np.interp(value, self.steps[0], self.steps[1]))


def calibrate(found: Array, right: Array, silent: Array) -> Calibration:
    """Fit the line, then the steps; sentences with a technique weigh their usual share."""
    _, score, lead = candidates(np.concatenate([found, silent]))
    hit = np.concatenate([candidates(found)[0] == right[:, None], np.zeros((len(silent), 3), bool)])
    weight = np.repeat(_usual(len(found), len(silent))[:, None], 3, axis=1).ravel()
    model = LogisticRegression(C=1e4)
    model.fit(np.stack([score.ravel(), lead.ravel()], axis=1), hit.ravel(), sample_weight=weight)
    line = (float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0]))
    value = line[0] * score.ravel() + line[1] * lead.ravel() + line[2]
    isotonic = IsotonicRegression(y_min=0.001, y_max=0.99, out_of_bounds="clip")
    isotonic.fit(value, hit.ravel().astype(float), sample_weight=weight)
    knots = np.quantile(value[::3], np.linspace(0, 1, STEPS))
    return Calibration(line, np.stack([knots, isotonic.predict(knots)]))


def _usual(with_technique: int, silent: int) -> Array:
    share = np.full(with_technique, TECHNIQUE_SHARE / with_technique)
    rest = np.full(silent, (1 - TECHNIQUE_SHARE) / silent)
    return np.concatenate([share, rest]) * (with_technique + silent)


def _save(weights: Weights) -> None:
    def joined(entries: Any) -> Array:  # noqa: ANN401 - any iterable of words
        return np.frombuffer("\n".join(entries).encode(), np.uint8)

    np.savez_compressed(
        OUT, words=joined(weights.words), letters=joined(weights.letters), idf=weights.idf,
        matrix=weights.matrix, scale=weights.scale, bias=weights.bias,
        labels=joined(weights.labels), line=np.array(weights.line), steps=weights.steps,
        floor=np.array(weights.floor),
    )  # fmt: skip
    print(f"wrote {OUT.name}: {OUT.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Measure on documents left out; with --write fit on everything and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args()
    root = Path(os.environ["ASHIATO_TEST_DATA"]) / "text"
    data = tram(root / "tram")
    silent_dev, silent_test = (quiet(root / "annoctr", name) for name in ("dev", "test"))
    found, silent, unheard, truth = [], [], [], []
    for number, (learn, left) in enumerate(folds(data)):
        weights = fit(data.take(learn))
        found.append(score_all(data.texts[left], weights))
        silent.append(score_all(silent_dev, weights))
        unheard.append(score_all(silent_test, weights))
        truth.append(np.array([weights.labels.index(label) for label in data.labels[left]]))
        _say_fold(number, found[-1], truth[-1])
    scored, right = np.concatenate(found), np.concatenate(truth)
    floor = _trade(scored, right, np.concatenate(silent), np.concatenate(unheard))
    half = len(np.concatenate(found[:3]))
    first = calibrate(scored[:half], right[:half], np.concatenate(silent[:3]))
    _say_calibration(scored[half:], right[half:], np.concatenate(unheard[3:]), first)
    if told.write:
        whole = calibrate(scored, right, np.concatenate(silent))
        _save(replace(fit(data), line=whole.line, steps=whole.steps, floor=floor))


def _say_fold(number: int, found: Array, right: Array) -> None:
    guess = found.argmax(axis=1)
    macro = f1_score(right, guess, average="macro", labels=np.unique(right), zero_division=0)
    micro = f1_score(right, guess, average="micro")
    print(f"fold {number}: {len(right)} sentences, micro F1 {micro:.3f}, macro F1 {macro:.3f}")


def _trade(found: Array, right: Array, silent: Array, unheard: Array) -> float:
    guess, best = found.argmax(axis=1), found.max(axis=1)
    macro = f1_score(right, guess, average="macro")
    print(f"all folds: micro F1 {(guess == right).mean():.3f}, macro F1 {macro:.3f}")
    top3 = (candidates(found)[0] == right[:, None]).any(axis=1).mean()
    print(f"right one among the first three: {top3:.3f}")
    for share in (0.01, 0.02, 0.05, 0.1, 0.2):
        floor = float(np.quantile(silent.max(axis=1), 1 - share))
        said = best >= floor
        alarms = (unheard.max(axis=1) >= floor).mean()
        hit = (guess == right) & said
        print(
            f"floor {floor:+.3f} (alarms wanted {share:.2f}, on unseen {alarms:.3f}): "
            f"names {said.mean():.3f}, precision {hit.sum() / said.sum():.3f}, "
            f"recall {hit.mean():.3f}"
        )
    return float(np.quantile(silent.max(axis=1), 1 - FALSE_ALARMS))


def _say_calibration(found: Array, right: Array, unheard: Array, told: Calibration) -> None:
    order, score, lead = candidates(np.concatenate([found, unheard]))
    p = told.of(score[:, 0], lead[:, 0])
    hit = np.concatenate([order[: len(found), 0] == right, np.zeros(len(unheard), bool)])
    weight = _usual(len(found), len(unheard))
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p < low + 0.2)
        if inside.any():
            mean, seen = (np.average(v[inside], weights=weight[inside]) for v in (p, hit))
            print(f"said {low:.1f}-{low + 0.2:.1f}: mean {mean:.2f}, right {seen:.2f}")


if __name__ == "__main__":
    main()
