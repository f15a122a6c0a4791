"""How much went over the wire in the records that count."""

from collections.abc import Callable

from ashiato.engine.duck import Duck

Lake = Callable[..., Duck]
A, B, ORG = "a" * 64, "b" * 64, "Org 001"


def test_volumes_add_up_chosen_records_once_and_by_cell(lake: Lake) -> None:
    engine = lake(
        {"bytes_out": 5, "bytes_in": 70},
        {"bytes_out": 7},
        {"bytes_out": 900, "exhibit": B},
        {"kind": "conn", "bytes_out": 11, "bytes_in": 13},
    )
    chosen = [(0, ORG, A, "", "proxy", n) for n in (1, 2, 2)] + [(1, ORG, A, "", "conn", 4)]

    assert engine.volumes(chosen) == {0: (12, 70), 1: (11, 13)}


def test_volumes_say_nothing_where_no_record_does(lake: Lake) -> None:
    engine = lake({}, {"kind": "dns"})

    assert engine.volumes([(3, ORG, A, "", "proxy", 1)]) == {3: (None, None)}
    assert engine.volumes([]) == engine.volumes([(0, ORG, B, "", "proxy", 1)]) == {}


def test_one_file_of_two_organisations_is_added_up_for_one(lake: Lake) -> None:
    engine = lake({"rec_no": 1, "bytes_out": 5}, {"rec_no": 1, "bytes_out": 5, "org": "Org 002"})

    assert engine.volumes([(0, ORG, A, "", "proxy", 1)]) == {0: (5, None)}


def test_members_of_one_archive_are_kept_apart(lake: Lake) -> None:
    engine = lake(
        {"rec_no": 1, "bytes_out": 5, "codec": "zip:stored@0+9:a.log"},
        {"rec_no": 1, "bytes_out": 7, "codec": "zip:stored@9+9:b.log"},
    )

    assert engine.volumes([(0, ORG, A, "zip:stored@9+9:b.log", "proxy", 1)]) == {0: (7, None)}
