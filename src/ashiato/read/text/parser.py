"""The parser itself, loaded once per process. Only what parses imports this: it takes a second."""

import re
from functools import cache
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler
from spacy.tokenizer import Tokenizer

from ashiato.read.text.model import model_folder

_CALLS_HOME = {"beacons": "beacon", "communicates": "communicate", "connects": "connect"}
_WHOLE = re.compile(r"CVE-\d{4}-\d{4,7}$", re.IGNORECASE)


@cache
def load_model(model: str) -> Language:
    """Load the parser by its package name, once per process.

    Raises:
        BadInput: the model is not installed.

    """
    model_folder(model)
    loaded = spacy.load(model)
    tokenizer = cast(Tokenizer, loaded.tokenizer)
    # The tokenizer would cut a CVE number at its hyphens.
    tokenizer.token_match = _WHOLE.match
    _correct_tags(cast(AttributeRuler, loaded.get_pipe("attribute_ruler")))
    return loaded


Pattern = list[dict[int | str, Any]]
_AFTER_ACCUSED = ["NN", "NNS", "NNP", "NNPS", "JJ", "CD", "VBG"]


def _correct_tags(ruler: AttributeRuler) -> None:
    """Mend what the tagger gets wrong in our genre, by the words around it.

    "The accused denied it" has a subject; a host name is a name; an implant "beacons to" a server.
    """
    accused: Pattern = [
        {"LOWER": {"IN": ["the", "both", "two"]}},
        {"LOWER": "accused"},
        {"TAG": {"NOT_IN": _AFTER_ACCUSED}},
    ]
    ruler.add([accused], {"TAG": "NN", "POS": "NOUN", "LEMMA": "accused"}, index=1)
    traces: Pattern = [{"LIKE_URL": True}]
    number: Pattern = [{"TEXT": {"REGEX": _WHOLE.pattern}}]
    ruler.add([traces, number], {"TAG": "NNP", "POS": "PROPN"})
    for word, base in _CALLS_HOME.items():
        calls: Pattern = [
            {"TAG": {"IN": ["NN", "NNP", "NNS"]}},
            {"LOWER": word},
            {"LOWER": {"IN": ["to", "with", "back"]}},
        ]
        ruler.add([calls], {"TAG": "VBZ", "POS": "VERB", "LEMMA": base}, index=1)


@cache
def english_words(model: str) -> frozenset[str]:
    """Give the words of the model's dictionary, in small letters.

    Raises:
        BadInput: the model is not installed.

    """
    lookups = getattr(load_model(model).get_pipe("lemmatizer"), "lookups", None)
    if lookups is None or not lookups.has_table("lemma_index"):
        return frozenset()
    return frozenset(word for words in lookups.get_table("lemma_index").values() for word in words)
