"""What an exercise is asked to be: its sizes, its decoys, its ablations, its distributions."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from operator import lt
from pathlib import Path
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.exercise.words import pack

LEVELS = (1, 2, 3)
FEWEST, FEWEST_LINES = 10, 2_000
"""Below this an exercise could not hold one organisation of every part."""
_DEMO = (20, 500_000)
"""Organisations and log lines of `make demo`."""
Whole = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How large an exercise is and what is in it; a pair is a range that the seed draws from.

    ``log_lines`` counts the lines of all organisations together (a line has 180 bytes on average).
    ``customers`` are innocent customers of each provider. ``fates`` holds one list for each renter
    with what becomes of each of his contracts: ``sold``, ``resold`` (through a holder whom nobody
    knows), ``double`` (sold to two buyers), ``own`` or ``hobby``. ``kept`` is how many days a
    provider keeps its records before it is asked; ``retention_days`` sets one limit for all. The
    decoys are switches; ``clocks_off_hours`` sets every clock wrong without saying so;
    ``silent_share`` is the share of organisations that refuse. ``variant`` names the distributions
    in parameters.toml.
    """

    organisations: int
    log_lines: int
    providers: Whole
    days: Whole
    customers: Whole
    fates: tuple[tuple[str, ...], ...]
    kept: Whole = (400, 400)
    variant: str = "standard"
    second_group: bool = False
    imitator: bool = False
    co_tenant: bool = True
    reused_address: bool = True
    virtual_office: bool = True
    reseller: bool = True
    namesakes: bool = True
    travellers: bool = True
    stolen_account: bool = False
    wrong_date: bool = False
    missing_provider: bool = False
    lying_source: bool = False
    no_payments: bool = False
    retention_days: int | None = None
    clocks_off_hours: float = 0.0
    silent_share: float | None = None

    @property
    def odds(self) -> Mapping[str, Any]:
        """The distributions of the chosen variant."""
        odds: Mapping[str, Any] = pack("parameters")["variants"][self.variant]
        return odds


def parameters_of(level: int | None = None) -> Parameters:
    """Give the parameters of a level; without one those of the demo: level 2, made smaller.

    Raises:
        BadInput: there is no such level.

    """
    if level is None:
        return replace(parameters_of(2), organisations=_DEMO[0], log_lines=_DEMO[1])
    if level not in LEVELS:
        raise BadInput(f"there is no level {level!r}", remedy="choose 1, 2 or 3")
    return _built(pack("parameters")["levels"][str(level)], path="parameters.toml", onto=None)


def read_parameters(path: Path) -> Parameters:
    """Read parameters from TOML: ``level`` (or the demo) and whatever differs from it.

    Raises:
        BadInput: it is missing or no TOML, a key is unknown, or a value does not fit.

    """
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except FileNotFoundError as missing:
        raise BadInput("there are no parameters", path=str(path)) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"not TOML: {error}", path=str(path), remedy="correct the line") from error
    return checked(_built(data, path=str(path), onto=parameters_of(data.pop("level", None))))


def _built(data: dict[str, Any], *, path: str, onto: Parameters | None) -> Parameters:
    known = [f.name for f in fields(Parameters)]
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            near = get_close_matches(key, [*known, "level"], 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: level, {', '.join(known)}"
            raise BadInput("unknown key", path=path, place=key, remedy=hint)
        fitted = _FITTED[_kind(key)](value)
        if fitted is None:
            remedy = f"give {_kind(key)}"
            raise BadInput(f"{value!r} does not fit", path=path, place=key, remedy=remedy)
        values[key] = fitted
    return replace(onto, **values) if onto else Parameters(**values)


def _kind(key: str) -> str:
    """Say what kind of value a key takes, in the user's words."""
    kinds = {
        "a range of two whole numbers": ("providers", "days", "customers", "kept"),
        "a whole number": ("organisations", "log_lines", "retention_days"),
        "a number": ("clocks_off_hours", "silent_share"),
        "a text": ("variant",),
        "a list of lists of fates": ("fates",),
    }
    return next((kind for kind, keys in kinds.items() if key in keys), "true or false")


def _range(value: object) -> Whole | None:
    match value:
        case [int(low), int(high)] if low <= high:
            return low, high
    return None


def _lists(value: object) -> tuple[tuple[str, ...], ...] | None:
    if not isinstance(value, list) or not all(isinstance(v, list) for v in value):
        return None
    return tuple(tuple(map(str, v)) for v in value)


def _number(value: object) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return float(str(value)) if fits else None


_FITTED: dict[str, Callable[[object], object]] = {
    "a range of two whole numbers": _range,
    "a whole number": lambda v: v if isinstance(v, int) and not isinstance(v, bool) else None,
    "a number": _number,
    "a text": lambda v: v if isinstance(v, str) else None,
    "a list of lists of fates": _lists,
    "true or false": lambda v: v if isinstance(v, bool) else None,
}
"""Turns a value of TOML into a field's value, or ``None`` where it is of the wrong kind."""


FATES = ("sold", "resold", "double", "own", "hobby")


def checked(parameters: Parameters) -> Parameters:
    """Give the parameters back, or say what an exercise could not be made of.

    Raises:
        BadInput: too small, or a fate, variant or share that does not exist.

    """
    p = parameters
    if p.organisations < FEWEST or p.log_lines < FEWEST_LINES:
        raise BadInput(
            f"an exercise of {p.organisations} organisations and {p.log_lines} log lines"
            " is too small",
            remedy=f"ask for at least {FEWEST} organisations and {FEWEST_LINES} lines",
        )
    fates = [fate for renter in p.fates for fate in renter]
    sold = [renter.count("sold") for renter in p.fates]
    if set(fates) - set(FATES) or len(sold) < len(_SOLD) or any(map(lt, sold, _SOLD)):
        remedy = f"the first renter sells two, the second one; known are {', '.join(FATES)}"
        raise BadInput(f"{p.fates!r} make no play", place="fates", remedy=remedy)
    variants = pack("parameters")["variants"]
    if p.variant not in variants:
        known = ", ".join(variants)
        raise BadInput(
            f"no variant {p.variant!r}", place="variant", remedy=f"choose one of {known}"
        )
    if not 0 <= (p.silent_share or 0) < 1 or p.providers[0] < 1 or p.customers[0] < _FEW:
        remedy = f"a share under 1, at least one provider, at least {_FEW} customers each"
        raise BadInput("a size is out of range", place="parameters", remedy=remedy)
    if p.days[0] < _SHORTEST or p.providers[1] > _MOST_HOUSES or p.customers[1] > _MANY:
        remedy = f"{_SHORTEST} days or more, {_MOST_HOUSES} providers and {_MANY} customers at most"
        raise BadInput("a size is out of range", place="parameters", remedy=remedy)
    return p


_SOLD = (2, 1)
"""How many accounts the first two renters sell at least: the smallest play."""
_FEW, _MANY, _MOST_HOUSES, _SHORTEST = 60, 5_000, 8, 56
