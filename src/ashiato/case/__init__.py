"""The use cases: open, add, run, show, why, who, verify. The only place that wires the stages.

Each stage is a pure function of the vault's log, the code and the knowledge packs; this part keeps
their results in a cache under the hash of what went in, so that a second run does nothing and one
added exhibit redoes only what depends on it. It decides nothing about the evidence.
"""
