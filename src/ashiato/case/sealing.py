"""Seal what is new in evidence/, and only that: an unchanged file is not even opened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ashiato.case.cache import Cache
from ashiato.case.folder import Folder
from ashiato.case.intake import rule_for, source_for
from ashiato.case.settings import Settings
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit
from ashiato.core.progress import Progress
from ashiato.vault import Vault

Clock = Callable[[], datetime]
SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run added to the vault, and the files that could not be sealed, with the reason."""

    new: tuple[Exhibit, ...]
    refused: tuple[BadInput, ...]


def _files(folder: Folder) -> Iterator[Path]:
    if not folder.evidence.is_dir():
        raise BadInput(
            "has no evidence folder", path=str(folder.root), remedy="make evidence/ and add files"
        )
    for path in sorted(folder.evidence.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path


def _stamp(path: Path) -> list[int]:
    stat = path.lstat()
    return [stat.st_size, stat.st_mtime_ns]


def seal_new(
    folder: Folder, vault: Vault, settings: Settings, *, actor: str, progress: Progress
) -> Sealed:
    """Seal every file of evidence/ that is new or changed since it was sealed.

    One file that cannot be sealed does not keep the others out. A changed file becomes a further
    exhibit under the same path; the earlier one stays in the vault.
    """
    cache = Cache(folder.cache)
    known = {(e.path, e.sha256) for e in vault.exhibits()}
    seen = {p: v for p, v in (cache.note(SEEN) or {}).items() if (p, v[1]) in known}
    fresh = [f for f in _files(folder) if seen.get(folder.place(f), [None])[0] != _stamp(f)]
    new: list[Exhibit] = []
    refused: list[BadInput] = []
    total = sum(f.lstat().st_size for f in fresh)
    if fresh:
        progress.start("sealing", total, "B")
    for path in fresh:
        stamp, place = _stamp(path), folder.place(path)
        try:
            exhibit = _seal(path, place, vault, settings, actor)
        except BadInput as error:
            refused.append(error)
            continue
        finally:
            progress.advance(stamp[0])
        if (place, exhibit.sha256) not in known:
            new.append(exhibit)
        seen[place] = [stamp, exhibit.sha256]
    if fresh:
        progress.done()
        cache.keep_note(SEEN, seen)
    return Sealed(tuple(new), tuple(refused))


def _seal(path: Path, place: str, vault: Vault, settings: Settings, actor: str) -> Exhibit:
    rule = rule_for(place, settings)
    return vault.seal(
        path,
        name=place,
        source=source_for(place, rule, settings).id,
        known_from=rule.known_from if rule else None,
        actor=actor,
        reason="found in evidence/",
    )


def known_on(
    exhibits: tuple[Exhibit, ...], settings: Settings, day: datetime | None
) -> tuple[tuple[Exhibit, ...], tuple[Exhibit, ...]]:
    """Split the exhibits into those the investigation held at ``day``, and those received later."""
    if day is None:
        return exhibits, ()
    held = tuple(e for e in exhibits if received(e, settings) <= day)
    return held, tuple(e for e in exhibits if received(e, settings) > day)


def received(exhibit: Exhibit, settings: Settings) -> datetime:
    """Say when the investigation received an exhibit: as stated in case.toml, else as sealed."""
    rule = rule_for(exhibit.path, settings)
    return (rule and rule.known_from) or exhibit.known_from
