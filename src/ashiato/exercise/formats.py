"""How contacts are written down: Squid, BIND, Zeek (TSV and JSON) and OpenSSH, line by line.

A writer turns one batch of contacts into the lines of one or more files, in order of time. It reads
details (sizes, ports, status) off each contact's mark, so that a line depends on its contact alone.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from ashiato.exercise.scene import Organisation, Site
from ashiato.exercise.words import pack

DAY = 86_400
Lines = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Contacts in order of time: instant (epoch seconds), host number, site number, mark."""

    times: list[float]
    hosts: list[int]
    sites: list[int]
    marks: list[int]


@dataclass(slots=True)
class Desk:
    """What a writer needs of one organisation: its machines, the sites, and how its clock runs."""

    organisation: Organisation
    sites: tuple[Site, ...]
    planned_from: int
    days: dict[int, str] = field(default_factory=dict)

    def local(self, instant: float, pattern: str) -> tuple[str, float]:
        """Give the local date (in ``pattern``) and the seconds since local midnight, as written."""
        shown = instant + self.organisation.zone.minutes * 60
        number, second = divmod(shown, DAY)
        date = self.days.get(int(number))
        if date is None:
            moment = datetime.fromtimestamp(number * DAY, UTC)
            date = self.days[int(number)] = f"{moment:{pattern}}".replace("@", f"{moment.day:>2}")
        return date, second


def _clock(second: float) -> str:
    whole = int(second)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


_PATHS = tuple(pack("words")["site"]["paths"])
_AGENTS = tuple(pack("words")["site"]["agents"])
_STATUS = (200, 200, 200, 200, 304, 302, 404, 200)
_MIME = ("text/html", "image/png", "application/javascript", "application/json", "text/css")


def _uri(site: Site, mark: int) -> str:
    if not site.path:
        return str(_PATHS[mark % len(_PATHS)])
    return f"{site.path}{mark % 9973:04d}" if site.path.endswith("=") else site.path


def _is_tls(site: Site, number: int) -> bool:
    """Whether a site is reached by TLS: two of three ordinary sites are; planned ones are not."""
    return not site.path and number % 3 != 0


def squid(batch: Batch, desk: Desk) -> Lines:
    """Write Squid's native access.log: epoch time, elapsed, client, result, size, request."""
    out, hosts, sites = [], desk.organisation.hosts, desk.sites
    for t, h, s, m in zip(batch.times, batch.hosts, batch.sites, batch.marks, strict=True):
        site = sites[s]
        head = f"{t:.3f} {m % 1900 + 3:6d} {hosts[h]}"
        size, via = m % 60_013 + 220, f"- HIER_DIRECT/{site.address}"
        if _is_tls(site, s):
            out.append(f"{head} TCP_TUNNEL/200 {size} CONNECT {site.domain}:443 {via} -")
            continue
        request = f"GET http://{site.domain}{_uri(site, m)}"
        out.append(f"{head} TCP_MISS/{_STATUS[m % 8]} {size} {request} {via} {_MIME[m % 5]}")
    return {"access.log": out}


def bind(batch: Batch, desk: Desk) -> Lines:
    """Write BIND 9's query log, as ``print-time`` and ``print-category`` give it: no zone."""
    out, hosts, sites = [], desk.organisation.hosts, desk.sites
    server = f"10.{desk.organisation.number % 250}.0.2"
    for t, h, s, m in zip(batch.times, batch.hosts, batch.sites, batch.marks, strict=True):
        date, second = desk.local(t, "%d-%b-%Y")
        name, kind = sites[s].domain, "AAAA" if m % 4 == 0 and s < desk.planned_from else "A"
        stamp = f"{date} {_clock(second)}.{int(second % 1 * 1000):03d}"
        client = f"client @0x7f{m % 0xFFFFFF:06x}{h:04x} {hosts[h]}#{m % 28_000 + 32_768} ({name})"
        out.append(f"{stamp} queries: info: {client}: query: {name} IN {kind} +E(0)K ({server})")
    return {"query.log": out}


@dataclass(frozen=True, slots=True)
class _Flow:
    """One contact as a Zeek sensor sees it."""

    stamp: str
    uid: str
    host: str
    port: int
    site: Site
    uri: str
    tls: bool
    asked: bool
    mark: int


def _flows(batch: Batch, desk: Desk) -> list[_Flow]:
    out = []
    for t, h, s, m in zip(batch.times, batch.hosts, batch.sites, batch.marks, strict=True):
        site = desk.sites[s]
        named = site.domain != site.address
        out.append(
            _Flow(
                stamp=f"{t:.6f}",
                uid=f"C{m:x}{int(t * 1000) & 0xFFFFFFFF:08x}",
                host=desk.organisation.hosts[h],
                port=m % 28_000 + 32_768,
                site=site,
                uri=_uri(site, m),
                tls=_is_tls(site, s),
                asked=named and (s >= desk.planned_from or m % 2 == 0),
                mark=m,
            )
        )
    return out


_ENDS = "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port"
_ZEEK = {
    "conn.log": (
        "proto:enum=tcp service:string duration:interval orig_bytes:count resp_bytes:count "
        "conn_state:string=SF missed_bytes:count=0 history:string=ShADadfF orig_pkts:count=6 "
        "orig_ip_bytes:count resp_pkts:count=8 resp_ip_bytes:count"
    ),
    "dns.log": (
        "proto:enum=udp trans_id:count query:string qclass:count=1 qclass_name:string=C_INTERNET "
        "qtype:count=1 qtype_name:string=A rcode:count=0 rcode_name:string=NOERROR AA:bool=F "
        "TC:bool=F RD:bool=T RA:bool=T Z:count=0 answers:vector[string] "
        "TTLs:vector[interval]=300.000000 rejected:bool=F"
    ),
    "http.log": (
        "trans_depth:count=1 method:string=GET host:string uri:string version:string=1.1 "
        "user_agent:string request_body_len:count=0 response_body_len:count status_code:count "
        "tags:set[enum]=(empty) resp_mime_types:vector[string]"
    ),
}
"""Zeek's own fields in its order, ``name:type``; ``=`` gives what is the same on every line."""
_BARE = frozenset({"time", "interval", "count", "port"})
_JSON_BOOL = {"T": "true", "F": "false"}


def _columns(name: str) -> list[tuple[str, str, str]]:
    """Give field, type and value (``%s`` where it varies) of each column of a Zeek log."""
    out = []
    for column in f"{_ENDS} {_ZEEK[name]}".split():
        described, _, constant = column.partition("=")
        field_name, _, kind = described.partition(":")
        out.append((field_name, kind, constant or "%s"))
    return out


def _json_value(kind: str, value: str) -> str:
    inner = kind.partition("[")[2].removesuffix("]")
    if inner:
        return "[]" if value == "(empty)" else f"[{_json_value(inner, value)}]"
    if kind == "bool":
        return _JSON_BOOL[value]
    return value if kind in _BARE else f'"{value}"'


_TSV_LINE = {name: "\t".join(value for _, _, value in _columns(name)) for name in _ZEEK}
_JSON_LINE = {
    name: "{" + ",".join(f'"{f}":{_json_value(k, v)}' for f, k, v in _columns(name)) + "}"
    for name in _ZEEK
}


def zeek_header(name: str) -> list[str]:
    """Give the head of a Zeek TSV file (Zeek manual, "ASCII writer")."""
    fields, types, _ = zip(*_columns(name), strict=True)
    return [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        f"#path\t{name.removesuffix('.log')}",
        "\t".join(("#fields", *fields)),
        "\t".join(("#types", *types)),
    ]


def _zeek(batch: Batch, desk: Desk, line: dict[str, str]) -> Lines:
    """Note each flow, the question that led to it, and the page that it fetched."""
    conn, dns, http = [], [], []
    resolver = f"10.{desk.organisation.number % 250}.0.2"
    for f in _flows(batch, desk):
        mark, domain, address = f.mark, f.site.domain, f.site.address
        ends = (f.stamp, f.uid, f.host, f.port, address, 443 if f.tls else 80)
        sent, got, lasted = mark % 4_001 + 90, mark % 90_001 + 200, f"{mark % 19_997 / 1e3:.6f}"
        service = "ssl" if f.tls else "http"
        conn.append(line["conn.log"] % (*ends, service, lasted, sent, got, sent + 320, got + 420))
        if f.asked:
            asks = (f.stamp, f"D{f.uid}", f.host, f.port ^ 1, resolver, 53)
            dns.append(line["dns.log"] % (*asks, mark % 65_536, domain, address))
        if not f.tls:
            page = (domain, f.uri, _AGENTS[mark % len(_AGENTS)], got, _STATUS[mark % 8])
            http.append(line["http.log"] % (*ends, *page, _MIME[mark % 5]))
    return {"conn.log": conn, "dns.log": dns, "http.log": http}


def zeek_tsv(batch: Batch, desk: Desk) -> Lines:
    """Write Zeek's conn, dns and http logs as tab-separated text."""
    return _zeek(batch, desk, _TSV_LINE)


def zeek_json(batch: Batch, desk: Desk) -> Lines:
    """Write the same three logs as Zeek's JSON writer does, one object a line."""
    return _zeek(batch, desk, _JSON_LINE)


_STAFF = ("staff1", "staff2", "staff3", "deploy", "mirror", "backup", "ops", "runner")
_KEYS = tuple("SHA256:" + b64encode(sha256(n.encode()).digest()).decode()[:-1] for n in _STAFF)
_STRANGERS = ("root", "admin", "test", "guest", "pi", "user")
_GUESSES = 3
"""Failed passwords before an intruder's first success."""


def _sshd_event(site: Site, mark: int, nth: int) -> str:
    """Give a line after its program name; ``nth`` counts planned contacts, -1 is ordinary."""
    port = f"from {site.address} port {mark % 28_000 + 32_768} ssh2"
    if nth < 0 and site.path != "scan":
        if mark % 5 == 0:
            return f"pam_unix(sshd:session): session closed for user {_STAFF[mark % 8]}"
        return f"Accepted publickey for {_STAFF[mark % 8]} {port}: ED25519 {_KEYS[mark % 8]}"
    if site.path == "scan" or nth < _GUESSES:
        return f"Failed password for {_STRANGERS[mark % 6]} {port}"
    return f"Accepted password for {_STAFF[mark % 8]} {port}"


def sshd(batch: Batch, desk: Desk) -> Lines:
    """Write OpenSSH's auth.log lines under syslog: local time, no year, no zone."""
    out, hosts = [], desk.organisation.hosts
    for t, h, s, m in zip(batch.times, batch.hosts, batch.sites, batch.marks, strict=True):
        date, second = desk.local(t, "%b @")
        planned = s >= desk.planned_from
        event = _sshd_event(desk.sites[s], m >> 9 if planned else m, m & 511 if planned else -1)
        out.append(f"{date} {_clock(second)} {hosts[h]} sshd[{m % 31_000 + 700}]: {event}")
    return {"auth.log": out}


WRITERS: dict[str, Callable[[Batch, Desk], Lines]] = {
    "squid": squid,
    "bind": bind,
    "zeek-tsv": zeek_tsv,
    "zeek-json": zeek_json,
    "sshd": sshd,
}


def lines_a_contact(kind: str, site: Site, number: int) -> float:
    """Say how many lines an ordinary contact leaves: Zeek notes flow, half the questions, pages."""
    if not kind.startswith("zeek"):
        return 1.0
    return 1.5 + (not _is_tls(site, number))
