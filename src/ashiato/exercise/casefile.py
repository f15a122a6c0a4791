"""The case file (case.toml): everything that an investigator would enter before the first run."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ashiato.core.time import format_instant
from ashiato.exercise.campaign import SILENT
from ashiato.exercise.documents import kinds
from ashiato.exercise.registers import tables
from ashiato.exercise.scene import Organisation, Provider, Scene
from ashiato.exercise.words import slug

Value = str | int | list[str] | Mapping[str, str]
_LAKE_KIND = {"zeek-tsv": "zeek", "zeek-json": "zeek"}


def speakers(scene: Scene) -> dict[str, str]:
    """Give the source id of each kind of document that the exercise has."""
    cast = scene.cast
    police, ministry = slug(cast.police), slug(f"{cast.state} {cast.ministry}")
    of = {
        "statement": police,
        "news": slug(cast.outlet),
        "reprint": slug(cast.second_outlet),
        "analysis": slug(cast.firm),
        "interview": police,
        "letter": slug(cast.front),
        "chat": slug(cast.market),
        "denial": ministry,
        "rebuttal": ministry,
        "leak": slug(cast.blog),
    }
    return {kind: of[kind] for kind in kinds(scene)}


def _toml(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    # A JSON string, number or list of strings is written alike in TOML 1.0.
    return json.dumps(value, ensure_ascii=False)


def _table(head: str, fields: Mapping[str, Value]) -> str:
    return "\n".join([head, *(f"{key} = {_toml(value)}" for key, value in fields.items()), ""])


def _questions(scene: Scene) -> Iterator[str]:
    cast = scene.cast
    yield _table("[[questions]]", {"text": "Who carried out the intrusions?", "rung": "group"})
    text = f"Who rented the servers that {cast.group.name} used?"
    yield _table("[[questions]]", {"text": text, "rung": "person"})
    yield _table("[[questions]]", {"text": f"Who directed {cast.group.name}?", "rung": "sponsor"})


def _source(name: str, kind: str, reliability: str, reason: str, *, id_: str = "") -> str:
    fields: dict[str, Value] = {"id": id_ or slug(name), "name": name, "kind": kind}
    graded: dict[str, Value] = {"reliability": reliability} if reliability else {}
    return _table("[[sources]]", {**fields, **graded, "reason": reason})


def _sources(scene: Scene) -> Iterator[str]:
    cast = scene.cast
    yield _source(cast.police, "agency", "B", "statutory investigator; past statements held up")
    yield _source(cast.outlet, "outlet", "C", "reports with sources; repeats agencies")
    ministry = f"{cast.state} {cast.ministry}"
    yield _source(ministry, "agency", "D", "party to the matter; speaks for the accused side")
    yield _source(
        cast.firm, "organisation", "B", "examines computers itself; publishes its methods"
    )
    yield _source(cast.second_outlet, "outlet", "D", "prints what others report")
    yield _source(cast.front, "organisation", "C", "its papers were seized in its office")
    yield _source(cast.market, "other", "D", "messages seized there; nobody knows the handles")
    if scene.parameters.lying_source:
        yield _source(cast.blog, "outlet", "", "unknown; began to publish this year")
    for provider in (p for p in scene.providers if p.given):
        yield _source(provider.name, "provider", "B", "keeps its books for its own billing")
    for organisation in scene.organisations:
        if organisation.part not in SILENT:
            reason = "hands over what its own machines wrote"
            yield _source(organisation.name, "organisation", "B", reason, id_=organisation.slug)


def _documents(scene: Scene) -> Iterator[str]:
    for kind, source in speakers(scene).items():
        fields = {"files": f"evidence/documents/{kind}-*.txt", "source": source}
        known = format_instant(scene.published[kind])
        yield _table("[[evidence]]", {**fields, "published": known, "known_from": known})


def _books(provider: Provider, scene: Scene, years: Mapping[str, int]) -> Iterator[str]:
    home, known = "evidence/providers", _known(scene, 100)
    fields: dict[str, Value] = {
        "source": provider.id,
        "timezone": provider.zone.name,
        "clock_offset_seconds": provider.clock_offset,
        "known_from": known,
    }
    for table in tables(scene):
        files = f"{home}/{provider.id}/{table}.csv"
        yield _table(
            "[[evidence]]", {"files": files, "mapping": f"{provider.id}-{table}", **fields}
        )
    for name, year in sorted(years.items()):
        if name.startswith(f"{provider.id}/"):
            own: dict[str, Value] = {"files": f"{home}/{name}", "kind": "sshd", "year": year}
            yield _table("[[evidence]]", {**own, **fields})


def _known(scene: Scene, days_before: int) -> str:
    return format_instant(scene.published["statement"] - timedelta(days=days_before))


def _logs(organisation: Organisation, scene: Scene) -> str:
    kind = organisation.kind
    fields: dict[str, Value] = {
        "files": f"evidence/organisations/{organisation.slug}/*",
        "source": organisation.slug,
        "organisation": organisation.name,
        "kind": _LAKE_KIND.get(kind, kind),
        "clock_offset_seconds": organisation.clock_offset,
        "known_from": _known(scene, 40 + organisation.number % 30),
    }
    if kind in {"bind", "sshd"}:
        fields["timezone"] = organisation.zone.name
        fields["year"] = organisation.start.year
    else:
        fields["timezone"] = "UTC"
    if organisation.part == "no_zone":
        del fields["timezone"]
    return _table("[[evidence]]", fields)


def _census(scene: Scene) -> Iterator[str]:
    for organisation in scene.organisations:
        refused = {"status": "refused"} if organisation.part == "refused" else {}
        yield _table("[[organisations]]", {"name": organisation.name, **refused})


def _mappings(provider: Provider, scene: Scene) -> Iterator[str]:
    style = provider.books
    for table in tables(scene):
        fields: dict[str, Value] = {
            "kind": table,
            "delimiter": style["delimiter"],
            "date_formats": [style[table]["date"]],
        }
        yield _table(f"[mappings.{provider.id}-{table}]", fields)
        yield _table(f"[mappings.{provider.id}-{table}.columns]", style[table]["columns"])


def case_text(scene: Scene, years: Mapping[str, int]) -> str:
    """Write the case file of a scene; ``years`` are those of the providers' logs."""
    head: dict[str, Value] = {
        "id": f"exercise-{scene.seed}",
        "title": f"Exercise {scene.seed}: intrusions in {scene.start.year}",
        "language": "en",
        "tlp": "AMBER",
        "legal_basis": f"Exercise; request of the {scene.cast.police} (all names are invented)",
    }
    parts = [_table("[case]", head), *_questions(scene), *_sources(scene), *_documents(scene)]
    given = [p for p in scene.providers if p.given]
    for provider in given:
        parts += _books(provider, scene, years)
    parts += [_logs(o, scene) for o in scene.organisations if o.part not in SILENT]
    parts += _census(scene)
    for provider in given:
        parts += _mappings(provider, scene)
    return "\n".join(parts)
