"""Ctrl-C or a full disk stops a command with one sentence; what was acknowledged is kept."""

import errno
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ashiato.core.errors import BadInput, IntegrityFailure, Interrupted

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
P = ParamSpec("P")
T = TypeVar("T")


def stoppable(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the user's interrupt into our own error before the command library swallows it.

    A disk that has no room left is said as such: it is nothing that went wrong in here.
    """

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            text = "stopped; what was acknowledged is kept, the next run goes on from here"
            raise Interrupted(text) from None
        except (OSError, IntegrityFailure) as error:
            full = _full(error)
            if full is None:
                raise
            raise full from error

    return call


def _full(error: BaseException) -> BadInput | None:
    """Say that the disk is full where that is why a write failed, here or in the vault."""
    while not isinstance(error, OSError) and error.__cause__:
        error = error.__cause__
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    remedy = "free some and give the command again: it goes on from what is finished"
    return BadInput("no space is left on the disk", path=str(error.filename or ""), remedy=remedy)
