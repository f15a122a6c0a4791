"""The allow list as a program for the kernel's packet filter (seccomp, ``linux/seccomp.h``)."""

import errno
import struct

from ashiato.read.sandbox.syscalls import ALLOWED, AUDIT_ARCH, COMMANDS, TO_ITSELF

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24
"""Offsets in ``struct seccomp_data``: call, convention, and the low words of two arguments."""
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM


def program(machine: str, pid: int) -> bytes:
    """Write the filter for one process; raises `KeyError` for a machine we have no numbers of."""
    steps = [_load(_ARCH), _unless(AUDIT_ARCH[machine], 1, 0), _return(_KILL), _load(_NUMBER)]
    for number in sorted(ALLOWED[machine].values()):
        steps += [_unless(number, 0, 1), _return(_ALLOW)]
    steps += _only(TO_ITSELF[machine], _FIRST, (pid,))
    for number, values in sorted(COMMANDS[machine].items()):
        steps += _only(number, _SECOND, values)
    return b"".join([*steps, _return(_REFUSE)])


def _only(number: int, argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Allow a call where its argument is one of some values; the next call's number is untouched.

    Only the low word is looked at, as the kernel takes these arguments for 32-bit ones.
    """
    chosen = [step for v in values for step in (_unless(v, 0, 1), _return(_ALLOW))]
    body = [_load(argument), *chosen, _return(_REFUSE)]
    return [_unless(number, 0, len(body)), *body]


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", _LOAD, 0, 0, offset)


def _unless(value: int, same: int, other: int) -> bytes:
    """Skip ``same`` steps where the loaded word is ``value``, ``other`` steps where it is not."""
    return struct.pack("=HBBI", _EQUAL, same, other, value)


def _return(verdict: int) -> bytes:
    return struct.pack("=HBBI", _RETURN, 0, 0, verdict)
