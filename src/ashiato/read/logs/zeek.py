"""Zeek's conn, dns, files, http, smtp, ssl and x509 logs, as tab-separated text and as JSON lines.

Times are epoch (seconds, or milliseconds where the JSON writer was told so), so UTC; ISO 8601 times
are local where they write no zone. A log of another kind (weird, notice ...) is refused by name:
its fields are not guessed into ours.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.sources import Intake
from ashiato.read.logs import mails, names
from ashiato.read.logs.clock import SECOND
from ashiato.read.logs.columns import PORT, Mask, by_distinct, decimals, groups, mask
from ashiato.read.logs.columns import whole_numbers as whole
from ashiato.read.logs.drawn import together
from ashiato.read.logs.format import Forgetful, Parsed, Parser, Refused, Rows, bad_line, head_lines
from ashiato.read.logs.jsonline import object_of
from ashiato.read.logs.lines import Index
from ashiato.read.logs.stamps import STAMP, Calendar
from ashiato.read.logs.stamps import read as stamps_of
from ashiato.read.logs.text import Text, cut

Get = Callable[[str], pa.Array]
"""Gives one Zeek field of all lines as texts, null where it is unset or missing."""

_MILLISECONDS_FROM = 1e11  # as seconds, the year 5138
_LATEST = 1e13
_LONGEST_PATH = 40
_ISO = "^" + STAMP + "$"
_TSV_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?#(?:separator|fields|path)[\s\\]")
_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_HASH, _TAB = 0x23, 9


# --- what each kind of Zeek log means in the lake ------------------------------------------------


def _ends(get: Get) -> dict[str, pa.Array]:
    client = names.addresses(get("id.orig_h"))
    return {
        "host": client,
        "src_ip": client,
        "src_port": whole(get("id.orig_p"), PORT),
        "dst_ip": names.addresses(get("id.resp_h")),
        "dst_port": whole(get("id.resp_p"), PORT),
    }


def _conn(get: Get) -> dict[str, pa.Array]:
    return _ends(get) | {
        "status": get("conn_state"),
        "bytes_out": whole(get("orig_bytes"), pa.int64()),
        "bytes_in": whole(get("resp_bytes"), pa.int64()),
        "duration": decimals(get("duration")),
    }


def _dns(get: Get) -> dict[str, pa.Array]:
    return _ends(get) | {
        "domain": names.domains(get("query")),
        "method": get("qtype_name"),
        "status": get("rcode_name"),
        "answers": pc.replace_substring(get("answers"), "\n", " "),
        "duration": decimals(get("rtt")),
    }


def _http(get: Get) -> dict[str, pa.Array]:
    host, uri = get("host"), get("uri")
    bare = by_distinct(host, _without_port, pa.string())
    is_whole = pc.match_substring(pc.fill_null(uri, ""), "://")
    joined = pc.binary_join_element_wise("http://", host, uri, "")
    return _ends(get) | {
        "domain": names.domains(bare),
        "user": get("username"),
        "url": pc.if_else(is_whole, uri, joined),
        "method": get("method"),
        "status": get("status_code"),
        "bytes_out": whole(get("request_body_len"), pa.int64()),
        "bytes_in": whole(get("response_body_len"), pa.int64()),
        "user_agent": get("user_agent"),
    }


def _smtp(get: Get) -> dict[str, pa.Array]:
    """Senders and receivers are those of the envelope, else those that the letter itself names."""
    senders = (mails.addresses(get(field)) for field in ("mailfrom", "from"))
    receivers = (mails.addresses(get(field)) for field in ("rcptto", "to"))
    return _ends(get) | {
        "mail_from": names.first_of(*senders),
        "mail_to": names.first_of(*receivers),
        "status": get("last_reply"),
        "user_agent": get("user_agent"),
    }


def _ssl(get: Get) -> dict[str, pa.Array]:
    first = by_distinct(get("cert_chain_fps"), _first, pa.string())
    return (
        _ends(get)
        | {
            "domain": names.domains(get("server_name")),
            "status": get("version"),
            "subject": get("subject"),
            "issuer": names.first_of(get("issuer"), get("issuer_subject")),
        }
        | names.fingerprints(names.first_of(get("cert_hash"), first))
    )


def _x509(get: Get) -> dict[str, pa.Array]:
    """Certificates lie between no two ends; the first name is the domain, all are the answers."""
    subject = get("certificate.subject")
    common = by_distinct(subject, names.common_name, pa.string())
    written = names.first_of(get("san.dns"), common)
    every = by_distinct(written, _names_of, pa.string())
    return (
        _ends(get)
        | {
            "domain": by_distinct(every, _leading, pa.string()),
            "answers": every,
            "subject": subject,
            "issuer": get("certificate.issuer"),
        }
        | names.fingerprints(names.first_of(get("fingerprint"), get("sha256"), get("sha1")))
    )


def _names_of(members: str) -> str | None:
    """Give the names of a certificate in normal form; ``*.`` before one stands for the others."""
    plain = (names.domain(name.removeprefix("*.")) for name in members.split("\n"))
    return " ".join(dict.fromkeys(filter(None, plain))) or None


def _leading(every: str) -> str:
    return every.partition(" ")[0]


def _files(get: Get) -> dict[str, pa.Array]:
    """Older logs name sender and receiver instead of the ends of the connection."""
    is_out = pa.array(mask(pc.is_in(get("is_orig"), pa.array(["T", "true"]))))
    sender, receiver = (
        by_distinct(get(f"{way}_hosts"), _first, pa.string()) for way in ("tx", "rx")
    )
    ends = _ends(get)
    ours = names.addresses(pc.if_else(is_out, sender, receiver))
    theirs = names.addresses(pc.if_else(is_out, receiver, sender))
    seen = whole(get("seen_bytes"), pa.int64())
    return ends | {
        "host": names.first_of(ends["host"], ours),
        "src_ip": names.first_of(ends["src_ip"], ours),
        "dst_ip": names.first_of(ends["dst_ip"], theirs),
        "bytes_out": pc.if_else(is_out, seen, None),
        "bytes_in": pc.if_else(is_out, None, seen),
        "duration": decimals(get("duration")),
        "path": get("filename"),
        "md5": get("md5"),
        "sha1": get("sha1"),
        "sha256": get("sha256"),
    }


def _first(members: str | None) -> str | None:
    return members.partition("\n")[0] if members else None


def _without_port(host: str | None) -> str | None:
    return (
        re.sub(r":\d{1,5}$", "", host) if host and (host.count(":") == 1 or "]" in host) else host
    )


_KINDS: Mapping[str, Callable[[Get], dict[str, pa.Array]]] = {
    "conn": _conn,
    "dns": _dns,
    "files": _files,
    "http": _http,
    "smtp": _smtp,
    "ssl": _ssl,
    "x509": _x509,
}
_SETS = {"answers", "cert_chain_fps", "rcptto", "rx_hosts", "san.dns", "to", "tx_hosts"}
"""Fields with several members; here they are joined by line ends."""
_MARKS = {
    "src_ip": "id.orig_h",
    "dst_ip": "id.resp_h",
    "src_port": "id.orig_p",
    "dst_port": "id.resp_p",
}
"""Columns that a whole line can always fill from these fields, where it has them."""
_SIGNS = {
    "conn": {"id.orig_h", "conn_state"},
    "dns": {"id.orig_h", "rejected", "trans_id"},
    "files": {"fuid", "source", "seen_bytes"},
    "http": {"id.orig_h", "trans_depth", "request_body_len"},
    "smtp": {"id.orig_h", "trans_depth", "path"},
    "ssl": {"id.orig_h", "established"},
    "x509": {"certificate.serial"},
}
"""Fields that tell the kind of a JSON line that does not name it."""


# --- rows ----------------------------------------------------------------------------------------


def _unsupported(path: str, lines: Index) -> Refused:
    return Refused(
        "unsupported-kind",
        f"a Zeek log of a kind that is not read ({path})",
        f"nothing is lost: the file is sealed; hunt in {', '.join(sorted(_KINDS))} logs",
        lines,
    )


def _rows(kind: str, lines: Index, get: Get) -> Parsed:
    micros, zoned, known = _instants(get("ts"))
    columns = _KINDS[kind](get)
    is_whole = np.ones(len(lines), bool)
    for column, field in _MARKS.items():
        is_whole &= mask(columns[column].is_valid()) | mask(get(field).is_null())
    good = known & is_whole
    kept = {key: values.filter(pa.array(good)) for key, values in columns.items()}
    rows = Rows(kind, lines[good], micros[good], zoned[good], kept)
    no_time = bad_line("a Zeek line without a readable time", lines[~known])
    broken = bad_line("a Zeek line with a broken address or port", lines[known & ~is_whole])
    return Parsed((rows,), (no_time, broken))


def _instants(texts: pa.Array) -> tuple[Index, Mask, Mask]:
    """Read epoch seconds, epoch milliseconds or ISO 8601."""
    epoch = np.array(decimals(texts).fill_null(np.nan).to_numpy(zero_copy_only=False))
    with np.errstate(invalid="ignore"):
        epoch = np.where(epoch >= _MILLISECONDS_FROM, epoch / 1000, epoch)
        known = (epoch >= 0) & (epoch < _LATEST)
    micros = np.rint(np.where(known, epoch, 0) * SECOND).astype(np.int64)
    zoned = np.ones(len(texts), bool)
    if known.all():
        return micros, zoned, known
    is_iso, fields = groups(texts, _ISO)
    stamps = stamps_of(fields, Calendar(None))
    micros[is_iso], zoned[is_iso] = stamps.micros, stamps.zoned
    known[is_iso] = ~(stamps.impossible | stamps.yearless)
    return micros, zoned, known


# --- tab-separated -------------------------------------------------------------------------------


class ZeekTsv:
    """The tab-separated form."""

    name = "zeek-tsv"
    parser_id = "zeek-tsv@2"

    def recognise(self, head: bytes) -> bool:
        """Say whether the file begins with Zeek's headings."""
        return bool(_TSV_HEAD.match(head)) and b"#fields" in head

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - the headings say everything
        """Make a parser for one file."""
        return TsvParser()


@dataclass(slots=True)
class Heading:
    """What the ``#`` lines say; a file may hold several logs one after the other."""

    separator: str = "\t"
    set_separator: str = ","
    empty: str = "(empty)"
    unset: str = "-"
    path: str = ""
    fields: tuple[str, ...] = ()

    def learn(self, line: str) -> None:
        """Take in one heading line; unknown ones say nothing of the rows."""
        if line.startswith("#separator"):
            self.separator = _unescape(line[len("#separator") :].strip(" \t")) or "\t"
            return
        word, *values = line[1:].split(self.separator)
        value = values[0] if values else ""
        match word:
            case "set_separator":
                self.set_separator = value or ","
            case "empty_field":
                self.empty = value
            case "unset_field":
                self.unset = value
            case "path":
                self.path = value
            case "fields":
                self.fields = tuple(values)


class TsvParser:
    """Cuts lines at their separators under the heading in force."""

    def __init__(self) -> None:
        self._heading = Heading()

    def remember(self) -> dict[str, Any]:
        """Say the heading in force."""
        return asdict(self._heading)

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        self._heading = Heading(**{**said, "fields": tuple(said["fields"])})

    def parse(self, text: Text) -> Parsed:
        """Make rows of a block's lines, taking in headings on the way."""
        is_heading = np.frombuffer(text.data, np.uint8)[text.starts] == _HASH
        edges = np.flatnonzero(np.diff(is_heading)) + 1
        parts = [
            self._part(text.at(run), is_heading=bool(is_heading[run[0]]))
            for run in np.split(np.arange(len(text)), edges)
            if len(run)
        ]
        return together(parts)

    def _part(self, text: Text, *, is_heading: bool) -> Parsed:
        if is_heading:
            for line in text.strings.to_pylist():
                self._heading.learn(line)
            return Parsed(comments=len(text))
        if self._heading.path not in _KINDS:
            return Parsed(
                refused=(_unsupported(self._heading.path[:_LONGEST_PATH] or "unnamed", text.lines),)
            )
        return self._data(text)

    def _data(self, text: Text) -> Parsed:
        heading = self._heading
        marks = _places(text.data, heading.separator)
        first = np.searchsorted(marks, text.starts)
        count = np.searchsorted(marks, text.ends) - first + 1
        whole_lines = np.flatnonzero(count == len(heading.fields))
        some, first = text.at(whole_lines), first[whole_lines]
        wrong = bad_line(
            "a Zeek line with more or fewer fields than its heading",
            np.delete(text.lines, whole_lines),
        )
        width = len(heading.separator.encode())

        def get(field: str) -> pa.Array:
            if field not in heading.fields:
                return pa.nulls(len(some), pa.string())
            k = heading.fields.index(field)
            starts = some.starts if k == 0 else marks[first + k - 1] + width
            ends = some.ends if k == len(heading.fields) - 1 else marks[first + k]
            value = self._members if field in _SETS else self._value
            return by_distinct(cut(some.data, starts, ends), value, pa.string())

        return _rows(heading.path, some.lines, get).and_also(wrong)

    def _value(self, text: str) -> str | None:
        heading = self._heading
        if text in {heading.unset, heading.empty}:
            return None
        return _unescape(text)

    def _members(self, text: str) -> str | None:
        members = (self._value(member) for member in text.split(self._heading.set_separator))
        return "\n".join(filter(None, members)) or None


def _places(data: bytes, separator: str) -> Index:
    """Find every separator."""
    if len(separator) == 1 and separator.isascii():
        return np.flatnonzero(np.frombuffer(data, np.uint8) == ord(separator))
    return np.array([m.start() for m in re.finditer(re.escape(separator.encode()), data)], np.int64)


def _unescape(text: str) -> str:
    r"""Undo Zeek's ``\xNN`` where the bytes are text."""

    def plain(match: re.Match[str]) -> str:
        octets = bytes.fromhex(match[0].replace("\\x", ""))
        try:
            return octets.decode()
        except UnicodeDecodeError:
            return match[0]

    return _ESCAPED.sub(plain, text) if "\\x" in text else text


# --- JSON ----------------------------------------------------------------------------------------


class ZeekJson:
    """JSON lines, one log or several mixed (``_path`` then tells them apart)."""

    name = "zeek-json"
    parser_id = "zeek-json@2"

    def recognise(self, head: bytes) -> bool:
        """Say whether the first line is a JSON object with Zeek's fields."""
        found = [object_of(line) for line in head_lines(head)[:5]]
        return any("ts" in (o or {}) or "_path" in (o or {}) for o in found)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each line says everything
        """Make a parser for one file."""
        return JsonParser()


class JsonParser(Forgetful):
    """Reads each line by itself."""

    def parse(self, text: Text) -> Parsed:
        """Make rows of a block's lines."""
        by_kind: dict[str, tuple[list[int], list[dict[str, Any]]]] = {}
        for line, written in zip(text.lines.tolist(), text.strings.to_pylist(), strict=True):
            found = object_of(written)
            lines, objects = by_kind.setdefault(_kind(found), ([], []))
            lines.append(line)
            objects.append(found or {})
        return together(
            _of_kind(kind, np.array(lines, np.int64), objects)
            for kind, (lines, objects) in sorted(by_kind.items())
        )


def _of_kind(kind: str, lines: Index, objects: list[dict[str, Any]]) -> Parsed:
    if not kind:
        return Parsed(refused=(bad_line("not a JSON object", lines),))
    if kind not in _KINDS:
        return Parsed(refused=(_unsupported(kind, lines),))

    def get(field: str) -> pa.Array:
        return pa.array([_written(found.get(field)) for found in objects], pa.string())

    return _rows(kind, lines, get)


def _kind(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    path = found.get("_path")
    if isinstance(path, str) and path:
        return _written(path[:_LONGEST_PATH]) or ""
    kinds = (kind for kind, signs in _SIGNS.items() if signs <= found.keys())
    return next(kinds, "unnamed")


def _written(value: object) -> str | None:
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case list():
            return "\n".join(filter(None, map(_written, value))) or None
        case dict():
            return json.dumps(value, sort_keys=True)
        case _:
            return str(value).encode("utf-8", "backslashreplace").decode()
