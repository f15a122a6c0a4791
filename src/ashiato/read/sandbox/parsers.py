"""Which functions may be named to the sandbox: ours, by full name, and none other."""

PARSERS: frozenset[str] = frozenset(
    {
        "ashiato.read.events.evtx:extract",
        "ashiato.read.files.certificate:extract",
        "ashiato.read.files.docx:extract",
        "ashiato.read.files.mail:extract",
        "ashiato.read.files.page:extract",
        "ashiato.read.files.pdf:extract",
        "ashiato.read.files.xlsx:extract",
        "ashiato.read.files.zip:extract",
        "ashiato.read.files.zip:listing",
    }
)
"""``package.module:function`` each; a function takes the stream and the arguments, yields frames.

Its module imports all it will need when it is itself imported: later imports may find no file.
"""
