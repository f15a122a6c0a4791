"""The words that tie a trace to the attack, or say that it is nobody's."""

import re
from functools import cache

from ashiato.read.text.lexicon import reading


@cache
def _cue_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(reading()['observables']['cues'])})\b", re.IGNORECASE)


@cache
def _benign_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(reading()['observables']['benign'])})\b", re.IGNORECASE)


def attack_cue(sentence: str, heading: str) -> str:
    """Give the words that tie a trace in ``sentence`` to the attack; empty where none do."""
    if _benign_pattern().search(sentence):
        return ""
    found = _cue_pattern().search(sentence) or _cue_pattern().search(heading)
    return found.group() if found else ""
