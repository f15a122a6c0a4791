"""Addresses of cryptocurrency, each with the checksum that its scheme offers."""

import re
from collections.abc import Iterator
from hashlib import sha256

from ashiato.core.records import ObservableType
from ashiato.read.text.observables.keccak import keccak256
from ashiato.read.text.observables.trace import Trace, trace

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_CHECKS = frozenset({1, 0x2BC830A3})
"""The remainders of BIP 173 (bech32) and BIP 350 (bech32m)."""
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_OLD = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}")
_SEGWIT = re.compile(r"(?:bc1|BC1)[0-9A-Za-z]{11,71}")
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40,}")
_MONERO = re.compile(r"[48][1-9A-HJ-NP-Za-km-z]{94,}")
_MONERO_SIZES = frozenset({95, 106})
_ETHEREUM_SIZE = 42


def coins(text: str) -> Iterator[Trace]:
    """Find Bitcoin (checksum holds), Ethereum (EIP-55 holds where case is mixed) and Monero."""
    for found in _OLD.finditer(text):
        if _stands_alone(text, found) and _is_base58check(found.group()):
            yield trace(ObservableType.BITCOIN, found.group(), *found.span())
    for found in _SEGWIT.finditer(text):
        if _stands_alone(text, found) and _is_bech32(found.group()):
            yield trace(ObservableType.BITCOIN, found.group().lower(), *found.span())
    for found in _ETHEREUM.finditer(text):
        if len(found.group()) == _ETHEREUM_SIZE and _is_ethereum(text, found):
            yield trace(ObservableType.ETHEREUM, found.group(), *found.span())
    for found in _MONERO.finditer(text):
        if len(found.group()) in _MONERO_SIZES and _stands_alone(text, found):
            yield trace(ObservableType.MONERO, found.group(), *found.span())


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    touching = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
    return not any(c.isascii() and (c.isalnum() or c == "_") for c in touching)


def _is_base58check(address: str) -> bool:
    number = 0
    for c in address:
        number = number * 58 + _BASE58.index(c)
    try:
        raw = number.to_bytes(25, "big")
    except OverflowError:
        return False
    leading = len(address) - len(address.lstrip("1"))
    if raw[0] not in {0, 5} or leading != len(raw) - len(raw.lstrip(b"\0")):
        return False
    return sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _is_bech32(address: str) -> bool:
    if address not in {address.lower(), address.upper()}:
        return False
    lower = address.lower()
    if any(c not in _BECH32 for c in lower[3:]):
        return False
    values = [3, 3, 0, 2, 3, *(_BECH32.index(c) for c in lower[3:])]
    return _polymod(values) in _BECH32_CHECKS


def _polymod(values: list[int]) -> int:
    """Compute the remainder of BIP 173."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            check ^= generator if (top >> i) & 1 else 0
    return check


def _is_ethereum(text: str, found: re.Match[str]) -> bool:
    address = found.group()[2:]
    if not _stands_alone(text, found) or address.isdigit():
        return False
    if address in {address.lower(), address.upper()}:
        return len(set(address)) > 2  # noqa: PLR2004 - the address of nothing is a placeholder
    digest = keccak256(address.lower().encode()).hex()
    return all(
        c.isdigit() or c.isupper() == (int(d, 16) > 7)  # noqa: PLR2004 - EIP-55
        for c, d in zip(address, digest, strict=False)
    )
