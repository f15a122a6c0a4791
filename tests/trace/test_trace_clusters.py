from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.claims import Entity, EntityType
from ashiato.core.tenancy import BY_PERSON, Judgement, Sameness
from ashiato.trace import between, clusters
from ashiato.trace.clusters import contradictions

SAME, DIFFERENT, UNSURE = Sameness.SAME, Sameness.DIFFERENT, Sameness.UNSURE


def edge(a: str, b: str, score: float = 10, judgement: Sameness = SAME, by: str = "r") -> Judgement:
    one, two = (Entity(name, f"name {name}", EntityType.PERSONA) for name in sorted((a, b)))
    return Judgement(one, two, judgement, score, f"{a}{b} share", by, ())


def parted(a: str, b: str) -> Judgement:
    return edge(a, b, 0, DIFFERENT, f"{BY_PERSON}E. Marlow")


def test_the_chain_told_is_the_one_whose_weakest_link_is_strongest() -> None:
    weak, strong = [edge("a", "c", 5)], [edge("a", "b", 20), edge("b", "c", 15)]
    found = between([*weak, *strong], "a", "c")

    assert found.path == tuple(strong)
    assert found.weakest == strong[1]


def test_an_unsure_judgement_joins_nothing() -> None:
    found = between([edge("a", "b", judgement=UNSURE)], "a", "b")

    assert found.answer is UNSURE
    assert clusters([edge("a", "b", judgement=UNSURE)]) == ()


def test_a_different_cuts_the_weakest_link_and_keeps_the_rest() -> None:
    chain = [edge("a", "b", 20), edge("b", "c", 5), edge("c", "d", 20)]

    assert clusters([*chain, parted("a", "d")]) == (frozenset("ab"), frozenset("cd"))


def test_what_a_person_joined_is_cut_last() -> None:
    mine = edge("a", "b", 0, by=f"{BY_PERSON}E. Marlow")
    found = clusters([mine, edge("b", "c", 99), parted("a", "c")])

    assert found == (frozenset("ab"),)


def test_a_contradiction_says_who_decided_and_what_speaks_against_it() -> None:
    (conflict,) = contradictions([edge("a", "b"), edge("b", "c", 3), parted("a", "c")])

    assert conflict.kind == "identity"
    assert "'name a' [a] and 'name c' [c] were decided to be different" in conflict.because
    assert "bc share" in conflict.because


def test_a_difference_that_nothing_speaks_against_is_no_contradiction() -> None:
    assert contradictions([edge("a", "b"), parted("a", "z")]) == ()


NAMES = st.sampled_from([*combinations("abcdefg", 2)])
JUDGED = st.dictionaries(NAMES, st.tuples(st.sampled_from([SAME, DIFFERENT]), st.integers(0, 30)))


@given(judged=JUDGED)
@settings(deadline=None)
def test_no_cluster_holds_two_who_are_decided_to_be_different(
    judged: dict[tuple[str, str], tuple[Sameness, int]],
) -> None:
    made = [
        parted(a, b) if answer is DIFFERENT else edge(a, b, score)
        for (a, b), (answer, score) in judged.items()
    ]
    found = clusters(made)

    for (a, b), (answer, _) in judged.items():
        assert answer is SAME or not any({a, b} <= cluster for cluster in found)


@given(judged=JUDGED, data=st.data())
@settings(deadline=None)
def test_clusters_do_not_depend_on_the_order_of_judgements(
    judged: dict[tuple[str, str], tuple[Sameness, int]], data: st.DataObject
) -> None:
    made = [
        parted(a, b) if answer is DIFFERENT else edge(a, b, score)
        for (a, b), (answer, score) in judged.items()
    ]

    assert clusters(data.draw(st.permutations(made))) == clusters(made)


@given(judged=JUDGED)
@settings(deadline=None)
def test_a_cluster_is_where_a_chain_is(judged: dict[tuple[str, str], tuple[Sameness, int]]) -> None:
    made = [
        parted(a, b) if answer is DIFFERENT else edge(a, b, score)
        for (a, b), (answer, score) in judged.items()
    ]
    found = clusters(made)

    for a, b in combinations("abcdefg", 2):
        together = any({a, b} <= cluster for cluster in found)
        assert (between(made, a, b).answer is SAME) == together
