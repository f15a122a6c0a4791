"""Files to text: every format by a small reader of its own, run in the sandbox.

What a reader takes out of a file is an artefact: a text named by its reader's version and its hash.
Spans count in it; making it again gives the same text, or the citation fails. No claim is made
here, and no name inside a file is ever used as a path. (Nothing is imported here: the sandboxed
child loads one reader and no more.)
"""
