import re
from importlib.resources import files

import pytest

CSS = files("ashiato.report").joinpath("dossier.css").read_text(encoding="utf-8")
BLOCKS = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
TEXT = ("ink", "soft", "accent", "good", "bad", "warn")


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
def test_every_text_colour_can_be_read_on_every_ground(theme: int) -> None:
    # three-digit colours stand for six
    colours = {
        name: value if len(value) == 6 else "".join(c * 2 for c in value)
        for name, value in re.findall(r"--([a-z-]+): #([0-9a-f]{3,6})", BLOCKS[theme])
    }

    for text in TEXT:
        for ground in ("paper", "panel"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_the_style_sheet_fetches_nothing() -> None:
    assert not re.search(r"url\(|@import|https?:", CSS)


def test_every_printed_sheet_carries_the_label_above_and_below() -> None:
    page = CSS.split("@page {", 1)[1].split("@media", 1)[0]

    assert re.search(r'@top-right \{ content: "TLP:LABEL"', page)
    assert re.search(r'@bottom-right \{ content: "TLP:LABEL"', page)
