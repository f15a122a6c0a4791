"""One sentence to cited claims: relations and acts of speech, each with speaker, doubt and time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from spacy.tokens import Span, Token

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
from ashiato.core.evidence import Citation
from ashiato.core.sources import Intake
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, UncertainInterval
from ashiato.read.text.attribution import (
    Carried,
    Chain,
    chain_of,
    clause_of,
    finds_out,
    is_cue,
    matrices,
    speaks_for,
)
from ashiato.read.text.blocks import NamePair
from ashiato.read.text.decoding import Decoded
from ashiato.read.text.entities import (
    ACTORS,
    Reference,
    kind_of_name,
    source_entity,
    voice_of,
)
from ashiato.read.text.grammar import ancestors, children, find, is_verb, lemma, own_subject, phrase
from ashiato.read.text.lexicon import directors, speech, words
from ashiato.read.text.listed import item_by_item
from ashiato.read.text.modality import (
    Interest,
    Knowing,
    Reading,
    as_party,
    basis_of,
    read_modality,
)
from ashiato.read.text.naming import slug
from ashiato.read.text.passages import Key, Passage
from ashiato.read.text.relations import Relation, relations_in
from ashiato.read.text.repair import Filled, fill, mended
from ashiato.read.text.statements import Act, acts_in
from ashiato.read.text.times import TimeExpression, last_date, time_expressions

_DIRECTING = frozenset({"directed", "instructed", "controlled"})


@dataclass(frozen=True, slots=True)
class Context:
    """What every sentence of one document is read with."""

    intake: Intake
    decoded: Decoded
    method: str
    references: Mapping[Key, Reference]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """The claims of one sentence, whose knowledge it is, and what mapped to no predicate."""

    claims: tuple[Claim, ...]
    unmapped: int
    origin: Voice
    span: tuple[int, int]
    assumes_zone: bool
    dated: Moment | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    context: Context
    passage: Passage
    sentence: Span
    carried: Carried
    times: tuple[TimeExpression, ...]

    def cite(self, start: int, end: int) -> Citation:
        return cite(self.context, start, end)

    def kind_of(self, token: Token) -> EntityType:
        found = self.context.references.get(self.passage.key(token))
        return EntityType.OTHER if found is None else found.entity.type


def cite(context: Context, start: int, end: int) -> Citation:
    """Cite the characters ``[start, end)`` of the decoded document, word for word."""
    return context.decoded.cite(start, end, context.intake)


def read_sentence(
    sentence: Span,
    passage: Passage,
    carried: Carried,
    context: Context,
    *,
    dated: Moment | None = None,
) -> SentenceReading:
    """Read one sentence; ``carried`` is the source that earlier sentences named.

    ``dated`` is the date that they named last, for "two days later".
    """
    times = time_expressions(sentence.text, context.intake, anchor=dated)
    scene = _Scene(context, passage, sentence, carried, times)
    filled, unmapped = _filled_relations(scene)
    acts = list(acts_in(sentence, passage))
    spoken = list(_act_claims(scene, acts, filled))
    claims = [claim for _, claim in spoken]
    claims += [_relation_claim(scene, item, spoken) for item in filled]
    unique = {claim.id: claim for claim in claims}
    return SentenceReading(
        tuple(unique.values()),
        unmapped,
        _origin(scene, _chain(scene, sentence.root, mends=False)),
        _span(scene),
        any(t.assumes_zone and t.interval != ALWAYS_POSSIBLE for t in times),
        last_date(times) or dated,
    )


def _span(scene: _Scene) -> tuple[int, int]:
    """Give the source span of the sentence with the frames that say whose words it is."""
    parts = (scene.sentence, *scene.passage.frames_of(scene.sentence))
    return scene.passage.source_span(min(p.start for p in parts), max(p.end for p in parts))


def _filled_relations(scene: _Scene) -> tuple[list[Filled], int]:
    references, passage = scene.context.references, scene.passage
    found = relations_in(scene.sentence, scene.kind_of)
    plain = [fill(r, passage, references, scene.context.intake) for r in found.relations]
    sound = {(f.relation.trigger.i, f.relation.predicate) for f in plain if not f.repairs}
    repaired = [
        item
        for token in scene.sentence
        for item in mended(token, passage, references, scene.context.intake)
        if (token.i, item.relation.predicate) not in sound
    ]
    done = {item.relation.trigger.i for item in repaired}
    plain = [item for item in plain if item.relation.trigger.i not in done]
    unmapped = [t for t in found.unmapped if t.i not in done and lemma(t) not in speech().verbs]
    named = (_named_apart(item, scene) for item in (*plain, *repaired))
    each = [f for item in named for f in _member_by_member(item)]
    listed = item_by_item(each, scene.sentence, passage, references, scene.times)
    return [f for f in listed if _says_something(f, scene)], len(unmapped)


def _named_apart(filled: Filled, scene: _Scene) -> Filled:
    """Of "the group, dubbed X" keep the group's own words beside X: one name of two things read."""
    subject, item, word = filled.subject, filled.object, filled.relation.object
    if filled.relation.predicate != "alias_of" or subject is None or item is None or word is None:
        return filled
    if subject.entity != item.entity or word.pos_ != "NOUN":
        return filled
    low, high = phrase(word)
    start, _ = scene.passage.source_span(low, high)
    text = scene.passage.text(low, high)
    place = f"{scene.context.intake.exhibit[:12]}:{start}"
    own = Entity(f"{item.entity.type}:{slug(text)[:60]}@{place}", text, item.entity.type)
    return replace(filled, object=replace(item, entity=own))


def _member_by_member(filled: Filled) -> Iterator[Filled]:
    """Give one relation for each of the persons that "both" stands for."""
    for subject in _members(filled.subject):
        for item in _members(filled.object):
            yield replace(filled, subject=subject, object=item)


def _members(reference: Reference | None) -> tuple[Reference | None, ...]:
    return (reference,) if reference is None or not reference.members else reference.members


def _says_something(filled: Filled, scene: _Scene) -> bool:
    if filled.relation.object is not None and filled.object is None and not filled.repairs:
        return False  # a word that is no mention: nothing can be said of it
    if filled.subject is None or filled.object is None:
        found = filled.subject or filled.object
        return found is not None and not _is_empty(filled.relation, found, scene)
    return filled.subject.entity != filled.object.entity


def _is_empty(relation: Relation, only: Reference, scene: _Scene) -> bool:
    """Whether "servers were used" names nobody and nothing: a bare noun or pronoun, a heading."""
    if relation.predicate != "used" or only.named or only.entity.type in ACTORS:
        return False
    return scene.passage.block.is_heading or len(only.entity.text.split()) == 1


# ------------------------------------------------------------------------------- relations


def _anchor(trigger: Token) -> Token:
    """Give the word whose place in the sentence decides who says the relation, and how surely."""
    if is_verb(trigger) or trigger.dep_ in {"attr", "acomp", "oprd"}:
        return clause_of(trigger)
    governed = trigger.dep_ == "pobj" and trigger.head.lower_ in {"under", "on", "at"}
    return clause_of(trigger) if governed else trigger


def _relation_claim(scene: _Scene, filled: Filled, spoken: Sequence[tuple[Act, Claim]]) -> Claim:
    relation = filled.relation
    anchor = _anchor(relation.trigger)
    reading = read_modality(anchor, matrices(anchor))
    if relation.predicate == "suspects" and reading.modality is Modality.SUSPECTED:
        reading = replace(reading, modality=Modality.STATED)  # that there is a suspicion is said
    chain = _chain(scene, anchor, mends=bool(filled.repairs))
    reading = _as_spoken(scene, reading, chain, filled)
    judge = _judge(scene, relation)
    if judge is not None:
        chain, reading = _ending_with(chain, judge), _judged(reading, relation.trigger)
    repairs = tuple(f"mt:{name}" for name in filled.repairs)
    proposition = Proposition(
        _party(filled.subject, relation.predicate),
        relation.predicate,
        None if filled.object is None else filled.object.entity,
        relation.role,
        filled.valid or _valid(scene, anchor, relation.trigger),
    )
    acts = ("admitted", "denied")
    parents = (c.id for a, c in spoken if a.predicate in acts and _covers(a, anchor))
    ends = tuple(end for end in (filled.subject, filled.object) if end is not None)
    return _claim(
        scene,
        proposition,
        replace(reading, cues=(*reading.cues, *repairs)),
        chain,
        ends=ends,
        parents=tuple(parents),
    )


def _as_spoken(scene: _Scene, reading: Reading, chain: Chain, filled: Filled) -> Reading:
    """Let who speaks decide: the accused denies, the one questioned admits, a log observes."""
    predicate = filled.relation.predicate
    deed = predicate in words("speech", "deeds")
    accused = filled.object if predicate == "attributed_to" else filled.subject
    if deed and accused is not None:
        reading = as_party(reading, _interest(scene, chain.innermost), _interest(scene, accused))
    plain = reading.modality is Modality.STATED and reading.polarity is Polarity.AFFIRMED
    if plain and deed and _is_same(chain.record, filled.subject):
        return replace(reading, modality=Modality.ADMITTED, cues=(*reading.cues, "I"))
    seen = plain and chain.witness == "sensors"
    return replace(reading, modality=Modality.OBSERVED) if seen else reading


def _is_same(one: Reference | None, other: Reference | None) -> bool:
    return one is not None and other is not None and one.entity.id == other.entity.id


def _interest(scene: _Scene, who: Reference | None) -> Interest:
    if who is None:
        own = source_entity(scene.context.intake)
        return Interest(own.id, own.type, frozenset(slug(own.text).split("-")))
    nouns = who.heads | frozenset(slug(who.entity.text).split("-"))
    return Interest(who.entity.id, who.entity.type, nouns)


def _judge(scene: _Scene, relation: Relation) -> Reference | None:
    """Give who lays the deed to somebody: "Tidewatch attributed the attacks to the group"."""
    verb = relation.trigger
    if relation.predicate != "attributed_to" or lemma(verb) not in speech().judgements:
        return None
    who = next(iter(find(verb, "agent")), None) if is_verb(verb) else None
    if who is None:
        return None
    named = (who, *children(who, "appos"))  # "our partner, Halcyon Watch, attributes it to"
    found = (scene.context.references.get(scene.passage.key(each)) for each in named)
    return next((r for r in found if r is not None and r.entity.type in ACTORS), None)


def _judged(reading: Reading, verb: Token) -> Reading:
    """Read a judgement as a belief, unless the words around it say less."""
    label = Modality.BELIEVED if reading.modality is Modality.STATED else reading.modality
    return replace(reading, modality=label, cues=(verb.text, *reading.cues))


def _party(reference: Reference | None, predicate: str) -> Entity | None:
    """Give the subject; a state or government that directs is a sponsor."""
    if reference is None:
        return None
    entity = reference.entity
    if predicate not in _DIRECTING or entity.type not in {
        EntityType.PLACE,
        EntityType.ORGANISATION,
    }:
        return entity
    names = set(slug(entity.text).split("-"))
    if entity.type is EntityType.PLACE or names & directors():
        kind = EntityType.SPONSOR
        return Entity(f"{kind}:{entity.id.partition(':')[2]}", entity.text, kind)
    return entity


def _covers(act: Act, token: Token) -> bool:
    return act.words[0] <= token.i < act.words[1]


# ------------------------------------------------------------------------------- acts of speech


def _act_claims(
    scene: _Scene, acts: Sequence[Act], filled: Sequence[Filled]
) -> Iterator[tuple[Act, Claim]]:
    for act in acts:
        said = any(_is_content(act, item.relation.trigger) for item in filled)
        inner = any(a is not act and _covers(act, a.verb) for a in acts)
        if act.predicate in {"stated", "demanded"} and (said or inner):
            continue
        claim = _act_claim(scene, act)
        if claim is None or _is_silence(act, claim):
            continue
        if claim.proposition.predicate != "stated" or not _is_needless(scene, act):
            yield act, claim


def _is_needless(scene: _Scene, act: Act) -> bool:
    """Whether a heading says it, or the claim would repeat what its quotation gives already."""
    if scene.passage.block.is_heading:
        return True
    quotation = scene.passage.quotation_at(act.content.i)
    if quotation is None:
        return False
    earlier = scene.passage.doc[quotation.first : act.words[0]]
    if any(t.is_sent_end and t.i > quotation.first + 1 for t in earlier):
        return True
    words = scene.passage.doc[quotation.first : quotation.last + 1]
    sentences = (s for s in scene.passage.doc.sents if s.start < words.end and words.start < s.end)
    return any(
        words.start <= found.trigger.i < words.end
        for sentence in sentences
        for found in relations_in(sentence, scene.kind_of).relations
    )


def _is_silence(act: Act, claim: Claim) -> bool:
    """Whether somebody "did not say to whom": that states nothing."""
    asked = {t.tag_ for t in act.verb.doc[act.words[0] : act.words[0] + 2]}
    silent = claim.polarity is Polarity.NEGATED and claim.proposition.predicate == "stated"
    return silent and bool(asked & {"WP", "WDT", "WRB", "WP$"})


def _is_content(act: Act, trigger: Token) -> bool:
    """Whether a relation is what the act says, not a side clause of it."""
    if not _covers(act, trigger):
        return False
    path = (trigger, *ancestors(trigger))
    inside = [t for t in path if _covers(act, t) and t.i != act.content.i]
    return all(t.dep_ not in {"advcl", "relcl", "acl", "appos"} or is_cue(t.head) for t in inside)


def _act_claim(scene: _Scene, act: Act) -> Claim | None:
    speaker = scene.context.references.get(act.speaker)
    if speaker is None:
        return None
    own = read_modality(act.verb, matrices(act.verb))
    content = read_modality(act.content, ()) if is_verb(act.content) else own
    predicate, reading = act.predicate, own
    if predicate == "stated":
        normative = content.modality is Modality.NORMATIVE
        predicate = "demanded" if normative else "stated"
        reading = _of_statement(own, content, is_quotation=act.verb.i == act.content.i)
    chain = _chain(scene, act.verb, mends=False).without(speaker)
    proposition = Proposition(
        speaker.entity,
        predicate,
        _content_entity(scene, act),
        None,
        _valid(scene, act.verb, act.verb),
    )
    return _claim(scene, proposition, reading, chain, ends=(speaker,), parents=())


def _of_statement(own: Reading, content: Reading, *, is_quotation: bool) -> Reading:
    """Keep the doubts of what was said; that it was said is affirmed unless the act is negated."""
    cues = tuple(dict.fromkeys((*own.cues, *content.cues)))
    if is_quotation:
        return Reading(content.modality, Polarity.AFFIRMED, cues)
    weaker = content.modality if own.modality is Modality.STATED else own.modality
    return Reading(weaker, own.polarity, cues)


def _ending_with(chain: Chain, speaker: Reference) -> Chain:
    others = tuple(s for s in chain.speakers if s.entity != speaker.entity)
    return Chain((*others, speaker))


def _content_entity(scene: _Scene, act: Act) -> Entity:
    text = scene.passage.text(*act.words)
    start, _ = scene.passage.source_span(*act.words)
    place = f"{scene.context.intake.exhibit[:12]}:{start}"
    return Entity(f"{EntityType.OTHER}:{slug(text)[:60]}@{place}", text, EntityType.OTHER)


# ------------------------------------------------------------------------------- shared


def _chain(scene: _Scene, anchor: Token, *, mends: bool) -> Chain:
    return chain_of(anchor, scene.passage, scene.context.references, scene.carried, mends=mends)


def _own_voice(scene: _Scene) -> Voice:
    source = scene.context.intake.source
    return Voice(source.id, source.name)


def _origin(scene: _Scene, chain: Chain) -> Voice:
    """Say where the knowledge entered the record: what an agency tells of a person came by it.

    The same words in a newspaper are the person's: an outlet relays, it does not find out.
    """
    if chain.record is not None:
        return voice_of(chain.record, scene.context.intake)
    found, source = chain.origin, scene.context.intake.source
    if found is None or (
        found.entity.type is EntityType.PERSON and source.kind in words("origin", "tellers")
    ):
        return _own_voice(scene)
    return voice_of(found, scene.context.intake)


def _claim(
    scene: _Scene,
    proposition: Proposition,
    reading: Reading,
    chain: Chain,
    *,
    ends: tuple[Reference, ...],
    parents: tuple[str, ...],
) -> Claim:
    intake, own = scene.context.intake, _own_voice(scene)
    inner = chain.innermost
    speaker = own if inner is None else voice_of(inner, intake)
    claim = Claim(
        id="",
        proposition=proposition,
        polarity=reading.polarity,
        modality=reading.modality,
        basis=_basis(reading, speaker, chain, scene),
        cues=reading.cues,
        speaker=speaker,
        origin=_origin(scene, chain),
        said_at=intake.published if speaker.id == own.id else _said_at(scene, chain),
        citations=_citations(scene, (*ends, *chain.speakers)),
        method=scene.context.method,
        parents=parents,
    )
    return replace(claim, id=content_id(claim))


def _basis(reading: Reading, speaker: Voice, chain: Chain, scene: _Scene) -> Basis:
    intake, who = scene.context.intake, chain.innermost
    own = speaker.id == intake.source.id
    recorded = _is_same(who, chain.record)
    confesses = recorded or (own and intake.source.kind == "person")
    office = recorded or (who is not None and finds_out(who))
    mended = any(cue.startswith("mt:") for cue in reading.cues)
    return basis_of(reading, Knowing(own, confesses, chain.witness, office, mended), intake)


def _citations(scene: _Scene, leaned_on: tuple[Reference, ...]) -> tuple[Citation, ...]:
    """Cite the sentence, and each mention outside it that a pronoun or a guess leads back to."""
    start, end = _span(scene)
    spots = [r.antecedent or r.span for r in leaned_on]
    outside = sorted({spot for spot in spots if not start <= spot[0] < end})
    return (scene.cite(start, end), *(scene.cite(*spot) for spot in outside if spot[0] < spot[1]))


def _valid(scene: _Scene, clause: Token, trigger: Token) -> UncertainInterval:
    """Give the time that hangs on the relation's own words, not just on its sentence."""
    found = [t for t in scene.times if _governs(scene, t, clause, trigger)]
    return found[0].interval if found else ALWAYS_POSSIBLE


def _said_at(scene: _Scene, chain: Chain) -> datetime | None:
    """Give the first instant of the day on which the speaker said it: "said on Monday"."""
    for time in scene.times:
        day, verb = (
            time.day,
            next((t for t in ancestors(_token_at(scene, time)) if is_verb(t)), None),
        )
        if day is None or verb is None or lemma(verb) not in speech().verbs:
            continue
        who = speaks_for(verb)
        found = None if who is None else scene.context.references.get(scene.passage.key(who))
        inner = chain.innermost
        if found is not None and inner is not None and found.entity == inner.entity:
            return day.earliest
    return None


def _token_at(scene: _Scene, time: TimeExpression) -> Token:
    at = scene.sentence.start_char + time.start
    whole = (t for t in scene.sentence if t.idx <= at < t.idx + len(t.text_with_ws))
    return next(whole, scene.sentence.root)


def _governs(scene: _Scene, time: TimeExpression, clause: Token, trigger: Token) -> bool:
    for up in ancestors(_token_at(scene, time)):
        if up.i in {clause.i, trigger.i}:
            return True
        if is_verb(up):
            return _passes_on(up, clause)
    return False


def _passes_on(verb: Token, clause: Token) -> bool:
    """Let a time at the last of several verbs hold for those that share its subject."""
    here = verb
    while here.dep_ == "conj" and own_subject(here) is None and here.i > clause.i:
        here = here.head
        if here.i == clause.i:
            return True
    silent = lemma(verb) in {"believe", "think", "suspect", "say", "know", "appear", "seem"}
    return silent and clause.dep_ == "xcomp" and clause.head.i == verb.i


def name_pair_claim(pair: NamePair, context: Context) -> Claim:
    """Claim that the document uses two names for one thing; a claim, never a merge."""
    kind = kind_of_name(pair.full)
    first = Entity(f"{kind}:{slug(pair.short)}", pair.short, kind)
    second = Entity(f"{kind}:{slug(pair.full)}", pair.full, kind)
    source = context.intake.source
    own = Voice(source.id, source.name)
    claim = Claim(
        id="",
        proposition=Proposition(first, "alias_of", second),
        polarity=Polarity.AFFIRMED,
        modality=Modality.STATED,
        basis=Basis.HEARSAY,
        cues=("mt:apposition",),
        speaker=own,
        origin=own,
        said_at=context.intake.published,
        citations=(cite(context, pair.start, pair.end),),
        method=context.method,
    )
    return replace(claim, id=content_id(claim))
