"""The SQL of every engine, written by hand in the part that engines share.

Equality joins, BETWEEN, GROUP BY, window functions; no lists, no lambdas, no engine's dialect.
An engine provides ``lake``: the columns of `ashiato.engine.schema.LAKE`, and ``us`` (``ts`` in
microseconds since 1970 UTC) and ``day`` (whole days since 1970 UTC). The tables of keys are those
of `ashiato.engine.probes`. The columns of each result stand above it.
"""

# The rows that a sweep looks at: a source's own logs are the tracing's material, nobody's victim.
SWEPT = """
CREATE TEMP VIEW swept AS SELECT * FROM lake WHERE NOT starts_with(org, 'source:')
"""

# Both ends of a connection: the other side visited, or the other side coming in.
ADDRESSES = """
CREATE TEMP VIEW addresses AS
SELECT 'dst_ip' AS field, dst_ip AS value, dst_ip4 AS ip4, dst_net6 AS net6,
       org, exhibit, codec, rec_no, byte_off, byte_len, us, host, kind
FROM swept
UNION ALL
SELECT 'src_ip' AS field, src_ip AS value, src_ip4 AS ip4, src_net6 AS net6,
       org, exhibit, codec, rec_no, byte_off, byte_len, us, host, kind
FROM swept
"""

# Every probe adds its candidates here; the window judges them afterwards, in `VERDICTS`.
MET = """
CREATE OR REPLACE TEMP TABLE met (
    indicator VARCHAR, field VARCHAR, value VARCHAR, org VARCHAR, exhibit VARCHAR, codec VARCHAR,
    rec_no BIGINT, byte_off BIGINT, byte_len BIGINT, us BIGINT, host VARCHAR, kind VARCHAR
)
"""

MEET_NAMES = """
INSERT INTO met
SELECT n.indicator, 'domain', r.domain, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN names n ON r.rd = n.suffix
WHERE r.domain = n.name OR ends_with(r.domain, n.dotted)
"""

MEET_NETS24 = """
INSERT INTO met
SELECT n.indicator, r.field, r.value, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM addresses r JOIN nets24 n ON (r.ip4 >> 8) = n.key AND r.ip4 BETWEEN n.lo AND n.hi
"""

MEET_NETS16 = """
INSERT INTO met
SELECT n.indicator, r.field, r.value, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM addresses r JOIN nets16 n ON (r.ip4 >> 16) = n.key AND r.ip4 BETWEEN n.lo AND n.hi
"""

# Candidates only: the key is a /48; `ashiato.engine.meeting` decides.
MEET_NETS6 = """
INSERT INTO met
SELECT n.indicator, r.field, r.value, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM addresses r JOIN nets6 n ON r.net6 = n.key
"""

# key: the /48 of every IPv6 address of the lake
KEYS6 = """
SELECT src_net6 AS key FROM swept WHERE src_net6 IS NOT NULL
UNION SELECT dst_net6 FROM swept WHERE dst_net6 IS NOT NULL ORDER BY key
"""

# The distinct texts of a column that holds several values, a space between.
ANSWERS = """
SELECT DISTINCT answers AS value FROM swept WHERE answers IS NOT NULL
"""
RECEIVERS = """
SELECT DISTINCT mail_to AS value FROM swept WHERE mail_to IS NOT NULL
"""

# Candidates only, by the hash of the URL in lower case: the case of a path matters, which
# `ashiato.engine.meeting` decides. The same for beginnings of URLs at the host they name.
MEET_URLS = """
INSERT INTO met
SELECT t.indicator, 'url', r.url, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN hashes t ON r.url_hash = t.hash
"""

MEET_PREFIXES = """
INSERT INTO met
SELECT t.indicator, 'url', r.url, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN prefixes t ON coalesce(r.domain, r.dst_ip) = t.host
WHERE starts_with(lower(r.url), lower(t.start))
"""

MEET_USERS = """
INSERT INTO met
SELECT t.indicator, 'user', r."user", r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'user' AND r."user" = t.text
"""

MEET_MD5 = """
INSERT INTO met
SELECT t.indicator, 'md5', r.md5, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'md5' AND r.md5 = t.text
"""

MEET_SHA1 = """
INSERT INTO met
SELECT t.indicator, 'sha1', r.sha1, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'sha1' AND r.sha1 = t.text
"""

MEET_SHA256 = """
INSERT INTO met
SELECT t.indicator, 'sha256', r.sha256, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'sha256' AND r.sha256 = t.text
"""

MEET_SENDERS = """
INSERT INTO met
SELECT t.indicator, 'mail_from', r.mail_from, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'mail_from' AND r.mail_from = t.text
"""

# lower() may fold more letters than A to Z: candidates only, as in the user agent below.
MEET_ADDRESS_USERS = """
INSERT INTO met
SELECT t.indicator, 'user', r."user", r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'address_as_user' AND lower(r."user") = lower(t.text)
"""

MEET_USER_AGENTS = """
INSERT INTO met
SELECT t.indicator, 'user_agent', r.user_agent, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'user_agent' AND lower(r.user_agent) = lower(t.text)
"""

MEET_FILE_NAMES = """
INSERT INTO met
SELECT t.indicator, 'file_name', r.file_name, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'file_name' AND r.file_name = t.text
"""

# Candidates only: the whole path decides.
MEET_PATHS = """
INSERT INTO met
SELECT t.indicator, 'path', r.path, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN texts t ON t.field = 'path' AND r.file_name = t.text
"""

MEET_ANSWERS = """
INSERT INTO met
SELECT t.indicator, 'answers', t.part, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN parts t ON r.answers = t.text
"""

MEET_RECEIVERS = """
INSERT INTO met
SELECT t.indicator, 'mail_to', t.part, r.org, r.exhibit, r.codec,
       r.rec_no, r.byte_off, r.byte_len, r.us, r.host, r.kind
FROM swept r JOIN parts t ON r.mail_to = t.text
"""

MEET_TEXTS = {
    "user": MEET_USERS,
    "md5": MEET_MD5,
    "sha1": MEET_SHA1,
    "sha256": MEET_SHA256,
    "mail_from": MEET_SENDERS,
    "address_as_user": MEET_ADDRESS_USERS,
    "user_agent": MEET_USER_AGENTS,
    "file_name": MEET_FILE_NAMES,
    "path": MEET_PATHS,
}
"""The probe of each ``field`` of the table ``texts``."""

# org, exhibit, codec, rec_no of records delivered before: in an exhibit with a lower hash, or in
# another member of one archive. Two records are one where every typed column and the length of the
# line agree; the n-th such record of one delivery answers to the n-th of another, so that two equal
# lines of ONE file stay two events. What two organisations hand in is a delivery of each.
REPEATS = """
CREATE OR REPLACE TEMP TABLE repeats AS
WITH placed AS (
    SELECT org, kind, us, byte_len, exhibit, coalesce(codec, '') AS codec, rec_no,
           exhibit || ' ' || coalesce(codec, '') AS delivery
    FROM met
), several AS (
    SELECT org, kind FROM placed GROUP BY org, kind HAVING min(delivery) <> max(delivery)
), twins AS (
    SELECT m.org, m.kind, m.us, m.byte_len
    FROM placed m JOIN several s ON m.org = s.org AND m.kind = s.kind
    GROUP BY m.org, m.kind, m.us, m.byte_len HAVING min(m.delivery) <> max(m.delivery)
), suspects AS (
    SELECT DISTINCT m.org, m.exhibit, m.codec, m.rec_no
    FROM placed m JOIN twins t
      ON m.org = t.org AND m.kind = t.kind AND m.us = t.us AND m.byte_len = t.byte_len
), described AS (
    SELECT s.org, s.exhibit, s.codec, s.rec_no, dense_rank() OVER (
        ORDER BY r.org, r.kind, r.us, r.byte_len, r.host, r."user", r.src_ip, r.src_port,
                 r.dst_ip, r.dst_port, r.domain, r.url, r.method, r.status, r.bytes_out,
                 r.bytes_in, r.duration, r.user_agent, r.answers, r.mail_from, r.mail_to,
                 r.subject, r.issuer, r.path, r.md5, r.sha1, r.sha256
    ) AS content
    FROM swept r JOIN suspects s
      ON r.org = s.org AND r.exhibit = s.exhibit AND coalesce(r.codec, '') = s.codec
     AND r.rec_no = s.rec_no
), counted AS (
    SELECT org, exhibit, codec, rec_no, content,
           row_number() OVER (PARTITION BY exhibit, codec, content ORDER BY rec_no) AS nth
    FROM described
), copies AS (
    SELECT org, exhibit, codec, rec_no,
           row_number() OVER (PARTITION BY content, nth ORDER BY exhibit, codec) AS copy
    FROM counted
)
SELECT DISTINCT org, exhibit, codec, rec_no FROM copies WHERE copy > 1
"""

# indicator, org, us, exhibit, codec, rec_no, byte_off, byte_len, host, kind, field, value,
# presence (before, after, certain, possible: as `UncertainInterval.at`), repeated: of one
# organisation and stretch of time
VERDICTS = """
SELECT m.indicator, m.org, m.us, m.exhibit, m.codec, m.rec_no, m.byte_off, m.byte_len,
       coalesce(m.host, ''), m.kind, m.field, m.value,
       CASE WHEN m.us < w.start_min THEN 'before'
            WHEN m.us >= w.end_max THEN 'after'
            WHEN m.us >= w.start_max AND m.us < w.end_min THEN 'certain'
            ELSE 'possible' END,
       d.exhibit IS NOT NULL
FROM met m
JOIN windows w ON m.indicator = w.indicator
LEFT JOIN repeats d ON m.org = d.org AND m.exhibit = d.exhibit
      AND coalesce(m.codec, '') = d.codec AND m.rec_no = d.rec_no
WHERE m.org = ? AND m.us BETWEEN ? AND ?
ORDER BY m.us, m.exhibit, m.rec_no, m.field, m.indicator, m.codec
"""

# org, first us, last us, rows of each day that met anything
MET_DAYS = """
SELECT org, min(us), max(us), count(*) FROM met
GROUP BY org, us // 86400000000 ORDER BY org, min(us)
"""

# org, kind, first us, last us, rows, hosts
COVERAGE = """
SELECT org, kind, min(us), max(us), count(*), count(DISTINCT host)
FROM lake GROUP BY org, kind ORDER BY org, kind
"""

# org, kind, first us of the day, last us of the day
COVERED_DAYS = """
SELECT org, kind, min(us), max(us) FROM lake GROUP BY org, kind, day ORDER BY org, kind, day
"""

# org: whoever's log-ins are kept as a source's own
LOGIN_SOURCES = """
SELECT DISTINCT org FROM lake WHERE kind = 'auth' AND starts_with(org, 'source:') ORDER BY org
"""

# account, host, address, us, accepted, client, exhibit, codec, rec_no, byte_off, byte_len
LOGINS = """
SELECT coalesce(r."user", ''), coalesce(r.host, ''), coalesce(r.src_ip, ''), r.us,
       coalesce(r.status = 'accepted', FALSE), coalesce(r.user_agent, ''),
       r.exhibit, r.codec, r.rec_no, r.byte_off, r.byte_len
FROM lake r JOIN wanted w ON r.org = w.org
WHERE r.kind = 'auth'
ORDER BY r.us, r.exhibit, r.rec_no
"""

# kind, rows
COUNTS = """
SELECT kind, count(*) FROM lake GROUP BY kind ORDER BY kind
"""

# src, dst, us, bytes_out, denied, exhibit, codec, rec_no, byte_off, byte_len: the contacts of one
# organisation's machines in one kind of log, of pairs with at least ? distinct instants
CONTACTS = """
WITH said AS (
    SELECT coalesce(src_ip, host) AS src, coalesce(domain, dst_ip) AS dst, us, bytes_out,
           CASE WHEN lower(status) IN (SELECT status FROM refusals) THEN 1 ELSE 0 END AS denied,
           exhibit, codec, rec_no, byte_off, byte_len
    FROM lake WHERE org = ? AND kind = ?
), pairs AS (
    SELECT src, dst FROM said WHERE src IS NOT NULL AND dst IS NOT NULL
    GROUP BY src, dst HAVING count(DISTINCT us) >= ?
)
SELECT s.src, s.dst, s.us, s.bytes_out, s.denied,
       s.exhibit, s.codec, s.rec_no, s.byte_off, s.byte_len
FROM said s JOIN pairs p ON s.src = p.src AND s.dst = p.dst
ORDER BY s.src, s.dst, s.us, s.exhibit, s.rec_no
"""

# dst, machines of the organisation that contacted it
VISITORS = """
SELECT coalesce(domain, dst_ip) AS dst, count(DISTINCT coalesce(src_ip, host))
FROM lake WHERE org = ? AND kind = ? AND coalesce(domain, dst_ip) IS NOT NULL
GROUP BY dst ORDER BY dst
"""

# org, kind, machines that contacted anything
TALKERS = """
SELECT org, kind, count(DISTINCT coalesce(src_ip, host)) FROM lake
WHERE kind IN ('conn', 'dns', 'http', 'proxy', 'ssl') AND NOT starts_with(org, 'source:')
GROUP BY org, kind ORDER BY org, kind
"""
