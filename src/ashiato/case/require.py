"""`--require STANDARD`: turn an insufficient answer into an exit code for scripts."""

from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput, StandardNotMet
from ashiato.core.weighing import Sufficiency


def check(case: AssessedCase, standard: str | None) -> None:
    """Do nothing where the first question meets ``standard``.

    Raises:
        StandardNotMet: it does not; the message gives the reason codes.
        BadInput: there is no such standard.

    """
    if standard is None:
        return
    found = {s.standard.name: s for v in case.verdicts[:1] for s in v.standards}
    if standard not in found:
        known = ", ".join(found) or "none: the case asks nothing that can be weighed"
        raise BadInput(f"no standard {standard!r}", place="--require", remedy=f"known: {known}")
    answer = found[standard]
    if answer.verdict != Sufficiency.SUFFICIENT:
        codes = ", ".join(sorted({r.code for r in answer.reasons})) or "no reason given"
        raise StandardNotMet(f"{answer.verdict} under the standard {standard!r}: {codes}")
