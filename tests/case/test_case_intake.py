from datetime import UTC, datetime

from ashiato.case.intake import intake_of, sources_of
from ashiato.case.settings import EvidenceRule, Settings
from ashiato.core.evidence import Exhibit
from ashiato.core.sources import Source

T = datetime(2031, 1, 1, tzinfo=UTC)
POLICE = Source("harbour-police", "Harbour Police", "agency", "B", "statutory")


def exhibit(path: str) -> Exhibit:
    return Exhibit("ab" * 32, 10, path, T)


def test_the_first_rule_that_matches_a_file_counts() -> None:
    rules = (
        EvidenceRule("evidence/logs/org-1/*", organisation="Org 1", timezone="UTC"),
        EvidenceRule("evidence/*", source="harbour-police"),
    )
    settings = Settings("a", "b", sources=(POLICE,), evidence=rules)

    log = intake_of(exhibit("evidence/logs/org-1/deep/a.log"), settings)
    text = intake_of(exhibit("evidence/a.txt"), settings)

    assert (log.organisation, log.source.kind) == ("Org 1", "organisation")
    assert text.source == POLICE


def test_a_file_nobody_explained_speaks_for_itself_and_is_ungraded() -> None:
    settings = Settings("a", "b")

    intake = intake_of(exhibit("evidence/Some Article.txt"), settings)

    assert intake.source.id == "some-article-txt"
    assert intake.source.reliability is None
    assert sources_of([intake], settings) == (intake.source,)


def test_repairs_turned_off_for_the_case_are_off_in_every_file() -> None:
    rules = (EvidenceRule("evidence/a.txt", repairs_off=("referral",)),)
    some = Settings("a", "b", repairs_off=("zero-pronoun",), evidence=rules)
    none = Settings("a", "b", repairs=False)

    assert (
        intake_of(exhibit("evidence/a.txt"), some).extra["repairs_off"] == "zero-pronoun,referral"
    )
    assert intake_of(exhibit("evidence/b.txt"), some).extra["repairs_off"] == "zero-pronoun"
    assert intake_of(exhibit("evidence/b.txt"), none).extra["repairs_off"] == "*"
