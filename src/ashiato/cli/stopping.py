"""Ctrl-C stops a command with one sentence; what was acknowledged is kept."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ashiato.core.errors import Interrupted

P = ParamSpec("P")
T = TypeVar("T")


def stoppable(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the user's interrupt into our own error before the command library swallows it."""

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            text = "stopped; what was acknowledged is kept, the next run goes on from here"
            raise Interrupted(text) from None

    return call
