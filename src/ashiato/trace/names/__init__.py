"""Whether two names, in whatever scripts, can be one name: equal, possible, none, not compared.

Compares Chinese characters by their forms, and everything else by how it is read or spelled. It
says nothing of who bears a name: two persons share names, one person has several, and no script,
language or family name raises anything.
"""

from ashiato.trace.names.answer import Comparison, Reading, Value
from ashiato.trace.names.compare import compare
from ashiato.trace.names.keys import keys, part_keys

__all__ = ["Comparison", "Reading", "Value", "compare", "keys", "part_keys"]
