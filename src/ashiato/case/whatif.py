"""`ashiato what-if`, `weigh`, `gaps`, `replay`: answers that are computed and nowhere kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ashiato.case.analysis import analyse
from ashiato.case.cache import Cache
from ashiato.case.changes import Change, check
from ashiato.case.comparing import Moved, compare
from ashiato.case.dependents import Dependent, dependents
from ashiato.case.folder import Folder
from ashiato.case.run import current, open_vault
from ashiato.case.sealing import known_on, received
from ashiato.case.settings import Settings
from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import Basis
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit
from ashiato.core.progress import Progress
from ashiato.core.sources import Source
from ashiato.core.weighing import Rung
from ashiato.vault import Vault
from ashiato.weigh import MODELLED, Posited

Clock = Callable[[], datetime]
_PREFIX = 8
_MOST_MOVERS = 12


@dataclass(frozen=True, slots=True)
class Desk:
    """A case opened for questions: nothing is sealed, logged or written into the dossier."""

    settings: Settings
    vault: Vault
    cache: Cache
    progress: Progress

    def answer(self, change: Change | None = None, on: datetime | None = None) -> AssessedCase:
        """Give the answer with ``change`` laid over the log's, by what was received by ``on``."""
        exhibits, _ = known_on(current(self.vault), self.settings, on)
        return analyse(
            self.settings, exhibits, self.vault, self.cache, self.progress,
            as_known_on=on, change=change or Change(),
        )  # fmt: skip


@contextmanager
def open_desk(folder: Folder, *, clock: Clock, progress: Progress) -> Iterator[Desk]:
    """Open a case for questions.

    Raises:
        BadInput: nothing was sealed yet.

    """
    if not folder.vault.exists():
        remedy = f"run `ashiato run {folder.root}`"
        raise BadInput("was not run yet", path=str(folder.root), remedy=remedy)
    with open_vault(folder, clock, read_only=True) as vault:
        yield Desk(folder.settings(), vault, Cache(folder.cache), progress)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer as it stands and as it would stand, rung by rung, and what would fall."""

    moved: tuple[Moved, ...]
    dependents: tuple[Dependent, ...]


def what_if(
    desk: Desk,
    *,
    without: Sequence[str] = (),
    grades: Sequence[str] = (),
    facts: Sequence[str] = (),
    answers: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> WhatIf:
    """Answer anew with evidence left out, origins graded otherwise, or evidence supposed.

    Raises:
        BadInput: an option names what the case does not know, or nothing is asked.

    """
    if not (without or grades or facts or answers or tables):
        remedy = "give --without, --grade, --with, --answer or --set"
        raise BadInput("supposes nothing", place="what-if", remedy=remedy)
    now = desk.answer()
    change = Change(
        *left_out(now, without),
        {origin_of(now, name): (letter, "supposed") for name, letter in pairs(grades, "--grade")},
        {name: (answer, "supposed") for name, answer in pairs(answers, "--answer")},
        dict(pairs(tables, "--set")),
        tuple(posited(now, text, place) for place, text in enumerate(facts, 1)),
    )
    check(change)
    return WhatIf(compare(now, desk.answer(change)), dependents(now, change))


def pairs(texts: Iterable[str], option: str) -> Iterator[tuple[str, str]]:
    """Split ``NAME=VALUE`` at its last equals sign; raises `BadInput`."""
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not (name and equals and value):
            raise BadInput(f"{text!r} is no NAME=VALUE", place=option, remedy="write NAME=VALUE")
        yield name.strip(), value.strip()


def left_out(case: AssessedCase, names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Find the exhibits (by path or hash) and origins (by id or name) that are named."""
    exhibits, origins = set[str](), set[str]()
    for name in names:
        found = exhibits_of(case.exhibits, name)
        exhibits.update(found)
        if not found:
            origins.add(origin_of(case, name))
    return frozenset(exhibits), frozenset(origins)


def exhibits_of(exhibits: Iterable[Exhibit], name: str) -> frozenset[str]:
    """Give the exhibits that a path, its end, or the beginning of a hash names."""
    is_hash = len(name) >= _PREFIX and all(c in "0123456789abcdef" for c in name)
    return frozenset(
        e.sha256
        for e in exhibits
        if e.path == name or e.path.endswith(f"/{name}") or (is_hash and e.sha256.startswith(name))
    )


def origin_of(case: AssessedCase, name: str) -> str:
    """Give the id of the origin of that id or name; raises `BadInput` where there is none."""
    known = {s.id: s.name for s in case.sources}
    known |= {c.origin.id: c.origin.text for c in case.claims}
    known |= {o.id: o.name for v in case.verdicts for o in v.origins}
    folded = name.casefold()
    for id_, text in sorted(known.items()):
        if folded in {id_.casefold(), text.casefold()}:
            return id_
    remedy = f"known origins: {', '.join(sorted(known)) or 'none'}"
    raise BadInput(f"no exhibit and no origin {name!r}", remedy=remedy)


def posited(case: AssessedCase, text: str, place: int) -> Posited:
    """Read ``RUNG.FACT[=WHO][@LETTER][:no]``: the leader, grade A and yes where not said.

    Raises:
        BadInput: the text names no modelled rung, or nobody leads on it.

    """
    body, _, side = text.partition(":")
    body, _, letter = body.partition("@")
    fact, _, who = body.partition("=")
    rung, _, fact = fact.partition(".")
    if rung not in set(Rung) or not fact or side not in {"", "yes", "no"}:
        remedy = "write RUNG.FACT=WHO@LETTER:no, such as group.link=Lantern@B"
        raise BadInput(f"{text!r} is no fact", place="--with", remedy=remedy)
    if Rung(rung) not in MODELLED:
        remedy = f"name one of {', '.join(r.value for r in MODELLED)}"
        problem = f"the rung {rung} has no facts: it rests on tracing"
        raise BadInput(problem, place="--with", remedy=remedy)
    leading = [r.who for v in case.verdicts for r in v.ladder if r.rung == rung and r.who]
    if not who and not leading:
        raise BadInput(f"nobody is named on the rung {rung}", place="--with", remedy="name WHO")
    letter = letter or "A"
    source = Source(f"supposed-{place}", "supposed evidence", "other", letter, "supposed")
    return Posited(Rung(rung), fact, who or leading[0], source, Basis.RECORD, side != "no")


@dataclass(frozen=True, slots=True)
class Mover:
    """What one exhibit received since moves: the leading answer of each rung, in decibans."""

    path: str
    received: datetime
    decibans: tuple[tuple[str, float], ...]

    @property
    def most(self) -> float:
        """The largest of its effects."""
        return max((abs(d) for _, d in self.decibans), default=0.0)


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer as it stood on a day and as it stands, and what came in between.

    ``movers`` are the exhibits received since, the strongest first; ``others`` how many more there
    are, which were weighed together with the rest and not one by one.
    """

    on: datetime
    moved: tuple[Moved, ...]
    movers: tuple[Mover, ...]
    others: int


def replay(desk: Desk, on: datetime) -> Replay:
    """Answer with what had been received by ``on``, and say what moved it since."""
    then, now = desk.answer(on=on), desk.answer()
    _, later = known_on(current(desk.vault), desk.settings, on)
    ranked = sorted(later, key=lambda e: (-_borne(now, e), e.path))
    movers = [_mover(desk, now, e) for e in ranked[:_MOST_MOVERS]]
    told = tuple(sorted(movers, key=lambda m: (-m.most, m.path)))
    return Replay(on, compare(then, now), told, len(later) - len(movers))


def _borne(case: AssessedCase, exhibit: Exhibit) -> int:
    """Count the claims that an exhibit bears: those that bear most are looked at one by one."""
    return sum(any(c.exhibit == exhibit.sha256 for c in claim.citations) for claim in case.claims)


def _mover(desk: Desk, now: AssessedCase, exhibit: Exhibit) -> Mover:
    without = desk.answer(Change(exhibits=frozenset({exhibit.sha256})))
    rows = {row.rung: row for row in compare(now, without)}
    shifts = tuple((rung, -row.decibans) for rung, row in rows.items() if row.decibans)
    return Mover(exhibit.path, received(exhibit, desk.settings), shifts)
