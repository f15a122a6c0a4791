"""`ashiato review`: what waits for a person's eye, why it matters, and a decision kept at once.

It works on the answer of the last run: the next run weighs what was decided.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from ashiato.case.corrections import Fields, added, blank, checked, fields_of, place_text
from ashiato.case.decisions import (
    ADDED,
    ORIGIN,
    REVIEW,
    UNDO,
    Reviewed,
    Sorted,
    apply,
    bound,
    by_claim,
)
from ashiato.case.folder import Folder
from ashiato.case.run import current, last_answer, open_vault
from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import (
    BY_A_PERSON,
    ORIGIN_BY_A_PERSON,
    Claim,
    ClaimReview,
    Modality,
    Review,
)
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.report import sorted_claims
from ashiato.report.veil import Veil
from ashiato.vault import Decision, Vault

Clock = Callable[[], datetime]
_TAG = re.compile(r"<[^<>]*>|^[^<>]*>|<[^<>]*$")
CONTEXT = 320
"""Characters of the document shown before and after a quote."""
PLAIN = frozenset({Modality.OBSERVED, Modality.STATED})
"""Modalities that put a thing as so; the others are looked at first."""
ACCEPTING, TAKEN_BACK = "the words say so", "taken back"
"""Reasons of what is decided without being asked why."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a claim bears the answer: the rung, the fact, what it moves (decibans)."""

    rung: str
    fact: str
    decibans: float


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a document with what stands around them, masked for a person to read."""

    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Item:
    """One claim to be reviewed: the machine's, and the one that stands in its place, if any."""

    claim: Claim
    now: Claim
    review: ClaimReview
    uses: tuple[Use, ...]

    @property
    def state(self) -> Review:
        """What is decided so far."""
        return self.claim.review

    @property
    def weight(self) -> float:
        """The most that a fact it bears moves an answer (decibans)."""
        return max((abs(use.decibans) for use in self.uses), default=0.0)

    @property
    def repairs(self) -> tuple[str, ...]:
        """The repairs of machine translation that the reading took."""
        return tuple(cue for cue in self.claim.cues if cue.startswith("mt:"))

    @property
    def is_doubtful(self) -> bool:
        """Whether the reading took a judgement: a hedge, a denial or a repaired translation."""
        return self.claim.modality not in PLAIN or bool(self.repairs)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims to review; without ``every`` those that bear the answer or were decided on."""

    every: bool = False
    exhibit: str = ""
    rung: str = ""
    predicate: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision to be taken on the claim ``claim``: a state of `Review`, or ``origin``.

    With ``added`` it is a claim that the machine missed, in the exhibit at the path ``claim`` (or
    in that of the claim ``claim``).
    """

    claim: str
    state: str
    reason: str
    fields: Fields = field(default_factory=dict)


@dataclass
class Desk:
    """A case opened for review. Each decision is durable when its call returns."""

    case: AssessedCase
    vault: Vault
    _texts: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    _applied: tuple[int, Reviewed, dict[str, Item]] | None = None

    @cached_property
    def machine(self) -> tuple[Claim, ...]:
        """The claims as they were read, before anybody decided."""
        persons = {BY_A_PERSON, ORIGIN_BY_A_PERSON}
        read = (c for c in self.case.claims if c.method not in persons)
        return tuple(replace(c, review=Review.PROPOSED) for c in read)

    @cached_property
    def _veil(self) -> Veil:
        return Veil(self.case.sensitive)

    @cached_property
    def uses(self) -> Mapping[str, tuple[Use, ...]]:
        """Where each claim bears the last answer."""
        return _uses(self.case)

    def reviewed(self) -> Reviewed:
        """Give the claims with everything that is decided by now."""
        return self._now()[0]

    def _now(self) -> tuple[Reviewed, dict[str, Item]]:
        """Apply the log again only where it grew."""
        size = len(self.vault.events())
        if self._applied is None or self._applied[0] != size:
            found = apply(self.machine, self.vault.decisions())
            items = {item.claim.id: item for item in _items(found, self.uses)}
            self._applied = (size, found, items)
        return self._applied[1:]

    def items(self, filters: Filters = Filters()) -> list[Item]:
        """List the claims to review: those that weigh first, and of them the doubtful first.

        Raises:
            BadInput: a filter names nothing of the case.

        """
        found = list(self._now()[1].values())
        _check_filters(filters, found)
        kept = [item for item in found if _passes(item, filters)]
        place = {c.id: n for n, c in enumerate(sorted_claims(i.claim for i in kept))}
        return sorted(
            kept, key=lambda i: (not i.uses, not i.is_doubtful, -i.weight, place[i.claim.id])
        )

    def root(self, claim: str) -> str:
        """Give the machine's (or added) claim behind an id; the beginning of an id will do.

        Raises:
            BadInput: no claim, or more than one, has such an id.

        """
        reviewed = self.reviewed()
        behind = {r.replaced_by: r.id for r in reviewed.reviews if r.replaced_by}
        fitting = [c.id for c in reviewed.claims if claim and c.id.startswith(claim)]
        roots = {behind.get(id_, id_) for id_ in fitting}
        if len(roots) != 1:
            remedy = "see the ids with `ashiato review --list --all`"
            raise BadInput(f"{len(roots)} claims have the id {claim!r}", remedy=remedy)
        return roots.pop()

    def item(self, claim: str) -> Item:
        """Give one claim by its id; raises `BadInput`."""
        items = self._now()[1]
        return items.get(claim) or items[self.root(claim)]

    def decide(
        self, wishes: Sequence[Wish], *, actor: str, anew: bool = True
    ) -> tuple[Decision, ...]:
        """Check all, then log all; what stands already is not logged again.

        Without ``anew`` a decision stands where this person took it and did not take it back,
        whatever others decided since; with it only where nothing else came after it.

        Raises:
            BadInput: one of them cannot be; then none is logged.

        """
        told = self._sorted()
        logged: list[tuple[str, dict[str, object], str]] = []
        for wish in wishes:
            about, kind, body = self.prepare(wish)
            new = _unlogged(kind, body, actor, wish.reason)
            earlier = told.about.get(about, ())
            same = [d.id for d in earlier if (d.kind == ORIGIN) == (kind == ORIGIN)]
            if new.id not in (same[-1:] if anew else same):
                logged.append((kind, body, wish.reason))
        return tuple(
            self.vault.decide(kind, body, actor=actor, reason=reason)
            for kind, body, reason in logged
        )

    def _sorted(self) -> Sorted:
        return by_claim(self.machine, self.vault.decisions())

    def prepare(self, wish: Wish) -> tuple[str, str, dict[str, object]]:
        """Give the claim, the kind of decision and its body; logs nothing, raises `BadInput`."""
        if wish.state not in {"added", "origin"}:
            _state(wish.state)
        if not wish.reason.strip():
            raise BadInput("no reason is given", place="reason", remedy="say why, shortly")
        if wish.state == "added":
            return self._added(wish)
        item = self.item(wish.claim)
        body: dict[str, object] = {"claim": item.claim.id, "bound": bound(item.claim)}
        if wish.state == "origin":
            # to name the origin that stands already settles it: nothing counts it with another
            fields = self.check(item, {"origin": wish.fields.get("origin", "")})
            origin = fields.get("origin", item.claim.origin.text)
            return item.claim.id, ORIGIN, {**body, "origin": origin}
        state = _state(wish.state)
        before = _ruled_fields(item)
        if state is Review.ACCEPTED and before:
            state = Review.CORRECTED  # whoever accepts a correction decides the same
        body["state"] = state.value
        if state is Review.CORRECTED:
            fields = self.check(item, {**before, **wish.fields})
            if not fields and before and wish.fields:
                return item.claim.id, REVIEW, {**body, "state": Review.ACCEPTED.value}
            if not fields:
                remedy = "change a field, or accept it"
                raise BadInput("the correction changes nothing", place=wish.claim, remedy=remedy)
            body["fields"] = fields
        return item.claim.id, REVIEW, body

    def check(self, item: Item, fields: Fields) -> dict[str, str]:
        """Give the fields that change the machine's claim, in proper form; raises `BadInput`."""

        def find(quote: str) -> Citation:
            return self.find(item.claim.citations[0], quote)

        return checked(item.claim, fields, find)

    def _added(self, wish: Wish) -> tuple[str, str, dict[str, object]]:
        """Make a claim that the machine missed, in the exhibit that ``wish.claim`` names."""
        cited = self.find(self._any_citation(wish.claim), wish.fields.get("quote", ""))
        told = {name: value for name, value in wish.fields.items() if name != "quote"}
        whole = checked(blank(cited), told, lambda _: cited)
        body: dict[str, object] = {
            "exhibit": cited.exhibit, "path": cited.path, "place": place_text(cited.locator),
            "quote": cited.quote, "fields": whole,
        }  # fmt: skip
        return added(cited, whole).id, ADDED, body

    def _any_citation(self, near: str) -> Citation:
        for exhibit in self.case.exhibits:
            if near == exhibit.path:
                known = (c for claim in self.machine for c in claim.citations)
                fitting = (c for c in known if c.exhibit == exhibit.sha256)
                bare = Citation(exhibit.sha256, exhibit.path, SpanLocator(0, 0), "")
                return next(fitting, bare)
        return self.item(near).claim.citations[0]

    def undo(self, claim: str, *, actor: str, reason: str = TAKEN_BACK) -> Decision | None:
        """Take back the newest decision on a claim, by a further decision; nothing is deleted."""
        said = self._sorted().about.get(self.root(claim), ())
        if not said:
            return None
        return self.vault.decide(UNDO, {"decision": said[-1].id}, actor=actor, reason=reason)

    def counts(self, filters: Filters) -> dict[str, dict[str, int]]:
        """Count claims by state, and decisions in force by who took them."""
        items = self.items(filters)
        states = Counter(item.state.value for item in items)
        by = Counter(ruling.by for item in items for ruling in item.review.rulings[-1:])
        return {
            "states": {state.value: states[state.value] for state in Review},
            "reviewers": dict(sorted(by.items())),
        }

    def text_of(self, citation: Citation) -> str | None:
        """Give the whole document in which a span counts.

        ``None`` where the place does not count in the decoded bytes, and the quote stands alone.
        """
        place = citation.locator
        if not isinstance(place, SpanLocator):
            return None
        key = (citation.exhibit, place.encoding, place.member or "", place.extractor or "")
        if key not in self._texts:
            self._texts[key] = self._document(citation, place)
        text = self._texts[key]
        holds = text is not None and text[place.start : place.end] == citation.quote
        return text if holds else None

    def _document(self, citation: Citation, place: SpanLocator) -> str | None:
        """Decode the exhibit, or take the text out of it again where the span counts in that."""
        if place.extractor is None:
            return _decoded(self.vault.read(citation.exhibit), place.encoding)
        # the readers take a second to load: only where a text must be taken out again
        from ashiato.read import extracted_texts  # noqa: PLC0415

        try:
            with self.vault.open_object(citation.exhibit) as exhibit:
                texts = extracted_texts(citation, exhibit)
        except IntegrityFailure:
            return None
        return texts.get((place.member or "", place.extractor), ("", None))[1]

    def passage(self, citation: Citation) -> Passage:
        """Give a quote with what stands around it, masked."""
        text, place = self.text_of(citation), citation.locator
        if text is None or not isinstance(place, SpanLocator):
            return Passage("", self.masked(citation.quote), "")
        before = text[max(0, place.start - CONTEXT) : place.start]
        after = text[place.end : place.end + CONTEXT]
        whole = self.masked(before + citation.quote + after)  # masks keep the length
        end = len(before) + len(citation.quote)
        bare = _without_tags if citation.path.lower().endswith((".html", ".htm")) else str
        return Passage(
            bare(_from_word(whole[: len(before)])),
            whole[len(before) : end],
            bare(_to_word(whole[end:])),
        )

    def masked(self, text: str) -> str:
        """Mask cards, phones and addresses."""
        return self._veil.text(text)

    def find(self, near: Citation, quote: str) -> Citation:
        """Find words in the exhibit of ``near``, where they stand nearest to it.

        Raises:
            BadInput: they are not there, or the exhibit is no plain text.

        """
        text = self.text_of(near)
        if text is None or not isinstance(near.locator, SpanLocator):
            remedy = "leave the quote as it is"
            raise BadInput("quotes of this kind of file cannot be moved", path=near.path,
                           place="quote", remedy=remedy)  # fmt: skip
        places = [m.start() for m in re.finditer(re.escape(quote), text)] if quote else []
        if not places:
            remedy = "copy the words exactly from the document, line ends included"
            raise BadInput("the document does not hold these words", path=near.path,
                           place="quote", remedy=remedy)  # fmt: skip
        begin = near.locator.start
        start = min(places, key=lambda p: (abs(p - begin), p))
        end = start + len(quote)
        locator = replace(near.locator, start=start, end=end, page=None, box=None, cell=None)
        return Citation(near.exhibit, near.path, locator, quote)


@contextmanager
def open_desk(folder: Folder, *, clock: Clock, read_only: bool = False) -> Iterator[Desk]:
    """Open a case for review; writing keeps other runs out until it is closed.

    Raises:
        BadInput: the case was not run yet, or evidence came since. CaseBusy: another run holds it.

    """
    remedy = f"run `ashiato run {folder.root}` first"
    if not folder.vault.exists():
        raise BadInput("was not run yet", path=str(folder.root), remedy=remedy)
    with open_vault(folder, clock, read_only=read_only) as vault:
        case = last_answer(folder, vault)
        held = {(e.path, e.sha256) for e in current(vault)}
        if case is None or {(e.path, e.sha256) for e in case.exhibits} != held:
            raise BadInput("has changed since its last run", path=str(folder.root), remedy=remedy)
        yield Desk(case, vault)


def _state(text: str) -> Review:
    known = [state.value for state in Review if state is not Review.PROPOSED]
    if text not in known:
        remedy = f"use one of {', '.join(known)}, or origin"
        raise BadInput(f"{text!r} is no decision", place="decision", remedy=remedy)
    return Review(text)


def _unlogged(kind: str, body: Mapping[str, object], actor: str, reason: str) -> Decision:
    return Decision(-1, actor, kind, body, datetime.min.replace(tzinfo=UTC), reason, 0)


def _ruled_fields(item: Item) -> dict[str, str]:
    """Give what an earlier correction in force changed; a later one goes on from there."""
    if item.now.method != BY_A_PERSON or item.now is item.claim:
        return {}
    old, new = fields_of(item.claim), fields_of(item.now)
    return {name: value for name, value in new.items() if value != old[name]}


def _items(reviewed: Reviewed, uses: Mapping[str, tuple[Use, ...]]) -> list[Item]:
    claims = {claim.id: claim for claim in reviewed.claims}
    reviews = {review.id: review for review in reviewed.reviews}
    derived = {review.replaced_by for review in reviewed.reviews if review.replaced_by}
    found = []
    for claim in reviewed.claims:
        if claim.id in derived:
            continue
        review = reviews.get(claim.id, ClaimReview(claim.id, ()))
        now = claims[review.replaced_by] if review.replaced_by else claim
        found.append(Item(claim, now, review, uses.get(claim.id) or uses.get(now.id, ())))
    return found


def _uses(case: AssessedCase) -> dict[str, tuple[Use, ...]]:
    behind = {r.replaced_by: r.id for r in case.reviews if r.replaced_by}
    parents = {t.id: t.parents for t in case.tracing.tenancies}
    found: dict[str, set[Use]] = {}
    for rung in (rung for verdict in case.verdicts for rung in verdict.ladder):
        spoken = [(c, Use(rung.rung, f.label, f.decibans)) for f in rung.facts for c in f.claims]
        named = {c for c, _ in spoken}
        plain = [*rung.claims, *(p for t in rung.tenancies for p in parents.get(t, ()))]
        spoken += [(c, Use(rung.rung, "", 0.0)) for c in plain if c not in named]
        for claim, use in spoken:
            found.setdefault(behind.get(claim, claim), set()).add(use)
    return {
        claim: tuple(sorted(uses, key=lambda u: (-abs(u.decibans), u.rung, u.fact)))
        for claim, uses in found.items()
    }


def _passes(item: Item, filters: Filters) -> bool:
    paths = {c.path for c in item.claim.citations}
    wanted = filters.every or filters.exhibit or filters.predicate
    return (
        bool(wanted or item.uses or item.review.rulings)
        and (not filters.exhibit or any(filters.exhibit in path for path in paths))
        and (not filters.rung or any(use.rung == filters.rung for use in item.uses))
        and (not filters.predicate or filters.predicate == item.now.proposition.predicate)
    )


def _check_filters(filters: Filters, items: Sequence[Item]) -> None:
    known = {
        "exhibit": sorted({c.path for i in items for c in i.claim.citations}),
        "rung": sorted({use.rung for i in items for use in i.uses}),
        "predicate": sorted({i.now.proposition.predicate for i in items}),
    }
    for name, values in known.items():
        wanted = getattr(filters, name)
        fits = any(wanted in v if name == "exhibit" else wanted == v for v in values)
        if wanted and not fits:
            remedy = f"there are: {', '.join(values[:12]) or 'none'}"
            raise BadInput(f"no claim has the {name} {wanted!r}", place=f"--{name}", remedy=remedy)


def _decoded(raw: bytes, encoding: str) -> str | None:
    """Decode as the spans count: without a byte order mark that the encoding swallows."""
    try:
        return codecs.decode(raw, encoding)
    except (LookupError, ValueError, TypeError):
        return None


def _from_word(text: str) -> str:
    """Begin at a word where the text before was cut."""
    if len(text) < CONTEXT:
        return text
    return "…" + text.partition(" ")[2]


def _to_word(text: str) -> str:
    """End at a word where the text after was cut."""
    return text if len(text) < CONTEXT else text.rpartition(" ")[0] + "…"


def _without_tags(text: str) -> str:
    """Read what stands around a quote of a web page as a reader sees it, roughly."""
    return _TAG.sub(" ", text)
