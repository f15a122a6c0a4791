"""When a name in an answer counts as a name in the truth: one rule, applied everywhere.

An answer's name counts when it contains every word of the true name, whatever the order, case,
punctuation and width ("the group Tin Ladle (TL)" counts as "Tin Ladle"; "Tin" does not).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[\w.-]*\w")


@lru_cache(maxsize=65_536)
def words(name: str) -> frozenset[str]:
    """Give the words of a name, folded: NFKC, no case, no punctuation around them."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


def is_named(answer: str, names: Iterable[str]) -> bool:
    """Whether ``answer`` names one of ``names``."""
    said = words(answer)
    return any(wanted and wanted <= said for wanted in map(words, names))
