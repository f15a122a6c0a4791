"""Put the masks on: one pass over the whole case before anything of it is printed.

Masking the values and not each print of them means that no output can forget it. Masks keep the
length of a text, so spans stay true. Names of exhibits and content hashes stay readable: they are
how a reader finds the bytes again.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from ashiato.core.assessed import AssessedCase
from ashiato.core.masking import mask_text

_KEPT = frozenset(
    {"sha256", "exhibit", "path", "evidence_digest", "version", "sensitive", "locator"}
)
_REFERENCES = frozenset(
    {
        "id",
        "parents",
        "claims",
        "tenancies",
        "steps",
        "indicator",
        "indicators",
        "origins",
        "origin",
        "replaced_by",
    }
)
_HASH = re.compile(r"[0-9a-f]{12,64}")
_GRAM = 3


class Veil:
    """Masks texts, remembering what it has seen; looks only for values that a text can hold."""

    def __init__(self, sensitive: tuple[tuple[str, str], ...]) -> None:
        """Sort the values by their first characters, the longest first."""
        self._seen: dict[str, str] = {}
        self._by_gram: dict[str, list[tuple[str, str]]] = {}
        for pair in sorted(set(sensitive), key=lambda kv: (-len(kv[1]), kv)):
            if pair[1]:
                self._by_gram.setdefault(pair[1][:_GRAM], []).append(pair)
        self._lengths = sorted({len(gram) for gram in self._by_gram})

    def _candidates(self, text: str) -> tuple[tuple[str, str], ...]:
        if not self._by_gram:
            return ()
        grams = {text[i : i + n] for n in self._lengths for i in range(len(text))}
        found = (pair for gram in grams & self._by_gram.keys() for pair in self._by_gram[gram])
        return tuple(sorted(found, key=lambda kv: (-len(kv[1]), kv)))

    def text(self, text: str) -> str:
        """Mask one text."""
        if text not in self._seen:
            self._seen[text] = mask_text(text, self._candidates(text))
        return self._seen[text]

    def reference(self, text: str) -> str:
        """Mask a name by which others refer to a thing, unless it is a content hash."""
        return text if _HASH.fullmatch(text) else self.text(text)

    def over(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any value of the house
        """Mask every text inside a value of the house; ``name`` is the field it stands in."""
        if name in _KEPT or isinstance(value, StrEnum):
            return value
        if isinstance(value, str):
            return self.reference(value) if name in _REFERENCES else self.text(value)
        if isinstance(value, tuple):
            return tuple(self.over(item, name) for item in value)
        if isinstance(value, Mapping):
            return {self.reference(str(k)): self.over(v, name) for k, v in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value, **{f.name: self.over(getattr(value, f.name), f.name) for f in fields(value)}
            )
        return value


def veiled(case: AssessedCase) -> AssessedCase:
    """Give the case with every card, phone and address in it masked."""
    veil = Veil(case.sensitive)
    masked: AssessedCase = replace(
        veil.over(replace(case, exhibit_sources={})), exhibit_sources=case.exhibit_sources
    )
    return masked
