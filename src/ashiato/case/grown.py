"""Logs that grew: what a further delivery begins with was read before, and is not parsed again.

A log that begins with the very bytes of an earlier one, and of which the case says the same, takes
over that one's finished stretches; each row then cites the exhibit in which it now stands.
"""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from ashiato.case.cache import Cache, step_key
from ashiato.core.sources import Intake
from ashiato.engine.lake import LakeWriter, finished_stretches
from ashiato.read.logs import decoded_head, same_stretches
from ashiato.vault import Vault

_HEAD = 64 * 1024


def lake_folder(cache: Cache, key: str) -> Path:
    """Where the rows of one reading lie."""
    return cache.root / "lake" / key


def take_over(writer: LakeWriter, intake: Intake, vault: Vault, cache: Cache) -> None:
    """Give a writer that has nothing yet the stretches that this log shares with an earlier one."""
    noted = cache.note(_name(intake, vault))
    if writer.finished or not noted or noted["exhibit"] == intake.exhibit:
        return
    root, exhibit = lake_folder(cache, noted["key"]), noted["exhibit"]
    with vault.open_object(intake.exhibit) as stream:
        count = same_stretches(stream, finished_stretches(root, exhibit))
    writer.take_from(root, exhibit, count)


def note_stretches(key: str, intake: Intake, vault: Vault, cache: Cache) -> None:
    """Note under what this log begins with how far it was read, unless a longer one is noted."""
    mine = len(finished_stretches(lake_folder(cache, key), intake.exhibit))
    name = _name(intake, vault) if mine else ""
    noted = cache.note(name) if mine else None
    if not mine or (
        noted and len(finished_stretches(lake_folder(cache, noted["key"]), noted["exhibit"])) > mine
    ):
        return
    cache.keep_note(name, {"key": key, "exhibit": intake.exhibit})


def _name(intake: Intake, vault: Vault) -> str:
    with vault.open_object(intake.exhibit) as stream:
        head = sha256(decoded_head(stream.read(_HEAD))).hexdigest()
    told = replace(intake, exhibit="", path="")
    return "grown/" + step_key("grown", ("read", "engine", "case"), told, head)
