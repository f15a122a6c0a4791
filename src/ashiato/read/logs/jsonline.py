"""One line of a log that is JSON."""

import json
from typing import Any


def object_of(line: str) -> dict[str, Any] | None:
    """Read a line as a JSON object; ``None`` where it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
