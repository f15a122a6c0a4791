"""Are two names one person? What the case says, why, and what a person decides about it.

A decision is an entry of the log like any other: it bears a name and a reason, a later one about
the same pair replaces it, and it can be taken back. Nothing is ever merged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from ashiato.case.analysis import Bench, trace_case
from ashiato.case.cache import Cache
from ashiato.case.changes import in_force
from ashiato.case.decisions import IDENTITY, UNDO, decided_pairs
from ashiato.case.folder import Folder
from ashiato.case.run import current, open_vault
from ashiato.case.sealing import known_on
from ashiato.case.sensitive import sensitive_values
from ashiato.core.claims import Entity
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation
from ashiato.core.masking import mask_text
from ashiato.core.progress import Progress
from ashiato.core.tenancy import Judgement, Sameness, Tracing
from ashiato.trace import Kinship, between
from ashiato.vault import Decision, Vault

Clock = Callable[[], datetime]
UNDONE = "undo"
VERDICTS = (*(s.value for s in Sameness), UNDONE)
"""What a person may say of a pair."""
_SHOWN = 3
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """Two names as they were found, and what is known of whether they are one."""

    a: Entity
    b: Entity
    known: Kinship


def are_one(folder: Folder, first: str, second: str, *, clock: Clock, progress: Progress) -> Answer:
    """Say whether two names are one, by which chain of judgements; what it quotes is masked.

    Raises:
        BadInput: a name is not on record, or names more than one.

    """
    with open_vault(folder, clock, read_only=True) as vault:
        tracing, sensitive = _traced(folder, vault, progress)
    a, b = (_named(tracing, text) for text in (first, second))
    return _masked(Answer(a, b, between(tracing.judgements, a.id, b.id)), sensitive)


def decide(
    folder: Folder,
    first: str,
    second: str,
    verdict: str,
    *,
    actor: str,
    reason: str,
    clock: Clock,
    progress: Progress,
) -> Decision:
    """Log what a person says of a pair; the next run obeys it.

    Raises:
        BadInput: the verdict or a name is not known, no reason is given, or there is nothing to
            take back.

    """
    _check(verdict, reason)
    with open_vault(folder, clock) as vault:
        tracing, _ = _traced(folder, vault, progress)
        a, b = sorted((_named(tracing, text) for text in (first, second)), key=lambda e: e.id)
        if a.id == b.id:
            raise BadInput(f"both names are {a.id!r}", place="judge", remedy="name two of them")
        if verdict == UNDONE:
            return _taken_back(vault, (a.id, b.id), actor, reason)
        body = {"a": _plain(a), "b": _plain(b), "judgement": verdict}
        return vault.decide(IDENTITY, body, actor=actor, reason=reason)


def _check(verdict: str, reason: str) -> None:
    if verdict not in VERDICTS:
        remedy = f"say one of {', '.join(VERDICTS)}"
        raise BadInput(f"{verdict!r} is no judgement", place="judge", remedy=remedy)
    if not reason.strip():
        remedy = "say what it rests on, as another must be able to follow it"
        raise BadInput("a decision needs a reason", place="--reason", remedy=remedy)


def _taken_back(vault: Vault, pair: tuple[str, str], actor: str, reason: str) -> Decision:
    found = decided_pairs(vault.decisions()).get(pair)
    if found is None:
        remedy = "see what was decided: `ashiato show identities`"
        raise BadInput("nobody decided on this pair", place="judge", remedy=remedy)
    return vault.decide(UNDO, {"decision": found.id}, actor=actor, reason=reason)


def _plain(entity: Entity) -> dict[str, object]:
    return {"id": entity.id, "text": entity.text, "type": entity.type.value}


def _traced(
    folder: Folder, vault: Vault, progress: Progress
) -> tuple[Tracing, tuple[tuple[str, str], ...]]:
    settings = folder.settings()
    exhibits, _ = known_on(current(vault), settings, None)
    change = in_force(vault.decisions())
    bench = Bench(settings, vault, Cache(folder.cache), progress, change)
    _, tracing = trace_case(exhibits, bench)
    return tracing, sensitive_values(exhibits, settings, vault)


def _parties(tracing: Tracing) -> dict[str, Entity]:
    told = [t.party for t in tracing.tenancies]
    judged = [e for j in tracing.judgements for e in (j.entity_a, j.entity_b)]
    passed = [p for h in tracing.handovers for p in (h.from_party, h.to_party) if p]
    return {e.id: e for e in sorted([*told, *judged, *passed], reverse=True)}


def _named(tracing: Tracing, text: str) -> Entity:
    """Find whom an id, or a name as the registers write it, means."""
    known = _parties(tracing)
    if text in known:
        return known[text]
    wanted = _folded(text)
    found = [e for e in known.values() if _folded(e.text) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        ids = sorted(e.id for e in found)
        more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
        remedy = f"give one of these ids: {', '.join(ids[:_LISTED])}{more}"
        raise BadInput(f"{text!r} is the name of {len(ids)} on record", remedy=remedy)
    near = get_close_matches(wanted, sorted({_folded(e.text) for e in known.values()}), 3)
    remedy = f"near to it: {', '.join(near)}" if near else "see `ashiato show tenancies`"
    raise BadInput(f"nobody on record is called {text!r}", remedy=remedy)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _masked(answer: Answer, sensitive: tuple[tuple[str, str], ...]) -> Answer:
    def veil(text: str) -> str:
        return mask_text(text, sensitive)

    def cited(citation: Citation) -> Citation:
        return replace(citation, quote=veil(citation.quote))

    def name(entity: Entity) -> Entity:
        return replace(entity, text=veil(entity.text))

    def judged(one: Judgement) -> Judgement:
        return replace(
            one,
            entity_a=name(one.entity_a),
            entity_b=name(one.entity_b),
            because=veil(one.because),
            citations=tuple(cited(c) for c in one.citations),
        )

    known = answer.known
    veiled = replace(
        known,
        path=tuple(judged(one) for one in known.path),
        weakest=judged(known.weakest) if known.weakest else None,
        cuts=tuple(
            replace(c, edge=judged(c.edge), decision=judged(c.decision)) for c in known.cuts
        ),
    )
    return Answer(name(answer.a), name(answer.b), veiled)


_ANSWERS: Mapping[Sameness | None, str] = {
    Sameness.SAME: "judged to be one",
    Sameness.DIFFERENT: "decided to be different",
    Sameness.UNSURE: "open: something is shared, and it is not enough",
    None: "nothing on record links them, which does not say that they are different",
}


def render(answer: Answer) -> str:
    """Write the answer for people: the chain, what each link rests on, and the weakest."""
    a, b, known = answer.a, answer.b, answer.known
    lines = [f"{a.text} [{a.id}]", f"{b.text} [{b.id}]", f"  {_ANSWERS[known.answer]}"]
    for number, edge in enumerate(known.path, 1):
        lines += _edge(
            f"{number}. ", edge, is_weakest=len(known.path) > 1 and edge == known.weakest
        )
    if known.cuts:
        lines.append("  a chain of judgements speaks against this; it is cut where it is weakest:")
        lines += [line for cut in known.cuts for line in _edge("x  ", cut.edge, is_weakest=False)]
    return "\n".join(lines)


def _edge(mark: str, edge: Judgement, *, is_weakest: bool) -> Iterable[str]:
    yield f"  {mark}{edge.entity_a.text} [{edge.entity_a.id}]"
    yield f"     {edge.entity_b.text} [{edge.entity_b.id}]"
    weakest = ", the weakest link" if is_weakest else ""
    yield f"     {edge.judgement}, {edge.score:g} decibans, {edge.decided_by}{weakest}"
    yield f"     {edge.because}"
    yield from (f"     {c.path}{_record(c)}" for c in edge.citations[:_SHOWN])


def _record(citation: Citation) -> str:
    record = getattr(citation.locator, "record", None)
    return "" if record is None else f" record {record}"


def plain(answer: Answer) -> dict[str, object]:
    """Give the answer as data."""
    known = answer.known
    return {
        "a": answer.a,
        "b": answer.b,
        "answer": known.answer,
        "path": _rows(known.path),
        "weakest": _rows([known.weakest])[0] if known.weakest else None,
        "cut": _rows([cut.edge for cut in known.cuts]),
    }


def _rows(judgements: Sequence[Judgement]) -> list[dict[str, object]]:
    return [
        {
            "a": j.entity_a.id, "b": j.entity_b.id, "judgement": j.judgement, "score": j.score,
            "because": j.because, "decided_by": j.decided_by, "citations": j.citations,
        }
        for j in judgements
    ]  # fmt: skip
