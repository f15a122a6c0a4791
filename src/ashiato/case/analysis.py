"""From sealed exhibits to an assessed case: read, trace, hunt, weigh, each step cached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ashiato import __version__
from ashiato.case.cache import Cache, step_key
from ashiato.case.changes import Change, graded, held, in_force, still_told, without_origins
from ashiato.case.changes import problems as withdrawn
from ashiato.case.conflicts import orphans, resolutions
from ashiato.case.decisions import identity_decisions
from ashiato.case.decisions import in_force as decisions_in_force
from ashiato.case.grown import lake_folder
from ashiato.case.intake import sources_of
from ashiato.case.reading import Readings, read_all
from ashiato.case.sensitive import sensitive_values
from ashiato.case.settings import Question, Settings
from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import content_id
from ashiato.core.claims import Claim, Review
from ashiato.core.errors import TooLarge
from ashiato.core.evidence import Citation, Exhibit, Locator, Problem, quoted
from ashiato.core.progress import Progress
from ashiato.core.records import CensusCell, CensusRow, Indicator, Lead, Login, Proposal, Sighting
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Proceedings, ReviewedOnly, Rung, Standard, Verdict
from ashiato.engine.duck import open_lake
from ashiato.engine.lake import lake_files
from ashiato.hunt import census, census_cells, from_tracing, leads, proposals, sightings
from ashiato.knowledge import digest, load
from ashiato.trace import trace
from ashiato.vault import Vault
from ashiato.weigh import assess, contradictions, on_record, standards_in_force, tables_of

NO_CHANGE = Change()
ASKED = (Question("Who carried out the attack?", Rung.GROUP),)
"""What a case asks that asks nothing itself."""
PACKS = (
    "contradictions", "estimative", "grades", "hunting", "predicates", "questions", "reading",
    "standards", "statutes", "tracing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traced:
    """The result of tracing, with the log-ins it saw."""

    tracing: Tracing


@dataclass(frozen=True, slots=True)
class Hunted:
    """The result of hunting."""

    indicators: tuple[Indicator, ...]
    sightings: tuple[Sighting, ...]
    census: tuple[CensusRow, ...]
    cells: tuple[CensusCell, ...]
    proposals: tuple[Proposal, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Behaved:
    """What machines did that is worth a look."""

    leads: tuple[Lead, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of weighing."""

    verdicts: tuple[Verdict, ...]
    proceedings: tuple[Proceedings, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every step needs at hand."""

    settings: Settings
    vault: Vault
    cache: Cache
    progress: Progress
    change: Change = NO_CHANGE


def evidence_digest(exhibits: tuple[Exhibit, ...], vault: Vault) -> str:
    """Name the evidence: the hash of the sorted exhibit hashes and decisions in force (hex)."""
    hashes = sorted({e.sha256 for e in exhibits})
    return content_id([hashes, decisions_in_force(vault.decisions())], 64)


def trace_case(exhibits: tuple[Exhibit, ...], bench: Bench) -> tuple[Readings, Tracing]:
    """Read everything and say who held what, when."""
    held_now = held(exhibits, bench.change)
    every = read_all(held_now, bench.settings, bench.vault, bench.cache, bench.progress)
    given = sources_in_force(every, bench)
    readings = without_origins(every, bench.change, given)
    sources = {s.id: s for s in given}
    keys = [reading.key for reading in readings.each]
    weighing = [claim.id for claim in readings.claims]
    decided = identity_decisions(bench.vault.decisions())
    resolved = resolutions(bench.vault.decisions())
    inputs = (keys, weighing, sources, decided, resolved)
    key = step_key("trace", ("trace", "engine"), *inputs)

    def work() -> Traced:
        logins = logins_of(readings, bench)
        found = trace(
            readings.records, readings.claims, logins, registers=sources, decided=decided,
            resolved=resolved,
        )  # fmt: skip
        return Traced(found)

    return readings, bench.cache.once("trace", key, Traced, work).tracing


def sources_in_force(readings: Readings, bench: Bench) -> tuple[Source, ...]:
    """Give every source that speaks, with the letters that decisions entered."""
    return graded(sources_of(readings.intakes, bench.settings), bench.change)


def _lake(readings: Readings, *, own: bool) -> list[str]:
    """Give the folders of the lake: sources' own logs, or everybody else's.

    A log that one organisation delivered twice under two names is taken once.
    """
    organisations = {i.path: i.organisation for i in readings.intakes}
    found: dict[tuple[str, str | None], str] = {}
    for r in readings.each:
        if r.log and r.log.rows and (organisations[r.path] is None) == own:
            found.setdefault((r.exhibit, organisations[r.path]), r.key)
    return list(found.values())


def _files(keys: list[str], bench: Bench) -> list[Path]:
    return [f for key in keys for f in lake_files(lake_folder(bench.cache, key))]


def logins_of(readings: Readings, bench: Bench) -> tuple[Login, ...]:
    """Give the log-ins in the sources' own logs, each with its line."""
    keys = _lake(readings, own=True)
    if not keys:
        return ()
    paths = {r.exhibit: r.path for r in readings.each}
    with open_lake(_files(keys, bench)) as lake:
        return lake.logins(paths=paths, read_line=_line_reader(bench.vault))


def _line_reader(vault: Vault) -> Callable[[str, Locator], str]:
    def read(exhibit: str, locator: Locator) -> str:
        bare = Citation(exhibit, "", locator, "")
        return quoted(vault.resolve(bare))

    return read


def hunt_case(readings: Readings, tracing: Tracing, bench: Bench) -> Hunted:
    """Say which records of which organisations point to the actor."""
    indicators, refused = from_tracing(tracing, readings.claims, readings.mentions)
    keys = _lake(readings, own=False)
    organisations = _organisations(readings, bench.settings)
    key = step_key("hunt", ("hunt", "engine"), indicators, refused, keys, organisations)
    paths = {r.exhibit: r.path for r in readings.each}

    def work() -> Hunted:
        bench.progress.start("hunting", len(indicators), "indicators")
        with open_lake(_files(keys, bench)) as lake:
            seen = sightings(lake, indicators, paths=paths, read_line=_line_reader(bench.vault))
            covered, asked = lake.coverage(), organisations
            rows = census(covered, seen, indicators=indicators, organisations=asked)
            cells = census_cells(
                covered, seen, indicators=indicators, organisations=asked, volumes=lake.volumes
            )
            read_line = _line_reader(bench.vault)
            more = proposals(lake, seen, indicators, paths=paths, read_line=read_line)
        bench.progress.done()
        return Hunted(indicators, seen, rows, cells, more, refused)

    return bench.cache.once("hunt", key, Hunted, work)


def leads_case(readings: Readings, bench: Bench) -> Behaved:
    """Say what machines did that is worth a look, whoever the actor is."""
    keys = _lake(readings, own=False)
    if not keys:
        return Behaved(())
    paths = {r.exhibit: r.path for r in readings.each}

    def work() -> Behaved:
        bench.progress.start("looking at behaviour", len(keys), "logs")
        with open_lake(_files(keys, bench)) as lake:
            found = leads(lake, paths=paths, read_line=_line_reader(bench.vault))
        bench.progress.done()
        return Behaved(found)

    key = step_key("leads", ("hunt", "engine"), keys, sorted(paths.items()))
    try:
        return bench.cache.once("leads", key, Behaved, work)
    except TooLarge as error:  # the answer of the case does not hang on leads
        remedy = "give the computer more memory, or take the largest log into a case of its own"
        told = f"leads from behaviour were not looked for: {error}"
        return Behaved((), (Problem("leads-too-large", "", told, remedy),))


def _organisations(readings: Readings, settings: Settings) -> list[tuple[str, str | None]]:
    """List who was asked for logs, and whose logs came, readable or not."""
    found: dict[str, str | None] = {
        i.organisation: None for i in readings.intakes if i.organisation
    }
    found |= {o.name: o.status or None for o in settings.organisations}
    return sorted(found.items())


def weigh_case(
    readings: Readings,
    tracing: Tracing,
    hunted: Hunted,
    bench: Bench,
    *,
    evidence: str,
    as_known_on: datetime | None,
) -> Weighed:
    """Answer each question of the case."""
    questions = bench.settings.questions or ASKED
    sources, change = sources_in_force(readings, bench), bench.change
    standards = standards_in_force(bench.settings.policy)
    inputs = (
        readings.claims,
        tracing,
        hunted,
        sources,
        standards,
        questions,
        evidence,
        as_known_on,
        change.answers,
        change.tables,
        change.posited,
    )
    key = step_key("weigh", ("weigh",), *inputs)

    def work() -> Weighed:
        bench.progress.start("weighing", len(questions), "questions")
        answers = []
        for question in questions:
            answers.append(
                answer(
                    question, readings.claims, tracing, hunted, sources=sources,
                    standards=standards, as_known_on=as_known_on, evidence=evidence, change=change,
                )
            )  # fmt: skip
            bench.progress.advance(1)
        bench.progress.done()
        return Weighed(tuple(answers), on_record(readings.claims))

    return bench.cache.once("weigh", key, Weighed, work)


def answer(
    question: Question,
    claims: tuple[Claim, ...],
    tracing: Tracing,
    hunted: Hunted,
    *,
    sources: tuple[Source, ...],
    standards: tuple[Standard, ...],
    as_known_on: datetime | None,
    evidence: str,
    change: Change,
) -> Verdict:
    """Answer one question, and say how it would stand on the claims that a person accepted."""

    def on(told: tuple[Claim, ...], traced: Tracing) -> Verdict:
        return assess(
            question.rung, told, traced, hunted.sightings, hunted.census, sources=sources,
            standards=standards, as_known_on=as_known_on, evidence_digest=evidence,
            question_text=question.text, indicators=hunted.indicators, told=change.answers,
            tables=tables_of(change.tables), posited=change.posited,
        )  # fmt: skip

    whole = on(claims, tracing)
    accepted = tuple(c for c in claims if c.review is Review.ACCEPTED)
    if not (whole.review.accepted and whole.review.unreviewed):
        return whole
    ids = {c.id for c in accepted}
    borne = tuple(t for t in tracing.tenancies if ids.issuperset(t.parents))
    narrow = on(accepted, replace(tracing, tenancies=borne))
    rung = next(r for r in narrow.ladder if r.rung is question.rung)
    return replace(whole, reviewed_only=ReviewedOnly(rung.who, rung.p, rung.p90, rung.verdict))


def analyse(
    settings: Settings,
    exhibits: tuple[Exhibit, ...],
    vault: Vault,
    cache: Cache,
    progress: Progress,
    *,
    as_known_on: datetime | None,
    left_out: tuple[Problem, ...] = (),
    change: Change = NO_CHANGE,
) -> AssessedCase:
    """Go the whole way from exhibits to verdict; what is cached is not done again.

    ``change`` is laid over what the case's log decided; it is supposed, and nowhere kept.
    """
    decided = in_force(vault.decisions()).and_also(change)
    bench = Bench(settings, vault, cache, progress, decided)
    evidence = evidence_digest(exhibits, vault)
    readings, tracing = trace_case(exhibits, bench)
    hunted = hunt_case(readings, tracing, bench)
    weighed = weigh_case(
        readings, tracing, hunted, bench, evidence=evidence, as_known_on=as_known_on
    )
    behaved = leads_case(readings, bench)
    gone = withdrawn(decided, exhibits)
    problems = (*readings.problems, *hunted.problems, *behaved.problems, *gone, *left_out)
    sources = sources_in_force(readings, bench)
    problems += orphans(resolutions(vault.decisions()), tracing)
    return AssessedCase(
        id=settings.id,
        title=settings.title,
        tlp=settings.tlp,
        legal_basis=settings.legal_basis,
        version=__version__,
        evidence_digest=evidence,
        as_known_on=as_known_on,
        exhibits=tuple(sorted(exhibits, key=lambda e: (e.path, e.sha256))),
        exhibit_sources={i.path: i.source.id for i in readings.intakes},
        sources=sources,
        claims=readings.reviewed.claims,
        reviews=readings.reviewed.reviews,
        tracing=tracing,
        indicators=hunted.indicators,
        sightings=hunted.sightings,
        census=hunted.census,
        cells=hunted.cells,
        proposals=hunted.proposals,
        verdicts=weighed.verdicts,
        proceedings=weighed.proceedings,
        problems=tuple(sorted(problems, key=lambda p: (p.path, p.kind, p.message))),
        log_rows=readings.rows_by_kind,
        settings=_in_force(standards_in_force(settings.policy), decided),
        sensitive=sensitive_values(exhibits, settings, vault),
        techniques=readings.techniques,
        leads=behaved.leads,
        contradictions=contradictions(
            still_told(readings.reviewed.claims, decided, sources),
            readings.reviewed.reviews,
            sources,
        ),
    )


def _in_force(standards: tuple[Standard, ...], change: Change) -> Mapping[str, str]:
    shown = {
        f"standard {s.name}": (
            f"tau {s.tau:.2f}{' on the point' if s.on_point else ''}, n {s.n}, "
            f"floor {s.floor:.2f}, eps {s.eps:.2f}"
        )
        for s in standards
    }
    packs = {f"knowledge {p}": f"{load(p)['version']} sha256:{digest(p)[:12]}" for p in PACKS}
    changed = {f"changed {path}": value for path, value in change.tables.items()}
    return {**shown, **packs, **changed}
