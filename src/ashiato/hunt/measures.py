"""The measures that leads from behaviour share: all robust, all between 0 and 1."""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ashiato.hunt.rules import rules

DAY = 86_400
SECOND = 1_000_000
_MAD_TO_SIGMA = 1.4826
Numbers = NDArray[np.float64]


def together(parts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Give the weighted geometric mean of the parts: each must speak for it."""
    floor = rules("leads")["floor"]
    total = sum(weights[name] for name in parts)
    mean = sum(weights[name] * log(max(part, floor)) for name, part in sorted(parts.items()))
    return round(exp(mean / total), 6)


def rarity(visitors: int, machines: int) -> float:
    """Say how few of the organisation's machines call a destination: 1 few, 0 half of them."""
    rule = rules("leads")
    share = visitors / max(machines, rule["crowd"])
    return between(share, rule["common"], rule["rare"])


def between(value: float, nothing: float, whole: float) -> float:
    """Place a positive value between two others by its logarithm: 0 at the first, 1 at the last."""
    place = (log(max(value, 1e-12)) - log(nothing)) / (log(whole) - log(nothing))
    return min(1.0, max(0.0, place))


def strangeness(values: Numbers, median: Numbers, spread: Numbers, full: float) -> Numbers:
    """Say how far above the median values lie, in spreads; 1 from ``full`` spreads on."""
    found: Numbers = np.clip((values - median) / (spread * full), 0, 1)
    return found


def middle(values: Numbers, least: float) -> tuple[float, float]:
    """Give median and robust spread (1.4826 MAD), which is never below ``least``."""
    median = float(np.median(values))
    return median, max(least, _MAD_TO_SIGMA * float(np.median(np.abs(values - median))))


def excluded(name: str) -> str:
    """Say why a destination is nobody's lead; empty where it may be one."""
    address = _address(name)
    if address is not None:
        return next((why for net, why in _ranges() if address in net), "")
    return "everybody's machines go there" if _everyday(name) else ""


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


@cache
def _ranges() -> tuple[tuple[Any, str], ...]:
    entries = rules("refused")["ranges"]
    return tuple((ip_network(r), entry["reason"]) for entry in entries for r in entry["ranges"])


@cache
def _known() -> frozenset[str]:
    return frozenset(rules("refused")["updates"] + rules("leads")["everyday"])


def _everyday(name: str) -> bool:
    labels = name.split(".")
    if name in rules("refused")["services"] or "." not in name:
        return True  # a name without a dot is a machine of the house
    return any(".".join(labels[at:]) in _known() for at in range(len(labels)))
