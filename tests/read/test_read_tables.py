import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.errors import BadInput
from ashiato.core.evidence import RecordLocator
from ashiato.core.sources import Intake, Source, TableMapping
from ashiato.core.time import Moment
from ashiato.read.tables import TableReading, read_table, split_rows

COLUMNS = {"contract": "Agreement no.", "account": "Login", "start": "From", "end": "Until"}
HEAD = "Agreement no.,Login,From,Until,Remark\n"


def table(text: str | bytes, **known: Any) -> TableReading:  # noqa: ANN401 - any field of Intake
    formats = known.pop("date_formats", ())
    delimiter = known.pop("delimiter", ",")
    columns = known.pop("columns", COLUMNS)
    mapping = TableMapping("provider-a", "contracts", columns, formats, delimiter)
    raw = text.encode() if isinstance(text, str) else text
    known = {"timezone": "Asia/Tokyo", "mapping": mapping, **known}
    return read_table(raw, Intake("ab" * 32, "evidence/a.csv", Source("prov", "Provider"), **known))


def day(year: int, month: int, date: int) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


def test_a_row_becomes_a_record_that_cites_its_bytes() -> None:
    text = HEAD + 'A-1,ann,2031-04-20,,"x, ""y""\r\nz"\r\nA-2,bob,,,\r\n'
    first, second = table(text).records

    assert (first.kind, first.source) == ("contracts", "prov")
    assert dict(first.fields) == {"contract": "A-1", "account": "ann"}
    assert first.citation.quote == 'A-1,ann,2031-04-20,,"x, ""y""\r\nz"'
    assert isinstance(first.citation.locator, RecordLocator)
    at = first.citation.locator
    assert text.encode()[at.byte_offset :][: at.byte_length].decode() == first.citation.quote
    assert isinstance(second.citation.locator, RecordLocator)
    assert (at.record, second.citation.locator.record) == (1, 2)


def test_a_bare_date_is_the_whole_local_day() -> None:
    (record,) = table(
        HEAD + "A-1,ann,2031/04/20,2031-05-01T12:00:00,\n", date_formats=("%Y/%m/%d",)
    ).records

    assert record.times["start"] == Moment(
        datetime(2031, 4, 19, 15, tzinfo=UTC), datetime(2031, 4, 20, 15, tzinfo=UTC)
    )
    assert record.times["end"] == Moment.exactly(datetime(2031, 5, 1, 3, tzinfo=UTC))


def test_a_day_of_a_clock_change_is_as_long_as_it_was() -> None:
    (record,) = table(HEAD + "A-1,ann,2031-03-30,,\n", timezone="Europe/Berlin").records
    moment = record.times["start"]

    assert (moment.latest - moment.earliest).total_seconds() == 23 * 3600


def test_a_time_that_was_twice_is_known_only_to_be_one_of_them() -> None:
    (record,) = table(HEAD + "A-1,ann,2031-10-26T02:30:00,,\n", timezone="Europe/Berlin").records
    moment = record.times["start"]

    assert moment.earliest == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)
    assert moment.latest > datetime(2031, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "times"),
    [
        ("A-1,ann,2031-02-31,2031-05-01,", ["end"]),
        ("A-1,ann,2031-05-01,2031-04-01,", []),
        ("A-1,ann,tomorrow,2031-05-01,", ["end"]),
        ("A-1,ann,9999-12-31,2031-05-01,", ["end"]),
    ],
)
def test_an_impossible_date_is_left_out_and_recorded(row: str, times: list[str]) -> None:
    reading = table(HEAD + row + "\n")

    (record,) = reading.records
    assert sorted(record.times) == times
    assert record.fields["contract"] == "A-1"
    assert [(p.kind, p.count) for p in reading.problems] == [("impossible-date", 1)]
    assert reading.problems[0].citation == record.citation


def test_the_same_day_for_start_and_end_is_possible() -> None:
    reading = table(HEAD + "A-1,ann,2031-04-01,2031-04-01,\n")

    assert sorted(reading.records[0].times) == ["end", "start"]
    assert not reading.problems


def test_a_local_time_that_was_skipped_is_impossible() -> None:
    reading = table(HEAD + "A-1,ann,2031-03-30T02:30:00,,\n", timezone="Europe/Berlin")

    assert reading.records[0].times == {}
    assert [p.kind for p in reading.problems] == ["impossible-date"]


def test_without_a_zone_naive_times_are_left_out_and_aware_ones_kept() -> None:
    reading = table(HEAD + "A-1,ann,2031-04-20,2031-05-01T00:00:00Z,\n", timezone=None)

    assert dict(reading.records[0].times) == {"end": Moment.exactly(day(2031, 5, 1))}
    assert [(p.kind, p.count) for p in reading.problems] == [("no-zone", 1)]
    assert "case.toml" in reading.problems[0].remedy


def test_a_clock_that_ran_ahead_is_set_back() -> None:
    (record,) = table(HEAD + "A-1,ann,2031-04-20T00:01:00Z,,\n", clock_offset=60).records

    assert record.times["start"] == Moment.exactly(day(2031, 4, 20))


def test_rows_of_another_width_are_left_out_counted_and_cited() -> None:
    reading = table(HEAD + "A-1,ann\nA-2,bob,,,\nA-3,cid\nA-4,dan,,,,\n\n")

    assert [r.fields["contract"] for r in reading.records] == ["A-2"]
    assert reading.rows == 4
    assert [(p.kind, p.count) for p in reading.problems] == [("bad-row", 2), ("bad-row", 1)]
    cited = [p.citation.quote for p in reading.problems if p.citation]
    assert cited == ["A-1,ann", "A-4,dan,,,,"]


def test_a_quote_that_is_never_closed_is_a_bad_row() -> None:
    reading = table(HEAD + 'A-1,ann,,,\nA-2,"bob,,,\nA-3,cid,,,\n')

    assert len(reading.records) == 1
    assert [p.kind for p in reading.problems] == ["bad-row"]


def test_a_row_without_any_mapped_cell_is_no_record() -> None:
    reading = table(HEAD + ",,,,remark\n")

    assert (reading.records, [p.kind for p in reading.problems]) == ((), ["bad-row"])


def test_a_heading_that_is_missing_names_file_heading_and_those_present() -> None:
    with pytest.raises(BadInput) as caught:
        table("Agreement no.,User,From,Until\n")

    message = str(caught.value)
    for part in ("evidence/a.csv", "'Login'", "'User'", "case.toml", "mappings.provider-a"):
        assert part in message


def test_a_heading_that_stands_there_twice_is_bad_input() -> None:
    with pytest.raises(BadInput, match="twice"):
        table("Agreement no.,Login,Login,From,Until\n")


def test_a_table_without_mapping_is_bad_input() -> None:
    with pytest.raises(BadInput, match=r"case\.toml"):
        table(HEAD, mapping=None)


def test_utf16_is_refused_with_a_remedy() -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        table(HEAD.encode("utf-16"))


def test_a_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    raw = b"\xef\xbb\xbf" + HEAD.encode() + b"A-1,ann,,,\n"
    (record,) = table(raw).records

    assert isinstance(record.citation.locator, RecordLocator)
    assert raw[record.citation.locator.byte_offset :].startswith(b"A-1")


def test_cp932_is_read_only_where_it_is_stated() -> None:
    raw = HEAD.encode() + "A-1,表示,,,\n".encode("cp932")

    assert [p.kind for p in table(raw).problems] == ["bad-encoding"]
    assert table(raw, encoding="cp932").records[0].fields["account"] == "表示"


def test_a_heading_row_in_another_encoding_is_bad_input() -> None:
    with pytest.raises(BadInput, match="encoding"):
        table("表示,Login\n".encode("cp932"))


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [("|", "cp932"), ('"', "utf-8"), ("::", "utf-8")]
)
def test_a_delimiter_that_cannot_separate_is_bad_input(delimiter: str, encoding: str) -> None:
    with pytest.raises(BadInput, match="cannot separate"):
        table(HEAD, delimiter=delimiter, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "no-such", "hex"])
def test_an_encoding_that_is_none_is_bad_input(encoding: str) -> None:
    with pytest.raises(BadInput, match=r"case\.toml"):
        table(HEAD, encoding=encoding)


def test_another_delimiter_is_followed() -> None:
    (record,) = table(HEAD.replace(",", ";") + "A-1;a,b;;;\n", delimiter=";").records

    assert record.fields["account"] == "a,b"


def test_a_compressed_table_cites_decoded_bytes() -> None:
    text = (HEAD + "A-1,ann,,,\nA-2,bob,,,\n").encode()
    packed = gzip.compress(text, mtime=0)
    whole, cut = table(packed), table(packed[:-8])

    assert [r.citation.quote for r in whole.records] == ["A-1,ann,,,", "A-2,bob,,,"]
    locator = whole.records[1].citation.locator
    assert locator == RecordLocator(2, text.index(b"A-2"), 10, "gzip")
    assert not whole.problems
    assert [p.kind for p in cut.problems] == ["truncated"]


def test_an_empty_table_has_nothing() -> None:
    assert table("") == TableReading((), 0, ())


CELLS = st.text(st.sampled_from('ab",\r\n '), max_size=6)


def written(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.sampled_from(["\n", "\r\n"])
)
def test_quoted_cells_come_back_as_they_were(rows: list[list[str]], end: str) -> None:
    raw = "".join(",".join(map(written, row)) + end for row in rows).encode()
    found = [[cell.decode() for cell in row.cells] for row in split_rows(raw, b",")]

    assert found == rows


@given(st.text(st.sampled_from('ab",\r\n;'), max_size=60))
def test_rows_lie_in_order_and_between_them_are_only_line_ends(text: str) -> None:
    raw, at = text.encode(), 0
    for row in split_rows(raw, b","):
        assert not raw[at : row.offset].strip(b"\r\n")
        at = row.offset + row.length
    assert not raw[at:].strip(b"\r\n")


@given(st.binary(max_size=120))
def test_any_bytes_under_the_heading_never_raise(raw: bytes) -> None:
    reading = table(HEAD.encode() + raw)

    left_out = sum(p.count for p in reading.problems if p.kind in {"bad-row", "bad-encoding"})
    assert reading.rows == len(reading.records) + left_out
