"""The shared language of the house: values, time, errors. Standard library only, no I/O.

Every other part speaks in these words (docs/glossary.md) and imports them from the module that
holds the idea: `ashiato.core.claims`, `ashiato.core.time`, and so on.
"""
