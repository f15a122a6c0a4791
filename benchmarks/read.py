"""How fast documents become claims: characters per second on a text made here.

Run with `python -m benchmarks.read`. The model is loaded before the clock starts.
"""

from random import Random
from time import perf_counter

from ashiato.core.sources import Intake, Source
from ashiato.read.text import document_indicators, read_document

SEED = 7
PARAGRAPHS = 150
WHO = ("The engineer", "A former student", "The Lantern group", "Harbour Police", "An officer")
DID = (
    "rented",
    "sold",
    "attacked",
    "used",
    "investigated",
    "questioned",
    "was believed to control",
)
WHAT = ("a server", "the account", "the Meridian Institute", "the man", "20 organisations")
HOW = ("under a false name", "in March 2030", "from 192.0.2.7", "on the orders of Unit 7713", "")
TOLD = ("", "According to the Harbour Police, ", "Investigators said that ", "It seems that ")


def made_text(paragraphs: int, seed: int = SEED) -> str:
    """Make a text of invented news sentences, the same for the same seed."""
    draw = Random(seed)  # noqa: S311 - a text to measure on, not a secret
    columns = (TOLD, WHO, DID, WHAT, HOW)
    return "\n\n".join(
        " ".join(
            " ".join(filter(None, (draw.choice(column).strip() for column in columns))) + "."
            for _ in range(5)
        )
        for _ in range(paragraphs)
    )


def main() -> None:
    """Print characters per second for claims and for indicators alone."""
    intake = Intake("e" * 64, "made.txt", Source("bay-herald", "Bay Herald", "outlet"))
    text = made_text(PARAGRAPHS)
    raw = text.encode()
    read_document(b"Police questioned a man.", intake)
    start = perf_counter()
    reading = read_document(raw, intake)
    parsed = perf_counter() - start
    start = perf_counter()
    mentions = document_indicators(raw, intake)
    traced = perf_counter() - start
    print(f"text: {len(text):,} characters, {reading.sentences} sentences")
    print(
        f"claims: {len(reading.claims)} in {parsed:.2f} s, {len(text) / parsed:,.0f} characters/s"
    )
    print(f"traces: {len(mentions)} in {traced:.2f} s, {len(text) / traced:,.0f} characters/s")


if __name__ == "__main__":
    main()
