"""What registers call a thing, and the id of a speaker."""

from ashiato.core.names import ARTICLE, slug

MARK = r"[A-Za-z]+(?:[-_][A-Za-z]+)*[-_]?\d[\w-]*"
"""What registers call a thing: letters, then a figure ("vps-1042", "host-k14", "u4411")."""


def voice_id(name: str) -> str:
    """Give the id of a speaker by name: its `slug`, as `case.toml` writes the ids of sources."""
    return slug(name)


__all__ = ["ARTICLE", "MARK", "slug", "voice_id"]
