"""The walls around one parser: resource limits, no privileges, Landlock, seccomp.

They go up in a child of its own after every import and before the first hostile byte. References:
``landlock(7)``, ``seccomp(2)``, ``setrlimit(2)``.
"""

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Sequence
from math import ceil

from ashiato.core.confinement import landlock_version
from ashiato.read.sandbox.filter import program
from ashiato.read.sandbox.outcome import Limits

NOBODY = 65534
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_SET_SECCOMP, _FILTER, _NO_NEW_PRIVS = 22, 2, 38
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many file rights each version of Landlock knows; from 5 on sixteen."""
_CAPABILITY_V3 = 0x20080522
_WITH_NET, _WITH_SCOPES = 4, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


_LIBC = ctypes.CDLL(None, use_errno=True)


def readable() -> tuple[str, ...]:
    """List the folders a parser may still read: the interpreter's own and the libraries'."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {sysconfig.get_path(name) for name in names}
    return (*sorted(folders), "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo")


def landlock(folders: Sequence[str]) -> int:
    """Write the rules (nothing but reading below ``folders``) and give their descriptor.

    Raises:
        OSError: the kernel refused.

    """
    version = landlock_version()
    rules = _Ruleset(
        (1 << _RIGHTS.get(version, 16)) - 1,
        3 if version >= _WITH_NET else 0,
        3 if version >= _WITH_SCOPES else 0,
    )
    size = 24 if version >= _WITH_SCOPES else 16 if version >= _WITH_NET else 8
    made = _call(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    for folder in folders:
        if os.path.isdir(folder):  # noqa: PTH112 - no need of pathlib's imports in the child
            _allow_below(made, folder)
    return made


def _allow_below(rules: int, folder: str) -> None:
    opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(_READ_FILE | _READ_DIR, opened)
        _call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(opened)


def limit(limits: Limits) -> None:
    """Bound what this process may use; where the system knows no such bound it stays open."""
    import resource  # noqa: PLC0415 - there is none on Windows, where `missing` speaks first

    seconds = max(1, ceil(limits.seconds))
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_NOFILE, limits.files, limits.files),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, limits.memory, limits.memory),
    ):
        _, allowed = resource.getrlimit(kind)
        ceiling = hard if allowed == resource.RLIM_INFINITY else min(hard, allowed)
        resource.setrlimit(kind, (min(soft, ceiling), ceiling))


def drop_privileges() -> None:
    """Become nobody where we are root, an ordinary user stays who they are; drop capabilities.

    Raises:
        OSError: the kernel refused.

    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if sys.platform == "linux":
        header, none = struct.pack("=Ii", _CAPABILITY_V3, 0), bytes(24)
        _checked(_LIBC.capset(header, none))


def confine(rules: int) -> None:
    """Shut the last doors: no new privileges, Landlock, then seccomp. There is no way back.

    Raises:
        OSError: the kernel refused one of them.

    """
    _checked(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    _call(_RESTRICT_SELF, rules, 0)
    steps = program(platform.machine(), os.getpid())
    filter_ = _Program(len(steps) // 8, steps)
    _checked(_LIBC.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(filter_), 0, 0))


def _call(number: int, *arguments: object) -> int:
    return _checked(_LIBC.syscall(number, *arguments))


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
