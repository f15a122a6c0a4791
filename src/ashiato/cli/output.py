"""Print an answer as text or JSON, and an error as one line with its remedy."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from ashiato.core.canonical import to_plain
from ashiato.core.errors import AshiatoError, BadInput

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(to_plain(value), ensure_ascii=False, indent=2, sort_keys=False))  # noqa: T201


def print_lines(rows: Any) -> None:  # noqa: ANN401 - any iterable of plain values
    """Print one JSON document a line."""
    for row in rows:
        sys.stdout.write(json.dumps(to_plain(row), ensure_ascii=False) + "\n")


def print_text(text: str) -> None:
    """Print text, ending in one line feed; what a terminal would hide or obey is shown as code.

    A quote from evidence must not move the cursor or turn a line round.
    """
    plain = text.replace("\r\n", "\n")
    shown = _UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", plain)
    sys.stdout.write(shown.rstrip("\n") + "\n")


def shown(path: Path) -> str:
    """Write a path from where the user stands, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def print_error(error: AshiatoError, *, as_json: bool) -> None:
    """Print an error on standard error: one line, or a JSON document."""
    if not as_json:
        print(f"ashiato: {error}", file=sys.stderr)  # noqa: T201
        return
    body: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, BadInput):
        body |= {"path": error.path, "place": error.place, "remedy": error.remedy}
    print(json.dumps(body, ensure_ascii=False), file=sys.stderr)  # noqa: T201
