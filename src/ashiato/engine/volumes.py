"""How much went over the wire in chosen records: the volume beside each part of the census."""

from collections.abc import Iterable

import pyarrow as pa

Chosen = tuple[int, str, str, str, str, int]
"""A record of a cell: the cell's number, organisation, exhibit, codec, kind of log, its number."""
COUNTED = pa.schema(
    [
        ("cell", pa.int64()),
        ("org", pa.string()),
        ("exhibit", pa.string()),
        ("codec", pa.string()),
        ("kind", pa.string()),
        ("rec_no", pa.int64()),
    ]
)

# cell, bytes sent, bytes received: NULL where no record of the cell says
VOLUMES = """
SELECT c.cell, sum(r.bytes_out), sum(r.bytes_in)
FROM lake r JOIN counted c
  ON r.org = c.org AND r.exhibit = c.exhibit AND coalesce(r.codec, '') = c.codec
 AND r.kind = c.kind AND r.rec_no = c.rec_no
GROUP BY c.cell ORDER BY c.cell
"""


def counted_table(records: Iterable[Chosen]) -> pa.Table:
    """Lay the records out as the table ``counted``, each once."""
    rows = sorted(set(records))
    columns = zip(*rows, strict=True) if rows else [()] * len(COUNTED)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, COUNTED, strict=True)]
    return pa.Table.from_arrays(arrays, schema=COUNTED)
