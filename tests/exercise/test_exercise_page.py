"""The score's page: complete in itself, readable, and under a policy that admits nothing else."""

import base64
import re
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from ashiato.exercise import (
    Maker,
    Score,
    grade,
    naive_dossier,
    new_exercise,
    read_truth,
    render_page,
    truth_path,
    write_page,
)
from ashiato.exercise.scoring.found import Found
from ashiato.exercise.scoring.markup import Html, tag

CSS = files("ashiato.exercise.scoring").joinpath("page.css").read_text("utf-8")
VOID = {"meta"}


class Reader(HTMLParser):
    """Reads the page strictly: every element closed by its own name."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    made = new_exercise(tmp_path_factory.mktemp("paged") / "case", seed=6, level=1, log_lines=5_000)
    naive = grade(naive_dossier(made), read_truth(truth_path(made)), solver="naive")
    return [replace(naive, solver="ours <b>"), naive]


@pytest.fixture(scope="module")
def many(scores: list[Score]) -> list[Score]:
    kinds = [("1", "none"), ("1", "no_payments"), ("2", "none")]
    return [
        replace(
            score,
            seed=seed,
            level=level,
            ablation=ablation,
            victims=replace(score.victims, counted=Found.of(seed, 1, 1)),
        )
        for level, ablation in kinds
        for seed in range(3)
        for score in scores
    ]


@pytest.fixture(params=["one", "many"])
def page(request: pytest.FixtureRequest, scores: list[Score], many: list[Score]) -> Reader:
    return read(render_page(scores if request.param == "one" else many))


def test_nothing_is_fetched_run_or_styled_in_place(page: Reader) -> None:
    for name, attrs in page.elements:
        assert name not in {"script", "iframe", "object", "embed", "link", "form", "img", "a"}
        assert not {"src", "href", "style", "srcset", "action"} & attrs.keys()
        assert not [key for key in attrs if key.startswith("on")]


def test_no_address_of_the_outside_is_in_it(many: list[Score]) -> None:
    assert not re.search(r"https?:|//\w|url\(|@import", render_page(many))


def test_the_policy_admits_exactly_the_style_sheet_of_the_page(page: Reader) -> None:
    policy = next(
        a["content"] or "" for _, a in page.elements if "content-security-policy" in _equiv(a)
    )
    digest = base64.b64encode(sha256(page.text["style"].encode()).digest()).decode()

    assert [name for name, _ in page.elements].count("style") == 1
    assert re.findall(r"'sha256-([^']+)'", policy) == [digest]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy


def _equiv(attrs: dict[str, str | None]) -> str:
    return (attrs.get("http-equiv") or "").lower()


def test_headings_never_skip_a_level_and_every_drawing_has_words(page: Reader) -> None:
    names = [name for name, _ in page.elements]
    levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]

    assert names.count("h1") == names.count("main") == names.count("title") == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(a.get("aria-label") for name, a in page.elements if name == "svg")
    assert all(a.get("scope") for name, a in page.elements if name == "th")


def test_names_of_solvers_are_text_and_never_markup(scores: list[Score]) -> None:
    assert "ours &lt;b&gt;" in render_page(scores)
    assert "ours <b>" not in render_page(scores)


def test_the_same_scores_give_the_same_page(many: list[Score], tmp_path: Path) -> None:
    maker = Maker("make it", "0.1", "2 cores")
    write_page(many, tmp_path / "a.html", maker=maker)
    write_page(many, tmp_path / "b.html", maker=maker)

    page = (tmp_path / "a.html").read_bytes()
    assert page == (tmp_path / "b.html").read_bytes()
    assert b"<code>make it</code>" in page


def test_many_exercises_show_whiskers_ablations_and_a_table_for_each_level(
    many: list[Score],
) -> None:
    page = read(render_page(many))

    assert any(a.get("class") == "whisker" for _, a in page.elements)
    assert "Ablations" in page.text["h2"]
    assert [name for name, _ in page.elements].count("table") == 3


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_can_be_read_on_every_ground(theme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z]+): #([0-9a-f]{6})", block))

    for text in ("ink", "soft", "bad"):
        for ground in ("paper", "panel"):
            dark, light = sorted((luminance(colours[text]), luminance(colours[ground])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_markup_escapes_all_that_is_not_markup() -> None:
    assert tag("p", "a < b", tag("b", "c"), title='"') == ('<p title="&quot;">a &lt; b<b>c</b></p>')
    assert tag("p", Html("<i>"), class_="x", id=None) == '<p class="x"><i></p>'
