"""The three documents of an exercise, worded by a small grammar: no template to learn by heart."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from numpy.random import Generator

from ashiato.exercise.campaign import attack_window
from ashiato.exercise.draws import pick, stream, whole
from ashiato.exercise.scene import Rental, Scene
from ashiato.exercise.words import pack

KINDS = ("statement", "news", "denial")
_SYMBOL = re.compile(r"<(\w+)>")
Slots = Mapping[str, str]


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _name(scene: Scene, person: str) -> str:
    return next(p.name for p in scene.persons if p.id == person)


def expand(grammar: Mapping[str, Any], symbol: str, slots: Slots, rng: Generator) -> str:
    """Word one symbol: choose an alternative, word what it refers to, fill in the facts."""
    chosen = pick(rng, grammar[symbol])
    worded = _SYMBOL.sub(lambda m: expand(grammar, m.group(1), slots, rng), chosen)
    return worded.format_map(slots)


def _server_slots(scene: Scene, rental: Rental) -> dict[str, str]:
    contract, (first, last) = rental.contract, attack_window(rental)
    provider = next(p for p in scene.providers if p.id == contract.provider)
    shown = timedelta(minutes=provider.zone.minutes)
    return {
        "asset": contract.asset,
        "address": contract.address,
        "account": contract.account,
        "alias": contract.customer,
        "person": _name(scene, contract.person),
        "provider": provider.name,
        "domain": rental.domain,
        "rented_on": _date(contract.start + shown),
        "passed": _date(rental.passed_at or first),
        "first": _date(first),
        "last": _date(last),
        "ended_on": _date((contract.end or last) + shown),
    }


def _cast_slots(scene: Scene, rng: Generator) -> dict[str, str]:
    cast = scene.cast
    asked = scene.published[0] - timedelta(days=whole(rng, 60, 160))
    left = asked + timedelta(days=whole(rng, 31, 50))
    plain = ("police", "outlet", "firm", "ministry", "spokesperson", "state", "service")
    return {
        **{name: getattr(cast, name) for name in (*plain, "unit", "group", "market")},
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
        "firm_day": _date(scene.start + timedelta(days=whole(rng, 120, 200))),
        "inquiry_name": f"The investigation into {cast.group} and {cast.market}",
    }


def _slots(scene: Scene) -> dict[str, str]:
    """Gather every fact that a sentence of any document may name."""
    slots = _cast_slots(scene, stream(scene.seed, "facts"))
    passed = [r for r in scene.rentals if r.passed_at]
    for number, rental in enumerate(passed, start=1):
        slots |= {f"{key}_{number}": text for key, text in _server_slots(scene, rental).items()}
    shared = next(r for r in passed if r.contract.shared)
    windows = [attack_window(r) for r in passed]
    return slots | {
        "shared_address": shared.contract.address,
        "shared_provider": _server_slots(scene, shared)["provider"],
        "campaign_first": _date(min(w[0] for w in windows)),
        "campaign_last": _date(max(w[1] for w in windows)),
    }


def word(scene: Scene, kind: str) -> str:
    """Write one document (``statement``, ``news`` or ``denial``) of a scene."""
    grammar, rng = pack("grammar")[kind], stream(scene.seed, "words", kind)
    slots = _slots(scene) | {"today": _date(scene.published[KINDS.index(kind)])}
    paragraphs = []
    for symbol in pick(rng, grammar["orders"]):
        if symbol == "servers":
            facts = (_server_slots(scene, r) for r in scene.rentals if r.passed_at)
            paragraphs += [expand(grammar, symbol, {**slots, **fact}, rng) for fact in facts]
        else:
            paragraphs.append(expand(grammar, symbol, slots, rng))
    return "\n\n".join(paragraphs) + "\n"


def file_name(scene: Scene, kind: str) -> str:
    """Give the document's file name: its kind and the day it appeared."""
    return f"{kind}-{scene.published[KINDS.index(kind)]:%Y-%m-%d}.txt"


def write_documents(scene: Scene, folder: Path) -> None:
    """Write all three documents into ``folder``."""
    folder.mkdir(parents=True)
    for kind in KINDS:
        (folder / file_name(scene, kind)).write_text(
            word(scene, kind), encoding="utf-8", newline=""
        )
