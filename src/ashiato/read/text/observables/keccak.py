"""Keccak-256 as Ethereum uses it (the padding of before FIPS 202, which hashlib does not offer)."""

_ROUNDS = 24
_RATE = 136
_LANE = (1 << 64) - 1


def _constants() -> tuple[int, ...]:
    """Make the round constants by the shift register of the Keccak reference, section 1.2."""
    register, constants = 1, []
    for _ in range(_ROUNDS):
        constant = 0
        for j in range(7):
            if register & 1:
                constant ^= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_CONSTANTS = _constants()


def _turned(lane: int, by: int) -> int:
    by %= 64
    return ((lane << by) | (lane >> (64 - by))) & _LANE


def _permuted(a: list[list[int]]) -> list[list[int]]:
    for constant in _CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ _turned(c[(x + 1) % 5], 1) for x in range(5)]
        a = [[lane ^ d[x] for lane in a[x]] for x in range(5)]
        x, y, current = 1, 0, a[1][0]
        for t in range(_ROUNDS):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], _turned(current, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & _LANE & row[(x + 2) % 5])
        a[0][0] ^= constant
    return a


def keccak256(data: bytes) -> bytes:
    """Give the Keccak-256 digest of ``data``."""
    padded = bytearray(data + b"\x01" + b"\x00" * (-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for block in range(0, len(padded), _RATE):
        for i in range(_RATE // 8):
            at = block + 8 * i
            state[i % 5][i // 5] ^= int.from_bytes(padded[at : at + 8], "little")
        state = _permuted(state)
    return b"".join(state[i % 5][i // 5].to_bytes(8, "little") for i in range(4))
