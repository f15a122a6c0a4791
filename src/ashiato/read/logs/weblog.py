"""Web servers' access logs: Apache's and nginx's common and combined formats.

``192.0.2.5 - ann [20/Apr/2031:09:00:01 +0900] "GET /a HTTP/1.1" 200 512 "referer" "agent"``, with
or without the virtual host before it (Apache ``vhost_combined``) and further fields after it
(Apache HTTP Server, mod_log_config; nginx, ngx_http_log_module). The client is a stranger, the
server the organisation's own machine.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.sources import Intake
from ashiato.read.logs import names
from ashiato.read.logs.columns import PORT, by_distinct, groups, without
from ashiato.read.logs.columns import whole_numbers as whole
from ashiato.read.logs.format import Forgetful, Parsed, Parser, bad_line, is_mostly
from ashiato.read.logs.stamps import Calendar, stamped_rows
from ashiato.read.logs.stamps import read as stamps_of
from ashiato.read.logs.text import Text

_BAD = "not a line of a web server's access log"
_FRONT = (
    r"^(?:(?P<site>[^ ]+) )?(?P<client>[^ -][^ ]*) [^ ]+ (?P<user>[^\[]*) "
    r"\[(?P<date>\d\d/[A-Z][a-z]{2}/\d{4}):(?P<clock>\d\d:\d\d:\d\d)(?P<zone>(?: [+-]\d{4})?)\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}|-) (?P<size>\d+|-)(?P<rest>.*)$'
)
_BACK = r'^ "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)"(?:[ \t\r].*)?$'
_REQUEST = re.compile(r"(?P<method>[A-Za-z_-]+) (?P<target>\S+)(?: HTTP/[\d.]+)?")


class WebLog:
    """The format."""

    name = "weblog"
    parser_id = "weblog@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether the first lines are of an access log."""
        return is_mostly(head, _FRONT)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each line says everything
        """Make a parser for one file."""
        return WebLogParser()


class WebLogParser(Forgetful):
    """Reads each line by itself."""

    def parse(self, text: Text) -> Parsed:
        """Make http rows of a block's lines."""
        found, fields = groups(text.strings, _FRONT)
        stamps = stamps_of(_time_fields(fields), Calendar(None))
        rows = stamped_rows("http", text.lines[found], stamps, _columns(fields))
        return rows.and_also(bad_line(_BAD, text.lines[~found]))


def _time_fields(fields: dict[str, pa.Array]) -> dict[str, pa.Array]:
    return {
        "date": pc.replace_substring(fields["date"], "/", "-"),
        "clock": fields["clock"],
        "rest_of_time": pc.utf8_ltrim_whitespace(fields["zone"]),
    }


def _columns(fields: dict[str, pa.Array]) -> dict[str, pa.Array]:
    client = names.addresses(fields["client"])
    agent = _agents(fields["rest"])
    site = by_distinct(fields["site"], _site, pa.string())
    return {
        "host": site,
        "user": without(fields["user"], "-", ""),
        "src_ip": client,
        "dst_port": whole(by_distinct(fields["site"], _port, pa.string()), PORT),
        "domain": names.domains(site),
        "url": by_distinct(fields["request"], _target, pa.string()),
        "method": by_distinct(fields["request"], _method, pa.string()),
        "status": without(fields["status"], "-"),
        "bytes_out": whole(fields["size"], pa.int64()),
        "user_agent": agent,
    }


def _agents(rest: pa.Array) -> pa.Array:
    """Give the user agent of each line; null where the line ends before it."""
    agent = pc.struct_field(pc.extract_regex(rest, _BACK), "agent")
    return without(agent, "-", "")


def _site(text: str) -> str | None:
    return re.sub(r":\d{1,5}$", "", text) or None


def _port(text: str) -> str | None:
    found = re.search(r":(\d{1,5})$", text)
    return found[1] if found else None


def _method(request: str) -> str | None:
    found = _REQUEST.fullmatch(request)
    return found["method"] if found else None


def _target(request: str) -> str | None:
    found = _REQUEST.fullmatch(request)
    return found["target"] if found else None
