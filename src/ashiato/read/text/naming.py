"""How a name becomes an id: the same words, the same id, whatever their case or article."""

import re
import unicodedata

ARTICLE = re.compile(r"^(?:the|a|an|this|that|these|those)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s?\b")


def slug(text: str) -> str:
    """Normalise a name for an id: NFKC, no case, article or possessive, words joined by ``-``."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    plain = _POSSESSIVE.sub("", ARTICLE.sub("", plain))
    return "-".join(re.findall(r"\w+", plain)) or "unnamed"


def voice_id(name: str) -> str:
    """Give the id of a speaker by name: its `slug`, as `case.toml` writes the ids of sources."""
    return slug(name)
