"""All finders over one text, in the order in which one trace outranks another."""

import re
from collections.abc import Callable, Iterator

from ashiato.core.records import Observable
from ashiato.read.text.observables.coins import coins
from ashiato.read.text.observables.hashes import hashes
from ashiato.read.text.observables.hosts import addresses6, hosts
from ashiato.read.text.observables.labelled import (
    attack_ids,
    autonomous_systems,
    mutexes,
    phones,
    user_agents,
    vulnerabilities,
)
from ashiato.read.text.observables.links import emails, links
from ashiato.read.text.observables.places import file_paths, registry_keys
from ashiato.read.text.observables.trace import Trace

Found = tuple[Observable, int, int]
"""An observable and the characters ``[start, end)`` it stands in."""
Finder = Callable[[str], Iterator[Trace]]

_HINT = re.compile(
    r"[0-9@\\/:\[{\]\uff0e]|\.(?=\w)|\((?=\s?(?:\.|@|[Dd][Oo][Tt]|[Aa][Tt]))"
    r"| [Dd][Oo][Tt] |[uU][Tt][EeAa]|[Gg]ent"
)
"""What every trace holds or stands behind; most sentences of prose hold none of it."""

_FINDERS: tuple[tuple[str, Finder], ...] = (
    ("", user_agents),
    (":", links),
    ("", emails),
    ("HK", registry_keys),
    ("", file_paths),
    ("", mutexes),
    ("", vulnerabilities),
    ("", hashes),
    ("", coins),
    (":", addresses6),
    ("", hosts),
    ("", attack_ids),
    ("AS", autonomous_systems),
    ("", phones),
)
"""Each finder with the letters without which it has nothing to find."""


def traces_in(text: str) -> tuple[Trace, ...]:
    """Find the traces of a text, in order, none inside another."""
    if not _HINT.search(text):
        return ()
    taken = bytearray(len(text))
    found: list[Trace] = []
    for needs, finder in _FINDERS:
        if needs and needs not in text:
            continue
        for item in finder(text):
            if taken.find(1, item.start, item.end) < 0:
                taken[item.start : item.end] = b"\x01" * (item.end - item.start)
                found.append(item)
    return tuple(sorted(found, key=lambda item: item.start))


def indicators_in(text: str) -> tuple[Found, ...]:
    """Find the observables of a text with their places, in order, none inside another.

    A domain inside a link or an e-mail address is not given a second time.
    """
    return tuple((item.observable, item.start, item.end) for item in traces_in(text))
