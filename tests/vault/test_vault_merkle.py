import json
import os
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.vault.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(os.environ.get("ASHIATO_TEST_DATA", "")) / "integrity" / "merkle"


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


sizes = st.integers(1, 300)


@given(sizes)
def test_the_root_is_the_one_the_rfc_defines(size: int) -> None:
    assert Tree(some_leaves(size)).root() == naive_root(some_leaves(size))


def test_every_prefix_has_the_root_it_had_when_it_was_the_whole_log() -> None:
    leaves = some_leaves(130)
    tree = Tree(leaves)

    assert [tree.root(n) for n in range(131)] == [naive_root(leaves[:n]) for n in range(131)]


@given(st.data(), sizes)
def test_every_entry_can_be_proved_and_no_other(data: st.DataObject, size: int) -> None:
    leaves = some_leaves(size)
    tree, index = Tree(leaves), data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index)

    assert verify_inclusion(index, size, leaves[index], proof, tree.root())
    assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, tree.root())
    assert not verify_inclusion((index + 1) % (size + 1), size, leaves[index], proof, tree.root())


@given(st.data(), sizes)
def test_every_older_log_is_a_prefix_and_a_changed_one_is_not(
    data: st.DataObject, size: int
) -> None:
    tree, old = Tree(some_leaves(size)), data.draw(st.integers(1, size))
    proof = tree.consistency(old)
    changed = Tree([leaf_hash(b"changed"), *some_leaves(old)[1:]]).root()

    assert verify_consistency(old, size, proof, tree.root(old), tree.root())
    assert not verify_consistency(old, size, proof, changed, tree.root())


@given(st.data(), st.integers(2, 300))
def test_a_proof_with_one_hash_missing_or_added_fails(data: st.DataObject, size: int) -> None:
    leaves = some_leaves(size)
    tree, index = Tree(leaves), data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index)

    assert not verify_inclusion(index, size, leaves[index], proof[:-1], tree.root())
    assert not verify_inclusion(index, size, leaves[index], (*proof, bytes(32)), tree.root())


def test_size_zero_and_empty_hashes_never_pass() -> None:
    leaf = leaf_hash(b"")

    assert not verify_inclusion(0, 0, leaf, (), EMPTY_ROOT)
    assert not verify_inclusion(0, 1, b"", (), b"")
    assert not verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 1, (), EMPTY_ROOT, leaf)
    assert not verify_consistency(1, 1, (), b"", b"")


def test_a_proof_about_an_entry_that_is_not_there_is_refused() -> None:
    tree = Tree(some_leaves(3))

    for ask in (lambda: tree.inclusion(3), lambda: tree.consistency(0), lambda: tree.root(4)):
        with pytest.raises(ValueError, match=r"leaf|size|leaves"):
            ask()


def vectors(kind: str) -> list[dict[str, Any]]:
    found = [json.loads(p.read_text()) for p in sorted((VECTORS / kind).rglob("*.json"))]
    if not found:
        pytest.skip(f"the RFC 9162 {kind} vectors: set ASHIATO_TEST_DATA")
    return found


def decoded(vector: dict[str, Any]) -> list[bytes]:
    return [b64decode(part) for part in vector["proof"] or ()]


@pytest.mark.real
def test_all_inclusion_vectors_are_judged_as_published() -> None:
    wrong = [
        v["desc"]
        for v in vectors("inclusion")
        if verify_inclusion(
            v["leafIdx"],
            v["treeSize"],
            b64decode(v["leafHash"] or ""),
            decoded(v),
            b64decode(v["root"] or ""),
        )
        == v["wantErr"]
    ]

    assert wrong == []


@pytest.mark.real
def test_all_consistency_vectors_are_judged_as_published() -> None:
    wrong = [
        v["desc"]
        for v in vectors("consistency")
        if verify_consistency(
            v["size1"],
            v["size2"],
            decoded(v),
            b64decode(v["root1"] or ""),
            b64decode(v["root2"] or ""),
        )
        == v["wantErr"]
    ]

    assert wrong == []
