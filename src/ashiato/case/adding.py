"""`ashiato add`: copy files into evidence/, say what is known of them, seal them."""

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from glob import escape
from pathlib import Path

from ashiato.case.folder import Folder, check_writable, unwritable
from ashiato.case.run import open_vault
from ashiato.case.sealing import Sealed, seal_new
from ashiato.case.settings import read_settings
from ashiato.core.errors import BadInput
from ashiato.core.progress import Progress

Clock = Callable[[], datetime]


def add(
    folder: Folder,
    files: tuple[Path, ...],
    *,
    into: str = "",
    described: Mapping[str, object],
    clock: Clock,
    progress: Progress,
) -> Sealed:
    """Copy ``files`` into evidence/``into``, append what is ``described`` to case.toml, seal.

    ``described`` holds keys of an ``[[evidence]]`` rule. A source that case.toml does not know is
    declared there, ungraded.

    Raises:
        BadInput: a file is missing, its name is taken by other bytes, or a description is wrong.

    """
    check_writable(folder)
    target = (folder.evidence / into).resolve()
    if not target.is_relative_to(folder.evidence.resolve()):
        raise BadInput("leads out of evidence/", path=into, remedy="name a folder inside it")
    for file in files:
        _check(file, target / file.name)
    told = {key: value for key, value in described.items() if value is not None}
    if told:
        _describe(folder, files, into, told)
    for file in files:
        _copy(file, target / file.name)
    with open_vault(folder, clock) as vault:
        settings = folder.settings()
        return seal_new(folder, vault, settings, actor="ashiato add", progress=progress)


def _check(file: Path, target: Path) -> None:
    if not file.is_file():
        raise BadInput("is no file", path=str(file), remedy="name a file; folders go file by file")
    if target.exists() and target.read_bytes() != file.read_bytes():
        remedy = "use --into FOLDER: nothing in evidence/ is overwritten"
        raise BadInput("another file of that name is there", path=str(target), remedy=remedy)


def _copy(file: Path, target: Path) -> None:
    if target.exists():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name}.half")
        shutil.copy2(file, half)
        half.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error


def _describe(
    folder: Folder, files: tuple[Path, ...], into: str, told: Mapping[str, object]
) -> None:
    """Put the new rules before the others, since the first rule that matches a file counts."""
    before = folder.toml.read_text("utf-8")
    settings = read_settings(folder.toml)
    blocks = []
    source = told.get("source")
    if source and source not in {s.id for s in settings.sources}:
        blocks.append(_table("sources", {"id": source, "name": source}))
    prefix = f"evidence/{into.strip('/')}/" if into.strip("/") else "evidence/"
    blocks += [_table("evidence", {"files": prefix + escape(f.name), **told}) for f in files]
    added = "\n".join(blocks)
    place = before.find("\n[[evidence]]")
    text = f"{before}\n{added}" if place < 0 else f"{before[:place]}\n{added}{before[place:]}"
    trial = folder.toml.with_name(".case.toml.half")
    try:
        trial.write_text(text, "utf-8")
        read_settings(trial)
        trial.replace(folder.toml)
    except OSError as error:
        raise unwritable(folder.toml, error) from error
    finally:
        trial.unlink(missing_ok=True)


def _table(name: str, values: Mapping[str, object]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return f"[[{name}]]\n" + "\n".join(lines) + "\n"
