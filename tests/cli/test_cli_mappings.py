import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

Ashiato = Callable[..., Any]


def test_a_mapping_is_proposed_as_toml_and_as_data_and_never_applied(
    tmp_path: Path, ashiato: Ashiato
) -> None:
    table = tmp_path / "log.csv"
    table.write_text(
        "ユーザー名,IPアドレス,ログイン日時,謎\nmarn01,192.0.2.1,2031/4/1 9:00,x\n", "utf-8"
    )
    shown = ashiato("mapping", "suggest", str(table), "--name", "Quay VPN")
    row = json.loads(ashiato("mapping", "suggest", str(table), "--json").out)

    (mapping,) = tomllib.loads(shown.out)["mappings"].values()
    assert mapping["kind"] == row["kind"] == "logins"
    assert mapping["columns"] == row["columns"]
    assert row["unknown"] == ["謎"]
    assert list(tmp_path.iterdir()) == [table]
