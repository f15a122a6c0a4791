"""The screens of a review: the document's words beside the claim that was read from them."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ashiato.case.corrections import EDITABLE, fields_of
from ashiato.case.reviewing import Desk, Item
from ashiato.case.why import place_of
from ashiato.core.claims import Claim, Entity, Review
from ashiato.core.plain import visible
from ashiato.core.time import ALWAYS_POSSIBLE
from ashiato.report.words import span

TWO_PANES = 100
"""Columns from which the words and the claim stand side by side."""
MARKS = ("▶", "◀")
"""Around the quote, which colour alone would not show everywhere."""
STYLES = {
    Review.PROPOSED: "bold yellow",
    Review.ACCEPTED: "bold green",
    Review.REJECTED: "bold red",
    Review.CORRECTED: "bold cyan",
    Review.UNSURE: "bold magenta",
}
KEYS = (
    ("a", "accept", "the words say so"),
    ("r", "reject", "they do not; it weighs nothing then"),
    ("e", "edit", "correct the reading; the machine's version is kept"),
    ("u", "unsure", "it weighs as before, and is marked"),
    ("o", "origin", "say who found it out"),
    ("m", "missed", "add a claim that the machine missed in this document"),
    ("z", "undo", "take the last decision back"),
    ("n", "next", ""),
    ("p", "previous", ""),
    ("?", "help", ""),
    ("q", "quit", "everything decided is kept"),
)


def card(item: Item, desk: Desk, console: Console, *, head: str) -> RenderableType:
    """Set one claim: two panes on a wide screen, one above the other on a narrow one."""
    words, claim = _words(item, desk, console), _claim(item, desk)
    if console.width < TWO_PANES:
        return Group(Rule(head, style="dim"), words, claim)
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    grid.add_row(words, claim)
    return Group(Rule(head, style="dim"), grid)


def _words(item: Item, desk: Desk, console: Console) -> RenderableType:
    marks = MARKS if "utf" in console.encoding.lower() else (">>", "<<")
    parts: list[RenderableType] = []
    for citation in item.now.citations:
        passage = desk.passage(citation)
        text = Text()
        text.append(_flowing(passage.before), style="dim")
        quote = visible(passage.quote).strip("\n")
        text.append(f"{marks[0]}{quote}{marks[1]}", style="bold")
        text.append(_flowing(passage.after), style="dim")
        place = f"{visible(citation.path)}, {place_of(citation)}"
        parts += [text, Text(place, style="italic dim"), Text()]
    return Panel(Group(*parts[:-1]), title="The words", title_align="left", border_style="dim")


def _flowing(text: str) -> str:
    """Keep paragraphs, drop the line ends inside them: the pane breaks lines itself."""
    paragraphs = visible(text).split("\n\n")
    lines = [" ".join(p.split("\n")) for p in paragraphs]
    return "\n\n".join(lines)


def _claim(item: Item, desk: Desk) -> RenderableType:
    parts: list[RenderableType] = [_sentence(item.now, desk)]
    if item.now.proposition != item.claim.proposition:
        parts += [Text("The machine read:", style="dim"), _sentence(item.claim, desk, style="dim")]
    parts += [Text(), _fields(item, desk), *_why(item, desk), *_history(item, desk)]
    title = Text(item.state.value, style=STYLES[item.state])
    return Panel(Group(*parts), title=title, title_align="left", border_style="dim")


def _sentence(claim: Claim, desk: Desk, *, style: str = "") -> Text:
    said = claim.proposition
    text = Text(style=style)
    text.append(_named(said.subject, desk), style="bold")
    text.append(f"  {said.predicate.replace('_', ' ')}  ", style="italic")
    text.append(_named(said.object, desk) if said.object else "", style="bold")
    if said.role:
        text.append(f" as {_shown(said.role, desk)}")
    return text


def _named(entity: Entity | None, desk: Desk) -> str:
    return f"{_shown(entity.text, desk)} ({entity.type})" if entity else "nobody named"


def _shown(text: str, desk: Desk) -> str:
    return " ".join(visible(desk.masked(text)).split())


def _fields(item: Item, desk: Desk) -> Table:
    claim = item.now
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    cues = [cue for cue in claim.cues if not cue.startswith("mt:")]
    was = item.claim
    rows = [
        ("put as", claim.modality + (f"  (“{', '.join(cues)}”)" if cues else "")),
        ("", _was(claim.modality, was.modality)),
        ("polarity", claim.polarity.value),
        ("", _was(claim.polarity, was.polarity)),
        ("basis", claim.basis.replace("_", " ")),
        ("", _was(claim.basis, was.basis)),
        ("speaker", claim.speaker.text),
        ("", _was(claim.speaker.text, was.speaker.text)),
        ("origin", claim.origin.text + _relayed(claim)),
        ("", _was(claim.origin.text, was.origin.text)),
        ("held", span(claim.proposition.valid)),
        ("repaired", ", ".join(cue.removeprefix("mt:") for cue in item.repairs)),
        ("read by", claim.method.partition("+")[0]),
    ]
    loud = {"affirmed", "stated", "observed"}
    for name, value in rows:
        if value and not (name == "held" and claim.proposition.valid == ALWAYS_POSSIBLE):
            marked = name in {"put as", "polarity", "repaired"} and value not in loud
            grid.add_row(name, Text(_shown(value, desk), style="yellow" if marked else ""))
    return grid


def _was(new: str, old: str) -> str:
    return "" if new == old else f"the machine read: {old.replace('_', ' ')}"


def _relayed(claim: Claim) -> str:
    return "" if claim.origin.id == claim.speaker.id else "  (not the speaker)"


def _why(item: Item, desk: Desk) -> Iterator[RenderableType]:
    yield Text("\nWhy it matters", style="dim")
    if not item.uses:
        yield Text("  it bears no answer yet")
    for use in item.uses[:4]:
        moved = f": {_shown(use.fact, desk)}, {use.decibans:+.1f} dB" if use.fact else ""
        yield Padding(Text(f"{use.rung}{moved}"), (0, 0, 0, 2))


def _history(item: Item, desk: Desk) -> Iterator[RenderableType]:
    if item.review.rulings:
        yield Text("\nDecided (the last is in force)", style="dim")
    for ruling in item.review.rulings:
        line = f"{ruling.state} by {_shown(ruling.by, desk)}: {_shown(ruling.reason, desk)}"
        yield Padding(Text(line), (0, 0, 0, 2))


def progress(place: int, items: Sequence[Item]) -> str:
    """Say how far a review is, as in ``12 of 80, 9 accepted``."""
    counts = [(s, sum(i.state is s for i in items)) for s in Review if s is not Review.PROPOSED]
    told = "".join(f", {count} {state}" for state, count in counts if count)
    return f"{place + 1} of {len(items)}{told}"


def key_line() -> Text:
    """Name the keys in one line."""
    text = Text()
    for key, word, _ in KEYS:
        text.append(key, style="bold reverse")
        text.append(f" {word}  ")
    text.rstrip()
    return text


def help_text() -> Table:
    """Explain the keys."""
    grid = Table.grid(padding=(0, 2))
    for key, word, meaning in KEYS:
        grid.add_row(Text(key, style="bold"), word, Text(meaning, style="dim"))
    return grid


def choices(claim: Claim, changed: dict[str, str], desk: Desk) -> Table:
    """List the fields of a claim by number with their values, changed ones marked."""
    now = fields_of(claim)
    grid = Table.grid(padding=(0, 2))
    for number, name in enumerate(EDITABLE, 1):
        value = changed.get(name, now[name])
        mark = "← changed" if name in changed else ""
        shown = Text(_shown(value, desk) or "-", overflow="ellipsis", no_wrap=True)
        grid.add_row(Text(str(number), style="bold"), name, shown, Text(mark, style="cyan"))
    return grid


def table(items: Sequence[Item], desk: Desk) -> Iterator[str]:
    """List claims, one a line, for `--list`."""
    for item in items:
        said = " ".join(_sentence(item.now, desk).plain.split())
        rungs = ",".join(sorted({use.rung for use in item.uses})) or "-"
        by = item.review.rulings[-1].by if item.review.rulings else ""
        line = f"{item.claim.id}  {item.state:<9} {item.weight:>5.1f} dB  {rungs:<14} {said}"
        yield f"{line}  [{_shown(by, desk)}]" if by else line
    yield f"{len(items)} claims"
