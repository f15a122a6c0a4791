"""`ashiato verify`: whether every sealed byte is what it was, and the log whole."""

from pathlib import Path

from ashiato.case.folder import Folder
from ashiato.core.errors import BadInput
from ashiato.core.progress import Progress
from ashiato.vault import Verification
from ashiato.vault import verify as verify_vault


def verify(folder: Folder, against: str | None, *, progress: Progress) -> Verification:
    """Check the case's vault, however damaged, against an outside checkpoint where one is given.

    Raises:
        BadInput: there is no vault yet.

    """
    if not folder.vault.exists():
        remedy = f"run `ashiato run {folder.root}` first"
        raise BadInput("has no vault yet", path=str(folder.root), remedy=remedy)
    note = Path(against).read_text("utf-8") if against and Path(against).is_file() else against
    return verify_vault(folder.vault, progress=progress, against=note)


def render(found: Verification) -> str:
    """Write the result for people, with the checkpoint to keep elsewhere."""
    lines = [
        f"log        {found.entries} entries, {found.checkpoints} checkpoints",
        f"exhibits   {found.unaffected} of {found.exhibits} as sealed",
        f"checkpoint {found.entries}:{found.root}",
    ]
    lines += [f"FAULT {f.kind}: {f.subject}: {f.message}; {f.remedy}" for f in found.faults]
    if found.is_intact:
        lines.append("Nothing is wrong. Keep the checkpoint elsewhere: only it shows a rollback.")
    return "\n".join(lines)
