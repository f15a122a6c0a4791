"""Answers about custody, as a person reads them."""

from ashiato.case.asking import Known
from ashiato.case.questions import handovers_in, handovers_text
from ashiato.core.claims import Entity, EntityType
from ashiato.core.tenancy import Handover, Tracing
from ashiato.core.time import FIRST, LAST, Moment

ACCOUNT = Entity("account:prov:u-17", "u-17", EntityType.ACCOUNT)


def test_an_end_of_a_window_that_nobody_knows_is_called_unknown() -> None:
    passed = Handover(ACCOUNT, None, None, Moment(FIRST, LAST), None, (), "Sold, they say.", ())
    known = Known(Tracing(handovers=(passed,)), (), (), (), b"")

    answer = handovers_in(known, "u-17")

    assert answer["handovers"][0]["window"] == {"earliest": None, "latest": None}
    assert handovers_text(answer).startswith("unknown to unknown  nobody known -> nobody known")
