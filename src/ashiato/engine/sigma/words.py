"""What Sigma's words for logs and fields are in our stores; the pack that says it is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ashiato.engine.sigma.expressions import fields, key
from ashiato.engine.sigma.rules import LogSource, Rule

WINDOWS = "windows"
"""The kind of records that Windows events are; all others are kinds of the lake."""
_ASKED = ("category", "product", "service")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A Sigma field in the lake: a column, or one ``part`` of the URL in it."""

    column: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Other names of Windows fields, log sources with their kinds, and each kind's fields.

    Names of fields are keys (see `expressions.key`).
    """

    aliases: Mapping[str, tuple[str, ...]]
    sources: tuple[tuple[LogSource, frozenset[str]], ...]
    fields: Mapping[str, Mapping[str, Drawn]]

    def kinds_of(self, source: LogSource) -> frozenset[str]:
        """Give the kinds of records that a rule's log source means."""
        if source.product.lower() == WINDOWS:
            return frozenset({WINDOWS})
        met = (kinds for known, kinds in self.sources if _is_meant(known, source))
        return frozenset().union(*met)

    def lacking(self, rule: Rule) -> frozenset[str]:
        """Give the fields of a rule that no kind of the lake which it means can answer."""
        kinds = self.kinds_of(rule.source) - {WINDOWS}
        asked = frozenset(name for name in fields(rule.expr) if name is not None)
        known = [self.fields.get(kind, {}).keys() for kind in kinds]
        return asked.difference(*known) if known else frozenset()


def words_of(pack: Mapping[str, Any]) -> Words:
    """Take the words from the parsed pack (knowledge/sigma.toml)."""
    by_kind: dict[str, dict[str, Drawn]] = {}
    for each in pack["field"]:
        for kind in each["kinds"]:
            drawn = Drawn(each["column"], each.get("part", ""))
            by_kind.setdefault(kind, {}).update({key(name): drawn for name in each["names"]})
    return Words(
        {key(name): tuple(map(key, others)) for name, others in pack["aliases"].items()},
        tuple(
            (LogSource(**{name: each.get(name, "") for name in _ASKED}), frozenset(each["kinds"]))
            for each in pack["logsource"]
        ),
        by_kind,
    )


def _is_meant(known: LogSource, said: LogSource) -> bool:
    # A category is meant for every product; a service belongs to the product that is named.
    if known.category:
        return known.category == said.category.lower()
    pair = (said.product.lower(), said.service.lower())
    return (known.product, known.service) == pair
