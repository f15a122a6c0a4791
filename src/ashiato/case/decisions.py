"""What persons decided about claims, applied to what the machine read. Pure; nothing is deleted.

A decision names the claim by its id and by its words: a later reader may give other ids, and the
decision then goes with the claim that the same words of the same exhibit still make. Of several
decisions about one claim the last in the log is in force; the others stay on view. An undo takes
the decision it names out of force, and is an entry of the log itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from ashiato.case.corrections import Fields, added, corrected, locator_of, place_text
from ashiato.core.canonical import content_id
from ashiato.core.claims import Claim, ClaimReview, Entity, EntityType, Review, Ruling, counts
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, Problem
from ashiato.core.tenancy import BY_PERSON, Judgement, Sameness
from ashiato.vault import Decision

REVIEW, ORIGIN, ADDED, UNDO = "review", "origin", "claim", "undo"
KINDS = frozenset({REVIEW, ORIGIN, ADDED, UNDO})
"""Kinds of decision that speak about claims."""
IDENTITY = "identity"
"""Kind of decision on whether two names are one."""
_UNREADABLE = (BadInput, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Claims with what persons decided: machine's, corrected and added ones, by id."""

    claims: tuple[Claim, ...]
    reviews: tuple[ClaimReview, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def counting(self) -> tuple[Claim, ...]:
        """Those that may weigh."""
        return tuple(claim for claim in self.claims if counts(claim))


def standing(decisions: Iterable[Decision], kinds: frozenset[str] = KINDS) -> tuple[Decision, ...]:
    """Give the decisions (about claims) that no undo has taken back, in the order of the log."""
    kept: list[Decision] = []
    for each in decisions:
        if each.kind == UNDO:
            _take_back(kept, each.body.get("decision"))
        elif each.kind in kinds:
            kept.append(each)
    return _once(kept)


def _take_back(kept: list[Decision], undone: object) -> None:
    for place in reversed(range(len(kept))):
        if kept[place].id == undone:
            del kept[place]
            return


def _once(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Keep the last of equal decisions: saying a thing twice says it once."""
    last = {each.id: place for place, each in enumerate(decisions)}
    return tuple(each for place, each in enumerate(decisions) if last[each.id] == place)


def in_force(decisions: Sequence[Decision]) -> list[object]:
    """Give all decisions of a case as plain data, so that undoing leaves no trace in a digest."""
    kinds = KINDS | {IDENTITY}
    others = ((d.kind, d.body) for d in decisions if d.kind not in kinds)
    spoken: dict[str, list[object]] = {}
    for each in standing(decisions, kinds):
        said = (each.kind, each.body, each.actor, each.reason)
        spoken.setdefault(target_of(each), []).append(said)
    return [*sorted(others, key=content_id), *(spoken[key] for key in sorted(spoken))]


def target_of(decision: Decision) -> str:
    """Name the claim, or the pair of names, that a decision is about."""
    if decision.kind == ADDED:
        return content_id(decision.body)
    if decision.kind == IDENTITY:
        return content_id([decision.body.get("a"), decision.body.get("b")])
    return str(decision.body.get("claim", ""))


def decided_pairs(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """Give the decision in force on each pair of names, by their two ids."""
    found: dict[tuple[str, str], Decision] = {}
    for each in standing(decisions, frozenset({IDENTITY})):
        with suppress(*_UNREADABLE):
            judged = _judgement(each)
            found[judged.entity_a.id, judged.entity_b.id] = each
    return found


def identity_decisions(decisions: Iterable[Decision]) -> tuple[Judgement, ...]:
    """Give what persons decided on pairs of names, the last on each pair."""
    return tuple(_judgement(each) for _, each in sorted(decided_pairs(decisions).items()))


def _judgement(decision: Decision) -> Judgement:
    a, b = (_entity(decision.body[side]) for side in ("a", "b"))
    answer = Sameness(str(decision.body["judgement"]))
    said = f"{decision.reason} (decided by {decision.actor})"
    return Judgement(a, b, answer, 0.0, said, f"{BY_PERSON}{decision.actor}", ())


def _entity(value: object) -> Entity:
    told = _table(value)
    return Entity(told["id"], told["text"], EntityType(told["type"]))


def bound(claim: Claim) -> dict[str, str]:
    """Say which words, read in which way, a decision is about."""
    said, citation = claim.proposition, claim.citations[0]
    return {
        "exhibit": citation.exhibit,
        "path": citation.path,
        "place": place_text(citation.locator),
        "quote": citation.quote,
        "predicate": said.predicate,
        "subject": said.subject.text if said.subject else "",
        "object": said.object.text if said.object else "",
        "polarity": claim.polarity.value,
        "modality": claim.modality.value,
    }


_WORDS = ("predicate", "subject", "object")
"""What must be alike for a person's own reading to go with a claim that got another id."""
_MANNER = (*_WORDS, "polarity", "modality")
"""What must be alike for a yes or no to the machine's reading to go with it, too."""
_WHERE = (("exhibit", "place"), ("exhibit", "quote"))
"""Where the words must stand: at the same place, or, where that changed, anywhere once."""
_KEYS = tuple((*where, *names) for names in (_WORDS, _MANNER) for where in _WHERE)


class _Finder:
    """Finds the claim that a decision is about."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.by_id = {claim.id: claim for claim in claims}

    @cached_property
    def _by_key(self) -> dict[tuple[str, ...], list[str]]:
        """Made only where an id is not found: as long as the reader stays, it never is."""
        found: dict[tuple[str, ...], list[str]] = {}
        for claim in self.by_id.values():
            words = bound(claim) if claim.citations else {}
            for names in _KEYS:
                found.setdefault(_key(words, names), []).append(claim.id)
        return found

    def find(self, decision: Decision) -> str | None:
        """Give the claim's id; ``None`` where no claim, or more than one, fits."""
        if (named := target_of(decision)) in self.by_id:
            return named
        own = decision.kind == ORIGIN or decision.body.get("state") == Review.CORRECTED
        names = _WORDS if own else _MANNER
        words = _table(decision.body.get("bound"))
        for where in _WHERE:
            fitting = self._by_key.get(_key(words, (*where, *names)), [])
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None


def _key(words: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(words.get(name, "") for name in names))


def _table(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Sorted:
    """Decisions by the claim they are about: ``pool`` has the claims read and added, by id."""

    pool: Mapping[str, Claim]
    about: Mapping[str, tuple[Decision, ...]]
    orphans: tuple[Decision, ...]


def by_claim(claims: Iterable[Claim], decisions: Iterable[Decision]) -> Sorted:
    """Find the claim that each standing decision is about, in the order of the log."""
    pool = {claim.id: claim for claim in claims}
    orphans: list[Decision] = []
    about: dict[str, list[Decision]] = {}
    told = standing(decisions)
    for each in (d for d in told if d.kind == ADDED):
        new = _added(each)
        if new is None:
            orphans.append(each)
            continue
        pool.setdefault(new.id, new)
        about.setdefault(new.id, []).append(each)
    finder = _Finder(pool.values())
    for each in (d for d in told if d.kind != ADDED):
        found = finder.find(each)
        (orphans if found is None else about.setdefault(found, [])).append(each)
    return Sorted(
        pool,
        {id_: tuple(sorted(said, key=lambda d: d.seq)) for id_, said in about.items()},
        tuple(orphans),
    )


def apply(claims: Iterable[Claim], decisions: Iterable[Decision]) -> Reviewed:
    """Apply what persons decided to the machine's claims, which are all ``proposed``.

    Applying the same decisions twice is applying them once. A decision whose claim is no longer
    read becomes a problem ``orphan-review``.
    """
    told = by_claim(claims, decisions)
    return _settled(told.pool, told.about, list(told.orphans))


def _added(decision: Decision) -> Claim | None:
    try:
        body = decision.body
        place = locator_of(str(body["place"]))
        cited = Citation(str(body["exhibit"]), str(body["path"]), place, str(body["quote"]))
        return added(cited, _table(body["fields"]))
    except _UNREADABLE:
        return None


def _settled(
    pool: Mapping[str, Claim], about: Mapping[str, Sequence[Decision]], orphans: list[Decision]
) -> Reviewed:
    claims, reviews = [claim for id_, claim in pool.items() if id_ not in about], []
    for id_, said in about.items():
        try:
            old, new = _ruled(pool[id_], said)
        except _UNREADABLE:
            orphans.append(said[-1])
            claims.append(pool[id_])
            continue
        rulings = tuple(map(_ruling, said))
        claims.append(old)
        reviews.append(ClaimReview(id_, rulings, new.id if new else None))
        if new:
            claims.append(new)
            reviews.append(ClaimReview(new.id, rulings))
    return Reviewed(
        tuple(sorted(claims, key=lambda c: c.id)),
        tuple(sorted(reviews, key=lambda r: r.id)),
        tuple(sorted(map(_orphan, orphans), key=lambda p: (p.path, p.message))),
    )


def _ruling(decision: Decision) -> Ruling:
    state = str(decision.body.get("state", "")) if decision.kind == REVIEW else decision.kind
    return Ruling("added" if decision.kind == ADDED else state, decision.actor, decision.reason)


def _ruled(claim: Claim, said: Sequence[Decision]) -> tuple[Claim, Claim | None]:
    """Give the claim as it stands, and the one that replaces it."""
    state, fields = claim.review, dict[str, str]()
    overruled: Fields = {}
    for each in said:
        if each.kind == ORIGIN:
            overruled = {"origin": str(each.body["origin"])}
            fields.pop("origin", None)
        elif each.kind == REVIEW:
            state = Review(str(each.body["state"]))
            fields = _table(each.body["fields"]) if state is Review.CORRECTED else {}
            overruled = {} if "origin" in fields else overruled
    if state is Review.REJECTED:
        return replace(claim, review=state), None
    after = Review.ACCEPTED if state is Review.CORRECTED else state
    changes = {**overruled, **fields}
    new = corrected(claim, changes, after) if changes else None
    if new is None or (_same(new, claim) and not overruled):
        return replace(claim, review=after), None
    return replace(claim, review=Review.CORRECTED), new


def _same(new: Claim, old: Claim) -> bool:
    alike = replace(new, id=old.id, method=old.method, parents=old.parents, review=old.review)
    return alike == old


def _orphan(decision: Decision) -> Problem:
    words = _table(decision.body.get("bound")) or _table(decision.body)
    fields = words if "predicate" in words else _table(decision.body.get("fields"))
    said = " ".join(fields.get(name, "") for name in ("subject", "predicate", "object"))
    state = _ruling(decision).state or decision.kind
    return Problem(
        "orphan-review",
        words.get("path", ""),
        f"{decision.actor} decided ({state}) on “{' '.join(said.split())}”, which is no longer "
        "read so from these words",
        "look at the claims of this document again: `ashiato review --all`",
        citation=_place(words),
    )


def _place(words: Fields) -> Citation | None:
    try:
        return Citation(words["exhibit"], words["path"], locator_of(words["place"]), words["quote"])
    except _UNREADABLE:
        return None
