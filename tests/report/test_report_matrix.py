"""The census by kind of log and month, as people read it."""

import re
from dataclasses import replace
from datetime import timedelta

from ashiato.core.assessed import AssessedCase
from ashiato.core.records import CensusCell, CensusStatus
from ashiato.report.links import link_up
from ashiato.report.sections.matrix import matrix


def text(case: AssessedCase) -> str:
    return str(matrix(link_up(case)) or "").replace("\N{NO-BREAK SPACE}", " ")


def rows(markup: str, name: str) -> list[str]:
    return re.findall(rf'<tr><th scope="row">{name}</th>(.*?)</tr>', markup)


def test_excluded_and_repeated_numbers_stand_beside_those_that_count(case: AssessedCase) -> None:
    proxy, dns = rows(text(case), "Org 001")

    assert 'label census-hit">hit 13</span><small>+1 excluded</small>' in proxy
    assert "<small>+1 repeated</small><small>28 of 30 days</small>" in proxy
    assert dns.count('<span class="blind">no rows</span>') == 2


def test_who_shows_no_match_is_folded_away_and_still_there(case: AssessedCase) -> None:
    shown, folded = text(case).split("<details>")

    assert "8 organisations without a match" in folded
    assert rows(shown, "Org 001")
    assert not rows(shown, "Org 013")
    assert ">clear</span>" in rows(folded, "Org 013")[0]


def test_kinds_that_never_came_share_a_line(case: AssessedCase) -> None:
    first = case.cells[2]
    cells = (*case.cells, replace(first, log_kind="conn"), replace(first, log_kind="ssl"))

    assert 'data-label="Logs">conn, dns, ssl</td>' in text(replace(case, cells=cells))


def test_only_the_last_months_are_set_and_the_page_says_how_many_are_not(
    case: AssessedCase,
) -> None:
    def month(number: int) -> CensusCell:
        start = case.cells[0].start + timedelta(days=31 * number)
        return replace(case.cells[0], start=start, end=start + timedelta(days=31))

    found = text(replace(case, cells=tuple(map(month, range(20)))))

    assert "2 earlier months stand there alone" in found
    assert found.count('<th scope="col"') == 2 + 18


def test_a_case_without_logs_has_no_matrix(empty_case: AssessedCase) -> None:
    assert text(empty_case) == ""


def test_two_hundred_organisations_stay_one_line_for_each_kind(case: AssessedCase) -> None:
    cells = tuple(
        replace(
            case.cells[0],
            organisation=f"Quiet {number}",
            log_kind=kind,
            status=CensusStatus.CLEAR,
            sightings=0,
            excluded=0,
            repeated=0,
        )
        for number in range(200)
        for kind in ("conn", "dns", "http")
    )

    assert text(replace(case, cells=cells)).count("<tr>") == 1 + 600
