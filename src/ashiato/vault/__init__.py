"""The vault keeps the bytes of a case, their custody, and what persons decided; and it proves them.

Bytes lie as received under their SHA-256, an append-only log says who sealed or decided what, when
and why, and a Merkle tree over the log gives checkpoints that outsiders can hold against it. It
never interprets what it keeps (it decodes just enough to find a cited place), never overwrites,
never repairs in silence, and acknowledges nothing that a power cut could still take away.
"""

from ashiato.vault.audit import Fault, FaultKind, Verification, verify
from ashiato.vault.checkpoints import Checkpoint, read_checkpoint
from ashiato.vault.custody import Decision, Event, Parsing, Recovery, Sealing
from ashiato.vault.submission import Submission
from ashiato.vault.vault import Vault

__all__ = [
    "Checkpoint",
    "Decision",
    "Event",
    "Fault",
    "FaultKind",
    "Parsing",
    "Recovery",
    "Sealing",
    "Submission",
    "Vault",
    "Verification",
    "read_checkpoint",
    "verify",
]
