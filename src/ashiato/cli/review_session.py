"""One sitting of a reviewer: a claim, a key, the next claim. Each decision is kept at once.

On a terminal a single key decides; elsewhere each line holds one letter, or the answer to a
prompt, so that a script can drive it. The end of the input ends the sitting.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import TextIOWrapper
from typing import Any

from rich.console import Console
from rich.text import Text

from ashiato.case.corrections import CHOICES, EDITABLE, fields_of, predicates
from ashiato.case.review_sheet import CLEARED
from ashiato.case.reviewing import ACCEPTING, Desk, Filters, Item, Wish
from ashiato.cli.review_screen import card, choices, help_text, key_line, progress
from ashiato.core.claims import Review
from ashiato.core.errors import BadInput
from ashiato.core.plain import visible
from ashiato.knowledge import load

ESCAPE, END = "\x1b", "\x04"
ARROWS = {f"{ESCAPE}[A": "p", f"{ESCAPE}[B": "n", f"{ESCAPE}[C": "n", f"{ESCAPE}[D": "p"}
"""What a terminal sends for the arrow keys, as keys of ours; other such sequences do nothing."""


class Ended(Exception):
    """Nobody answers any more: the input came to its end."""


@cache
def pack() -> dict[str, Any]:
    """Give the reasons to choose from, and what each field asks."""
    return load("review")


@dataclass
class Sitting:
    """Where the reviewer is: the order is fixed at the beginning, the states are read anew."""

    desk: Desk
    actor: str
    order: list[str]
    console: Console
    place: int = 0
    done: list[str] = field(default_factory=list)

    def items(self) -> list[Item]:
        """Give the claims of this sitting as they stand now."""
        return [self.desk.item(claim) for claim in self.order]

    def here(self) -> Item:
        """Give the claim in view."""
        return self.desk.item(self.order[self.place])

    def say(self, text: str, style: str = "") -> None:
        """Print a line."""
        self.console.print(Text(text, style=style))

    def ask(self, prompt: str) -> str:
        """Ask for a line; raises `Ended`."""
        self.console.print(Text(prompt, style="bold"), end=" ")
        line = sys.stdin.readline()
        if not line:
            raise Ended
        if not sys.stdin.isatty():
            self.say(visible(line.rstrip("\r\n")), "dim")  # a terminal shows what is typed
        return line.rstrip("\r\n")

    def decide(self, state: str, reason: str, **fields: str) -> bool:
        """Keep a decision on the claim in view and go on; say why where it cannot be."""
        item = self.here()
        wish = Wish(item.claim.id, state, reason, fields)
        try:
            logged = self.desk.decide([wish], actor=self.actor)
        except BadInput as error:
            self.say(f"! {error}", "red")
            return False
        if logged:
            self.done.append(item.claim.id)
        self.move(1)
        return True

    def move(self, by: int) -> None:
        """Go to a neighbour; at either end stay."""
        to = self.place + by
        if not 0 <= to < len(self.order):
            self.say("That was the last claim." if by > 0 else "This is the first claim.", "dim")
        self.place = min(max(to, 0), len(self.order) - 1)


def session(desk: Desk, filters: Filters, actor: str) -> None:
    """Show claim after claim and take decisions until the reviewer leaves."""
    console = Console(highlight=False, soft_wrap=False)
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="backslashreplace")
    items = desk.items(filters)
    if not items:
        console.print("No claim waits here; --all shows every claim.")
        return
    waiting = (n for n, item in enumerate(items) if item.state is Review.PROPOSED)
    sitting = Sitting(desk, actor, [item.claim.id for item in items], console)
    sitting.place = next(waiting, 0)
    try:
        _sit(sitting)
    except Ended:
        sitting.say("")
    told = progress(sitting.place, sitting.items()).partition(", ")[2] or "nothing decided"
    sitting.say(f"{told}. Everything decided is kept; `ashiato run` weighs it.")


def _sit(sitting: Sitting) -> None:
    shown = ""
    while True:
        item = sitting.here()
        state = f"{item.claim.id}{len(item.review.rulings)}{item.now.id}{item.state}"
        if state != shown:
            head = progress(sitting.place, sitting.items())
            sitting.console.print(card(item, sitting.desk, sitting.console, head=head))
            sitting.console.print(key_line())
            shown = state
        key = _key(sitting)
        if key == "q":
            return
        act = ACTS.get(key)
        if act is None:
            if key:
                sitting.say(f"! {visible(key)} is no key; ? explains them", "red")
            continue
        act(sitting)
        shown = "" if key == "?" else shown


def _key(sitting: Sitting) -> str:
    """Read a key: at once on a terminal that can, else the letter on a line."""
    if not sys.stdin.isatty():
        return sitting.ask(">").strip()
    try:
        import termios
        import tty
    except ImportError:
        return sitting.ask(">").strip()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        typed = os.read(terminal, 64).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if typed in {"", END}:
        raise Ended
    return ARROWS.get(typed, "") if typed.startswith(ESCAPE) else typed[0].strip()


def _accept(sitting: Sitting) -> None:
    sitting.decide("accepted", ACCEPTING)


def _reject(sitting: Sitting) -> None:
    if reason := _reason(sitting, "rejected"):
        sitting.decide("rejected", reason)


def _unsure(sitting: Sitting) -> None:
    if reason := _reason(sitting, "unsure"):
        sitting.decide("unsure", reason)


def _reason(sitting: Sitting, state: str) -> str:
    """Ask why: a number, or words of one's own; an empty line lets it be."""
    offered: Sequence[str] = pack()["reasons"][state]
    for number, text in enumerate(offered, 1):
        sitting.say(f"  {number}  {text}")
    answer = sitting.ask(f"why {state}? a number or your own words (empty: let it be):").strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(offered):
        return offered[int(answer) - 1]
    if answer.isdecimal():
        sitting.say(f"! there is no reason {answer}", "red")
        return ""
    return answer


def _edit(sitting: Sitting) -> None:
    item = sitting.here()
    changed = _changes(sitting, item)
    if not changed:
        sitting.say("Nothing was changed.", "dim")
        return
    if reason := _reason(sitting, "corrected"):
        sitting.decide("corrected", reason, **changed)


def _changes(sitting: Sitting, item: Item) -> dict[str, str]:
    """Ask which fields are wrong until none is, each checked when it is given."""
    changed: dict[str, str] = {}
    while True:
        sitting.console.print(choices(item.now, changed, sitting.desk))
        name = _field(sitting)
        if not name:
            try:
                sitting.desk.check(item, changed)
            except BadInput as error:
                sitting.say(f"! {error}", "red")
                if sitting.ask("mend it (Enter) or let it be (x)?").strip() == "x":
                    return {}
                continue
            return changed
        value = _value(sitting, item, name, changed)
        if value is not None:
            changed[name] = value


def _field(sitting: Sitting) -> str:
    while True:
        answer = sitting.ask("change which field? its number or name (empty: done):").strip()
        if not answer or answer in EDITABLE:
            return answer
        if answer.isdecimal() and 1 <= int(answer) <= len(EDITABLE):
            return EDITABLE[int(answer) - 1]
        sitting.say(f"! no field {visible(answer)}", "red")


def _value(sitting: Sitting, item: Item, name: str, changed: dict[str, str]) -> str | None:
    """Ask for one field until it can stand by itself; what others make of it is checked last."""
    known = tuple(predicates()) if name == "predicate" else CHOICES.get(name, ())
    sitting.say(f"  {name}: {pack()['fields'][name]}", "dim")
    if known:
        numbered = (f"{number} {word}" for number, word in enumerate(known, 1))
        sitting.say(f"  {', '.join(numbered)}", "dim")
    while True:
        answer = sitting.ask(f"{name} (empty: as it is, {CLEARED}: none):")
        if not answer.strip():
            return None
        value = _chosen(answer, known)
        try:
            sitting.desk.check(item, {**changed, name: value})
        except BadInput as error:
            if error.place == name:
                sitting.say(f"! {error}", "red")
                continue
        return value


def _chosen(answer: str, known: Sequence[str]) -> str:
    """Read an answer: a number of the list, the sign for none, or the words themselves."""
    bare = answer.strip()
    if known and bare.isdecimal() and 1 <= int(bare) <= len(known):
        return known[int(bare) - 1]
    return "" if bare == CLEARED else answer


def _origin(sitting: Sitting) -> None:
    item = sitting.here()
    sitting.say(f"  origin: {visible(item.now.origin.text)}", "dim")
    name = sitting.ask("who found it out? (empty: as it is):").strip()
    if name and (reason := _reason(sitting, "origin")):
        sitting.decide("origin", reason, origin=name)


MISSED = (
    "quote", "predicate", "subject", "subject_type", "object", "object_type", "modality",
    "polarity", "basis", "speaker", "origin",
)  # fmt: skip
"""What is asked of a claim that the machine missed."""


def _missed(sitting: Sitting) -> None:
    """Ask for a further claim of the same document; speaker and origin default to this one's."""
    now = fields_of(sitting.here().now)
    told = {name: now[name] for name in ("speaker", "origin")}
    for name in MISSED:
        default = f" [{visible(told[name])}]" if name in told else ""
        answer = sitting.ask(f"{name}: {pack()['fields'][name]}{default}:")
        if answer.strip():
            told[name] = answer
        elif name == "quote":
            return
    wish = Wish(sitting.here().claim.id, "added", pack()["reasons"]["added"][0], told)
    try:
        (decision,) = sitting.desk.decide([wish], actor=sitting.actor) or (None,)
    except BadInput as error:
        sitting.say(f"! {error}", "red")
        return
    if decision is not None:
        sitting.say("Added; the next run weighs it.", "green")


def _undo(sitting: Sitting) -> None:
    """Take back this sitting's last decision, or, where there is none, the newest on view."""
    claim = sitting.done.pop() if sitting.done else sitting.order[sitting.place]
    if sitting.desk.undo(claim, actor=sitting.actor) is None:
        sitting.say("Nothing is decided here.", "dim")
        return
    sitting.place = sitting.order.index(claim)
    sitting.say("Taken back.", "green")


def _next(sitting: Sitting) -> None:
    sitting.move(1)


def _previous(sitting: Sitting) -> None:
    sitting.move(-1)


def _help(sitting: Sitting) -> None:
    sitting.console.print(help_text())


ACTS: dict[str, Callable[[Sitting], None]] = {
    "a": _accept,
    "r": _reject,
    "e": _edit,
    "u": _unsure,
    "o": _origin,
    "m": _missed,
    "z": _undo,
    "n": _next,
    "p": _previous,
    "?": _help,
}
"""What each key does; ``q`` leaves."""
