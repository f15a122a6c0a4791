"""The parser itself, loaded once per process. Only what parses imports this: it takes a second."""

import re
from functools import cache
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler
from spacy.tokenizer import Tokenizer

from ashiato.read.text.model import model_folder

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
    _call_the_accused_a_noun(loaded)
    return loaded


def _call_the_accused_a_noun(loaded: Language) -> None:
    """Let "the accused denied it" have a subject: the tagger takes the word for a participle."""
    after: dict[int | str, Any] = {
        "TAG": {"NOT_IN": ["NN", "NNS", "NNP", "NNPS", "JJ", "CD", "VBG"]}
    }
    accused: list[dict[int | str, Any]] = [
        {"LOWER": {"IN": ["the", "both", "two"]}},
        {"LOWER": "accused"},
        after,
    ]
    ruler = cast(AttributeRuler, loaded.get_pipe("attribute_ruler"))
    ruler.add([accused], {"TAG": "NN", "POS": "NOUN", "LEMMA": "accused"}, index=1)
