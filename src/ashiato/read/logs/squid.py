"""Squid's native access log: who fetched what through the proxy. Times are epoch, so UTC.

``time elapsed client action/status bytes method URL user hierarchy/peer type``
(https://wiki.squid-cache.org/Features/LogFormat); the elapsed time is padded with spaces.
"""

import re
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ashiato.core.sources import Intake
from ashiato.read.logs import names
from ashiato.read.logs.clock import SECOND
from ashiato.read.logs.columns import (
    PORT,
    Mask,
    by_distinct,
    groups,
    matches,
    plain,
    without,
)
from ashiato.read.logs.format import Forgetful, Parsed, Parser, Rows, bad_line, is_mostly
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
_LAST_PORT = 65_535
_USUAL_PORT = {"http": "80", "https": "443", "ftp": "21"}
_REPEATING = ("client", "result", "method", "user", "peer")
"""Fields of which few texts differ."""
_SPACE, _LF, _CR = 0x20, 0x0A, 0x0D
_SLASH, _QUERY, _FRAGMENT = 0x2F, 0x3F, 0x23


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


class SquidParser(Forgetful):
    """Cuts regular lines at their spaces; reads the others by pattern."""

    def parse(self, text: Text) -> Parsed:
        """Make proxy rows of a block's lines."""
        regular, fields = _cut_fields(text)
        rest = text.at(np.setdiff1d(np.arange(len(text)), regular, assume_unique=True))
        found, dirty = groups(rest.strings, _LINE)
        rows = (_rows(text.lines[regular], fields), _rows(rest.lines[found], _dirty_fields(dirty)))
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
    url = at + _FIELDS.index("url")
    fields["front"] = cut(text.data, starts[url], _front_ends(octets, starts[url], ends[url]))
    for field in _REPEATING:
        fields[field] = fields[field].dictionary_encode()
    good = np.ones(len(ten), bool)
    for field, shape in _SHAPES.items():
        good &= _matches(fields[field], f"^{shape}$")
    if good.all():
        return ten, fields
    return ten[good], {key: value.filter(pa.array(good)) for key, value in fields.items()}


def _front_ends(octets: NDArray[np.uint8], starts: Index, ends: Index) -> Index:
    """Say where the front of each URL ends: see `_FRONT`."""
    marks = np.flatnonzero((octets == _SLASH) | (octets == _QUERY) | (octets == _FRAGMENT))
    last = len(octets) - 1
    marks = np.append(marks, [last + 1] * 3)
    at = np.searchsorted(marks, starts)
    one, two = marks[at], marks[at + 1]
    is_pair = (octets[np.minimum(one, last)] == _SLASH) & (two == one + 1) & (two < ends)
    has_host = is_pair & (octets[np.minimum(two, last)] == _SLASH)
    return np.minimum(np.where(has_host, marks[at + 2 * has_host], one), ends)


def _matches(values: pa.Array, pattern: str) -> Mask:
    """Say which texts match; of encoded ones only the distinct are looked at."""
    if not pa.types.is_dictionary(values.type):
        return matches(values, pattern)
    distinct = matches(values.dictionary, pattern)
    return np.take(distinct, np.asarray(values.indices))


def _dirty_fields(found: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Bring what the pattern found into the form of `_cut_fields`."""
    front = pc.struct_field(pc.extract_regex(found["url"], _FRONT), "front")
    return {**found, "front": front}


def _rows(lines: Index, fields: dict[str, pa.Array]) -> Rows:
    address, domain, port = _authority(fields["front"], fields["method"])
    peer = by_distinct(
        fields["peer"], lambda text: names.address(text.partition("/")[2]), pa.string()
    )
    client = names.addresses(fields["client"])
    seconds = np.asarray(fields["time"].cast(pa.float64()))
    columns = {
        "host": names.first_of(client, plain(fields["client"])),
        "user": without(plain(fields["user"]), "-"),
        "src_ip": client.dictionary_encode(),
        "dst_ip": names.first_of(address, peer).dictionary_encode(),
        "dst_port": port,
        "domain": domain,
        "url": fields["url"],
        "method": plain(fields["method"]),
        "status": by_distinct(fields["result"], partial(_after, "/"), pa.string()),
        "bytes_in": fields["size"].cast(pa.int64()),
        "duration": pc.divide(fields["elapsed"].cast(pa.float64()), 1000.0),
    }
    # a double holds epoch seconds to a quarter of a microsecond until the year 2242
    micros = np.rint(seconds * SECOND).astype(np.int64)
    return Rows("proxy", lines, micros, np.ones(len(lines), bool), columns)


def _after(mark: str, text: str) -> str:
    return text.partition(mark)[2]


def _authority(front: pa.Array, method: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Give address, name and port of each URL; only CONNECT names a host without a scheme."""
    is_connect = _matches(method, "^CONNECT$")
    is_named = pc.or_(pc.match_substring(front, "://"), pa.array(is_connect))
    named = pc.if_else(is_named, front, None).dictionary_encode()
    ends = map(_endpoint, named.dictionary.to_pylist())
    parts = tuple(zip(*ends, strict=True)) or ((), (), ())
    kinds = (pa.string(), pa.string(), PORT)
    address, domain, port = map(pa.array, parts, kinds)
    domains = pa.DictionaryArray.from_arrays(named.indices, domain)
    return address.take(named.indices), domains, port.take(named.indices)


@lru_cache(maxsize=1 << 17)
def _endpoint(front: str) -> tuple[str | None, str | None, int | None]:
    found = _AUTHORITY.fullmatch(front)
    if not found:
        return None, None, None
    port = int(found["port"] or _USUAL_PORT.get((found["scheme"] or "").lower(), "-1"))
    is_port = 0 <= port <= _LAST_PORT
    return names.address(found["host"]), names.domain(found["host"]), port if is_port else None
