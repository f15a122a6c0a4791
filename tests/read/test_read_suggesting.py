import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.errors import BadInput
from ashiato.core.sources import Intake, Source, TableMapping
from ashiato.read.suggesting import mapping_text, suggest_mapping
from ashiato.read.tables import read_table

TABLES = {
    "english": ("utf-8", ("Contract No.,Customer Name,Login ID,Start date,End date,Colour\n"
                "K-1,Ilse Marn,marn01,2031/4/1,2031/4/30,blue\n")),
    "japanese": ("cp932", ("契約番号,契約者名,ログインID,利用開始日,契約終了日,色\n"
                 "K-1,春野トモ,marn01,令和13年4月1日,２０３１年４月３０日,青\n")),
    "chinese": ("gb18030", ("合同编号,客户名称,账号,开始日期,到期日期,颜色\n"
                "K-1,林夏,marn01,2031年4月1日,2031年4月30日,蓝\n")),
    "taiwanese": ("big5", ("合約編號,客戶名稱,帳號,開始日期,結束日期,顏色\n"
                  "K-1,林夏,marn01,民國120年4月1日,民國120年4月30日,藍\n")),
}  # fmt: skip


@pytest.mark.parametrize("language", TABLES)
def test_a_providers_own_table_needs_no_code(language: str) -> None:
    encoding, text = TABLES[language]
    raw = text.encode(encoding)
    found = suggest_mapping(raw, "a.csv")
    shown = tomllib.loads(mapping_text(found, "theirs"))["mappings"]["theirs"]
    mapping = TableMapping("theirs", shown["kind"], shown["columns"], (), shown["delimiter"])
    intake = Intake("ab" * 32, "a.csv", Source("s", "S"), timezone="Asia/Tokyo",
                    encoding=found.encodings[0], mapping=mapping)  # fmt: skip
    reading = read_table(raw, intake)

    assert (found.kind, found.unread, len(found.unknown)) == ("contracts", (), 1)
    assert not reading.problems
    assert sorted(reading.records[0].fields) == ["account", "contract", "customer"]
    assert reading.records[0].times["start"].earliest.isoformat() == "2031-03-31T15:00:00+00:00"


def test_a_date_that_could_be_two_days_is_pointed_out() -> None:
    found = suggest_mapping(b"account;IP address;time\nann01;192.0.2.1;4/5/2031\n", "a.csv")

    assert (found.kind, found.delimiter, found.unread) == ("logins", ";", ("at",))
    assert "date_formats" in mapping_text(found, "x")


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\xff\xff\xff\xff"])
def test_a_table_of_unknown_headings_is_refused_with_a_remedy(raw: bytes) -> None:
    with pytest.raises(BadInput):
        suggest_mapping(raw, "a.csv")


@given(st.text(max_size=60))
def test_whatever_the_headings_the_proposal_is_toml(odd: str) -> None:
    raw = f'account,"{odd.replace(chr(34), "")}"\nx,y\n'.encode("utf-8", "ignore")

    assert tomllib.loads(mapping_text(suggest_mapping(raw, "a.csv"), "x"))["mappings"]["x"]["kind"]
