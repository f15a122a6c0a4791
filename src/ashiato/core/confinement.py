"""What this system offers to confine a parser of hostile files, and who may do without.

The sandbox itself is `ashiato.read.sandbox`; here is what the case must know to decide and to log.
"""

import ctypes
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MACHINES = frozenset({"x86_64", "aarch64"})
"""Kinds of processor whose system calls the sandbox knows by number."""
_LANDLOCK, _ABI_ASKED, _GET_SECCOMP = 444, 1, 21
_INSISTED: ContextVar[bool] = ContextVar("insisted", default=False)


def missing() -> str:
    """Name what this system lacks for the sandbox; empty where nothing is lacking."""
    if sys.platform != "linux":
        return f"the sandbox needs Linux, this is {sys.platform}"
    if platform.machine() not in MACHINES:
        return f"the sandbox has no list of system calls for {platform.machine()}"
    if landlock_version() < 1:
        return "the kernel offers no Landlock (Linux 5.13, and not switched off)"
    if ctypes.CDLL(None).prctl(_GET_SECCOMP, 0, 0, 0, 0) < 0:
        return "the kernel offers no seccomp filters"
    return ""


def landlock_version() -> int:
    """Give the version of Landlock the kernel speaks; below 1 for none (``landlock(7)``)."""
    return int(ctypes.CDLL(None).syscall(_LANDLOCK, None, ctypes.c_size_t(0), _ABI_ASKED))


@contextmanager
def allowing_unconfined() -> Iterator[None]:
    """Let hostile formats be read within this block even where nothing confines their parsers.

    It is a person's decision for one run, and whoever makes use of it logs it.
    """
    before = _INSISTED.set(True)
    try:
        yield
    finally:
        _INSISTED.reset(before)


def insisted() -> bool:
    """Tell whether somebody insisted (`allowing_unconfined`)."""
    return _INSISTED.get()


def barred() -> str:
    """Say why no hostile format is read here and now; empty where they are."""
    return "" if insisted() else missing()
