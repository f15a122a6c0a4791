"""The parser itself, loaded once per process. Only what parses imports this: it takes a second."""

from functools import cache

import spacy
from spacy.language import Language

from ashiato.read.text.model import model_folder


@cache
def load_model(model: str) -> Language:
    """Load the parser by its package name, once per process.

    Raises:
        BadInput: the model is not installed.

    """
    model_folder(model)
    return spacy.load(model)
