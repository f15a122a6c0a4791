"""Work without a case: what leaves the program is masked where it must be."""

from pathlib import Path

from ashiato.case.standalone import indicator_rows, indicators_text


def test_a_telephone_number_is_masked_wherever_it_is_printed(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The attackers called from +1 202-555-0143 and 10.0.0.7.", "utf-8")
    rows = indicator_rows([note])

    assert [r["type"] for r in rows] == ["phone", "ip"]
    assert not any("202" in str(value) for value in rows[0].values())
    assert "202" not in indicators_text(rows)
    assert "no indicator: a private" in indicators_text(rows)


def test_a_link_names_its_host(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Malware at hxxp://relay[.]example/a.", "utf-8")
    (row,) = indicator_rows([note])

    assert (row["value"], row["host"]) == ("http://relay.example/a", "relay.example")
    assert row["quote"] == "hxxp://relay[.]example/a"
