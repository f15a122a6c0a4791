"""Characters that nobody sees: zero-width, direction overrides, controls, terminal escapes.

They stay in the source and in quotes; the reader sees through them, and says that they are there.
"""

import re

INVISIBLE = re.compile(
    "\x1b\\[[0-?]{0,20}[ -/]{0,4}[@-~]"
    "|[\x00-\x08\x0e-\x1f\x7f\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def invisible_spans(text: str) -> list[tuple[int, int]]:
    """Find them; a byte order mark at the very beginning is none."""
    found = (match.span() for match in INVISIBLE.finditer(text))
    return [span for span in found if not (span == (0, 1) and text[0] == "\ufeff")]
