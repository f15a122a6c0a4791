"""Traces in running text: what is one, what only looks like one, and where exactly it stands.

Writers break traces on purpose ("hxxp", "[.]") so that nobody clicks them; the value given is
mended, the place is that of the words as written. Nothing here says that a trace is the attacker's:
a trace that belongs to everybody (a private address, a well-known site) is kept and says so.
"""

from ashiato.read.text.observables.cues import attack_cue
from ashiato.read.text.observables.scan import Found, indicators_in, traces_in
from ashiato.read.text.observables.trace import Trace

__all__ = ["Found", "Trace", "attack_cue", "indicators_in", "traces_in"]
