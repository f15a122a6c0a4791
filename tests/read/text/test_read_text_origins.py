from ashiato.core.claims import Claim
from ashiato.core.sources import Intake, Source
from ashiato.read.text import read_document

TOLD = "Tomas Brandt admitted that he had rented the server vps-1042 under a false name.\n"


def contracted(kind: str) -> Claim:
    source = Source("harbour-desk", "Harbour Desk", kind)
    found = read_document(TOLD.encode(), Intake("ab" * 32, "evidence/told.txt", source))
    return next(c for c in found.claims if c.proposition.predicate == "contracted")


def test_what_an_agency_tells_of_an_admission_came_into_the_record_by_the_agency() -> None:
    claim = contracted("agency")

    assert claim.origin.id == "harbour-desk"
    assert claim.speaker.text == "Tomas Brandt"


def test_what_an_outlet_tells_of_an_admission_is_the_person_s() -> None:
    assert contracted("outlet").origin.text == "Tomas Brandt"
