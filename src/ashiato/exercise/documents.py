"""The documents of an exercise, worded by a small grammar, with the claims of each sentence.

Nothing here is a fixed text: wording, order, names and dates vary with the seed. What a sentence
claims stands beside it in the grammar, so that every gold claim has its exact span.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

from numpy.random import Generator

from ashiato.exercise.draws import pick, stream, whole
from ashiato.exercise.scene import Group, Rental, Scene
from ashiato.exercise.words import Names, pack, slug

KINDS = (
    "statement",
    "news",
    "reprint",
    "analysis",
    "interview",
    "letter",
    "chat",
    "denial",
    "rebuttal",
    "leak",
)
_SYMBOL = re.compile(r"<(\w+)>")
_EACH = "*"
_FIELDS = 7
Slots = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """What the sentence at ``[start, end)`` (code points of the file at ``path``) claims.

    Subject and object are the words of the sentence, ``None`` where it names none. Speaker and
    origin are ids: whose words these are, and where the knowledge entered the record.
    """

    path: str
    start: int
    end: int
    predicate: str
    subject: str | None
    object: str | None
    polarity: str
    modality: str
    speaker: str
    origin: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A worded sentence and its claims, as the grammar's fields with the facts filled in."""

    text: str
    claims: tuple[tuple[str, ...], ...]


def kinds(scene: Scene) -> tuple[str, ...]:
    """Give the kinds of document that an exercise has, in order of `KINDS`."""
    return tuple(k for k in KINDS if k != "leak" or scene.parameters.lying_source)


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _needs(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class Author:
    """Words one document."""

    def __init__(self, grammar: Mapping[str, Any], slots: Slots, rng: Generator) -> None:
        self._grammar, self._slots, self._rng = grammar, slots, rng

    def paragraphs(self, servers: Mapping[str, list[dict[str, str]]]) -> Iterator[list[Sentence]]:
        """Word every paragraph; one with ``*`` once for each server of its list."""
        for symbol in pick(self._rng, self._grammar["orders"]):
            for facts in servers[""] if symbol.endswith(_EACH) else [{}]:
                worded = list(self._row(symbol.removesuffix(_EACH), facts, servers))
                if worded:
                    yield worded

    def _row(
        self, symbol: str, facts: Slots, servers: Mapping[str, list[dict[str, str]]]
    ) -> Iterator[Sentence]:
        rows = self._grammar.get("paragraphs", {}).get(symbol, [symbol])
        for name in pick(self._rng, rows).split():
            plain = name.removesuffix(_EACH)
            for each in servers[plain] if name.endswith(_EACH) else [facts]:
                sentence = self._sentence(plain, {**self._slots, **each})
                if sentence:
                    yield sentence

    def _sentence(self, symbol: str, slots: Slots) -> Sentence | None:
        """Choose among the alternatives that the scene has the facts for."""
        known = [
            a for a in self._grammar["sentences"][symbol] if _needs(" ".join(a)) <= slots.keys()
        ]
        if not known:
            return None
        text, *claims = pick(self._rng, known)
        phrases = self._grammar.get("phrases", {})
        worded = _SYMBOL.sub(lambda m: pick(self._rng, phrases[m.group(1)]), text)
        filled = (tuple(field.format_map(slots) for field in self._voiced(c)) for c in claims)
        return Sentence(worded.format_map(slots), tuple(filled))

    def _voiced(self, claim: str) -> list[str]:
        """Complete a claim with the voice of the document."""
        fields = claim.split("|")
        return [*fields, *self._grammar["voice"][len(fields) - 3 :]][:_FIELDS]


def _server_slots(scene: Scene, rental: Rental) -> dict[str, str]:
    contract, (first, last) = rental.contract, rental.window
    provider = scene.provider(contract)
    shown = timedelta(minutes=provider.zone.minutes)
    latin = contract.alias.latin
    person = next(p.name for p in scene.persons if p.id == contract.person)
    dates = {h.party: _date(h.start) for h in rental.holdings}
    slots = {
        "asset": contract.asset,
        "address": contract.address,
        "account": contract.account,
        "alias": contract.customer,
        "alias_shown": latin if latin == contract.customer else f"{latin} ({contract.customer})",
        "provider": provider.name,
        "domain": rental.domain,
        "rented_on": _date(contract.start + shown),
        "passed": dates[scene.cast.group.name],
        "first": _date(first),
        "last": _date(last),
        "ended_on": _date((contract.end or last) + shown),
    }
    return slots | _fate_slots(rental, person, slots["passed"])


def _fate_slots(rental: Rental, person: str, passed: str) -> dict[str, str]:
    """Give the facts that only machines of this fate have."""
    others = [h for h in rental.holdings[1:] if h.party != rental.user]
    if rental.fate == "stolen":
        return {"robbed": person, "stolen_on": passed}
    if rental.fate == "resold":
        first = {"resold_on": _date(others[0].start), "then_on": passed}
        return {"person": person, "seller_first": person, **first}
    sold = {"person": person, "seller": person, "sold_on": passed}
    if rental.fate == "double":
        buyer = "another buyer" if "unidentified" in others[0].party else others[0].party
        return sold | {"again_on": _date(others[0].start), "other_buyer": buyer}
    return sold


def _cast_slots(scene: Scene, rng: Generator) -> dict[str, str]:
    cast = scene.cast
    asked = scene.published["interview"]
    left = asked + timedelta(days=whole(rng, 4, 25))
    plain = ("police", "outlet", "second_outlet", "firm", "blog", "ministry", "spokesperson")
    others = ("state", "service", "unit", "market", "front", "go_between")
    return {
        **{name: getattr(cast, name) for name in (*plain, *others)},
        "group": cast.group.name,
        "tool": cast.group.tool,
        "period": str(cast.group.period // 60),
        "ministry_full": f"{cast.state} {cast.ministry}",
        "engineer": cast.engineer.name,
        "student": cast.student.name,
        "engineer_trade": cast.engineer.trade,
        "engineer_trade_cap": cast.engineer.trade.capitalize(),
        "student_trade": cast.student.trade,
        "decade": pick(rng, ("twenties", "thirties", "forties")),
        "asked": str(len(scene.organisations)),
        "hits": str(sum(o.attacked for o in scene.organisations)),
        "examined": str(whole(rng, 3, 6)),
        "year": str(scene.start.year),
        "questioned": f"{asked:%B %Y}",
        "left": f"{left:%B %Y}",
        "firm_day": _date(scene.published["analysis"]),
        "disbanded": f"{scene.start - timedelta(days=whole(rng, 300, 900)):%B %Y}",
        "fee": f"{whole(rng, 12, 90) * 10} credits",
        "letter_day": _date(scene.start - timedelta(days=whole(rng, 20, 120))),
        **_invented(scene, rng),
    }


def _invented(scene: Scene, rng: Generator) -> dict[str, str]:
    """Give handles, and what only a liar names: a scapegoat, another state, an innocent."""
    names, cast = Names(rng), scene.cast
    words = pack("words")["site"]["words"]
    handles = [f"{pick(rng, words)}_{whole(rng, 10, 99)}" for _ in range(2)]
    innocent = [p for p in scene.persons if p.innocent]
    scapegoat = next(n for n in iter(names.group, "") if n != cast.group.name)
    return {
        "handle_seller": handles[0],
        "handle_buyer": handles[1] + "x",
        "scapegoat": scapegoat,
        "other_state": next(n for n in iter(names.state, "") if n != cast.state),
        "framed": pick(rng, innocent).name,
        **({"letter_unit": cast.unit} if cast.letter_names_unit else {}),
    }


def _listed(scene: Scene, group: Group | None, kind: str) -> list[dict[str, str]]:
    used = scene.used_by(group) if group else ()
    return [{f"{kind}_domain": r.domain, f"{kind}_address": r.contract.address} for r in used]


def slots_of(scene: Scene) -> dict[str, str]:
    """Gather every fact that a sentence of any document may name."""
    slots, cast = _cast_slots(scene, stream(scene.seed, "facts")), scene.cast
    own = [r for r in scene.used if r.contract.person == cast.engineer.id]
    for number, rental in enumerate(own, start=1):
        slots |= {f"{key}_{number}": text for key, text in _server_slots(scene, rental).items()}
    windows = [r.window for r in scene.used]
    slots["campaign_first"] = _date(min(w[0] for w in windows))
    slots["campaign_last"] = _date(max(w[1] for w in windows))
    for shared in (r.contract for r in scene.used if r.contract.shared):
        slots |= {"shared_address": shared.address, "shared_provider": scene.provider(shared).name}
    for kind, group in (("rival", cast.rival), ("imitator", cast.imitator)):
        slots |= {kind: group.name} if group else {}
    stolen = [r.domain for r in scene.used if r.fate == "stolen"]
    return slots | ({"stolen_domain": stolen[0]} if stolen else {})


def word(scene: Scene, kind: str) -> tuple[str, tuple[GoldClaim, ...]]:
    """Write one document of a scene; give its text and what each sentence claims."""
    grammar, rng = pack("grammar")[kind], stream(scene.seed, "words", kind)
    slots = slots_of(scene) | {"today": _date(scene.published[kind])}
    servers = {
        "": [_server_slots(scene, r) for r in scene.used],
        "rival_list": _listed(scene, scene.cast.rival, "rival"),
        "imitator_list": _listed(scene, scene.cast.imitator, "imitator"),
    }
    text, claims = "", list[GoldClaim]()
    for paragraph in Author(grammar, slots, rng).paragraphs(servers):
        for number, sentence in enumerate(paragraph):
            text += " " if number else ""
            claims += _placed(sentence, len(text), f"evidence/documents/{file_name(scene, kind)}")
            text += sentence.text
        text += "\n\n"
    return text[:-1], tuple(claims)


def _placed(sentence: Sentence, start: int, path: str) -> Iterator[GoldClaim]:
    for predicate, subject, object_, modality, polarity, speaker, origin in sentence.claims:
        yield GoldClaim(
            path=path,
            start=start,
            end=start + len(sentence.text),
            predicate=predicate,
            subject=subject or None,
            object=object_ or None,
            polarity=polarity,
            modality=modality,
            speaker=slug(speaker),
            origin=slug(origin),
        )


def file_name(scene: Scene, kind: str) -> str:
    """Give the document's file name: its kind and the day it appeared."""
    return f"{kind}-{scene.published[kind]:%Y-%m-%d}.txt"


def write_documents(scene: Scene, folder: Path) -> tuple[GoldClaim, ...]:
    """Write every document into ``folder``; give the claims that they make."""
    folder.mkdir(parents=True)
    claims = list[GoldClaim]()
    for kind in kinds(scene):
        text, made = word(scene, kind)
        (folder / file_name(scene, kind)).write_text(text, encoding="utf-8", newline="")
        claims += made
    return tuple(claims)
