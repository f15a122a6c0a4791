"""The case file (case.toml): everything that an investigator would enter before the first run."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from ashiato.core.time import format_instant
from ashiato.exercise.documents import KINDS
from ashiato.exercise.registers import TABLES, styles
from ashiato.exercise.scene import Organisation, Provider, Scene

Value = str | int | list[str] | Mapping[str, str]
_LAKE_KIND = {"zeek-tsv": "zeek", "zeek-json": "zeek"}


def slug(name: str) -> str:
    """Turn a name into an id for the case file."""
    return name.lower().replace(" ", "-")


def speakers(scene: Scene) -> dict[str, str]:
    """Give the source id of each kind of document."""
    cast = scene.cast
    names = (cast.police, cast.outlet, f"{cast.state} {cast.ministry}")
    return {kind: slug(name) for kind, name in zip(KINDS, names, strict=True)}


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
    text = f"Who rented the servers that {cast.group} used?"
    yield _table("[[questions]]", {"text": text, "rung": "person"})
    yield _table("[[questions]]", {"text": f"Who directed {cast.group}?", "rung": "sponsor"})


def _source(name: str, kind: str, reliability: str, reason: str, *, id_: str = "") -> str:
    fields = {"id": id_ or slug(name), "name": name, "kind": kind}
    return _table("[[sources]]", {**fields, "reliability": reliability, "reason": reason})


def _sources(scene: Scene) -> Iterator[str]:
    cast = scene.cast
    yield _source(cast.police, "agency", "B", "statutory investigator; past statements held up")
    yield _source(cast.outlet, "outlet", "C", "reports with sources; repeats agencies")
    ministry = f"{cast.state} {cast.ministry}"
    yield _source(ministry, "agency", "D", "party to the matter; speaks for the accused side")
    yield _source(
        cast.firm, "organisation", "B", "examines computers itself; publishes its methods"
    )
    for provider in scene.providers:
        yield _source(provider.name, "provider", "B", "keeps its books for its own billing")
    for organisation in scene.organisations:
        if organisation.part != "refused":
            reason = "hands over what its own machines wrote"
            yield _source(organisation.name, "organisation", "B", reason, id_=organisation.slug)


def _documents(scene: Scene) -> Iterator[str]:
    for (kind, source), at in zip(speakers(scene).items(), scene.published, strict=True):
        fields = {"files": f"evidence/documents/{kind}-*.txt", "source": source}
        known = format_instant(at)
        yield _table("[[evidence]]", {**fields, "published": known, "known_from": known})


def _books(provider: Provider, scene: Scene) -> Iterator[str]:
    home, known = f"evidence/providers/{provider.id}", _known(scene.published[0], 100)
    fields: dict[str, Value] = {"source": provider.id, "timezone": provider.zone.name}
    for table in TABLES:
        own: dict[str, Value] = {
            "files": f"{home}/{table}.csv",
            "mapping": f"{provider.id}-{table}",
        }
        yield _table("[[evidence]]", {**own, **fields, "known_from": known})
    own = {"files": f"{home}/auth/*.log", "kind": "sshd", "year": scene.start.year}
    yield _table("[[evidence]]", {**own, **fields, "known_from": known})


def _known(published: datetime, days_before: int) -> str:
    return format_instant(published - timedelta(days=days_before))


def _logs(organisation: Organisation, scene: Scene) -> str:
    kind = organisation.kind
    fields: dict[str, Value] = {
        "files": f"evidence/organisations/{organisation.slug}/*",
        "source": organisation.slug,
        "organisation": organisation.name,
        "kind": _LAKE_KIND.get(kind, kind),
        "clock_offset_seconds": organisation.clock_offset,
        "known_from": _known(scene.published[0], 40 + organisation.number % 30),
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


def _mappings(provider: Provider) -> Iterator[str]:
    style = styles(provider)
    for table in TABLES:
        fields: dict[str, Value] = {
            "kind": table,
            "delimiter": style["delimiter"],
            "date_formats": [style[table]["date"]],
        }
        yield _table(f"[mappings.{provider.id}-{table}]", fields)
        yield _table(f"[mappings.{provider.id}-{table}.columns]", style[table]["columns"])


def case_text(scene: Scene) -> str:
    """Write the case file of a scene."""
    head: dict[str, Value] = {
        "id": f"exercise-{scene.seed}",
        "title": f"Exercise {scene.seed}: intrusions in {scene.start.year}",
        "language": "en",
        "tlp": "AMBER",
        "legal_basis": f"Exercise; request of the {scene.cast.police} (all names are invented)",
    }
    parts = [_table("[case]", head), *_questions(scene), *_sources(scene), *_documents(scene)]
    for provider in scene.providers:
        parts += _books(provider, scene)
    parts += [_logs(o, scene) for o in scene.organisations if o.part != "refused"]
    parts += _census(scene)
    for provider in scene.providers:
        parts += _mappings(provider)
    return "\n".join(parts)
