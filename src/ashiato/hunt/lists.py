"""A list of indicators: text, one value a line; CSV with a heading; a STIX bundle; a MISP event."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from ashiato.core.evidence import Citation, LineLocator, Problem
from ashiato.core.records import Indicator, Mention
from ashiato.core.time import UncertainInterval, parse_instant
from ashiato.hunt.exchange import from_exchange, is_exchange
from ashiato.hunt.indicators import Found, make, settle
from ashiato.hunt.observables import observable

COLUMNS = ("value", "start", "end", "reason")
_TOLD = ("account", "email", "file", "path", "user_agent")
_UNKNOWN = ("", "-", "?")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def from_file(raw: bytes, path: str) -> Found:
    """Read a list of indicators: ``value [start [end [reason]]]`` a line, ``#`` for comments.

    A first line with the heading ``value`` (and any of ``type``, ``start``, ``end``, ``reason``)
    makes it CSV; ``origins`` there says on which origins a row rests, as a proposed indicator does.
    Values may be defanged; ``account:NAME``, ``user-agent:TEXT``, ``file:NAME`` and ``path:TEXT``,
    or those words in the column ``type``, say what a value does not tell. Times are ISO 8601 with a
    zone, the end is the first instant that no longer counts, ``-`` stands for unknown; with either
    bound unknown a match is never certain. A row that cannot be used becomes a problem with its
    line.
    STIX bundles and MISP events are known by their content (see `ashiato.hunt.exchange`).
    """
    if is_exchange(raw):
        return from_exchange(raw, path)
    exhibit = sha256(raw).hexdigest()
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8")
    lines = _lines(raw.decode(encoding, errors="replace"))
    names = _heading(lines[0][1]) if lines else None
    indicators: list[Indicator] = []
    problems: list[Problem] = []
    for number, line in lines[1:] if names else lines:
        citation = Citation(exhibit, path, LineLocator(number, encoding), line)
        try:
            indicators.append(_indicator(_cells(line, names), citation))
        except (ValueError, csv.Error) as error:
            problems.append(_bad_row(citation, number, str(error)))
    accepted, refused = settle(indicators, path)
    return accepted, (*problems, *refused)


def from_report(mentions: Iterable[Mention], path: str) -> Found:
    """Take a report's observables as indicators: the reason is the words around each.

    Outside a case nobody has said which of them is the actor's: the person who names the report as
    a list has.
    """
    reason = "named in the report"
    return settle(
        (
            make(m.observable, m.window, f"{reason}: {m.cue}" if m.cue else reason, (m.citation,))
            for m in mentions
        ),
        path,
    )


def _lines(text: str) -> list[tuple[int, str]]:
    numbered = enumerate((line.removesuffix("\r") for line in text.split("\n")), start=1)
    return [(n, line) for n, line in numbered if line.strip() and not line.lstrip().startswith("#")]


def _heading(line: str) -> list[str] | None:
    names = [name.strip(' "').lower() for name in line.split(",")]
    return names if "value" in names else None


def _cells(line: str, names: Sequence[str] | None) -> Mapping[str, str]:
    cells = next(csv.reader([line])) if names else line.split(maxsplit=len(COLUMNS) - 1)
    return {name: c.strip() for name, c in zip(names or COLUMNS, cells, strict=False)}


def _indicator(cells: Mapping[str, str], citation: Citation) -> Indicator:
    if "\N{REPLACEMENT CHARACTER}" in citation.quote:
        raise ValueError("the line is not text in UTF-8")
    start, end = (
        None if cells.get(side, "") in _UNKNOWN else parse_instant(cells[side])
        for side in ("start", "end")
    )
    window = UncertainInterval.exactly(start, end)
    reason = cells.get("reason", "") or "on the analyst's list"
    told, value = cells.get("type", "").lower().replace("-", "_"), cells.get("value", "")
    found = observable(f"{told}:{value}" if told in _TOLD else value)
    return make(found, window, reason, (citation,), origins=cells.get("origins", "").split())


def _bad_row(citation: Citation, line: int, message: str) -> Problem:
    return Problem(
        "bad-row",
        citation.path,
        f"line {line}: {message}",
        "write: value start end reason, times as 2031-04-02T00:00:00Z, - where unknown",
        citation=citation,
    )
