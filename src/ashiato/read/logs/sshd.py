"""Log-ins in a syslog, by OpenSSH and PAM: who was let in or refused, from where, with which key.

The header is RFC 3164 (no year, no zone), RFC 5424 or ISO 8601. PAM's refusals (``method`` is then
``pam:`` and the service) and openings of sessions (``status`` ``session``) are rows of their own:
what PAM says in sshd's own name
is left to sshd. A login name is the attacker's text and may
imitate the rest of the line; only the end of the line is sshd's own, so the name takes all it can.
"""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.sources import Intake
from ashiato.read.logs import names
from ashiato.read.logs.columns import PORT, by_distinct, groups, mask, matches, without
from ashiato.read.logs.columns import whole_numbers as whole
from ashiato.read.logs.drawn import together
from ashiato.read.logs.format import Parsed, Parser, bad_line, head_lines
from ashiato.read.logs.stamps import STAMP, Calendar, Dated, stamped_rows
from ashiato.read.logs.stamps import read as stamps_of
from ashiato.read.logs.text import Text

_HEADER = r"^(?:<\d{1,3}>(?:1 )?)?" + STAMP + r" +(?P<rest>[^ ]+ .*)$"
_AFTER_TAG = r"(?:(?:\[\d+\])?: | [^ ]+ [^ ]+ (?:-|\[[^\]]*\]) (?:\x{FEFF})?)"
_SSHD = r"^(?P<machine>[^ ]+) +sshd(?:-session|-auth)?" + _AFTER_TAG
_PAM = (
    r"^(?P<machine>[^ ]+) +(?P<tag>[\w./-]+)(?:\(pam_unix\))?"
    + _AFTER_TAG
    + r"(?:pam_(?:unix|sss)\((?P<service>[\w-]+):\w+\): )?"
    r"(?P<what>authentication failure|session opened)(?P<rest>(?:;| for user).*)$"
)
_SAID_TWICE = _SSHD + r"pam_\w+\(sshd:"
"""Where sshd lets PAM speak in its name it says the same itself."""
_RHOST = re.compile(r"\brhost=(\S+)")
_PAM_USER = re.compile(r"(?:\buser=|for user )([^ (]+)")
_LOGIN = (
    _SSHD + r"(?:message repeated \d+ times: \[ )?"
    r"(?P<verdict>Accepted|Failed) (?P<method>\S+) for (?:invalid user )?(?P<user>.*) "
    r"from (?P<remote>\S+) port (?P<port>\d{1,5})(?: ssh\d?)?"
    r"(?:: (?:\S+ )?(?P<print>SHA256:\S+|(?:MD5:)?(?:[0-9a-f]{2}:){15}[0-9a-f]{2})(?: .*)?)?"
    r"\]?[ \t\r]*$"
)
_LOGIN_WORD = _SSHD + r"(?:message repeated \d+ times: \[ )?(?:Accepted|Failed) \S+ for "


class Sshd:
    """The format."""

    name = "sshd"
    parser_id = "sshd@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether this is a syslog in which sshd or PAM speaks."""
        lines = pa.array(head_lines(head), pa.string())
        headed, header = groups(lines, _HEADER)
        speaks = matches(header["rest"], _SSHD) | matches(header["rest"], _PAM)
        return 2 * int(headed.sum()) > len(headed) and bool(speaks.any())

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        return SshdParser(Calendar(intake.year))


class SshdParser(Dated):
    """Reads log-ins; whatever else stands in a syslog is counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make auth rows of a block's lines."""
        headed, header = groups(text.strings, _HEADER)
        stamps = stamps_of(header, self._calendar)
        found, fields = groups(header["rest"], _LOGIN)
        is_broken = matches(header["rest"], _LOGIN_WORD) & ~found
        lines = text.lines[headed]
        refused = bad_line(
            "not a syslog line, or a log-in that cannot be read",
            np.concatenate([text.lines[~headed], lines[is_broken]]),
        )
        rows = stamped_rows("auth", lines[found], stamps.at(found), _columns(fields))
        asked, told = groups(header["rest"], _PAM)
        twice = matches(header["rest"], _SAID_TWICE)
        told = {name: values.filter(pa.array(~twice[asked])) for name, values in told.items()}
        asked &= ~twice
        of_pam = stamped_rows("auth", lines[asked], stamps.at(asked), _pam_columns(told))
        rest = int((~found & ~is_broken & ~asked).sum())
        return together((rows, replace(of_pam, notes=()))).and_also(refused, ignored=rest)


def _columns(fields: dict[str, pa.Array]) -> dict[str, pa.Array]:
    accepted = pc.equal(fields["verdict"], "Accepted")
    return {
        "host": fields["machine"],
        "user": fields["user"],
        "src_ip": names.addresses(fields["remote"]),
        "src_port": whole(fields["port"], PORT),
        "domain": names.domains(fields["remote"]),
        "method": fields["method"],
        "status": pc.if_else(pa.array(mask(accepted)), "accepted", "failed"),
        "user_agent": without(fields["print"], ""),
    }


def _pam_columns(fields: dict[str, pa.Array]) -> dict[str, pa.Array]:
    remote = by_distinct(fields["rest"], partial(_group, _RHOST), pa.string())
    refused = pc.equal(fields["what"], "authentication failure")
    service = pc.if_else(pc.equal(fields["service"], ""), fields["tag"], fields["service"])
    return {
        "host": fields["machine"],
        "user": by_distinct(fields["rest"], partial(_group, _PAM_USER), pa.string()),
        "src_ip": names.addresses(remote),
        "domain": names.domains(remote),
        "method": pc.binary_join_element_wise("pam", service, ":"),
        "status": pc.if_else(refused, "failed", "session"),
    }


def _group(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
