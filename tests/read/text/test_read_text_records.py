import pytest

from ashiato.core.sources import Intake, Source
from ashiato.read.text import read_document

RECORD = """\
Record of the questioning of 9 June 2031

Tomas Brandt: I offered the ID u4411 on Parlour Point and handed it over on 28 July 2030.

Tomas Brandt: I rented the server vps-1042 from Quay Hosting under the name Edda Marlow.

I, Tomas Brandt, never attacked anybody; I only sold the ID u4411.
"""


@pytest.mark.parametrize("kind", ["person", "agency", "outlet"])
def test_in_a_record_of_questioning_i_is_whoever_the_line_begins_with(kind: str) -> None:
    source = Source("record", "Record of questioning", kind)
    found = read_document(RECORD.encode(), Intake("ab" * 32, "evidence/record.txt", source))

    acting = {
        c.proposition.subject.text
        for c in found.claims
        if c.proposition.subject
        and c.proposition.predicate in {"contracted", "transferred", "sold", "attacked"}
    }

    assert acting == {"Tomas Brandt"}
