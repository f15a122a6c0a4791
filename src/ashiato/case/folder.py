"""A case is a folder: case.toml, evidence/, .ashiato/, dossier/."""

import os
from dataclasses import dataclass
from pathlib import Path

from ashiato.case.settings import Settings, read_settings
from ashiato.core.errors import BadInput

TEMPLATE = """\
# What the investigation knows about its evidence. Every key is explained in docs/case.md.
[case]
id = "{id}"
title = "{id}"
language = "en"
tlp = "AMBER"
legal_basis = ""            # the law or mandate under which this evidence is held: state it

[[questions]]
text = "Who carried out the attack?"
rung = "group"              # machine, account, persona, person, group or sponsor

# [[sources]]               # who speaks; a letter from A to F needs a reason; ungraded counts as D
# id = "harbour-police"
# name = "Harbour Police"
# kind = "agency"           # person agency outlet sensor register organisation provider other
# reliability = "B"
# reason = "statutory investigator; past statements held up"

# [[evidence]]              # which files come from whom; the first rule that matches a file counts
# files = "evidence/statements/*.txt"
# source = "harbour-police"
# published = "2031-04-20T09:00:00Z"

# [[evidence]]
# files = "evidence/logs/org-001/*"
# organisation = "Org 001"
# timezone = "+09:00"       # a log without a zone is sealed and left out until this is stated
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the parts of a case lie. Only the vault matters; the rest can be made again."""

    root: Path

    @property
    def toml(self) -> Path:
        """The description of the case and its sources."""
        return self.root / "case.toml"

    @property
    def evidence(self) -> Path:
        """Where evidence is dropped, in any layout."""
        return self.root / "evidence"

    @property
    def vault(self) -> Path:
        """The sealed exhibits and the log: the only truth."""
        return self.root / ".ashiato" / "vault"

    @property
    def cache(self) -> Path:
        """Derived results under the hash of their inputs; deleting it loses nothing."""
        return self.root / ".ashiato" / "cache"

    @property
    def dossier(self) -> Path:
        """The answer, written anew by each run that changes it."""
        return self.root / "dossier"

    def settings(self) -> Settings:
        """Read case.toml; raises `BadInput`."""
        return read_settings(self.toml)

    def place(self, path: Path) -> str:
        """Name a file of the case by its path from the case folder, with forward slashes."""
        return path.relative_to(self.root).as_posix()


def find_case(start: Path) -> Folder:
    """Find the case that ``start`` is, or lies in.

    Raises:
        BadInput: no case.toml in the folder or above it.

    """
    start = start.resolve()
    for folder in (start, *start.parents) if start.exists() else ():
        if (folder / "case.toml").is_file():
            return Folder(folder)
    remedy = "name a case folder, or make one with `ashiato new DIR`"
    raise BadInput("no case here (no case.toml)", path=str(start), remedy=remedy)


def new_case(root: Path) -> Folder:
    """Make an empty case with a commented case.toml.

    Raises:
        BadInput: the folder holds something already, or cannot be written.

    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise BadInput("is not empty", path=str(root), remedy="name a new folder")
    folder = Folder(root.resolve())
    try:
        folder.evidence.mkdir(parents=True)
        folder.toml.write_text(TEMPLATE.format(id=folder.root.name), "utf-8")
    except OSError as error:
        raise unwritable(root, error) from error
    return folder


def check_writable(folder: Folder) -> None:
    """Say at once, before any work, that a case cannot be written; raises `BadInput`."""
    place = folder.root / ".ashiato"
    nearest = place if place.exists() else folder.root
    if not os.access(nearest, os.W_OK | os.X_OK, effective_ids=True):
        raise unwritable(nearest, PermissionError(13, "Permission denied"))


def unwritable(path: Path, error: OSError) -> BadInput:
    """Name the folder that cannot be written, and the way out."""
    reason = error.strerror or str(error)
    remedy = "give yourself write permission, or copy the case to a folder of yours"
    return BadInput(f"cannot be written: {reason}", path=str(path), remedy=remedy)
