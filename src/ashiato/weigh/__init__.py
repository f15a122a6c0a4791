"""Weighs what the case holds: who did it, how sure may we be, on whose word, and what is missing.

Claims, tenancies and sightings go in; verdicts come out. Reports are collapsed into claims and
claims into origins, rival answers and "none of these" are weighed together in an exact evidence
network, and *insufficient evidence* is an answer, with its reasons. Pure functions: it reads no
file but the knowledge packs, never fetches, never lets resemblance attribute, never merges two
names, and never states guilt. Nationality, language, party and family weigh nothing here.
"""

from ashiato.weigh.assess import assess, weakest
from ashiato.weigh.contradictions import contradictions
from ashiato.weigh.persons import accusations, on_record, statuses
from ashiato.weigh.proceedings import proceedings
from ashiato.weigh.questions import MODELLED, question_names
from ashiato.weigh.standards import standards_in_force
from ashiato.weigh.supposing import Posited
from ashiato.weigh.tables import check_tables, tables_of
from ashiato.weigh.testimony import Origins
from ashiato.weigh.weighed import decibans
from ashiato.weigh.words import likelihood_sentence, likelihood_word

__all__ = [
    "MODELLED",
    "Origins",
    "Posited",
    "accusations",
    "assess",
    "check_tables",
    "contradictions",
    "decibans",
    "likelihood_sentence",
    "likelihood_word",
    "on_record",
    "proceedings",
    "question_names",
    "standards_in_force",
    "statuses",
    "tables_of",
    "weakest",
]
