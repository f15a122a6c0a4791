"""How a name becomes an id: the same words, the same id, whatever their case or article.

Case.toml, documents and registers meet by these ids, so they are made in one place.
"""

import re
import unicodedata

ARTICLE = re.compile(r"^(?:the|a|an|this|that|these|those)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s?\b")


def slug(text: str) -> str:
    """Normalise a name for an id: NFKC, no case, article or possessive, words joined by ``-``."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    plain = _POSSESSIVE.sub("", ARTICLE.sub("", plain))
    return "-".join(re.findall(r"\w+", plain)) or "unnamed"
