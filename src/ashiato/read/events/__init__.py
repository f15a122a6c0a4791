"""Windows event logs as bytes: where their records stand, and what each says.

What a record means, and which row of the lake it gives, is decided in `ashiato.read.logs`.
(Nothing is imported here: the sandboxed child loads one reader and no more.)
"""
