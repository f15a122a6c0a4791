"""A small invented case to weigh, and the worked case in ``orchid.toml``."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ashiato.core.canonical import content_id
from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Voice,
)
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Rung, Verdict
from ashiato.weigh import assess, standards_in_force
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model
from ashiato.weigh.weighed import Proposition as Weighable
from ashiato.weigh.weighed import Weighed, weigh_model

SAID = datetime(2031, 4, 20, 9, tzinfo=UTC)
SOURCES = (
    Source("harbour-police", "Harbour Police", "agency", "B", "statutory investigator"),
    Source("quay-labs", "Quay Labs", "organisation", "B", "published method"),
    Source("meridian-cert", "Meridian CERT", "agency", "A", "own telemetry"),
)


def make_entity(text: str, kind: str = "group") -> Entity:
    return Entity(f"{kind}:{text.casefold()}", text, EntityType(kind))


def make_claim(
    subject: Entity | None,
    predicate: str,
    object_: Entity | None,
    *,
    origin: str = "harbour-police",
    document: str = "statement-1",
    polarity: str = "affirmed",
    modality: str = "stated",
    basis: str = "first_hand",
    role: str | None = None,
    quote: str = "",
    method: str = "test@1",
    at: datetime = SAID,
) -> Claim:
    words = quote or f"{subject} {predicate} {object_}"
    citation = Citation(
        content_id(document, 64), f"evidence/{document}.txt", SpanLocator(0, len(words)), words
    )
    claim = Claim(
        id="",
        proposition=Proposition(subject, predicate, object_, role),
        polarity=Polarity(polarity),
        modality=Modality(modality),
        basis=Basis(basis),
        cues=(),
        speaker=Voice(origin, origin),
        origin=Voice(origin, origin),
        said_at=at,
        citations=(citation,),
        method=method,
    )
    return replace(claim, id=content_id(claim))


def answer(claims: Sequence[Claim], rung: Rung = Rung.GROUP, **others: Any) -> Verdict:  # noqa: ANN401 - passed on to `assess` as they are
    given = {
        "tracing": Tracing(),
        "sightings": (),
        "census": (),
        "sources": SOURCES,
        "standards": standards_in_force(),
        "draws": 300,
        **others,
    }
    return assess(
        rung,
        claims,
        given.pop("tracing"),
        given.pop("sightings"),
        given.pop("census"),
        given.pop("sources"),
        given.pop("standards"),
        as_known_on=None,
        evidence_digest="0" * 64,
        question_text="Who carried out the intrusions?",
        **given,
    )


@pytest.fixture(scope="session")
def entity() -> Callable[..., Entity]:
    """Name an invented thing."""
    return make_entity


@pytest.fixture(scope="session")
def said() -> Callable[..., Claim]:
    """Make a claim."""
    return make_claim


@pytest.fixture(scope="session")
def weigh() -> Callable[..., Verdict]:
    """Weigh claims with the invented sources."""
    return answer


@pytest.fixture(scope="session")
def orchid_data() -> dict[str, Any]:
    """The worked case: inputs and what follows from them. ILLUSTRATIVE."""
    return tomllib.loads(Path(__file__).with_name("orchid.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def orchid_with(orchid_data: dict[str, Any]) -> Callable[..., Model]:
    """Build the worked case with other counts of reports or other letters."""

    def build(
        reports: dict[str, int] | None = None, letters: dict[str, str] | None = None
    ) -> Model:
        counts = {name: c["reports"] for name, c in orchid_data["claims"].items()} | (reports or {})
        return Model(
            answers=tuple(Answer(**row) for row in orchid_data["answers"]),
            facts=tuple(
                Fact(name, name, "intelligence", tuple(row), "moderate")
                for name, row in orchid_data["facts"].items()
            ),
            origins=orchid_data["origins"] | (letters or {}),
            assertions=tuple(
                Assertion(
                    name,
                    name,
                    claim["origin"],
                    Basis(claim["basis"]),
                    claim["kappa"],
                    tuple(f"{i:03}" for i in range(counts[name])),
                )
                for name, claim in orchid_data["claims"].items()
                if counts[name]
            ),
        )

    return build


@pytest.fixture(scope="session")
def orchid(orchid_with: Callable[..., Model]) -> Weighed:
    """The worked case, weighed."""
    return weigh_model(orchid_with(), grades())


@pytest.fixture(scope="session")
def claimed(orchid_data: dict[str, Any]) -> dict[str, Weighable]:
    """The two propositions of the worked case."""
    return {
        name: Weighable(name, frozenset(row["answers"]), tuple(row["required"]))
        for name, row in orchid_data["propositions"].items()
    }
