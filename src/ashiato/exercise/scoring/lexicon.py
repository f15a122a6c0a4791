"""The word lists of scoring, kept as data beside this module."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _lexicon() -> dict[str, object]:
    text = files("ashiato.exercise.scoring").joinpath("lexicon.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def empty_words() -> frozenset[str]:
    """Give the words that say nothing of who or what is meant."""
    words = _lexicon()["empty"]
    assert isinstance(words, list)
    return frozenset(words)


@cache
def relation_verbs() -> dict[str, str]:
    """Give the relation that each verb stands for in the naive reading."""
    verbs = _lexicon()["verbs"]
    assert isinstance(verbs, dict)
    return {word: relation for relation, words in verbs.items() for word in words}
