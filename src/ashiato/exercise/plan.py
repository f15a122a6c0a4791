"""From a seed to a scene: all that will be true in the exercise, before a byte is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from numpy.random import Generator

from ashiato.exercise.campaign import Field, plan_organisations
from ashiato.exercise.documents import KINDS
from ashiato.exercise.draws import between, pick, some, stream, whole
from ashiato.exercise.hosting import Hosting, addresses, keys, plan_hosting, quiet_contracts
from ashiato.exercise.parameters import Parameters, checked
from ashiato.exercise.scene import Cast, Group, Person, Scene, Site
from ashiato.exercise.words import Names, pack

CUSTOMER_SITES = 60
"""Ordinary sites that live on machines of innocent customers."""
_FIRST_MONDAY = datetime(2030, 4, 1, tzinfo=UTC)


def _group(rng: Generator, names: Names, parameters: Parameters, tool: str) -> Group:
    odds = parameters.odds
    return Group(
        name=names.group(),
        hour=float(whole(rng, 0, 24)),
        networks=addresses(rng),
        keys=keys(rng),
        tool=tool,
        lure=pick(rng, pack("words")["site"]["lures"]),
        period=pick(rng, odds["periods"]),
        jitter=between(rng, odds["jitter"]),
        missed=between(rng, odds["missed"]),
    )


def _tool(rng: Generator) -> str:
    """Draw the path that a tool calls, made to look like a page of an ordinary site."""
    words = pack("words")["site"]
    folder, page = pick(rng, words["tool_folders"]), pick(rng, words["tool_pages"])
    key = "abcdefghijklmnopqrstuvwxyz"[whole(rng, 0, 26)]
    return f"/{folder}/{page}.{pick(rng, words['tool_endings'])}?{key}="


def _copied(own: Group, model: Group) -> Group:
    """Let an imitator take over what others see of a group: tool, lure, and its beat."""
    return replace(model, name=own.name, hour=own.hour, networks=own.networks, keys=own.keys)


def _cast(rng: Generator, names: Names, parameters: Parameters) -> Cast:
    words, odds = pack("words"), parameters.odds
    state, tool = names.state(), _tool(rng)
    group = _group(rng, names, parameters, tool)
    rival = _group(rng, names, parameters, tool) if parameters.second_group else None
    imitator = _copied(_group(rng, names, parameters, tool), group) if parameters.imitator else None
    behind = bool(rng.random() < odds["behind"])
    return Cast(
        police=names.firm("police"),
        outlet=names.firm("outlet"),
        second_outlet=names.firm("outlet"),
        firm=names.firm("security"),
        blog=names.firm("blog"),
        ministry=pick(rng, words["firm"]["ministry"]),
        spokesperson=names.person(),
        state=state,
        service=f"{state} {pick(rng, words['firm']['service'])}",
        unit=f"Unit {names.code(10_000, 99_999)}",
        front=names.firm("front"),
        go_between=names.person(),
        group=group,
        rival=rival,
        imitator=imitator,
        market=names.market(),
        renters=tuple(_renters(rng, names, len(parameters.fates))),
        behind=behind,
        letter_names_unit=behind and bool(rng.random() < odds["letter_names_unit"]),
    )


def _renters(rng: Generator, names: Names, count: int) -> list[Person]:
    ids = ["engineer", "student", *(f"renter-{n}" for n in range(3, count + 1))]
    kinds = ["work", "study", *["work"] * (count - 2)]
    trades = [pick(rng, pack("words")["person"][kind]) for kind in kinds]
    return [
        Person(id_, names.person(), innocent=False, trade=trade)
        for id_, trade in zip(ids, trades, strict=True)
    ]


def _sites(seed: int, count: int, names: Names, hosting: Hosting) -> tuple[Site, ...]:
    """Draw where everybody goes: ordinary sites, and innocent customers of the providers."""
    rng = stream(seed, "sites")
    far = [f"198.{18 + n // 32_768}.{n // 256 % 128 + 128}.{n % 256}" for n in range(65_536)]
    places = some(rng, far, count)
    customers = some(rng, quiet_contracts(hosting), CUSTOMER_SITES)
    places[300 : 300 + 5 * len(customers) : 5] = [c.address for c in customers]
    return tuple(Site(names.domain(), address) for address in places)


def _published(rng: Generator, end: datetime) -> dict[str, datetime]:
    """Draw when each document appeared, months after the end; what is seized comes first."""
    statement = end + timedelta(days=whole(rng, 120, 280), hours=9)
    news = statement + timedelta(hours=whole(rng, 3, 9))
    after = {
        "statement": statement,
        "news": news,
        "reprint": news + timedelta(hours=whole(rng, 2, 30)),
        "denial": statement + timedelta(days=1, hours=whole(rng, 1, 5)),
        "rebuttal": statement + timedelta(days=whole(rng, 3, 9), hours=3),
        "analysis": statement - timedelta(days=whole(rng, 20, 90)),
        "interview": statement - timedelta(days=whole(rng, 50, 100)),
        "letter": statement - timedelta(days=whole(rng, 20, 45)),
        "chat": statement - timedelta(days=whole(rng, 20, 45), hours=5),
        "leak": statement + timedelta(days=whole(rng, 2, 20), hours=7),
    }
    return {kind: after[kind] for kind in KINDS}


def plan(seed: int, parameters: Parameters) -> Scene:
    """Draw the whole scene of the exercise ``seed``.

    Raises:
        BadInput: the parameters are too small to hold one of every part, or make no sense.

    """
    p, rng = checked(parameters), stream(seed, "cast")
    names = Names(rng)
    start = _FIRST_MONDAY + timedelta(weeks=whole(rng, 0, 16))
    days = whole(rng, p.days[0], p.days[1] + 1)
    cast = _cast(rng, names, p)
    hosting = plan_hosting(seed, p, cast, start=start, days=days, names=names)
    domains = names.domain(), names.domain(), names.domain()
    field = Field(seed, p, start, days, cast, hosting, *domains)
    sites = _sites(seed, p.odds["sites"], names, hosting)
    return Scene(
        seed=seed,
        parameters=p,
        start=start,
        days=days,
        cast=cast,
        persons=(*hosting.persons, Person("go-between", cast.go_between, innocent=False)),
        providers=hosting.providers,
        contracts=hosting.contracts,
        rentals=hosting.rentals,
        successor=hosting.successor,
        co_tenant=hosting.co_tenant,
        co_tenant_domain=field.co_tenant_domain,
        office=hosting.office,
        organisations=plan_organisations(field, names),
        sites=sites,
        published=_published(rng, field.end),
    )
