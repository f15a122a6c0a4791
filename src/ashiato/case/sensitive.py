"""What every output of a case masks, read from the vault when it is needed and kept nowhere."""

from collections.abc import Iterable

from ashiato.case.intake import intake_of
from ashiato.case.settings import Settings
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit
from ashiato.core.masking import SENSITIVE_FIELDS
from ashiato.core.records import Record
from ashiato.core.sources import Intake
from ashiato.vault import Vault


def sensitive_values(
    exhibits: Iterable[Exhibit], settings: Settings, vault: Vault
) -> tuple[tuple[str, str], ...]:
    """List the (kind, value) pairs of the registers that every output masks, from the vault.

    They are read anew each time, since nothing else may hold them in clear.
    """
    intakes = {i.exhibit: i for i in (intake_of(e, settings) for e in exhibits) if is_register(i)}
    found = {
        (name, value)
        for intake in intakes.values()
        for record in _records(intake, vault)
        for name, value in record.fields.items()
        if name in SENSITIVE_FIELDS and value
    }
    return tuple(sorted(found))


def is_register(intake: Intake) -> bool:
    """Whether the case says that an exhibit is a register."""
    return intake.mapping is not None and not intake.mapping.is_log


def _records(intake: Intake, vault: Vault) -> tuple[Record, ...]:
    from ashiato.read import read_table  # noqa: PLC0415 - its language models take a second

    try:
        return read_table(vault.read(intake.exhibit), intake).records
    except BadInput:  # no record came of it, so nothing of it is printed
        return ()
