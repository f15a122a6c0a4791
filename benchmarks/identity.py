"""Measure how well and how fast records are told to be one person, on an invented register.

    python -m benchmarks.identity [--records N] [--seed S]
    python -m benchmarks.identity --table FILE   (a CSV of FEBRL, or Splink's historical persons)

The register is made up here from a seed: persons with one to nine contracts, one in fifty of those
with several renting under other names, families who share an address, a surname and half of their
telephones, virtual offices, resellers who pay for many by one card, carriers' shared addresses,
namesakes by a power law, typing errors, swapped names, and fields left empty. It measures the
linking of `ashiato.engine.linking` and the rules of `ashiato.trace.identity` on one population.
"""

import argparse
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow.csv import read_csv
from pyarrow.parquet import read_table as read_parquet

from ashiato.engine.linking import PARTIES, links
from ashiato.engine.parties import Link
from ashiato.trace.rules import rules

RNG = np.random.Generator
DEFAULT = 50_000
NONE = -10_000
"""A value that was left out."""
SURNAMES, GIVEN, CLIENTS = 4000, 3000, 3000
"""How many there are of each, taken by a power law."""
KIN, HIDE, OFTEN, MISTYPED = 0.05, 0.02, 0.8, 0.06
"""Shares: of persons with kin beside them and of those who hide, of their contracts, of names."""


@dataclass(frozen=True, slots=True)
class Population:
    """An invented register: the table to link, who each row truly is, and who hides."""

    parties: pa.Table
    person: np.ndarray
    hidden: np.ndarray
    name: np.ndarray


@dataclass(frozen=True, slots=True)
class People:
    """What each person has, by number."""

    surname: np.ndarray
    given: np.ndarray
    card: np.ndarray
    phone: np.ndarray
    postal: np.ndarray
    net: np.ndarray
    client: np.ndarray
    mailbox: np.ndarray


def _words(rng: RNG, count: int, longest: int) -> np.ndarray:
    """Make up words of two to ``longest`` syllables."""
    syllables = [c + v for c in "kstnhmrgzdbvl" for v in "aeiou"]
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(rng.choice(syllables, rng.integers(2, longest + 1))))
    words = np.array(sorted(found), dtype=object)
    rng.shuffle(words)
    return words


def _by_power_law(rng: RNG, choices: int, count: int) -> np.ndarray:
    weight = 1 / np.arange(3, choices + 3)
    return rng.choice(choices, count, p=weight / weight.sum())


def _people(rng: RNG, count: int) -> People:
    def shared(values: np.ndarray, share: float, hubs: int) -> np.ndarray:
        """Give a share of the people one of a few values that many hold."""
        some = rng.random(count) < share
        values[some] = -1 - rng.integers(0, hubs, some.sum())
        return values

    surname = _by_power_law(rng, SURNAMES, count)
    postal = shared(rng.integers(0, 400_000, count), 0.06, 40)
    phone = rng.integers(10**8, 10**9, count)
    kin = np.flatnonzero(rng.random(count) < KIN)
    kin = kin[kin > 0]
    postal[kin], surname[kin] = postal[kin - 1], surname[kin - 1]
    half = kin[rng.integers(0, 2, len(kin)) == 0]
    phone[half] = phone[half - 1]
    return People(
        surname,
        _by_power_law(rng, GIVEN, count),
        shared(rng.integers(0, 1 << 40, count), 0.03, 60),
        phone,
        postal,
        shared(rng.integers(0, 60_000, count), 0.25, 120),
        _by_power_law(rng, CLIENTS, count),
        rng.integers(0, 1000, count),
    )


def population(records: int, seed: int = 7) -> Population:
    """Make a register of ``records`` rows."""
    rng = np.random.default_rng(seed)
    contracts = rng.choice([1, 2, 3, 5, 9], p=[0.62, 0.22, 0.1, 0.045, 0.015], size=records)
    person = np.repeat(np.arange(records), contracts)[:records]
    count = int(person[-1]) + 1
    people = _people(rng, count)
    several = np.bincount(person) >= 2  # noqa: PLR2004 - hiding takes a second contract
    hides = (rng.random(count) < HIDE) & several
    first = np.r_[True, person[1:] != person[:-1]]
    hidden = hides[person] & ~first & (rng.random(records) < OFTEN)
    columns, name = _columns(rng, people, person, hidden)
    order = rng.permutation(records)
    table = pa.table(
        [np.arange(records), *(pa.array(column[order], pa.string()) for column in columns)],
        schema=PARTIES,
    )
    return Population(table, person[order], hidden[order], name[order])


def _columns(
    rng: RNG, people: People, person: np.ndarray, hidden: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Write each contract: what its person has, or something else, or nothing."""
    size = len(person)

    def kept(values: np.ndarray, openly: float, hiding: float, other: np.ndarray) -> np.ndarray:
        keeps = rng.random(size) < np.where(hidden, hiding, openly)
        return np.where(keeps, values[person], other)

    def text(prefix: str, numbers: np.ndarray, missing: float = 0) -> np.ndarray:
        written = np.array([f"{prefix}{n}" for n in numbers], dtype=object)
        written[rng.random(size) < missing] = None
        return written

    surname = np.where(hidden, _by_power_law(rng, SURNAMES, size), people.surname[person])
    given = np.where(hidden, _by_power_law(rng, GIVEN, size), people.given[person])
    name = _written_names(rng, surname, given)
    openly = rng.random(size) < np.where(hidden, 0.15, 0.75)
    own = [f"{people.surname[p]}.{people.given[p]}{people.mailbox[p]}" for p in person]
    another = [
        f"{g}x{s}x{n}"
        for g, s, n in zip(given, surname, rng.integers(0, 10_000, size), strict=True)
    ]
    mailbox = np.array(
        [o if k else a for o, a, k in zip(own, another, openly, strict=True)], dtype=object
    )
    post = rng.integers(0, 5, len(people.card))
    domain = np.where(openly, post[person], rng.integers(0, 5, size))
    email = np.array(
        [f"{m}@mail{d}.example" for m, d in zip(mailbox, domain, strict=True)], dtype=object
    )
    card = kept(people.card, 0.80, 0.55, rng.integers(0, 1 << 40, size))
    phone = kept(people.phone, 0.85, 0.40, rng.integers(10**8, 10**9, size))
    postal = kept(people.postal, 0.85, 0.35, rng.integers(0, 400_000, size))
    net = kept(people.net, 0.65, 0.60, rng.integers(0, 60_000, size))
    client = kept(people.client, 0.60, 0.65, _by_power_law(rng, CLIENTS, size))
    columns = [
        name, email, mailbox, text("c", card, 0.15), text("p", phone, 0.05),
        text("a", postal, 0.03), text("n", net, 0.10), text("u", client, 0.10),
    ]  # fmt: skip
    return columns, name


def _written_names(rng: RNG, surname: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Write names with typing errors; parts stand in one order, as the linking wants them."""
    last, first = _words(rng, SURNAMES, 4)[surname], _words(rng, GIVEN, 3)[given]
    for at in np.flatnonzero(rng.random(len(last)) < MISTYPED):
        where = rng.integers(0, len(last[at]))
        keep = where + rng.integers(0, 2)
        last[at] = last[at][:where] + rng.choice(list("aeioukstnr")) + last[at][keep:]
    return np.array(
        [" ".join(sorted(pair)) for pair in zip(last, first, strict=True)], dtype=object
    )


_FEBRL = {
    "name": ("given_name", "surname"), "card": ("soc_sec_id",), "phone": ("date_of_birth",),
    "postal": ("street_number", "address_1"), "net": ("postcode",), "client": ("suburb",),
}  # fmt: skip
_HISTORICAL = {
    "name": ("first_and_surname",), "phone": ("dob", "birth_place"), "postal": ("postcode_fake",),
    "net": ("dob",), "client": ("occupation",),
}  # fmt: skip
"""Which of a published table's columns stand in for ours; none of them has a card or a log-in."""


def _column(rows: Sequence[dict[str, str]], headings: Sequence[str]) -> list[str | None]:
    """Put the words of some columns together, sorted; nothing at all where these are empty."""
    written = (" ".join(row[heading] for heading in headings) for row in rows)
    return [" ".join(sorted(text.split())) or None for text in written]


def published(path: Path) -> Population:
    """Read a published table whose persons are known."""
    table = read_csv(path) if path.suffix == ".csv" else read_parquet(path)
    rows = [{k.strip(): str(v or "").strip() for k, v in row.items()} for row in table.to_pylist()]
    is_febrl = "rec_id" in rows[0]
    columns = _FEBRL if is_febrl else _HISTORICAL
    truth = [row["rec_id"].split("-")[1] if is_febrl else row["cluster"] for row in rows]
    parties = {name: _column(rows, columns.get(name, ())) for name in PARTIES.names[1:]}
    made = pa.table([np.arange(len(rows)), *parties.values()], schema=PARTIES)
    person = np.unique(truth, return_inverse=True)[1]
    return Population(made, person, np.zeros(len(rows), bool), np.array(parties["name"], object))


def _pairs_within(groups: np.ndarray) -> int:
    counts = np.bincount(groups)
    return int((counts * (counts - 1) // 2).sum())


def _hidden_pairs(made: Population) -> set[tuple[int, int]]:
    """Give the true pairs of which one hides behind another name."""
    order = np.argsort(made.person, kind="stable")
    bounds = np.flatnonzero(np.r_[True, np.diff(made.person[order]) != 0, True])
    found: set[tuple[int, int]] = set()
    for start, end in pairwise(bounds):
        rows = order[start:end]
        if made.hidden[rows].any():
            found.update(
                (min(a, b), max(a, b))
                for a, b in combinations(rows.tolist(), 2)
                if made.name[a] != made.name[b] and (made.hidden[a] or made.hidden[b])
            )
    return found


def _say(what: str, found: Sequence[tuple[int, int]], made: Population, total: int) -> None:
    a, b = np.array(found, dtype=np.int64).reshape(-1, 2).T
    right = made.person[a] == made.person[b]
    precision = right.mean() if len(right) else float("nan")
    print(f"  {what:<34} {len(found):>9} pairs  P {precision:.4f}  R {right.sum() / total:.4f}")


def _say_hidden(
    what: str, found: Iterable[tuple[int, int]], made: Population, hidden: set[tuple[int, int]]
) -> None:
    other = [(a, b) for a, b in found if made.name[a] != made.name[b]]
    right = sum(made.person[a] == made.person[b] for a, b in other)
    met = len(hidden.intersection(other))
    share = right / len(other) if other else float("nan")
    recall = met / max(1, len(hidden))
    print(
        f"  {what:<34} {len(other):>9} pairs under different names  P {share:.3f}  "
        f"hidden R {recall:.3f}"
    )


def _roots(size: int, edges: Iterable[tuple[int, int]]) -> np.ndarray:
    parent = list(range(size))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    for a, b in edges:
        parent[root(a)] = root(b)
    return np.array([root(one) for one in range(size)])


def _say_clusters(edges: Sequence[tuple[int, int]], made: Population, total: int) -> None:
    cluster = _roots(len(made.person), edges)
    _, both = np.unique(np.stack([cluster, made.person]), axis=1, return_inverse=True)
    right, told = _pairs_within(both.ravel()), _pairs_within(cluster)
    largest = int(np.bincount(cluster).max())
    print(f"    clusters: P {right / max(1, told):.4f}  R {right / total:.4f}  largest {largest}")


IDENTIFIERS = ("card", "phone", "email", "postal")


def rare_shared(made: Population, limit: dict[str, int]) -> dict[tuple[int, int], set[str]]:
    """Give the pairs that share a rare value of the four identifiers that the rules weigh."""
    found: dict[tuple[int, int], set[str]] = {}
    for kind in IDENTIFIERS:
        column = made.parties.column(kind)
        for holders in _groups(column):
            if 1 < len(holders) <= limit[kind]:
                for pair in combinations(holders, 2):
                    found.setdefault(pair, set()).add(kind)
    return found


def _groups(column: pa.ChunkedArray) -> Iterator[list[int]]:
    by_value: dict[str, list[int]] = {}
    for at, value in enumerate(column.to_pylist()):
        if value is not None:
            by_value.setdefault(value, []).append(at)
    yield from by_value.values()


def _by_rules(made: Population, total: int, hidden: set[tuple[int, int]]) -> None:
    pack = rules().identity
    start = time.perf_counter()
    shared = rare_shared(made, {kind: pack.kinds[kind].holders for kind in IDENTIFIERS})
    same = [
        pair for pair, kinds in shared.items()
        if any(
            len(kinds) >= rule.count and kinds & set(rule.any_of)
            for rule in pack.rules
            if not rule.names_alike or made.name[pair[0]] == made.name[pair[1]]
        )
    ]  # fmt: skip
    print(f"rules on rare identifiers: {time.perf_counter() - start:.1f} s")
    _say("a rare identifier shared", list(shared), made, total)
    _say_hidden("a rare identifier shared", shared, made, hidden)
    _say("the rules say same", same, made, total)
    _say_hidden("the rules say same", same, made, hidden)
    alone = [{kind} for kind in IDENTIFIERS]
    for kinds in (*alone, {"phone", "postal"}, {"phone", "email"}, {"email", "postal"}):
        only = [p for p, k in shared.items() if k == kinds]
        _say_hidden(f"{' and '.join(sorted(kinds))} only", only, made, hidden)
    cards = [p for p, k in shared.items() if "card" in k and len(k) > 1]
    _say_hidden("card and another", cards, made, hidden)


def _by_linking(made: Population, total: int, hidden: set[tuple[int, int]]) -> None:
    pack = rules().identity.linking
    start, cpu = time.perf_counter(), time.process_time()
    found = list(links(made.parties, pack))
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    print(
        f"linking: {wall:.1f} s wall, {used:.1f} s CPU, {len(found)} links from {pack.unsure_from}"
    )
    for least in (0.9, 0.99, 0.999):
        pairs = [(one.a, one.b) for one in found if one.probability >= least]
        _say(f"probability >= {least}", pairs, made, total)
        _say_hidden(f"probability >= {least}", pairs, made, hidden)
        _say_clusters(pairs, made, total)
    told = [
        (one.a, one.b) for one in found if is_same_name(one) and one.probability >= pack.same_from
    ]
    _say("the judgement same", told, made, total)
    _say_clusters(told, made, total)


def is_same_name(link: Link) -> bool:
    """Whether two names are equal or near, which alone lets linking say that two are one."""
    return any(one.about == "name" and one.degree in {"equal", "near"} for one in link.agreements)


def main() -> None:
    """Make a register and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=DEFAULT)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--table", type=Path)
    given = asked.parse_args()
    start = time.perf_counter()
    made = published(given.table) if given.table else population(given.records, given.seed)
    total, hidden = _pairs_within(made.person), _hidden_pairs(made)
    people, took = len(np.unique(made.person)), time.perf_counter() - start
    print(
        f"{len(made.person)} records of {people} persons, {total} true pairs, "
        f"{len(hidden)} of them hidden; made in {took:.1f} s"
    )
    _by_linking(made, total, hidden)
    _say_memory("")
    _by_rules(made, total, hidden)
    _say_memory(", rules included")


def _say_memory(what: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory {peak:.2f} GiB{what}")


if __name__ == "__main__":
    main()
