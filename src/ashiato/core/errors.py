"""What can go wrong, one class for each thing the caller can do about it.

AshiatoError                exit 1   something we did not foresee; report it
├── BadInput                exit 2   correct the named place and call again
├── StandardNotMet          exit 3   only with --require: the evidence does not suffice
├── IntegrityFailure        exit 4   the vault is not what it was: stop, keep it, compare an anchor
├── TooLarge                exit 5   the question does not fit: split it as the message says
├── CaseBusy                exit 6   another run holds the case: wait for it
└── Interrupted             exit 130 stopped by the user; the next run goes on from here
"""


class AshiatoError(Exception):
    """The root of every error raised on purpose; `exit_code` is what the command returns."""

    exit_code = 1


class BadInput(AshiatoError):
    """Something handed in cannot be used: which file, where in it, and what would mend it."""

    exit_code = 2

    def __init__(self, problem: str, *, path: str = "", place: str = "", remedy: str = "") -> None:
        """Keep the parts, so that `--json` can give them apart."""
        self.problem, self.path, self.place, self.remedy = problem, path, place, remedy
        where = ":".join(part for part in (path, place) if part)
        head = f"{where}: {problem}" if where else problem
        super().__init__(f"{head}; {remedy}" if remedy else head)


class StandardNotMet(AshiatoError):
    """The verdict does not reach the standard that `--require` named."""

    exit_code = 3


class IntegrityFailure(AshiatoError):
    """Sealed bytes or the log differ from what was acknowledged; never repaired in silence."""

    exit_code = 4


class TooLarge(AshiatoError):
    """Exact work would outgrow its bound; the message names the remedy. Nothing was allocated."""

    exit_code = 5


class CaseBusy(AshiatoError):
    """Another process is writing to this case."""

    exit_code = 6


class Interrupted(AshiatoError):
    """The user stopped the work; what was acknowledged is kept."""

    exit_code = 130
