from collections.abc import Callable
from typing import Any

import pytest

from ashiato.read.logs import LogReading

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
HEAD = "Apr 20 09:00:01 vps-1042 sshd[812]: "
KEY = "SHA256:0vFk3bWq5mB1nq0cX8y7e6d5c4b3a2918f7e6d5c4b3"
KNOWN = {"timezone": "UTC", "year": 2031}


def read_one(read_bytes: ReadBytes, line: str) -> dict[str, Any]:
    _, (row,) = read_bytes(line.encode(), **KNOWN)
    return row


def test_an_accepted_key_gives_the_login_with_its_fingerprint(read_bytes: ReadBytes) -> None:
    line = f"{HEAD}Accepted publickey for dev01 from 192.0.2.9 port 50022 ssh2: ED25519 {KEY}"
    row = read_one(read_bytes, line)

    expected = {
        "kind": "auth",
        "parser": "sshd@1",
        "host": "vps-1042",
        "user": "dev01",
        "src_ip": "192.0.2.9",
        "src_port": 50022,
        "method": "publickey",
        "status": "accepted",
        "user_agent": KEY,
    }
    assert {key: row[key] for key in expected} == expected
    assert row["ts"].isoformat() == "2031-04-20T09:00:01+00:00"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Accepted password for ann from 192.0.2.9 port 1 ssh2", ("ann", "accepted", "password")),
        ("Failed password for ann from 192.0.2.9 port 1 ssh2", ("ann", "failed", "password")),
        (
            "Failed password for invalid user bob from 192.0.2.9 port 1 ssh2",
            ("bob", "failed", "password"),
        ),
        ("Failed none for invalid user  from 192.0.2.9 port 1 ssh2", ("", "failed", "none")),
        (
            "message repeated 5 times: [ Failed password for ann from 192.0.2.9 port 1 ssh2]",
            ("ann", "failed", "password"),
        ),
        (
            "Accepted keyboard-interactive/pam for ann from ::ffff:192.0.2.9 port 1 ssh2",
            ("ann", "accepted", "keyboard-interactive/pam"),
        ),
        ("Accepted password for ann from 192.0.2.9 port 1", ("ann", "accepted", "password")),
    ],
)
def test_each_kind_of_login_is_read(
    read_bytes: ReadBytes, message: str, expected: tuple[str, str, str]
) -> None:
    row = read_one(read_bytes, HEAD + message)

    assert (row["user"], row["status"], row["method"]) == expected
    assert (row["src_ip"], row["src_ip4"]) == ("192.0.2.9", 0xC0000209)


def test_a_login_name_cannot_imitate_an_address(read_bytes: ReadBytes) -> None:
    name = "root from 203.0.113.66 port 22 ssh2"
    row = read_one(
        read_bytes, f"{HEAD}Failed password for invalid user {name} from 192.0.2.9 port 4 ssh2"
    )

    assert (row["user"], row["src_ip"]) == (name, "192.0.2.9")


@pytest.mark.parametrize("program", ["sshd[812]", "sshd", "sshd-session[812]", "sshd-auth[812]"])
def test_newer_and_older_programs_are_known(read_bytes: ReadBytes, program: str) -> None:
    message = "Accepted password for ann from 192.0.2.9 port 1 ssh2"

    assert read_one(read_bytes, f"Apr  2 09:00:01 h {program}: {message}")["user"] == "ann"


def test_old_fingerprints_in_md5_are_kept(read_bytes: ReadBytes) -> None:
    old = ":".join(["ab"] * 16)
    line = f"{HEAD}Accepted publickey for a from 192.0.2.9 port 1 ssh2: RSA {old}"

    assert read_one(read_bytes, line)["user_agent"] == old


def test_a_syslog_time_with_its_zone_needs_nothing_stated(read_bytes: ReadBytes) -> None:
    line = (
        "2031-04-20T18:00:01.5+09:00 h sshd[1]: Accepted password for a from 192.0.2.9 port 1 ssh2"
    )
    _, (row,) = read_bytes(line.encode())

    assert row["ts"].isoformat() == "2031-04-20T09:00:01.500000+00:00"


def test_what_else_stands_in_a_syslog_is_ignored_and_what_is_broken_is_not(
    read_bytes: ReadBytes,
) -> None:
    lines = [
        HEAD + "Accepted password for a from 192.0.2.9 port 1 ssh2",
        HEAD + "Invalid user bob from 192.0.2.9",
        HEAD + "Failed password for",
        "Apr 20 09:00:02 vps-1042 CRON[9]: session opened",
        HEAD + "Failed password for ann from 192.0",
        "no syslog at all",
    ]
    reading, rows = read_bytes("\r\n".join(lines).encode(), **KNOWN)

    assert (len(rows), reading.ignored) == (1, 3)
    assert [(p.kind, p.count) for p in reading.problems] == [("bad-line", 2)]


def test_without_a_year_the_log_is_left_out(read_bytes: ReadBytes) -> None:
    line = (HEAD + "Accepted password for a from 192.0.2.9 port 1 ssh2\n").encode()
    reading, rows = read_bytes(line * 3, timezone="UTC")

    (problem,) = reading.problems
    assert (rows, problem.kind, problem.count) == ([], "no-year", 3)
    assert "case.toml" in problem.remedy


def test_without_a_zone_the_log_is_left_out(read_bytes: ReadBytes) -> None:
    line = (HEAD + "Accepted password for a from 192.0.2.9 port 1 ssh2\n").encode()
    reading, rows = read_bytes(line * 3, year=2031)

    assert (rows, [(p.kind, p.count) for p in reading.problems]) == ([], [("no-zone", 3)])


def dated(*days: str) -> bytes:
    message = "Accepted password for a from 192.0.2.9 port 1 ssh2"
    return "".join(f"{day} 09:00:01 h sshd[1]: {message}\n" for day in days).encode()


def test_a_year_that_turns_within_the_file_goes_forward_and_is_noted(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(dated("Dec 30", "Dec 31", "Jan  1", "Feb 29"), **KNOWN)

    assert [r["ts"].date().isoformat() for r in rows] == [
        "2031-12-30",
        "2031-12-31",
        "2032-01-01",
        "2032-02-29",
    ]
    assert len(reading.notes) == 1


def test_lines_that_are_not_logins_tell_the_turn_of_the_year_too(read_bytes: ReadBytes) -> None:
    quiet = b"Sep  1 00:00:00 h CRON[1]: x\nFeb  1 00:00:00 h CRON[1]: x\n"
    data = dated("Apr  1") + quiet + dated("Apr  2")
    _, rows = read_bytes(data, **KNOWN)

    assert [r["ts"].year for r in rows] == [2031, 2032]


def test_a_straggler_around_new_year_belongs_to_the_old_year(read_bytes: ReadBytes) -> None:
    _, rows = read_bytes(dated("Dec 31", "Jan  1", "Dec 31", "Jan  1"), **KNOWN)

    assert sorted(r["ts"].year for r in rows) == [2031, 2031, 2032, 2032]


def test_a_day_that_the_year_does_not_have_is_refused(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(dated("Feb 28", "Feb 29"), **KNOWN)

    assert len(rows) == 1
    assert [(p.kind, p.count) for p in reading.problems] == [("impossible-date", 1)]


PAM = b"""\
Apr 20 09:00:01 gate sshd(pam_unix)[19]: authentication failure; logname= uid=0 euid=0 tty=x \
ruser= rhost=192.0.2.9  user=root
Apr 20 09:00:02 gate vsftpd: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 \
ruser= rhost=far.shop.example
Apr 20 09:00:02 gate sshd[19]: pam_unix(sshd:auth): authentication failure; rhost=192.0.2.9
Apr 20 09:00:03 gate su[20]: pam_unix(su:session): session opened for user ann(uid=5) by (uid=0)
Apr 20 09:00:04 gate sshd(pam_unix)[21]: check pass; user unknown
"""


def test_pam_tells_of_refusals_and_sessions_in_its_own_words(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(PAM, timezone="UTC", year=2031)

    assert (reading.kind, reading.rows, reading.ignored, reading.problems) == ("sshd", 3, 2, ())
    said = [(r["user"], r["src_ip"], r["domain"], r["method"], r["status"]) for r in rows]
    assert said == [
        ("root", "192.0.2.9", None, "pam:sshd", "failed"),
        (None, None, "far.shop.example", "pam:vsftpd", "failed"),
        ("ann", None, None, "pam:su", "session"),
    ]


def test_a_log_in_behind_an_rfc_5424_header_is_read(read_bytes: ReadBytes) -> None:
    line = (
        b"<38>1 2031-04-20T09:00:01.5+09:00 gate sshd 321 ID47 - "
        b"Accepted publickey for ann from 192.0.2.9 port 50022 ssh2: RSA SHA256:abc"
    )
    reading, (row,) = read_bytes(line)

    assert (reading.kind, row["host"], row["user"], row["status"]) == (
        "sshd",
        "gate",
        "ann",
        "accepted",
    )
    assert (row["src_ip"], row["user_agent"]) == ("192.0.2.9", "SHA256:abc")
