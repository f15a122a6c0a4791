"""BIND's query log: which machine asked for which name. Times are local unless they name a zone.

``20-Apr-2031 09:00:01.123 queries: info: client @0x7f 192.0.2.5#53124 (name): query: name IN A
+E(0)K (192.0.2.53)``: category, severity, the client object and the server's address depend on
version and settings (BIND 9 Administrator Reference Manual, logging); a syslog header may stand
before it.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.sources import Intake
from ashiato.read.logs import names
from ashiato.read.logs.columns import PORT, by_distinct, groups, matches
from ashiato.read.logs.columns import whole_numbers as whole
from ashiato.read.logs.format import Parsed, Parser, bad_line, head_lines
from ashiato.read.logs.stamps import STAMP, Calendar, Dated, stamped_rows
from ashiato.read.logs.stamps import read as stamps_of
from ashiato.read.logs.text import Text

_HEADER = r"^(?:<\d{1,3}>)?" + STAMP + r" +(?P<rest>[^ ].*)$"
_SYSLOG = r"^\S+ named(?:\[\d+\])?: +"
_QUERY = (
    r"^(?:queries: )?(?:(?:info|notice|debug \d+): )?client (?:@0x[0-9a-fA-F]+ )?"
    r"(?P<client>[0-9A-Fa-f:.]+)(?:%\w+)?#(?P<port>\d{1,5})(?:/key [^ :]+)?(?: \([^)]*\))?: "
    r"(?:view [^:]*: )?query: (?P<name>[^ ]+) [A-Z0-9]+ (?P<what>[A-Z0-9-]+(?: .*)?)$"
)
_QUERY_WORD = r"\bquery: "
_SERVER = re.compile(r" \(([0-9A-Fa-f:.]+)(?:%\w+)?\)")


class Bind:
    """The format."""

    name = "bind"
    parser_id = "bind@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether the first lines are query lines."""
        lines = pa.array(head_lines(head), pa.string())
        headed, header = groups(lines, _HEADER)
        return 2 * int(matches(_message(header["rest"]), _QUERY).sum()) > len(headed)

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        return BindParser(Calendar(intake.year))


class BindParser(Dated):
    """Reads query lines; whatever else the server logs is counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make dns rows of a block's lines."""
        headed, header = groups(text.strings, _HEADER)
        stamps = stamps_of(header, self._calendar)
        message = _message(header["rest"])
        found, fields = groups(message, _QUERY)
        is_broken = matches(message, _QUERY_WORD) & ~found
        lines = text.lines[headed]
        refused = bad_line(
            "not a line of a BIND query log",
            np.concatenate([text.lines[~headed], lines[is_broken]]),
        )
        rows = stamped_rows("dns", lines[found], stamps.at(found), _columns(fields))
        return rows.and_also(refused, ignored=int((~found & ~is_broken).sum()))


def _message(rest: pa.Array) -> pa.Array:
    """Take off the syslog header, where there is one."""
    return pc.replace_substring_regex(rest, _SYSLOG, "") if matches(rest, _SYSLOG).any() else rest


def _columns(fields: dict[str, pa.Array]) -> dict[str, pa.Array]:
    client = names.addresses(fields["client"])
    return {
        "host": client,
        "src_ip": client,
        "src_port": whole(fields["port"], PORT),
        "dst_ip": names.addresses(by_distinct(fields["what"], _server, pa.string())),
        "domain": names.domains(fields["name"]),
        "method": by_distinct(fields["what"], lambda what: what.split()[0], pa.string()),
    }


def _server(what: str) -> str | None:
    found = _SERVER.search(what)
    return found[1] if found else None
