import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from ashiato.core.assessed import AssessedCase
from ashiato.core.tenancy import Tenancy
from ashiato.core.weighing import Rung
from ashiato.report.links import MOST_TENANCIES, anchor
from ashiato.report.page import page, tlp_label
from ashiato.report.veil import veiled

VOID = {"meta", "br", "hr", "img", "link"}
BLOCKS = {
    "p",
    "li",
    "td",
    "th",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "figcaption",
    "caption",
    "title",
}
PAYLOAD = "<script>alert(1)</script>"
LIKELIHOOD = r"\b(almost no chance|unlikely|likely|even chance|almost certain)\b"


@dataclass
class Element:
    tag: str
    attrs: dict[str, str | None]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> list["Element"]:
        below = [e for c in self.children if isinstance(c, Element) for e in c.walk()]
        return [self, *below]

    def text(self, *, without: frozenset[str] = frozenset()) -> str:
        parts = [
            c if isinstance(c, str) else "" if c.tag in without else c.text(without=without)
            for c in self.children
        ]
        return "".join(parts)

    def has_class(self, name: str) -> bool:
        return name in (self.attrs.get("class") or "").split()


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("root", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), self.at)
        assert len(element.attrs) == len(attrs), f"an attribute stands twice in {tag}"
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.at.tag, f"{tag} closes {self.at.tag}"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def read(case: AssessedCase) -> Element:
    reader = Reader()
    reader.feed(page(veiled(case)).decode())
    reader.close()
    assert reader.at is reader.root
    return reader.root


def anchors(root: Element) -> set[str]:
    return {i for e in root.walk() if (i := e.attrs.get("id"))}


@pytest.fixture
def elements(case: AssessedCase) -> list[Element]:
    return read(case).walk()


def test_every_statement_of_fact_leads_to_an_anchor(case: AssessedCase) -> None:
    root = read(case)
    known = anchors(root)
    facts = [e for e in root.walk() if e.has_class("fact")]

    assert len(facts) > 60
    for element in facts:
        links = [e.attrs.get("href") or "" for e in element.walk() if e.tag == "a"]
        assert links, element.text()
        assert {link.removeprefix("#") for link in links} <= known


def test_every_link_stays_in_the_page(case: AssessedCase) -> None:
    root = read(case)
    known = anchors(root)
    links = [e.attrs["href"] or "" for e in root.walk() if "href" in e.attrs]

    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= known


def test_no_id_stands_twice(elements: list[Element]) -> None:
    ids = [i for e in elements if (i := e.attrs.get("id"))]

    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_run_or_styled_in_place(elements: list[Element]) -> None:
    for element in elements:
        assert element.tag not in {"script", "iframe", "object", "embed", "link", "form"}
        assert not {"src", "style", "srcset", "action"} & element.attrs.keys()
        assert not [name for name in element.attrs if name.startswith("on")]


def test_the_policy_admits_exactly_the_style_sheet_of_the_page(elements: list[Element]) -> None:
    policy = next(e for e in elements if e.attrs.get("http-equiv") == "Content-Security-Policy")
    styles = [e.text() for e in elements if e.tag == "style"]
    digest = base64.b64encode(sha256(styles[0].encode()).digest()).decode()
    content = policy.attrs["content"] or ""

    assert len(styles) == 1
    assert re.findall(r"'sha256-([^']+)'", content) == [digest]
    for rule in (
        "default-src 'none'",
        "script-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ):
        assert rule in content
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]


def test_the_page_has_one_heading_landmarks_and_named_tables(elements: list[Element]) -> None:
    tags = [e.tag for e in elements]
    html = next(e for e in elements if e.tag == "html")

    assert html.attrs["lang"] == "en"
    assert [tags.count(tag) for tag in ("h1", "main", "nav", "title")] == [1, 1, 1, 1]
    for element in elements:
        if element.tag == "table":
            assert element.walk()[1].tag == "caption"
        if element.tag == "th":
            assert element.attrs.get("scope") in {"row", "col"}
        if element.tag == "svg":
            assert element.attrs.get("aria-label") or element.attrs.get("aria-hidden")


def test_headings_never_skip_a_level(elements: list[Element]) -> None:
    levels = [int(e.tag[1]) for e in elements if re.fullmatch(r"h[1-6]", e.tag)]

    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_sentence_holds_likelihood_and_confidence(elements: list[Element]) -> None:
    texts = [e.text(without=frozenset({"q"})).lower() for e in elements if e.tag in BLOCKS]
    sentences = [s for text in texts for s in re.split(r"[.;?]\s|[.;?]$", text)]

    assert any("confidence is low" in s for s in sentences)
    assert any(re.search(LIKELIHOOD, s) for s in sentences)
    assert not [s for s in sentences if "confidence" in s and re.search(LIKELIHOOD, s)]


def test_nobody_is_called_guilty(case: AssessedCase) -> None:
    text = read(case).text()

    assert "Nobody named here has been found guilty" in text
    assert len(re.findall(r"guilt|convict|culprit|perpetrator", text)) == 1
    assert "A. Brandt (suspected)" in text


def test_a_disposition_stands_beside_each_accusation_and_the_name(elements: list[Element]) -> None:
    beside = [e for e in elements if e.has_class("disposition")]
    places = {e.parent.parent.tag for e in beside if e.parent and e.parent.parent}

    assert all("not indicted: insufficient evidence" in e.text() for e in beside)
    assert {"li", "article"} <= places


def test_the_single_origin_and_the_weakest_rung_are_said_in_words(elements: list[Element]) -> None:
    (weakest,) = [e for e in elements if e.has_class("weakest")]

    assert "Unit 90210" in weakest.text()
    assert "weakest rung" in weakest.text()
    assert "1\u00a0origin !" in weakest.text()


def test_what_remains_is_said_of_whom_it_was_computed_for(case: AssessedCase) -> None:
    verdict = case.verdicts[0]
    nobody = replace(verdict.hypotheses[3], p=0.9)
    rung = replace(verdict.ladder[4], hypotheses=(*verdict.hypotheses[:3], nobody))
    turned = replace(verdict, hypotheses=rung.hypotheses, ladder=(rung,))
    text = read(replace(case, verdicts=(turned,))).text().replace("\u00a0", " ")

    assert "Without Harbour Police, 39 % would remain for Kestrel" in text
    assert "What remains of “Kestrel” (72 %) without each origin" in text


def test_a_source_that_nobody_graded_says_so(elements: list[Element]) -> None:
    rows = [e.text() for e in elements if e.tag == "tr"]

    assert [row for row in rows if row.startswith("Harbour Times") and "nobody graded it" in row]


def test_japanese_words_are_marked_as_japanese(elements: list[Element]) -> None:
    assert [e.text() for e in elements if e.tag == "q" and e.attrs.get("lang") == "ja"]


def poisoned(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any value of the house
    """Put a script into every text of a case."""
    if isinstance(value, StrEnum) or name in {"kind", "encoding", "codec"}:
        return value
    if isinstance(value, str):
        return value + PAYLOAD
    if isinstance(value, tuple):
        return tuple(poisoned(item, name) for item in value)
    if isinstance(value, dict):
        return {key + PAYLOAD: poisoned(item, name) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: poisoned(getattr(value, f.name), f.name) for f in fields(value)}
        )
    return value


def test_evidence_is_text_in_every_field(case: AssessedCase) -> None:
    bad = poisoned(case)
    root = read(bad)

    assert bad.claims[0].citations[0].quote.endswith(PAYLOAD)
    assert b"<script" not in page(veiled(bad))
    assert root.text().count(PAYLOAD) > 300
    assert {link[1:] for e in root.walk() if (link := e.attrs.get("href"))} <= anchors(root)


def test_a_label_in_the_style_sheet_cannot_carry_css() -> None:
    assert tlp_label('amber+strict"; } body { x: "') == "TLP:AMBER+STRICT  BODY  X"


def test_an_empty_case_has_a_page_that_says_so(empty_case: AssessedCase) -> None:
    text = read(empty_case).text()

    assert "The case asks no question yet" in text
    assert "No claims were read." in text
    assert "TLP:CLEAR" in text


def test_a_rung_without_evidence_is_marked_as_unsupported(case: AssessedCase) -> None:
    verdict = case.verdicts[0]
    rung = replace(verdict.ladder[0], claims=(), tenancies=())
    root = read(replace(case, verdicts=(replace(verdict, ladder=(rung,)),)))

    assert [e for e in root.walk() if e.has_class("unsupported") and "203.0.113.7" in e.text()]


def test_a_claim_of_an_exhibit_that_is_not_listed_leads_to_the_table(case: AssessedCase) -> None:
    root = read(replace(case, exhibits=()))
    links = {e.attrs.get("href") for e in root.walk() if e.has_class("ref")}

    assert "#exhibits" in links
    assert {str(link)[1:] for link in links} <= anchors(root)


def test_many_tenancies_are_cut_and_the_file_is_named(
    case: AssessedCase, many_tenancies: Callable[[int], tuple[Tenancy, ...]]
) -> None:
    tenancies = (*case.tracing.tenancies, *many_tenancies(120))
    root = read(replace(case, tracing=replace(case.tracing, tenancies=tenancies)))
    rows = [e for e in root.walk() if (e.attrs.get("id") or "").startswith("tenancy-")]

    assert len(rows) == MOST_TENANCIES
    assert anchor("tenancy", case.tracing.tenancies[0].id) in anchors(
        root
    )  # the verdict's comes first
    assert f"{len(tenancies) - MOST_TENANCIES}\u00a0more tenancies" in root.text()


def test_two_questions_share_one_ladder_and_no_id(case: AssessedCase) -> None:
    verdict = case.verdicts[0]
    second = replace(verdict, question="Who directed it?", rung=Rung.SPONSOR)
    third = replace(verdict, question="And which person?", ladder=verdict.ladder[:4])
    root = read(replace(case, verdicts=(verdict, second, third)))
    ids = [i for e in root.walk() if (i := e.attrs.get("id"))]

    assert len(ids) == len(set(ids))
    assert len([e for e in root.walk() if e.tag == "ol" and e.has_class("ladder")]) == 2
    assert len([e for e in root.walk() if e.has_class("answer")]) == 3


def test_the_label_stands_at_head_and_foot_in_capitals(case: AssessedCase) -> None:
    root = read(replace(case, tlp="TLP:AMBER+STRICT"))
    labels = [e for e in root.walk() if e.has_class("tlp")]

    assert {e.text() for e in labels} == {"TLP:AMBER+STRICT"}
    assert all(e.has_class("tlp-amber-strict") for e in labels)
