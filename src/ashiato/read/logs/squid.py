"""Squid's native access log: who fetched what through the proxy. Times are epoch, so UTC.

``time elapsed client action/status bytes method URL user hierarchy/peer type``
(https://wiki.squid-cache.org/Features/LogFormat); the elapsed time is padded with spaces.
"""

import re
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.sources import Intake
from ashiato.read.logs import names
from ashiato.read.logs.clock import SECOND
from ashiato.read.logs.columns import PORT, by_distinct, decimals, groups, matches, without
from ashiato.read.logs.columns import whole_numbers as whole
from ashiato.read.logs.format import Parsed, Parser, Rows, bad_line, is_mostly
from ashiato.read.logs.lines import Index
from ashiato.read.logs.text import Text, cut

_FIELDS = ("time", "elapsed", "client", "result", "size", "method", "url", "user", "peer", "type")
_SHAPES = {
    "time": r"\d{1,10}\.\d{1,6}",
    "elapsed": r"-?\d{1,12}",
    "result": r"[A-Z_]+/\d{3}",
    "size": r"\d{1,18}",
    "peer": r"[A-Z_]+/\S+",
}
# a URL with raw spaces is dirt, but its place between method and user is still certain
_LINE = (
    "^"
    + " +".join(
        f"(?P<{field}>{'.+?' if field == 'url' else _SHAPES.get(field, r'[^ ]+')})"
        for field in _FIELDS
    )
    + r"[ \t\r]*$"
)
_FRONT = r"^(?P<front>[^/?#]*(?://[^/?#]*)?)"  # few differ, so only these are looked at closely
_AUTHORITY = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:[^@]*@)?"
    r"(?P<host>\[[^\]]*\]|[^:\[\]@]+)(?::(?P<port>\d{1,5}))?"
)
_USUAL_PORT = {"http": "80", "https": "443", "ftp": "21"}
_SPACE, _LF, _CR = 0x20, 0x0A, 0x0D


class Squid:
    """The format."""

    name = "squid"
    parser_id = "squid@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether the first lines are native access lines."""
        return is_mostly(head, _LINE)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - it needs to know nothing of the source
        """Make a parser for one file."""
        return SquidParser()


class SquidParser:
    """Cuts regular lines at their spaces; reads the others by pattern."""

    def parse(self, text: Text) -> Parsed:
        """Make proxy rows of a block's lines."""
        regular, fields = _cut_fields(text)
        rest = text.at(np.setdiff1d(np.arange(len(text)), regular, assume_unique=True))
        found, dirty = groups(rest.strings, _LINE)
        rows = (_rows(text.lines[regular], fields), _rows(rest.lines[found], dirty))
        refused = bad_line("not a line of a Squid native access log", rest.lines[~found])
        return Parsed(tuple(r for r in rows if len(r.lines)), (refused,))


def _cut_fields(text: Text) -> tuple[Index, dict[str, pa.Array]]:
    """Cut the lines that have exactly ten well-formed fields."""
    octets = np.frombuffer(text.data, np.uint8)
    is_gap = np.ones(len(octets) + 2, bool)
    is_gap[1:-1] = (octets == _SPACE) | (octets == _LF) | (octets == _CR)
    edges = np.flatnonzero(is_gap[1:] != is_gap[:-1])
    starts, ends = edges[0::2], edges[1::2]
    first = np.searchsorted(starts, text.starts)
    ten = np.flatnonzero(np.searchsorted(starts, text.ends) - first == len(_FIELDS))
    at = first[ten]
    fields = {
        field: cut(text.data, starts[at + k], ends[at + k]) for k, field in enumerate(_FIELDS)
    }
    good = np.ones(len(ten), bool)
    for field, shape in _SHAPES.items():
        good &= matches(fields[field], f"^{shape}$")
    if good.all():
        return ten, fields
    return ten[good], {key: value.filter(pa.array(good)) for key, value in fields.items()}


def _rows(lines: Index, fields: dict[str, pa.Array]) -> Rows:
    host, port = _authority(fields["url"], fields["method"])
    peer = by_distinct(
        fields["peer"], lambda text: names.address(text.partition("/")[2]), pa.string()
    )
    client = names.addresses(fields["client"])
    seconds = np.asarray(fields["time"].cast(pa.float64()))
    columns = {
        "host": names.first_of(client, fields["client"]),
        "user": without(fields["user"], "-"),
        "src_ip": client,
        "dst_ip": names.first_of(names.addresses(host), peer),
        "dst_port": whole(port, PORT),
        "domain": names.domains(host),
        "url": fields["url"],
        "method": fields["method"],
        "status": by_distinct(fields["result"], partial(_after, "/"), pa.string()),
        "bytes_in": whole(fields["size"], pa.int64()),
        "duration": pc.divide(decimals(fields["elapsed"]), 1000.0),
    }
    # a double holds epoch seconds to a quarter of a microsecond until the year 2242
    micros = np.rint(seconds * SECOND).astype(np.int64)
    return Rows("proxy", lines, micros, np.ones(len(lines), bool), columns)


def _after(mark: str, text: str) -> str:
    return text.partition(mark)[2]


def _authority(url: pa.Array, method: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Give host and port of each URL; only CONNECT names a host without a scheme."""
    front = pc.struct_field(pc.extract_regex(url, _FRONT), "front")
    has_scheme = pc.match_substring(front, "://")
    named = pc.if_else(pc.or_(has_scheme, pc.equal(method, "CONNECT")), front, None)
    host = by_distinct(named, lambda text: _endpoint(text)[0], pa.string())
    return host, by_distinct(named, lambda text: _endpoint(text)[1], pa.string())


@lru_cache(maxsize=1 << 17)
def _endpoint(front: str) -> tuple[str | None, str | None]:
    found = _AUTHORITY.fullmatch(front)
    if not found:
        return None, None
    return found["host"], found["port"] or _USUAL_PORT.get((found["scheme"] or "").lower())
