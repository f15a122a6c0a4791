"""How much went over the wire in the records that count."""

from collections.abc import Callable

from ashiato.engine.duck import Duck

Lake = Callable[..., Duck]
A, B = "a" * 64, "b" * 64


def test_volumes_add_up_chosen_records_once_and_by_cell(lake: Lake) -> None:
    engine = lake(
        {"bytes_out": 5, "bytes_in": 70},
        {"bytes_out": 7},
        {"bytes_out": 900, "exhibit": B},
        {"kind": "conn", "bytes_out": 11, "bytes_in": 13},
    )
    chosen = [(0, A, "proxy", 1), (0, A, "proxy", 2), (0, A, "proxy", 2), (1, A, "conn", 4)]

    assert engine.volumes(chosen) == {0: (12, 70), 1: (11, 13)}


def test_volumes_say_nothing_where_no_record_does(lake: Lake) -> None:
    engine = lake({}, {"kind": "dns"})

    assert engine.volumes([(3, A, "proxy", 1)]) == {3: (None, None)}
    assert engine.volumes([]) == engine.volumes([(0, B, "proxy", 1)]) == {}
