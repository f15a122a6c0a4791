"""What the field knows, as data that an analyst can read and change: packs in TOML.

Predicates, estimative words, source grades, question templates, offences. Every pack carries its
version and the source of its figures. It holds no logic but the loading.
"""

from ashiato.knowledge.pack import digest, load

__all__ = ["digest", "load"]
