"""What the case says about each exhibit before it is read."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ashiato.case.settings import EvidenceRule, Settings
from ashiato.core.evidence import Exhibit
from ashiato.core.names import slug
from ashiato.core.sources import Intake, Source


def rule_for(path: str, settings: Settings) -> EvidenceRule | None:
    """Give the first rule of case.toml that matches a file; ``*`` crosses folders."""
    return next((r for r in settings.evidence if fnmatchcase(path, r.files)), None)


def source_for(path: str, rule: EvidenceRule | None, settings: Settings) -> Source:
    """Say who speaks in a file: the declared source, the organisation, else the file itself."""
    declared = {s.id: s for s in settings.sources}
    if rule and rule.source:
        return declared[rule.source]
    if rule and rule.organisation:
        id_ = slug(rule.organisation)
        return declared.get(id_, Source(id_, rule.organisation, "organisation"))
    name = path.rsplit("/", 1)[-1]
    return Source(slug(name), name, "other", reason="no source is declared for this file")


def intake_of(exhibit: Exhibit, settings: Settings) -> Intake:
    """Put together all that the case knows of an exhibit."""
    rule = rule_for(exhibit.path, settings)
    source = source_for(exhibit.path, rule, settings)
    stated = rule or EvidenceRule(files="")
    return Intake(
        exhibit=exhibit.sha256,
        path=exhibit.path,
        source=source,
        organisation=stated.organisation,
        kind=stated.kind,
        timezone=stated.timezone,
        clock_offset=stated.clock_offset_seconds,
        encoding=stated.encoding,
        year=stated.year,
        published=stated.published,
        mapping=settings.mappings[stated.mapping] if stated.mapping else None,
        model=settings.model,
        extra=_extra(stated, settings),
    )


def _extra(rule: EvidenceRule, settings: Settings) -> dict[str, str]:
    off = dict.fromkeys((*settings.repairs_off, *rule.repairs_off))
    stated = {
        "fallback_encodings": ",".join(rule.fallback_encodings),
        "date_order": rule.date_order or "",
        "repairs_off": ",".join(off) if rule.repairs and settings.repairs else "*",
    }
    return {name: value for name, value in stated.items() if value}


def sources_of(intakes: Iterable[Intake], settings: Settings) -> tuple[Source, ...]:
    """List every source that speaks in the case, declared or found, by id."""
    found = {s.id: s for s in settings.sources}
    for intake in intakes:
        found.setdefault(intake.source.id, intake.source)
    return tuple(found[key] for key in sorted(found))
