"""From a seed to a scene: all that will be true in the exercise, before a byte is written."""

from datetime import UTC, datetime, timedelta

from numpy.random import Generator

from ashiato.core.errors import BadInput
from ashiato.exercise.campaign import FEWEST, Field, plan_organisations, quiet_contracts
from ashiato.exercise.draws import pick, some, stream, whole
from ashiato.exercise.hosting import Hosting, plan_hosting
from ashiato.exercise.scene import Cast, Person, Scene, Site
from ashiato.exercise.words import Names, pack

DAYS = 56
"""Length of the period that the organisations' logs cover: eight weeks."""
SITES, CUSTOMER_SITES = 1_500, 60
FEWEST_LINES = 2_000
BEHIND_SHARE = 0.7
"""In this share of exercises the unit really directs the group; the evidence never shows which."""
_FIRST_MONDAY = datetime(2030, 4, 1, tzinfo=UTC)


def _cast(rng: Generator, names: Names) -> Cast:
    words = pack("words")
    state = names.state()
    service = pick(rng, words["firm"]["service"])
    return Cast(
        police=names.firm("police"),
        outlet=names.firm("outlet"),
        firm=names.firm("security"),
        ministry=pick(rng, words["firm"]["ministry"]),
        spokesperson=names.person(),
        state=state,
        service=f"{state} {service}",
        unit=f"Unit {names.code(10_000, 99_999)}",
        group=names.group(),
        market=names.market(),
        engineer=Person("engineer", names.person(), innocent=False, trade=_trade(rng, "work")),
        student=Person("student", names.person(), innocent=False, trade=_trade(rng, "study")),
        behind=bool(rng.random() < BEHIND_SHARE),
    )


def _trade(rng: Generator, kind: str) -> str:
    return str(pick(rng, pack("words")["person"][kind]))


def _sites(seed: int, names: Names, hosting: Hosting) -> tuple[Site, ...]:
    """Draw where everybody goes: ordinary sites, and innocent customers of the two providers."""
    rng = stream(seed, "sites")
    far = [f"198.{18 + n // 32_768}.{n // 256 % 128 + 128}.{n % 256}" for n in range(65_536)]
    addresses = some(rng, far, SITES)
    addresses[300:600:5] = [c.address for c in some(rng, quiet_contracts(hosting), CUSTOMER_SITES)]
    return tuple(Site(names.domain(), address) for address in addresses)


def _published(rng: Generator, start: datetime) -> tuple[datetime, datetime, datetime]:
    """Draw when the statement, the report and the denial appeared: a spring after, days apart."""
    first = start + timedelta(days=whole(rng, 330, 420), hours=9)
    second = first + timedelta(hours=whole(rng, 3, 9))
    return first, second, first + timedelta(days=1, hours=whole(rng, 1, 5))


def plan(seed: int, *, organisations: int, log_lines: int) -> Scene:
    """Draw the whole scene of the exercise ``seed``.

    Raises:
        BadInput: too few organisations or lines to hold one of every part.

    """
    if organisations < FEWEST or log_lines < FEWEST_LINES:
        raise BadInput(
            f"an exercise of {organisations} organisations and {log_lines} log lines is too small",
            remedy=f"ask for at least {FEWEST} organisations and {FEWEST_LINES} lines",
        )
    rng = stream(seed, "cast")
    names = Names(rng)
    start = _FIRST_MONDAY + timedelta(weeks=whole(rng, 0, 16))
    cast = _cast(rng, names)
    hosting = plan_hosting(seed, cast, start, names)
    field = Field(seed, start, DAYS, hosting, names.domain(), names.domain(), names.domain())
    return Scene(
        seed=seed,
        start=start,
        days=DAYS,
        cast=cast,
        persons=hosting.persons,
        providers=hosting.providers,
        contracts=hosting.contracts,
        rentals=hosting.rentals,
        successor=hosting.successor,
        co_tenant=hosting.co_tenant,
        co_tenant_domain=field.co_tenant_domain,
        organisations=plan_organisations(field, names, organisations, log_lines),
        sites=_sites(seed, names, hosting),
        published=_published(rng, start),
    )
