"""The Merkle tree of RFC 9162 (section 2.1): the root over the log, and short proofs about it.

An *inclusion* proof shows that an entry is in the log of a given size; a *consistency* proof shows
that an older log is a prefix of a newer one. Neither says that an entry is true.
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry (RFC 9162, 2.1.1: prefix 0x00 keeps leaves apart from nodes)."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node from its two children (prefix 0x01)."""
    return sha256(b"\1" + left + right).digest()


def _split(width: int) -> int:
    """Give the largest power of two below ``width`` (2.1.1: where the left subtree ends)."""
    return 1 << ((width - 1).bit_length() - 1)


class Tree:
    """A growing tree that keeps every complete node: roots and proofs cost O(log n) hashes.

    Level k is one packed row of the roots of complete subtrees of 2**k leaves: 64 bytes an entry.
    """

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self._rows = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._rows[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next entry."""
        node = leaf
        for level in range(len(self._rows)):
            row = self._rows[level]
            row += node
            if len(row) // HASH_BYTES % 2:
                return
            node = node_hash(bytes(row[-2 * HASH_BYTES : -HASH_BYTES]), bytes(row[-HASH_BYTES:]))
        self._rows.append(bytearray(node))

    def root(self, size: int | None = None) -> bytes:
        """Give the root of the whole tree, or of its first ``size`` leaves."""
        width = self._within(self.size if size is None else size)
        return self._hash(0, width) if width else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Prove that leaf ``index`` (from 0) is in the first ``size`` leaves (2.1.3.1).

        Raises:
            ValueError: there is no such leaf.

        """
        width = self._within(self.size if size is None else size)
        if not 0 <= index < width:
            raise ValueError(f"no leaf {index} in a tree of {width}")
        start, end, path = 0, width, []
        while end - start > 1:
            middle = start + _split(end - start)
            left = index < middle
            path.append(self._hash(middle, end) if left else self._hash(start, middle))
            start, end = (start, middle) if left else (middle, end)
        return tuple(reversed(path))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """Prove that the first ``old`` leaves are a prefix of the first ``size`` (2.1.4.1).

        Raises:
            ValueError: ``old`` is 0 (every log continues the empty one) or above ``size``.

        """
        width = self._within(self.size if size is None else size)
        if not 0 < old <= width:
            raise ValueError(f"no proof from size {old} to {width}")
        start, end, path = 0, width, []
        while old < end:
            middle = start + _split(end - start)
            left = old <= middle
            path.append(self._hash(middle, end) if left else self._hash(start, middle))
            start, end = (start, middle) if left else (middle, end)
        known = [] if start == 0 else [self._hash(start, end)]
        return tuple(known + path[::-1])

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {size}")
        return size

    def _hash(self, start: int, end: int) -> bytes:
        """Hash leaves ``[start, end)``, cut as the RFC's recursion cuts them."""
        width = end - start
        level = width.bit_length() - 1
        if width == 1 << level and start % width == 0:
            place = (start >> level) * HASH_BYTES
            return bytes(self._rows[level][place : place + HASH_BYTES])
        middle = start + _split(width)
        return node_hash(self._hash(start, middle), self._hash(middle, end))


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Check an inclusion proof (RFC 9162, 2.1.3.2). Size 0 and empty hashes never pass."""
    if not 0 <= index < size or not leaf or not root:
        return False
    place, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            place, last = _climb(place, last)
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def verify_consistency(
    old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2). Size 0 and empty roots never pass."""
    if not 0 < old <= size or not old_root or not root:
        return False
    if old == size:
        return not proof and old_root == root
    if not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            place, last = _climb(place, last)
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _climb(place: int, last: int) -> tuple[int, int]:
    """Skip the levels on which a right-edge node has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last
