"""The lake's one flat schema: typed columns computed once, at ingest.

Every kind of log (see `KINDS`) uses the same columns and leaves empty
what it lacks. Times are UTC microseconds after the source's clock offset was taken off.
"""

import pyarrow as pa

LAKE = pa.schema(
    [
        pa.field("org", pa.string(), nullable=False),  # organisation whose log it is
        pa.field("exhibit", pa.string(), nullable=False),  # sha256 of the bytes received
        pa.field("codec", pa.string()),  # or a member (core.members): offsets count decoded bytes
        pa.field("rec_no", pa.int64(), nullable=False),  # line or record, from 1
        pa.field("byte_off", pa.int64(), nullable=False),
        pa.field("byte_len", pa.int64(), nullable=False),  # the line without its line end
        pa.field("ts", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # one of KINDS
        pa.field("parser", pa.string(), nullable=False),  # name@version
        pa.field("host", pa.string()),  # the organisation's own machine: client, or sensor
        pa.field("user", pa.string()),
        pa.field("src_ip", pa.string()),
        pa.field("src_ip4", pa.uint32()),
        pa.field("src_net6", pa.int64()),  # first 48 bits of an IPv6 address
        pa.field("src_port", pa.int32()),
        pa.field("dst_ip", pa.string()),
        pa.field("dst_ip4", pa.uint32()),
        pa.field("dst_net6", pa.int64()),
        pa.field("dst_port", pa.int32()),
        pa.field("domain", pa.string()),  # requested name, lower case, no trailing dot
        pa.field("rd", pa.string()),  # its registered domain by the public suffix list
        pa.field("url", pa.string()),
        pa.field("url_hash", pa.uint64()),  # XXH3 of the URL in lower case: finds candidates
        pa.field("method", pa.string()),  # HTTP method, DNS type, sshd method
        pa.field("status", pa.string()),  # HTTP status, rcode, accepted or failed
        pa.field("bytes_out", pa.int64()),
        pa.field("bytes_in", pa.int64()),
        pa.field("duration", pa.float64()),  # seconds
        pa.field("user_agent", pa.string()),  # also the client fingerprint of a login
        pa.field("answers", pa.string()),  # DNS answers, space between
        pa.field("mail_from", pa.string()),  # address of the sender, lower case
        pa.field("mail_to", pa.string()),  # addresses of the receivers, lower case, space between
        pa.field("subject", pa.string()),  # of a certificate
        pa.field("issuer", pa.string()),
        pa.field("path", pa.string()),  # of a file, as written
        pa.field("file_name", pa.string()),  # its last part in lower case
        pa.field("md5", pa.string()),
        pa.field("sha1", pa.string()),
        pa.field("sha256", pa.string()),
    ]
)
KINDS = ("auth", "conn", "dns", "files", "http", "process", "proxy", "smtp", "ssl", "x509")
