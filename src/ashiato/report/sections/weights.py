"""What each fact moves, and who speaks on it."""

from ashiato.core.weighing import CriticalQuestion, FactWeight, RungVerdict
from ashiato.report.charts import weight_bar
from ashiato.report.frame import Row, empty, label, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.sections.ladder import question_of
from ashiato.report.sections.rivals import weighed_rungs
from ashiato.report.words import counted, percent, phrase, signed


def weights(links: Links) -> Html:
    """Set the facts of each weighed rung, the heaviest first."""
    rungs = [rung for rung in weighed_rungs(links) if rung.facts]
    return tag("div", [_rung(links, rung) for rung in rungs]) if rungs else empty("weights")


def _by_weight(rung: RungVerdict) -> list[FactWeight]:
    return sorted(rung.facts, key=lambda f: (-abs(f.decibans), f.id))


def _rung(links: Links, rung: RungVerdict) -> Html:
    facts = _by_weight(rung)
    most = max(abs(f.decibans) for f in facts)
    heads = ["Fact", "Moves", "Against | for", "Probability", "Origins", "Who speaks"]
    return tag(
        "div",
        tag("h3", question_of(rung)),
        table(
            f"Facts and their weight, {rung.rung.value}",
            heads,
            [Row(_fact(links, f, most)) for f in facts],
            numeric={1, 3},
            class_="weights",
        ),
        _questions(facts),
        _likelihoods(rung, facts),
        class_="block",
    )


def _fact(links: Links, f: FactWeight, most: float) -> tuple[Child, ...]:
    about = ", ".join(part for part in (f.aspect, "required" if f.required else "") if part)
    refs = references(links, claims=f.claims, most=8)
    bare = f.items and not refs
    head = tag("span", f.label) if bare else fact("span", f.label, refs=refs)
    items = [tag("li", item) for item in f.items]
    return (
        tag("span", head, tag("span", about, class_="aspect") if about else None),
        signed(f.decibans, "dB"),
        weight_bar(f.decibans, most),
        percent(f.p),
        _origins(links, f),
        tag("ul", *items, class_="plain") if items else counted(len(f.claims), "claim"),
    )


def _origins(links: Links, f: FactWeight) -> str:
    """Name who says so, with letter and computed digit, as in ``Harbour Police (B2)``."""
    grades = {c.origin: f" ({c.letter}{c.digit})" for c in f.credibility}
    return ", ".join(f"{links.name(o)}{grades.get(o, '')}" for o in f.origins) or "none"


def _questions(facts: list[FactWeight]) -> Html | None:
    """Set what would undercut each fact; what was answered comes first."""
    rows = [
        Row((f.label, q.text, _answer(q), q.because), class_=f"answer-{q.answer}")
        for f in facts
        for q in sorted(f.questions, key=lambda q: (q.answer == "open", q.id))
    ]
    if not rows:
        return None
    heads = ["Fact", "Critical question", "Answer", "Why"]
    body = table("What would undercut a fact", heads, rows, class_="questions")
    summary = tag("summary", f"Critical questions: {_counted(facts)}")
    return tag("details", summary, body, note(phrase("weights", "questions")))


def _answer(question: CriticalQuestion) -> Child:
    said = {"yes": "yes: the fact moves nothing", "no": "no"}
    return said.get(question.answer, label("open", "possible"))


def _counted(facts: list[FactWeight]) -> str:
    answers = [q.answer for f in facts for q in f.questions]
    return f"{answers.count('open')} open, {len(answers) - answers.count('open')} answered"


_FLAT = 1.0
"""Decibans below which a fact separates no answers worth speaking of."""
_MARKS = ((0.08, "II"), (0.25, "I"))
"""Marks of an analysis of competing hypotheses: under 8 % very inconsistent, under 25 % so."""


def _mark(p: float) -> str:
    return next((mark for bound, mark in _MARKS if p < bound), "")


def _cell(p: float) -> Child:
    return [percent(p), tag("span", f" {_mark(p)}", class_="mark")] if _mark(p) else percent(p)


def _likelihoods(rung: RungVerdict, facts: list[FactWeight]) -> Html | None:
    """Set the matrix of competing hypotheses from the same tables, the least contradicted first."""
    hypotheses = sorted(rung.hypotheses, key=lambda h: (round(h.against, 6), -h.p, h.id))
    facts = sorted(facts, key=lambda f: (-f.diagnostic, f.id))
    rows = [
        Row(
            (
                f.label,
                *(_cell(f.likelihoods[h.id]) if h.id in f.likelihoods else "" for h in hypotheses),
            ),
            class_="flat" if f.diagnostic < _FLAT else None,
        )
        for f in facts
    ]
    against = (f"{h.against:.1f} dB" for h in hypotheses)
    rows.append(Row((phrase("weights", "against"), *against), class_="total"))
    columns = range(1, len(hypotheses) + 1)
    matrix = table(
        f"Probability of each fact if the hypothesis were true, {rung.rung.value}",
        ["Fact", *(h.label for h in hypotheses)],
        rows,
        numeric=columns,
        class_="likelihoods",
    )
    return tag("div", matrix, note(phrase("weights", "matrix")))
