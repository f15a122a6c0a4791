"""The section of leads: each with its reason and its records, and none taken for a sighting."""

from dataclasses import replace

from ashiato.core.assessed import AssessedCase
from ashiato.report.page import page


def section(case: AssessedCase) -> str:
    return page(case).decode().split('<section id="behaviour"', 1)[1].split("</section>", 1)[0]


def test_a_lead_is_shown_with_its_reason_and_the_way_to_its_records(case: AssessedCase) -> None:
    shown = section(case)

    assert "A lead is no sighting" in shown
    for lead in case.leads:
        assert lead.because in shown
    assert shown.count('class="ref"') == sum(len(lead.citations) for lead in case.leads)


def test_what_several_organisations_share_comes_first(case: AssessedCase) -> None:
    shown = section(case)

    assert shown.index("c2.example") < shown.index("drop.example")


def test_a_case_without_leads_says_that_this_proves_nothing(case: AssessedCase) -> None:
    assert "not proof that nothing happened" in section(replace(case, leads=()))
