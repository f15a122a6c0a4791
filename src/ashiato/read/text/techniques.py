"""From a sentence to the ATT&CK technique it seems to describe: a linear model, in numpy alone.

The weights know 50 of the several hundred techniques; a sentence about any other gets none of them
or a wrong one. They are made by `training/techniques.py`; the features are those of scikit-learn's
`TfidfVectorizer` (words in ones and twos, letters within words in threes to fives).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from ashiato.core.techniques import TechniqueGuess
from ashiato.knowledge import load

_TOKEN = re.compile(r"\b\w\w+\b")
_SPACES = re.compile(r"\s\s+")
_LETTERS = (3, 5)
_SHOWN = 3
_FEWEST_WORDS = 4
_LONGEST = 2000
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model: ``words`` and ``letters`` number the features, letters after words.

    ``matrix`` (features by techniques) is kept in eighths of bytes: a weight is its entry times the
    ``scale`` of its technique. ``line`` joins score and lead to one value and
    ``steps`` turn that into a probability; ``floor`` is the score
    below which no technique is named.
    """

    words: dict[str, int]
    letters: dict[str, int]
    idf: Array
    matrix: Array
    scale: Array
    bias: Array
    labels: tuple[str, ...]
    line: tuple[float, float, float]
    steps: Array
    floor: float

    @classmethod
    def read(cls, stored: Any) -> "Weights":  # noqa: ANN401 - an opened npz, or a dict of arrays
        """Take the weights from the arrays of an npz file."""
        words = _vocabulary(stored["words"])
        letters = _vocabulary(stored["letters"])
        return cls(
            {word: i for i, word in enumerate(words)},
            {gram: len(words) + i for i, gram in enumerate(letters)},
            np.asarray(stored["idf"], np.float32),
            np.asarray(stored["matrix"]),
            np.asarray(stored["scale"], np.float32),
            np.asarray(stored["bias"], np.float32),
            tuple(_vocabulary(stored["labels"])),
            _three(stored["line"]),
            np.asarray(stored["steps"], np.float64),
            float(stored["floor"]),
        )


def _three(line: Array) -> tuple[float, float, float]:
    score, lead, base = (float(value) for value in line)
    return score, lead, base


def _vocabulary(stored: Array) -> list[str]:
    return bytes(stored).decode().split("\n")


@cache
def shipped() -> Weights:
    """Give the weights that come with the program."""
    with files("ashiato.knowledge").joinpath("techniques.npz").open("rb") as file:
        return Weights.read(np.load(file, allow_pickle=False))


@cache
def _names() -> dict[str, str]:
    return dict(load("techniques")["names"])


def word_features(text: str) -> Iterator[str]:
    """Give words in ones and twos, in the way of `TfidfVectorizer`."""
    tokens = _TOKEN.findall(text.lower())
    yield from tokens
    yield from (f"{a} {b}" for a, b in pairwise(tokens))


def letter_features(text: str) -> Iterator[str]:
    """Give letters within words in threes to fives, in the way of `TfidfVectorizer`."""
    for word in _SPACES.sub(" ", text.lower()).split():
        padded = f" {word} "
        for size in range(_LETTERS[0], _LETTERS[1] + 1):
            yield padded[:size]
            yield from (padded[at : at + size] for at in range(1, len(padded) - size + 1))
            if len(padded) <= size:
                break


def _half(
    grams: Iterable[str], numbers: dict[str, int], weights: Weights
) -> tuple[list[int], Array]:
    counts = Counter(numbers[gram] for gram in grams if gram in numbers)
    places = sorted(counts)
    times = np.array([counts[place] for place in places], np.float64)
    values = (1 + np.log(times)) * weights.idf[places] if places else times
    length = float(np.sqrt((values**2).sum()))
    return places, values / length if length else values


def scores(text: str, weights: Weights) -> tuple[Array, list[int], Array]:
    """Score every technique; also give the features of the text with their values."""
    words, word_values = _half(word_features(text), weights.words, weights)
    letters, letter_values = _half(letter_features(text), weights.letters, weights)
    places, values = words + letters, np.concatenate([word_values, letter_values])
    raw = values @ weights.matrix[places].astype(np.float64) if places else 0.0
    return raw * weights.scale + weights.bias, places, values


def guesses(sentence: str, weights: Weights | None = None) -> tuple[TechniqueGuess, ...]:
    """Give the three likeliest techniques; empty where the best lies below the floor."""
    known = weights or shipped()
    text = sentence[:_LONGEST]
    if len(_TOKEN.findall(text)) < _FEWEST_WORDS:
        return ()
    found, places, values = scores(text, known)
    order = np.argsort(-found, kind="stable")[:_SHOWN]
    if found[order[0]] < known.floor:
        return ()
    return tuple(_guess(int(i), found, order, (text, places, values), known) for i in order)


def _guess(
    which: int, found: Array, order: Array, features: tuple[str, list[int], Array], known: Weights
) -> TechniqueGuess:
    rival = found[order[1]] if which == order[0] else found[order[0]]
    label = known.labels[which]
    return TechniqueGuess(
        label,
        _names().get(label, ""),
        round(probability(float(found[which]), float(found[which] - rival), known), 4),
        round(float(found[which]) - known.floor, 4),
        _carrying(which, *features, known),
    )


def probability(score: float, lead: float, known: Weights) -> float:
    """Turn a score and its lead over the best rival into a probability (a line, then steps)."""
    by_score, by_lead, base = known.line
    return float(np.interp(by_score * score + by_lead * lead + base, *known.steps))


def _carrying(
    which: int, text: str, places: list[int], values: Array, known: Weights
) -> tuple[str, ...]:
    """Name the words that added most; a word has its own share and that of its letters."""
    worth = values * known.matrix[places, which] * float(known.scale[which])
    share = dict(zip(places, worth.tolist(), strict=True))
    tokens = dict.fromkeys(_TOKEN.findall(text))
    ranked = sorted(((_worth(token, share, known), token) for token in tokens), reverse=True)
    return tuple(token for value, token in ranked[:_SHOWN] if value > 0)


def _worth(token: str, share: dict[int, float], known: Weights) -> float:
    own = share.get(known.words.get(token.lower(), -1), 0.0)
    grams = set(letter_features(token))
    return own + sum(share.get(known.letters.get(gram, -1), 0.0) for gram in grams)
