"""What log-ins show of the hand behind them, and how two stretches of them differ.

Five channels: the network, the client, the hour of day, the day of the week, and the pace (how long
after the log-in before). Each is a sequence of categories; a split's log Bayes factor is the
evidence of two Dirichlet-multinomial regimes over one (Minka, "Estimating a Dirichlet
distribution"). Networks and clients are numbered as they appear: their names weigh nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

NETWORK, CLIENT, HOUR, DAY, PACE = "network", "client", "hour", "day", "pace"
CHANNELS = (NETWORK, CLIENT, HOUR, DAY, PACE)
TOOLS, PERSON = (NETWORK, CLIENT), (HOUR, DAY, PACE)
KEPT = 32
"""Networks and clients told apart in one history: the commonest; the others count as one."""
CUTS = 512
"""Most splits tried in one history; a longer one is looked at in blocks."""
SIDE = 8
"""Fewest log-ins on each side of a split; in long histories it is a fiftieth of them."""
_PRIORS = {NETWORK: 0.05, CLIENT: 0.05, HOUR: 0.5, DAY: 1.0, PACE: 0.5}
_SIZES = {NETWORK: KEPT, CLIENT: KEPT, HOUR: 12, DAY: 7, PACE: 6}
_WEIGHTS = {NETWORK: 1.0, CLIENT: 1.0, HOUR: 1.0, DAY: 0.5, PACE: 0.5}
_PACES = np.array([600.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 36 * 3600.0])
_SHARE, _THIN = 0.02, 2000
_DAY, _THURSDAY = 86_400, 3


@dataclass(frozen=True, slots=True)
class History:
    """Log-ins of one account in order of time: ``times`` in seconds, networks and clients as codes.

    Codes below ``KEPT`` - 1 are in order of first appearance among the commonest.
    """

    times: Floats
    network: Codes
    client: Codes

    def __len__(self) -> int:
        return len(self.times)

    def part(self, low: int, high: int) -> "History":
        """Give the log-ins ``[low, high)``."""
        return History(self.times[low:high], self.network[low:high], self.client[low:high])


def history(times: Sequence[float], networks: Sequence[str], clients: Sequence[str]) -> History:
    """Make a history of log-ins in order of time."""
    return History(np.asarray(times, dtype=np.float64), _codes(networks), _codes(clients))


def _codes(values: Sequence[str]) -> Codes:
    """Give each value a number as they appear; beyond the commonest all are one."""
    seen: dict[str, int] = {}
    codes = np.array([seen.setdefault(v, len(seen)) for v in values], dtype=np.int64)
    if len(seen) <= KEPT:
        return codes
    counts = np.bincount(codes)
    order = np.lexsort((np.arange(len(counts)), -counts))[: KEPT - 1]
    fewer = np.full(len(counts), KEPT - 1)
    fewer[np.sort(order)] = np.arange(KEPT - 1)
    return fewer[codes]


def coded(past: History) -> dict[str, Codes]:
    """Give every channel of a history as categories.

    Log-ins of one sitting are not independent: hours and days count once each; the others of the
    same time have the code -1.
    """
    seconds, dates = past.times % _DAY, past.times // _DAY
    hours = (seconds * _SIZES[HOUR] // _DAY).astype(np.int64)
    days = ((dates + _THURSDAY) % _SIZES[DAY]).astype(np.int64)
    gaps = np.diff(past.times, prepend=past.times[:1] - 86_400.0)
    return {
        NETWORK: past.network,
        CLIENT: past.client,
        HOUR: _once(hours, dates * _SIZES[HOUR] + hours),
        DAY: _once(days, dates),
        PACE: np.searchsorted(_PACES, gaps, side="right").astype(np.int64),
    }


def thinned(past: History) -> History:
    """Give at most about 2,000 log-ins, evenly taken."""
    step = -(-len(past) // _THIN)
    return History(past.times[::step], past.network[::step], past.client[::step])


def cumulative(past: History) -> dict[str, Floats]:
    """Count each channel's categories up to each log-in."""
    block = np.arange(len(past)) + 1
    return {name: _running(codes, block, _SIZES[name]) for name, codes in coded(past).items()}


def excursion(running: Floats, name: str, starts: Codes, ends: Codes) -> Floats:
    """Give the log Bayes factor of another regime in between, and the old one again after."""
    between, every = running[ends] - running[starts], running[-1]
    return _factor(np.vstack([between, every]), _PRIORS[name])


def _once(codes: Codes, of: Floats) -> Codes:
    counted: Codes = np.where(np.diff(of, prepend=-1.0) != 0, codes, -1)
    return counted


@dataclass(frozen=True, slots=True)
class Splits:
    """Every split that was tried: log-ins ``[0, at)`` before, ``[at, n)`` after.

    ``codes`` are the channels; ``factors`` holds each one's natural log Bayes factor at each split,
    ``counts`` the running counts there with the whole last, ``joint`` the weighted sum that
    chooses among them.
    """

    at: Codes
    codes: dict[str, Codes]
    counts: dict[str, Floats]
    factors: dict[str, Floats]
    joint: Floats

    @property
    def best(self) -> int:
        """Where the joint factor is greatest, as an index into ``at``."""
        return int(self.joint.argmax())


def split(past: History) -> Splits | None:
    """Try every split in time; ``None`` where the history is too short or all at one instant."""
    at = _places(past.times)
    if not len(at):
        return None
    codes = coded(past)
    block = np.searchsorted(at, np.arange(len(past)), side="right")
    counts = {name: _running(codes[name], block, _SIZES[name]) for name in CHANNELS}
    factors = {name: _factor(counts[name], _PRIORS[name]) for name in CHANNELS}
    joint = np.sum([_WEIGHTS[name] * factors[name] for name in CHANNELS], axis=0)
    return Splits(at, codes, counts, factors, joint)


def _places(times: Floats) -> Codes:
    """Give where the history may be split: never between log-ins of one instant."""
    side = max(SIDE, int(len(times) * _SHARE))
    at = np.arange(side, len(times) - side + 1)
    at = at[times[at] > times[at - 1]] if len(at) else at
    if len(at) > CUTS:
        at = at[np.unique(np.linspace(0, len(at) - 1, CUTS).astype(np.int64))]
    return at


def _running(codes: Codes, block: Codes, size: int) -> Floats:
    """Count each category up to each split, and in the whole (the last row)."""
    counted = codes >= 0
    cells = np.bincount((block * size + codes)[counted], minlength=(int(block[-1]) + 1) * size)
    running: Floats = cells.reshape(-1, size).cumsum(axis=0).astype(np.float64)
    return running


def _factor(running: Floats, prior: float) -> Floats:
    whole = running[-1]
    used = whole > 0
    before, every = running[:-1][:, used], whole[used]
    size = len(whole)
    both = _evidence(before, prior, size) + _evidence(every - before, prior, size)
    factor: Floats = both - _evidence(every[None], prior, size)
    return factor


def _evidence(counts: Floats, prior: float, size: int) -> Floats:
    """Give ln m(n) up to a constant that every split shares."""
    whole = counts.sum(axis=-1)
    one, total = _table(prior, _room(counts)), _table(prior * size, _room(whole))
    each: Floats = one[counts.astype(np.int64)].sum(axis=-1)
    evidence: Floats = each - total[whole.astype(np.int64)]
    return evidence


def _room(counts: Floats) -> int:
    """Give the size of table that holds the counts; it grows by twos, so that few are made."""
    return 1 << max(10, int(counts.max(initial=0.0)).bit_length())


@cache
def _table(start: float, size: int) -> Floats:
    """Give ln G(k + start) - ln G(start) for every k up to ``size``."""
    steps: Floats = np.concatenate([[0.0], np.cumsum(np.log(np.arange(size) + start))])
    return steps


NAMES = (
    *(f"{name} at the joint split" for name in CHANNELS),
    *(f"{name} at its own split" for name in CHANNELS),
    *(f"{name} difference" for name in CHANNELS),
    "joint",
    "tools that speak",
    "person channels that speak",
    "network of old seen again",
    "client of old seen again",
    "network of old in the last third",
    "client of old in the last third",
    "both of old in the last third",
    "new network known before",
    "new client known before",
    "cosine of networks",
    "cosine of clients",
    "turns between old and new",
    "new share just after",
    "old and new both late",
    "hours of new beside old",
    "days of new beside old",
    "hours of new, both late",
    "gap at the split",
    "log-ins",
    "log-ins of the shorter side",
    "network and client",
    "hour and network",
    "hour and client",
    "hour, network and client",
    "person and tools",
    "person though the old returns",
    "tools though the old returns",
    "hour though tools stay",
    "pace and network",
    "day and client",
    *(f"{name} at most within the sides" for name in (*CHANNELS, "joint")),
    *(f"{name} beyond that within the sides" for name in (*CHANNELS, "joint")),
)
"""What the logistic layer is told of a history, in this order."""


def features(past: History, tried: Splits) -> Floats:
    """Describe the likeliest split in numbers: how each channel changes, and what comes back."""
    best = tried.best
    at = int(tried.at[best])
    joint = [_shrunk(tried.factors[name][best]) for name in CHANNELS]
    own = [_shrunk(tried.factors[name].max()) for name in CHANNELS]
    apart = [_difference(tried.counts[name], best) for name in CHANNELS]
    back = _returning(past, at)
    cosines = [_cosine(tried.counts[name], best) for name in TOOLS]
    total = _shrunk(tried.joint[best])
    tools = sum(tried.factors[name][best] > 3 for name in TOOLS)  # noqa: PLR2004 - ln factor
    person = sum(tried.factors[name][best] > 3 for name in PERSON)  # noqa: PLR2004
    sides = (len(past), min(at, len(past) - at))
    return np.array(
        [
            *joint, *own, *apart, total, tools, person,
            *back[:7], *cosines, *back[7:], *_beside(past, tried), _gap(past.times, at),
            *(math.log(count) for count in sides),
            *_together(joint, own, back[4]),
            *_contrast(past, at, [*joint, total]),
        ]
    )  # fmt: skip


def _contrast(past: History, at: int, here: Sequence[float]) -> list[float]:
    """Compare the split with the likeliest within its sides: some people change all the time."""
    sides = [split(part) for part in (past.part(0, at), past.part(at, len(past)))]
    within = [0.0] * len(here)
    for tried in (side for side in sides if side is not None):
        values = [*(tried.factors[name].max() for name in CHANNELS), tried.joint.max()]
        within = [max(w, _shrunk(float(v))) for w, v in zip(within, values, strict=True)]
    return [*within, *(h - w for h, w in zip(here, within, strict=True))]


def _together(joint: Sequence[float], own: Sequence[float], old: float) -> list[float]:
    """Say what changes at once: a new computer changes tools, another hand its habits too."""
    network, client, hour, day, pace = (max(0.0, x) for x in joint)
    person = max(hour, day, pace)
    return [
        min(network, client),
        min(hour, network),
        min(hour, client),
        min(hour, network, client),
        min(person, max(network, client)),
        max(0.0, own[2]) * old,
        max(network, client) * old,
        max(0.0, hour - max(network, client)),
        min(pace, network),
        min(day, client),
    ]


def _shrunk(x: float) -> float:
    return math.copysign(math.log1p(abs(x)), x)


def _difference(running: Floats, best: int) -> float:
    """Give the Jensen-Shannon divergence of before and after, in bits."""
    before, after = running[best], running[-1] - running[best]
    before, after = before / max(1.0, before.sum()), after / max(1.0, after.sum())
    both = (before + after) / 2
    return float(_entropy(both) - (_entropy(before) + _entropy(after)) / 2)


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


def _cosine(running: Floats, best: int) -> float:
    before, after = running[best], running[-1] - running[best]
    return float(before @ after / math.sqrt(max(1.0, (before @ before) * (after @ after))))


def _returning(past: History, at: int) -> list[float]:
    """Say how much of the old is seen after the split, and how often old and new take turns."""
    old_network = _known(past.network, at)
    old_client = _known(past.client, at)
    late = slice(-max(1, (len(past) - at) // 3), None)
    either = old_network & old_client
    return [
        float(old_network.mean()),
        float(old_client.mean()),
        float(old_network[late].mean()),
        float(old_client[late].mean()),
        float(either[late].mean()),
        _foreseen(past.network, at),
        _foreseen(past.client, at),
        _turns(old_client if old_client.mean() < 1 else old_network),
        float(1 - either[:SIDE].mean()),
    ]


def _beside(past: History, tried: Splits) -> list[float]:
    """Compare the log-ins with new tools to those with old ones in the time after the split.

    A second computer keeps its owner's hours; a second hand has its own.
    """
    at = int(tried.at[tried.best])
    network, client = _known(past.network, at), _known(past.client, at)
    new = ~client if 0 < client.mean() < 1 else ~network
    late = new[-max(1, 2 * len(new) // 3) :]
    both = 2 * min(float(late.mean()), 1 - float(late.mean()))
    hours, days = (_apart(tried.codes[c][at:], new, c) for c in (HOUR, DAY))
    return [both, hours, days, max(0.0, hours) * both]


def _apart(codes: Codes, new: npt.NDArray[np.bool_], name: str) -> float:
    size = _SIZES[name]
    both = (codes[new], codes)
    fresh, every = (np.bincount(c[c >= 0], minlength=size).astype(np.float64) for c in both)
    return _shrunk(float(_factor(np.array([fresh, every]), _PRIORS[name])[0]))


def _known(codes: Codes, at: int) -> npt.NDArray[np.bool_]:
    """Whether each log-in after the split uses what the time before it mostly used."""
    seen = np.bincount(codes[:at], minlength=KEPT)
    known: npt.NDArray[np.bool_] = (seen >= max(1.0, 0.02 * at))[codes[at:]]
    return known


def _foreseen(codes: Codes, at: int) -> float:
    """Give the share of the log-ins before the split that use what is new after it."""
    after = np.bincount(codes[at:], minlength=KEPT)
    before = np.bincount(codes[:at], minlength=KEPT)
    new = after / (len(codes) - at) > 2 * before / at
    return float(new[codes[:at]].mean())


def _turns(old: npt.NDArray[np.bool_]) -> float:
    """Give how often old and new change places, as a share of what chance would do."""
    share = float(old.mean())
    expected = 2 * share * (1 - share) * (len(old) - 1)
    return float((old[1:] != old[:-1]).sum()) / expected if expected > 1 else 0.0


def _gap(times: Floats, at: int) -> float:
    gaps = np.diff(times)
    usual = max(float(np.median(gaps)), 60.0)
    return math.log1p(float(gaps[at - 1]) / usual)
